"""Commands that write: through the running daemon, or with its lock in hand when none runs."""

import http.client
import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Protocol
from urllib.parse import urlencode

from mailintake.config import Configuration
from mailintake.domain.mail import Envelope
from mailintake.errors import MailintakeError, NotRunning, OutOfSpace, PermanentError, StorageBusy, UsageError
from mailintake.storage.body import Body
from mailintake.storage.lock import DaemonLock


class Writer(Protocol):
    """Somebody who may write."""

    def accept(self, body: Body, envelope: Envelope, *, transport: str) -> int:
        """Commit a mail to the spool; its id."""

    def operate(self, name: str, number: int, words: Mapping[str, str] | None = None) -> bool:
        """Carry out one of `operations.OPERATIONS`; False if there is no such thing to act on.

        UsageError for `words` that cannot be.
        """


@contextmanager
def writer(configuration: Configuration) -> Iterator[Writer]:
    """A writer for this configuration. NotRunning if the lock is taken by something that does not answer."""
    host = configuration.host
    if host.database.path is None:
        with _directly(configuration) as writing:
            yield writing
        return
    lock = DaemonLock(host.database.path)
    try:
        lock.acquire()
    except NotRunning as taken:
        try:
            connection = LocalConnection(host.control)
            connection.connect()
        except OSError:
            raise NotRunning(f"{taken}, and nothing answers on {host.control}") from None
        with closing(connection):
            yield ThroughDaemon(connection)
        return
    try:
        with _directly(configuration) as writing:
            yield writing
    finally:
        lock.release()


def _directly(configuration: Configuration) -> AbstractContextManager[Writer]:
    # Imported only now: an MTA starts a process for each mail, and mostly there is a daemon to ask.
    from mailintake.cli.direct import directly

    return directly(configuration)


class ThroughDaemon:
    """Asks the daemon over its local socket."""

    def __init__(self, connection: "LocalConnection") -> None:
        self._connection = connection

    def accept(self, body: Body, envelope: Envelope, *, transport: str) -> int:
        """Commit a mail to the spool; its id."""
        query = urlencode(
            [("return-path", envelope.return_path), ("transport", transport)]
            + [("to", to) for to in envelope.recipients]
        )
        self._connection.request(
            "POST", f"/mail?{query}", body=body.slices(), headers={"Content-Length": str(body.size)}
        )
        return int(self._answer()["id"])

    def operate(self, name: str, number: int, words: Mapping[str, str] | None = None) -> bool:
        """Carry out an operation."""
        self._connection.request("POST", f"/operations/{name}/{number}?{urlencode(words or {})}")
        return bool(self._answer()["done"])

    def _answer(self) -> dict[str, str]:
        try:
            response = self._connection.getresponse()
            answer: dict[str, str] = json.loads(response.read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise StorageBusy(f"the daemon did not answer: {error}") from error
        if response.status != 200:
            raise _ERRORS.get(response.status, PermanentError)(answer.get("error", f"status {response.status}"))
        return answer


_ERRORS: dict[int, type[MailintakeError]] = {400: UsageError, 500: StorageBusy, 503: StorageBusy, 507: OutOfSpace}


class LocalConnection(http.client.HTTPConnection):
    """HTTP with the daemon over its local socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=60)
        self._path = path

    def connect(self) -> None:
        """Open the UNIX socket."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(60)
        self.sock.connect(str(self._path))
