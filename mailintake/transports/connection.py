"""A connection of one client: its bytes, deadlines and end; the only module that knows aiosmtpd.

aiosmtpd keeps the streams and their life. What is said is ours (`session`), because its own answers name our exceptions
and call passing trouble permanent, and because reading a mail line by line costs seven times as much.
"""

import asyncio
import logging
import ssl
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal, cast

from aiosmtpd.smtp import SMTP

from mailintake.domain.mail import Envelope, Reception
from mailintake.storage.body import Body
from mailintake.transports import replies
from mailintake.transports.inbox import Inbox
from mailintake.transports.incoming import Incoming
from mailintake.transports.limits import Limits
from mailintake.transports.replies import Reply

log = logging.getLogger(__name__)

Accept = Callable[[Body, Envelope, Reception], Awaitable[str]]

_LAST_WORDS = 5.0  # seconds a client has to fetch our last answer
_HANDSHAKE = 30.0
_NO_HOOKS = object()


@dataclass(frozen=True, kw_only=True)
class House:
    """What all sessions of one listener share.

    `enter` says why a connection is not taken, or None; `leave` may be called more than once. `keep` holds a commit
    that must end even when its session is gone.
    """

    hostname: str
    trusted: bool
    tls: ssl.SSLContext | None
    tls_required: bool
    limits: Limits
    accept: Accept
    is_mailbox: Callable[[str], bool]
    clock: Callable[[], datetime]
    new_body: Callable[[], Body]
    enter: Callable[["Connection"], Reply | None]
    leave: Callable[["Connection"], None]
    keep: Callable[[asyncio.Task[str], str], None]


