"""What is said between a client and us, verb by verb, in SMTP or LMTP."""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Mapping
from typing import ClassVar

from mailintake.domain.mail import Envelope, Reception
from mailintake.storage.body import Body
from mailintake.transports import paths, replies
from mailintake.transports.connection import Accept, Connection, House
from mailintake.transports.incoming import Incoming, hops
from mailintake.transports.replies import Reply

log = logging.getLogger(__name__)

Verb = Callable[["Session", str], Awaitable[Reply | bytes]]


class Session(Connection):
    """An SMTP session (RFC 5321)."""

    verbs: ClassVar[Mapping[str, Verb]]

    def __init__(self, house: House, *, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(house, loop=loop)
        self._helo = ""
        self._sender: str | None = None
        self._recipients: list[str] = []
        self._idle = 0

    async def _understand(self, line: bytes) -> Reply | bytes:
        if len(line) > self._house.limits.command:
            return replies.LINE_TOO_LONG
        try:
            text = line.decode()
        except UnicodeDecodeError:
            text = "\0"
        if not text.isprintable():
            return replies.BAD_CHARACTERS if line[:4].upper() in {b"MAIL", b"RCPT"} else replies.NOT_TEXT
        word, _, argument = text.partition(" ")
        word = word.upper()
        verb = self.verbs.get(word)
        if verb is None:
            return replies.UNKNOWN_COMMAND
        if self._house.tls_required and not self._is_over_tls and word not in _BEFORE_TLS:
            return replies.START_TLS_FIRST
        self._idle += 1
        if self._idle > self._house.limits.idle_commands + self._house.limits.recipients:
            self._is_over = True
            return replies.TOO_MANY_COMMANDS
        return await verb(self, argument.strip())

    async def _helo_verb(self, argument: str) -> Reply | bytes:
        if not argument:
            return replies.NEEDS_NAME
        self._start_over(argument)
        return f"250 {self.hostname}\r\n".encode()

    async def _ehlo(self, argument: str) -> Reply | bytes:
        if not argument:
            return replies.NEEDS_NAME
        self._start_over(argument)
        size = f"SIZE {self._house.limits.message}"
        words = [self.hostname, size, "8BITMIME", "SMTPUTF8", "PIPELINING", "ENHANCEDSTATUSCODES"]
        if self._house.tls is not None and not self._is_over_tls:
            words.append("STARTTLS")
        return ("".join(f"250-{word}\r\n" for word in words[:-1]) + f"250 {words[-1]}\r\n").encode()

    def _start_over(self, helo: str) -> None:
        self._helo = helo[:255]
        self._forget_mail()

    def _forget_mail(self) -> None:
        self._sender = None
        self._recipients = []

    async def _starttls(self, argument: str) -> Reply | bytes:
        if argument:
            return replies.TAKES_NOTHING
        if self._is_over_tls:
            return replies.ALREADY_TLS
        if self._house.tls is None:
            return replies.NOT_OFFERED
        await self._start_tls(self._house.tls)
        self._start_over("")
        return b""

    async def _mail(self, argument: str) -> Reply:
        if not self._helo:
            return replies.SAY_HELLO_FIRST
        if self._sender is not None:
            return replies.ALREADY_MAIL
        sender = paths.sender(argument)
        if isinstance(sender, Reply):
            return sender
        if sender.size > self._house.limits.message:
            return replies.TOO_LARGE
        self._sender = sender.address
        return replies.SENDER_OK

    async def _rcpt(self, argument: str) -> Reply:
        if self._sender is None:
            return replies.SAY_MAIL_FIRST
        recipient = paths.recipient(argument)
        if isinstance(recipient, Reply):
            return recipient
        if len(self._recipients) >= self._house.limits.recipients:
            return replies.TOO_MANY_RECIPIENTS
        if recipient != "postmaster" and not self._house.is_mailbox(recipient):
            return replies.UNKNOWN_MAILBOX
        self._recipients.append(recipient)
        return replies.RECIPIENT_OK

    async def _data(self, argument: str) -> Reply | bytes:
        if argument:
            return replies.TAKES_NOTHING
        if not self._recipients:
            return replies.SAY_RCPT_FIRST
        self._is_in_data = True
        try:
            reply = await self._take_mail()
        finally:
            self._is_in_data = False
        self._idle = 0
        answer = self._answer_for_mail(reply)
        self._forget_mail()
        self._reset_timeout()
        return answer

    def _answer_for_mail(self, reply: Reply) -> Reply | bytes:
        return reply

    async def _take_mail(self) -> Reply:
        incoming = Incoming(self._house.new_body(), limit=self._house.limits.message, strict=not self._house.trusted)
        try:
            await self._receive(incoming)
            refusal = incoming.refusal
            if refusal is None and hops(incoming.body) > self._house.limits.hops:
                refusal = replies.TOO_MANY_HOPS
        except ConnectionError:
            incoming.body.close()
            raise
        except Exception:
            incoming.body.close()
            log.exception("%s: a mail could not be read", self.peer)
            return replies.TRY_AGAIN
        except BaseException:
            incoming.body.close()
            raise
        if incoming.error is not None:
            log.error("%s: a mail could not be kept", self.peer, exc_info=incoming.error)
        if refusal is not None:
            incoming.body.close()
            return refusal
        return await self._commit(incoming.body)

    async def _commit(self, body: Body) -> Reply:
        envelope = Envelope(return_path=self._sender or "", recipients=tuple(dict.fromkeys(self._recipients)))
        reception = Reception(
            transport=self.transport_name,
            at=self._house.clock(),
            trusted=self._house.trusted,
            peer=self.peer,
            helo=self._helo,
        )
        commit = self.loop.create_task(_accept(self._house.accept, body, envelope, reception))
        self._house.keep(commit, self.peer)
        self._due = math.inf
        try:
            async with asyncio.timeout(self._house.limits.commit_seconds):
                return replies.accepted(await asyncio.shield(commit))
        except Exception as error:  # noqa: BLE001  # `keep` writes it to the log; the client learns nothing of it
            return replies.for_error(error)

    async def _rset(self, argument: str) -> Reply:
        if argument:
            return replies.TAKES_NOTHING
        self._forget_mail()
        return replies.DONE

    async def _noop(self, _argument: str) -> Reply:
        return replies.DONE

    async def _quit(self, argument: str) -> Reply:
        if argument:
            return replies.TAKES_NOTHING
        self._is_over = True
        return replies.BYE

    async def _vrfy(self, _argument: str) -> Reply:
        return replies.CANNOT_VERIFY

    async def _help(self, _argument: str) -> Reply:
        return replies.HELP

    async def _not_offered(self, _argument: str) -> Reply:
        return replies.NOT_OFFERED


async def _accept(accept: Accept, body: Body, envelope: Envelope, reception: Reception) -> str:
    try:
        return await accept(body, envelope, reception)
    finally:
        body.close()


_BEFORE_TLS = frozenset({"NOOP", "EHLO", "LHLO", "STARTTLS", "QUIT"})
_COMMON: Mapping[str, Verb] = {
    "MAIL": Session._mail,
    "RCPT": Session._rcpt,
    "DATA": Session._data,
    "RSET": Session._rset,
    "NOOP": Session._noop,
    "QUIT": Session._quit,
    "VRFY": Session._vrfy,
    "HELP": Session._help,
    "EXPN": Session._not_offered,
    "STARTTLS": Session._starttls,
}
Session.verbs = {"EHLO": Session._ehlo, "HELO": Session._helo_verb, **_COMMON}


class LocalSession(Session):
    """An LMTP session: another greeting, and an answer for each recipient (RFC 2033, 4.1 and 4.2)."""

    transport_name = "lmtp"
    verbs: ClassVar[Mapping[str, Verb]] = {"LHLO": Session._ehlo, **_COMMON}

    def _answer_for_mail(self, reply: Reply) -> bytes:
        return bytes(reply) * len(self._recipients)
