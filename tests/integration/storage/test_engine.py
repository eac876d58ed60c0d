"""The database is durable or refused, and trouble with it has our names."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from mailintake.errors import NotRunning, StorageBusy
from mailintake.storage import engine
from mailintake.storage.engine import Database
from mailintake.storage.lock import DaemonLock


def test_sqlite_syncs_every_commit(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'mail.db'}")
    try:
        with database.writing() as connection:
            assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
            assert connection.execute(text("PRAGMA synchronous")).scalar() == 2
            assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
    finally:
        database.close()


def test_a_new_database_belongs_to_its_owner_alone(tmp_path: Path) -> None:
    Database(f"sqlite:///{tmp_path / 'state' / 'mail.db'}").close()
    assert (tmp_path / "state" / "mail.db").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700


def test_readers_cannot_write(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'mail.db'}")
    try:
        with database.writing() as connection:
            connection.execute(text("CREATE TABLE t (a)"))
        with pytest.raises(StorageBusy), database.reading() as connection:
            connection.execute(text("INSERT INTO t VALUES (1)"))
    finally:
        database.close()


def test_a_database_locked_by_another_process_is_busy_not_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_MS", 50)
    path = tmp_path / "mail.db"
    database = Database(f"sqlite:///{path}")
    other = sqlite3.connect(path, isolation_level=None)
    try:
        with database.writing() as connection:
            connection.execute(text("CREATE TABLE t (a)"))
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StorageBusy), database.writing() as connection:
            connection.execute(text("INSERT INTO t VALUES (1)"))
        other.execute("ROLLBACK")
        with database.writing() as connection:
            connection.execute(text("INSERT INTO t VALUES (1)"))
    finally:
        other.close()
        database.close()


def test_an_exception_rolls_everything_back(bare_database: Database) -> None:
    with bare_database.writing() as connection:
        connection.execute(text("CREATE TABLE t (a INTEGER)"))

    def fail_half_way() -> None:
        with bare_database.writing() as connection:
            connection.execute(text("INSERT INTO t VALUES (1)"))
            raise ArithmeticError

    with pytest.raises(ArithmeticError):
        fail_half_way()
    with bare_database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM t")).scalar() == 0


async def test_work_of_the_event_loop_comes_back_after_the_commit(bare_database: Database) -> None:
    await bare_database.write(lambda connection: connection.execute(text("CREATE TABLE t (a INTEGER)")))
    await bare_database.write(lambda connection: connection.execute(text("INSERT INTO t VALUES (7)")))
    assert await bare_database.read(lambda connection: connection.execute(text("SELECT a FROM t")).scalar()) == 7


def test_one_daemon_per_database(tmp_path: Path) -> None:
    path = tmp_path / "mail.db"
    second = DaemonLock(path)
    with DaemonLock(path), pytest.raises(NotRunning, match=r"held by process \d+"):
        second.acquire()
    with DaemonLock(path):
        pass


def test_a_statement_that_fails_tells_nothing_of_the_mail(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'mail.db'}")
    try:
        with pytest.raises(StorageBusy) as failed, database.writing() as connection:
            connection.execute(text("INSERT INTO nowhere VALUES (:words)"), {"words": "my password is secret"})
        assert "secret" not in f"{failed.value} {failed.value.__cause__}"
    finally:
        database.close()
