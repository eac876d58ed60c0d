"""The SMTP and LMTP listeners of one host."""

import asyncio
import contextlib
import logging
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from mailintake.errors import MailintakeError
from mailintake.storage.body import Body, Budget
from mailintake.transports import replies
from mailintake.transports.connection import Accept, Connection, House
from mailintake.transports.limits import Crowd, Limits, household
from mailintake.transports.replies import Reply
from mailintake.transports.session import LocalSession, Session

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """One address to listen on: `host` and `port` (0 takes a free one), or the `path` of a UNIX socket with its `mode`.

    `hostname` is what it greets with, None for the server's. `trusted` says that whoever can connect is our own MTA.
    `tls` is "implicit" (RFC 8314), "offered" or "required" by STARTTLS, or "off"; all but "off" need `tls_context`.
    """

    protocol: Literal["smtp", "lmtp"] = "smtp"
    host: str = "127.0.0.1"
    port: int = 0
    path: Path | None = None
    mode: int = 0o660
    hostname: str | None = None
    trusted: bool = False
    tls: Literal["off", "offered", "required", "implicit"] = "off"
    tls_context: ssl.SSLContext | None = None

    def __post_init__(self) -> None:
        if (self.tls == "off") != (self.tls_context is None):
            raise ValueError("a TLS context goes with TLS, and none without")
        if self.path is not None and self.tls != "off":
            raise ValueError("TLS on a UNIX socket protects nothing")


class Server:
    """Listens in the running event loop, asyncio's or uvloop's, and hands every mail to `accept`.

    `accept` takes the sealed body, the envelope and the reception, and returns the spool id when the mail is
    committed; what it raises decides the answer (`replies.for_error`). It runs to its end even when the client hangs
    up, and must not keep the body, which is closed afterwards. `is_mailbox` is asked about every recipient but a bare
    "postmaster". `clock` gives the time in UTC. Large mails lie in `directory` while they come in. Limits and counts
    are shared by all listeners.
    """

    def __init__(
        self,
        *,
        hostname: str,
        directory: Path,
        accept: Accept,
        is_mailbox: Callable[[str], bool],
        clock: Callable[[], datetime],
        limits: Limits = Limits(),  # noqa: B008  # a frozen value
    ) -> None:
        self._hostname = hostname
        self._directory = directory
        self._accept = accept
        self._is_mailbox = is_mailbox
        self._clock = clock
        self._limits = limits
        self._budget = Budget(limits.memory)
        self._crowd = Crowd()
        self._sessions: set[Connection] = set()
        self._commits: set[asyncio.Task[str]] = set()
        self._servers: list[asyncio.AbstractServer] = []
        self._paths: list[Path] = []
        self._changed = asyncio.Event()
        logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd tells several lines about every connection

    @property
    def connections(self) -> int:
        """How many clients are connected now."""
        return self._crowd.total

    async def listen(self, listener: Listener) -> int:
        """Open one listener; its port, or 0 for a UNIX socket. Raises OSError when the address is not to be had."""
        loop = asyncio.get_running_loop()
        house = self._house(listener)
        kind = LocalSession if listener.protocol == "lmtp" else Session

        def session() -> Session:
            return kind(house, loop=loop)

        if listener.path is not None:
            self._servers.append(await loop.create_unix_server(session, sock=_bound(listener.path, listener.mode)))
            self._paths.append(listener.path)
            return 0
        implicit = listener.tls_context if listener.tls == "implicit" else None
        server = await loop.create_server(
            session, listener.host or None, listener.port, ssl=implicit, backlog=self._limits.connections
        )
        self._servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    async def stop(self, *, within: float = 25.0) -> None:
        """Take no more clients, let mails coming in be answered for `within` seconds, then close what is left."""
        for server in self._servers:
            server.close()
        self._servers.clear()
        for path in self._paths:
            path.unlink(missing_ok=True)
        self._paths.clear()
        for session in tuple(self._sessions):
            session.leave_soon()
        await self._drained(within)
        for session in tuple(self._sessions):
            session.dismiss(replies.GOING_DOWN)
        await self._drained(1.0)

    async def _drained(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._sessions or self._commits:
                    self._changed.clear()
                    await self._changed.wait()

    def _house(self, listener: Listener) -> House:
        return House(
            hostname=listener.hostname or self._hostname,
            trusted=listener.trusted,
            tls=listener.tls_context if listener.tls != "implicit" else None,
            tls_required=listener.tls == "required",
            limits=self._limits,
            accept=self._accept,
            is_mailbox=self._is_mailbox,
            clock=self._clock,
            new_body=lambda: Body(directory=self._directory, budget=self._budget),
            enter=self._enter,
            leave=self._leave,
            keep=self._keep,
        )

    def _enter(self, session: Connection) -> Reply | None:
        who = household(session.peer)
        if self._crowd.total >= self._limits.connections:
            return replies.TOO_BUSY
        if who != "local" and self._crowd.of(who) >= self._limits.connections_per_peer:
            return replies.TOO_MANY_FROM_YOU
        self._crowd.enter(who)
        self._sessions.add(session)
        return None

    def _leave(self, session: Connection) -> None:
        if session in self._sessions:
            self._sessions.remove(session)
            self._crowd.leave(household(session.peer))
            self._changed.set()

    def _keep(self, commit: asyncio.Task[str], peer: str) -> None:
        def settled(task: asyncio.Task[str]) -> None:
            self._commits.discard(task)
            self._changed.set()
            error = None if task.cancelled() else task.exception()
            if isinstance(error, MailintakeError):
                log.warning("%s: a mail was not accepted: %s", peer, error)
            elif error is not None:
                log.error("%s: a mail was not accepted", peer, exc_info=error)

        self._commits.add(commit)
        commit.add_done_callback(settled)


def _bound(path: Path, mode: int) -> socket.socket:
    """A bound socket nobody can connect to yet: its mode is right before it listens."""
    if path.is_socket():
        path.unlink()
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        sock.bind(str(path))
        path.chmod(mode)
    except OSError:
        sock.close()
        raise
    return sock