class Connection(SMTP, ABC):
    """Everything about a client but what the words mean: subclasses say that in `_understand`."""

    transport_name: ClassVar[Literal["smtp", "lmtp"]] = "smtp"

    def __init__(self, house: House, *, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(_NO_HOOKS, hostname=house.hostname, loop=loop)
        self.peer = ""
        self._house = house
        self._inbox = Inbox(loop)
        self._unsaid = bytearray()
        self._errors = 0
        self._is_over_tls = False
        self._is_over = False
        self._is_leaving = False
        self._is_in_data = False
        self._is_reading = True
        self._incoming: Incoming | None = None
        self._arrived: asyncio.Future[None] | None = None
        self._in_window = 0
        self._due = 0.0

    def __dir__(self) -> tuple[str, ...]:
        # aiosmtpd searches every new object for verbs and AUTH mechanisms, which costs more than taking a small mail
        return ()

    # ---- what the transport calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody called; the base class starts `_handle_client`."""
        self._wire = cast("asyncio.Transport", transport)
        name = transport.get_extra_info("peername")
        self.peer = name[0] if isinstance(name, tuple) else "local"
        self._is_over_tls = transport.get_extra_info("sslcontext") is not None
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """Bytes came: content while DATA lasts, commands otherwise."""
        if self._incoming is not None:
            self._in_window += len(data)
            rest = self._incoming.feed(data)
            if rest is None:
                return
            self._incoming = None
            if self._arrived is not None and not self._arrived.done():
                self._arrived.set_result(None)
            data = rest
        if data:
            self._inbox.feed(data)
            if self._inbox.is_full and not self._inbox.is_awaited and not self._wire.is_closing():
                self._is_reading = False
                self._wire.pause_reading()

    def eof_received(self) -> bool:
        """The client will say no more. What it said is still answered, except over TLS: that cannot be half closed."""
        self._inbox.end()
        self._hang_up()
        return not self._is_over_tls

    def connection_lost(self, error: Exception | None) -> None:
        """The client is gone. A commit that runs goes on: whether our answer arrives is not known to it."""
        self._house.leave(self)
        self._inbox.end()
        self._hang_up()
        super().connection_lost(error)

    def _hang_up(self) -> None:
        if self._incoming is not None and self._arrived is not None and not self._arrived.done():
            self._arrived.set_exception(ConnectionResetError("the client left before the final dot"))
            self._arrived.exception()

    # ---- deadlines: one timer that looks whether its time has come, since moving it with each command would cost more

    def _reset_timeout(self, duration: float | None = None) -> None:
        seconds = self._house.limits.command_seconds
        self._due = self.loop.time() + (duration or seconds)
        if self._timeout_handle is None:
            self._timeout_handle = self.loop.call_later(seconds, self._timeout_cb)

    def _timeout_cb(self) -> None:
        now = self.loop.time()
        seconds = self._house.limits.command_seconds
        if self._wire.is_closing():
            self._wire.abort()
            return
        is_fast = self._incoming is not None and self._in_window >= self._house.limits.data_rate * seconds
        if now >= self._due and is_fast:
            self._in_window = 0
            self._due = now + seconds
        if now >= self._due:
            log.info("%s: too slow", self.peer)
            self.dismiss(replies.TOO_SLOW)
        else:
            self._timeout_handle = self.loop.call_at(min(self._due, now + seconds), self._timeout_cb)

    # ---- how a session ends from our side

    def leave_soon(self) -> None:
        """Say 421 and close, now or when the mail that is coming in is answered."""
        self._is_leaving = True
        if not self._is_in_data:
            self.dismiss(replies.GOING_DOWN)

    def dismiss(self, reply: Reply) -> None:
        """Say this and close; a client that does not fetch its answer is cut off."""
        if not self._wire.is_closing():
            self._wire.write(bytes(self._unsaid) + bytes(reply))
            self._unsaid.clear()
        self._close()

    def _close(self) -> None:
        self._is_over = True
        self._wire.close()
        if self._timeout_handle is not None:
            self._timeout_handle.cancel()
            self._timeout_handle = None
        if self.transport is not None:  # not yet lost
            self._timeout_handle = self.loop.call_later(_LAST_WORDS, self._wire.abort)

    # ---- listening and speaking

    async def _handle_client(self) -> None:
        refusal = self._house.enter(self)
        if refusal is not None:
            self.dismiss(refusal)
            return
        try:
            self._say(f"220 {self.hostname} {self.transport_name.upper()} mailintake\r\n".encode())
            while not self._is_over:
                if not self._inbox.has_line:
                    await self._flush()  # the answers to a pipeline leave together
                self._read_on()
                line = await self._inbox.line(limit=self._house.limits.command)
                if line is None:
                    break
                self._reset_timeout()
                await self._obey(line)
            await self._flush()
        except ConnectionError as error:
            log.info("%s: connection lost: %s", self.peer, error)
        finally:
            self._close()

    async def _obey(self, line: bytes) -> None:
        try:
            reply = await self._understand(line)
        except ConnectionError:
            raise
        except Exception:
            log.exception("%s: a command could not be answered", self.peer)
            reply = replies.TRY_AGAIN
        if isinstance(reply, Reply):
            self._errors += reply.is_error
        self._say(reply)
        if self._is_leaving:
            self._say(replies.GOING_DOWN)
            self._is_over = True
        elif self._errors > self._house.limits.errors:
            log.info("%s: too many errors", self.peer)
            self._say(replies.TOO_MANY_ERRORS)
            self._is_over = True

    @abstractmethod
    async def _understand(self, line: bytes) -> Reply | bytes:
        """The answer to one line of the client."""

    def _say(self, reply: Reply | bytes) -> None:
        self._unsaid += bytes(reply)

    async def _flush(self) -> None:
        if self._unsaid:
            self._wire.write(bytes(self._unsaid))
            self._unsaid.clear()
            await self._writer.drain()

    def _read_on(self) -> None:
        if not self._is_reading and not self._wire.is_closing():
            self._is_reading = True
            self._wire.resume_reading()

    async def _receive(self, incoming: Incoming) -> None:
        self._arrived = self.loop.create_future()
        self._incoming = incoming
        self._in_window = 0
        self._say(replies.GO_AHEAD)
        if early := self._inbox.take():
            self.data_received(early)
        if self._inbox.has_ended:
            self._hang_up()
        await self._flush()
        self._read_on()
        try:
            await self._arrived
        finally:
            self._incoming = None

    async def _start_tls(self, context: ssl.SSLContext) -> None:
        await self._flush()
        if self._inbox.take():
            log.warning("%s: spoke on before TLS; what it said is dropped", self.peer)
        self._read_on()
        self._wire.write(bytes(replies.READY_FOR_TLS))
        try:
            # no await stands between taking the inbox and here: what came in the clear is not heard (RFC 3207, 4.2)
            wire = await self.loop.start_tls(
                self._wire, self, context, server_side=True, ssl_handshake_timeout=_HANDSHAKE
            )
        except OSError as error:
            log.info("%s: no TLS: %s", self.peer, error)
            self._is_over = True
            self._house.leave(self)  # the loop does not tell us that this connection is lost
            return
        if wire is None:
            raise ConnectionResetError("the client left during the handshake")
        self._wire = self.transport = wire
        self._is_over_tls = True
