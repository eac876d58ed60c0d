"""The database: one writing connection on SQLite, a pool on PostgreSQL, durable or refused."""

import asyncio
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from sqlalchemy import URL, Connection, Engine, create_engine, event, exc, make_url, text

from mailintake.errors import OutOfSpace, PermanentError, StorageBusy

T = TypeVar("T")

BUSY_MS = 12_000  # a mail waits for the group before it and then for its own: together less than 30 s
POSTGRES_WRITERS = 4
PAGE = 8192  # bytes; for new files only. Mails are large rows, and each page costs two system calls
CHECKPOINT_PAGES = 4_000  # 32 MB: pages that change with every mail are copied home less often


class Database:
    """Where everything is kept. On SQLite all writing happens on one connection, in one thread.

    Before 3.51.3 SQLite may corrupt a WAL database that two connections write or checkpoint at once.
    """

    def __init__(self, url: str | URL) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            _create_durably(Path(self.url.database or ""))
            self.writer = _sqlite(self.url, "BEGIN IMMEDIATE", pool_size=1)
            self.reader = _sqlite(self.url, "BEGIN DEFERRED", pool_size=4, read_only=True)
        else:
            self.writer = self.reader = _postgres(self.url)
        self._kept: Connection | None = None
        self._one_at_a_time = threading.Lock()
        writers = 1 if self.is_sqlite else POSTGRES_WRITERS
        self._writers = ThreadPoolExecutor(writers, thread_name_prefix="writer")
        self._readers = ThreadPoolExecutor(2, thread_name_prefix="reader")

    @contextmanager
    def writing(self, *, since: float | None = None) -> Iterator[Connection]:
        """A transaction that may write: committed at the end, rolled back on any exception.

        StorageBusy and OutOfSpace stand for the driver's errors that may pass. A lock is waited for until BUSY_MS have
        passed `since` the monotonic time at which the caller began to wait, which is now if left out.
        """
        if not self.is_sqlite:
            with _translated(), self.writer.begin() as connection:
                yield connection
            return
        with _translated(), self._one_at_a_time:
            connection = self._kept or self.writer.connect()
            self._kept = connection
            waited = 0 if since is None else int((time.monotonic() - since) * 1000)
            driver: Any = connection.connection.driver_connection
            driver.execute(f"PRAGMA busy_timeout={max(0, BUSY_MS - waited)}")
            with connection.begin():
                yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of things."""
        with _translated(), self.reader.begin() as connection:
            yield connection

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a writing transaction, off the event loop; its value comes back after the commit."""
        # Those in the queue wait for the same lock: each must give up in its own time, not one after the other.
        writing = partial(self.writing, since=time.monotonic())
        return await asyncio.get_running_loop().run_in_executor(self._writers, self._run, writing, work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a reading transaction, off the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._run, self.reading, work)

    @staticmethod
    def _run(transaction: Callable[[], Any], work: Callable[[Connection], T]) -> T:
        with transaction() as connection:
            return work(connection)

    def close(self) -> None:
        """Finish what runs and let go of every connection."""
        self._writers.shutdown()
        self._readers.shutdown()
        if self._kept is not None:
            self._kept.close()
        self.reader.dispose()
        self.writer.dispose()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (exc.OperationalError, exc.InterfaceError, exc.TimeoutError) as error:
        if _is_full(error):
            raise OutOfSpace("the database has no room for more") from error
        raise StorageBusy("the database did not answer in time") from error


def _is_full(error: exc.SQLAlchemyError) -> bool:
    cause = str(getattr(error, "orig", error))
    return "database or disk is full" in cause or "No space left" in cause or "could not extend file" in cause


def _dumps(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _sqlite(url: URL, begin: str, *, pool_size: int, read_only: bool = False) -> Engine:
    engine = create_engine(
        url,
        connect_args={"timeout": BUSY_MS / 1000, "check_same_thread": False},
        pool_size=pool_size,
        max_overflow=0,
        hide_parameters=True,  # a failing statement must not carry mail and tokens into the log
        json_serializer=_dumps,
        json_deserializer=msgspec.json.decode,
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves; the driver's own rules skip SELECTs
        for pragma in (
            f"page_size={PAGE}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_MS}",
            f"wal_autocheckpoint={CHECKPOINT_PAGES}",
        ):
            connection.execute(f"PRAGMA {pragma}")
        if read_only:
            connection.execute("PRAGMA query_only=ON")
        mode, level = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous"))
        if (mode, level) != ("wal", 2):
            raise PermanentError(f"SQLite keeps journal_mode={mode}, synchronous={level}: not durable enough here")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _create_durably(path: Path) -> None:
    # The file's name must survive a power cut before the first mail is answered, so the directory is synced too.
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    sync_directory(path.parent)


def sync_directory(path: Path) -> None:
    """Make what was created or renamed in a directory survive a power cut."""
    directory = os.open(path, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _postgres(url: URL) -> Engine:
    engine = create_engine(
        url,
        pool_size=POSTGRES_WRITERS + 2,
        pool_timeout=BUSY_MS / 1000,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 10, "application_name": "mailintake"},
        hide_parameters=True,
        json_serializer=_dumps,
        json_deserializer=msgspec.json.decode,
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET synchronous_commit = on; SET statement_timeout = {BUSY_MS}; SET timezone = 'UTC'")
            cursor.execute("SELECT current_setting('fsync'), current_setting('full_page_writes')")
            settings = cursor.fetchone()
        connection.commit()
        if settings != ("on", "on"):
            raise PermanentError(f"PostgreSQL runs with fsync, full_page_writes = {settings}: not durable enough here")

    return engine


def exclusively(connection: Connection, name: str) -> None:
    """Hold the lock `name` until the transaction ends; a no-op on SQLite, where transactions already take turns."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})
