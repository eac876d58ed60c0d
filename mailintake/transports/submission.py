"""Hands finished letters to the outgoing server over one kept connection; the only module that knows aiosmtplib."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from typing import Literal

from aiosmtplib import (
    SMTP,
    SMTPException,
    SMTPResponseException,
    SMTPServerDisconnected,
)

from mailintake.domain.letter import Letter
from mailintake.errors import DeliveryDown, LetterDeferred, LetterRefused
from mailintake.transports import paths

LONGEST_WAIT = 600.0  # RFC 5321, 4.5.3.2.6
CONNECTING = 30.0
_ABOUT_US = frozenset({530, 534, 535, 538})  # what the server thinks of our login, not of the letter (RFC 4954, 6)
_LEAVING = 421
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Relay:
    """Sends one letter at a time; several callers wait for each other.

    `tls` is "implicit" (RFC 8314), "starttls", which the server must then offer, or "off"; nothing is tried in the
    clear when TLS fails. `user` goes with `secret`, or with `token`, which is asked for an OAuth access token at each
    login. `timeout` is for one letter in seconds, from connecting to the last answer, and at most ten minutes.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        local_hostname: str,
        tls: Literal["off", "starttls", "implicit"] = "starttls",
        tls_context: ssl.SSLContext | None = None,
        user: str | None = None,
        secret: str | None = None,
        token: Callable[[], Awaitable[str]] | None = None,
        timeout: float = LONGEST_WAIT,
    ) -> None:
        if user is not None and tls == "off" and host not in _LOOPBACK:
            raise ValueError("a password does not leave this host without TLS")
        self._timeout = min(timeout, LONGEST_WAIT)
        self._lock = asyncio.Lock()
        self._is_used = False
        self._smtp = SMTP(
            hostname=host,
            port=port,
            username=user,
            password=secret,
            oauth_token_generator=token,
            local_hostname=local_hostname,
            use_tls=tls == "implicit",
            start_tls=tls == "starttls",
            tls_context=tls_context,
            timeout=None,  # one timer for the whole letter instead of one for each command
        )

    async def send(self, letter: Letter) -> None:
        """Return when the server has taken the letter.

        Raises DeliveryDown when no connection or no login is to be had, which is no letter's fault; LetterRefused
        when the server never will; LetterDeferred for everything else that may pass, among it a connection lost after
        the final dot: then the letter may have been taken, and a second copy will carry the same Message-ID.
        """
        if not paths.is_address(letter.recipient) or not (
            letter.return_path == "" or paths.is_address(letter.return_path)
        ):
            raise LetterRefused("the letter goes to or comes from something that is no address")
        async with self._lock:
            try:
                async with asyncio.timeout(self._timeout):
                    await self._send(letter)
            except TimeoutError as error:
                self._smtp.close()
                raise LetterDeferred(f"no answer within {self._timeout:g} seconds") from error
            except SMTPResponseException as error:
                await self._recover()
                raise _judged(error) from error
            except (SMTPException, OSError) as error:
                self._smtp.close()
                raise LetterDeferred(_one_line(str(error))) from error
            except UnicodeEncodeError as error:
                raise LetterRefused(
                    "an address is not ASCII, and the outgoing server does not offer SMTPUTF8"
                ) from error
            except BaseException:
                self._smtp.close()  # whatever the server answers now belongs to a letter nobody waits for
                raise

    async def close(self) -> None:
        """Take leave of the server."""
        async with self._lock:
            if self._smtp.is_connected:
                try:
                    async with asyncio.timeout(5):
                        await self._smtp.quit()
                except (SMTPException, OSError):
                    pass
            self._smtp.close()

    async def _send(self, letter: Letter) -> None:
        if not self._smtp.is_connected:
            await self._connect()
        try:
            await self._start(letter)
        except SMTPServerDisconnected:
            # a connection that waited for work may be closed by the other side any moment; nothing was handed over yet
            if not self._is_used:
                raise
            await self._connect()
            await self._start(letter)
        except SMTPResponseException as error:
            if not (self._is_used and error.code == _LEAVING):
                raise
            await self._connect()
            await self._start(letter)
        await self._smtp.data(letter.content)
        self._is_used = True

    async def _connect(self) -> None:
        self._smtp.close()
        self._is_used = False
        try:
            async with asyncio.timeout(min(self._timeout, CONNECTING)):
                await self._smtp.connect(timeout=None)
                if self._smtp.is_ehlo_or_helo_needed:
                    await self._smtp.ehlo()
        except (SMTPException, OSError) as error:  # a TimeoutError is an OSError
            self._smtp.close()
            said = f"{error.code} {error.message}" if isinstance(error, SMTPResponseException) else str(error)
            raise DeliveryDown(_one_line(said) or f"no greeting within {CONNECTING:g} seconds") from error

    async def _start(self, letter: Letter) -> None:
        encoding = "ascii"
        options: list[str] = []
        wishes: list[str] = []
        if not (letter.return_path + letter.recipient).isascii() and self._smtp.supports_extension("smtputf8"):
            encoding = "utf-8"
            options.append("SMTPUTF8")
        if self._smtp.supports_extension("size"):
            options.append(f"SIZE={len(letter.content)}")
        if self._smtp.supports_extension("8bitmime") and not letter.content.isascii():
            options.append("BODY=8BITMIME")
        if not letter.return_path and self._smtp.supports_extension("dsn"):
            wishes.append("NOTIFY=NEVER")  # RFC 3461, 4.1: a report about it could reach nobody
        # both before anything is said: a letter that cannot be sent leaves no open transaction behind
        sender = f"FROM:<{letter.return_path}>".encode(encoding)
        recipient = f"TO:<{letter.recipient}>".encode(encoding)
        await self._say("MAIL", sender, *options)
        await self._say("RCPT", recipient, *wishes)

    async def _say(self, verb: str, path: bytes, *parameters: str) -> None:
        # not aiosmtplib's mail() and rcpt(): they make an address of whatever they are given, not always the same one
        response = await self._smtp.execute_command(verb.encode(), path, *(word.encode() for word in parameters))
        if not 200 <= response.code < 300:
            raise SMTPResponseException(response.code, response.message)

    async def _recover(self) -> None:
        """Make the connection fit for the next letter, or give it up."""
        try:
            async with asyncio.timeout(5):
                await self._smtp.rset()
        except (SMTPException, OSError):
            self._smtp.close()


def _judged(error: SMTPResponseException) -> LetterDeferred | LetterRefused:
    text = _one_line(f"{error.code} {error.message}")
    if 500 <= error.code < 600 and error.code not in _ABOUT_US:
        return LetterRefused(text)
    return LetterDeferred(text)


def _one_line(text: str) -> str:
    """At most 500 printable characters: an answer goes into the log and the database."""
    return "".join(c if c.isprintable() else " " for c in " ".join(text.split()))[:500]
