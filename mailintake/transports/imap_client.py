"""The IMAP library on a short lead: TLS that is verified, time limits on everything, and every failure in our words."""

import re
import select
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError, ProtocolError

from mailintake.config.fetch import Fetch
from mailintake.domain.mailbox import MailboxDown, Refused
from mailintake.transports.oauth import Tokens
from mailintake.transports.oauth_sasl import Exchange, mechanism
from mailintake.transports.oauth_token import one_line

CONNECT_SECONDS = 15
ANSWER_SECONDS = 60
ALIVE_SECONDS = 10
"""How long a server that was asked to end IDLE may take before it counts as dead."""
LARGEST_LITERAL = 64 << 20


class Client(IMAPClient):  # type: ignore[misc]  # the library has no types
    """What we need otherwise than the library does it."""

    _peeked = True
    _has_early_news = False

    def idle(self) -> None:
        """Begin to wait, also where news comes before the server's consent, or in one packet with it."""
        self._idle_tag = self._imap._command("IDLE")
        while self._imap._get_response() is not None:
            if self._imap.tagged_commands.get(self._idle_tag):
                self._imap.tagged_commands.pop(self._idle_tag)
                raise IMAPClientError("the server does not do IDLE after all")
            self._has_early_news = True
        self._peeked = False

    def _poll_socket(self, sock: socket.socket, timeout: float | None = None) -> list[object]:
        # The consent to IDLE and the first news may have been read from the socket together; polling it shows nothing
        # then, so the first look is always into the buffer. It does not block: the caller has seen to that.
        if not self._peeked:
            self._peeked = True
            return [sock]
        poll = select.poll()
        poll.register(sock.fileno(), select.POLLIN)
        return list(poll.poll(None if timeout is None else timeout * 1000))

    def limit_literals(self) -> None:
        """Let the server announce no more bytes than one answer of ours may hold (SECURITY T35)."""
        read = self._imap.read

        def limited(size: int) -> bytes:
            if size > LARGEST_LITERAL:
                raise IMAPClientAbortError(f"the server announces {size} bytes at once")
            return bytes(read(size))

        self._imap.read = limited

    def refuse_preauth(self) -> None:
        """Not to be greeted as somebody known: only somebody in between would do that (SECURITY T34)."""
        if self._imap.state != "NONAUTH":
            raise IMAPClientAbortError("the server lets us in without a password")

    def wait(self, seconds: float) -> None:
        """IDLE until something happens or the time is over. Raises on a connection that is closed or silent."""
        until = time.monotonic() + seconds
        self._has_early_news = False
        self.idle()
        news = self.idle_check(timeout=0)
        if not news and not self._has_early_news:
            news = self.idle_check(timeout=max(0.0, until - time.monotonic()))
            if not news and time.monotonic() < until - 0.1:
                raise IMAPClientAbortError("the server hung up")  # the library reports that as no news, for ever
        if any(each[0] == b"BYE" for each in news):
            raise IMAPClientAbortError("the server said goodbye")
        self.socket().settimeout(ALIVE_SECONDS)
        self.idle_done()
        self.socket().settimeout(ANSWER_SECONDS)

    def interrupt(self) -> None:
        """Make whoever reads from the server fail at once; for another thread, so nothing else is touched."""
        self.socket().shutdown(socket.SHUT_RDWR)


@contextmanager
def speaking(host: str) -> Iterator[None]:
    """The library's exceptions in our words: Refused for a plain NO or BAD, MailboxDown for all that ends it."""
    try:
        yield
    except (IMAPClientAbortError, ProtocolError) as error:
        raise MailboxDown(f"{host}: {_first_line(error)}") from error
    except IMAPClientError as error:
        kind = MailboxDown if "got more than" in str(error) else Refused  # a line without an end is no answer
        raise kind(f"{host}: {_first_line(error)}") from error
    except ssl.SSLCertVerificationError as error:
        raise MailboxDown(f"{host}: its certificate is not to be trusted: {error.verify_message}") from error
    except TimeoutError as error:
        raise MailboxDown(f"{host}: no answer in time") from error
    except OSError as error:
        raise MailboxDown(f"{host}: {error.strerror or _first_line(error)}") from error
    except (ValueError, TypeError, LookupError, EOFError, AssertionError, AttributeError) as error:
        # what the library runs into when an answer is not IMAP, or its socket was closed under it
        raise MailboxDown(f"{host}: an answer that is no IMAP ({type(error).__name__})") from error


class _LoginRefused(Refused):
    """The server takes us for nobody it knows."""


def connect(fetch: Fetch, tokens: Tokens | None = None) -> Client:
    """Log in, with a token where there are tokens. Raises MailboxDown, or Refused where the server does not let us in.

    A token that is refused may have been revoked, so another is tried; what Tokens.token raises is not caught.
    """
    if tokens is None:
        return _connected(fetch, partial(_by_password, fetch))
    token = tokens.token()
    try:
        return _connected(fetch, partial(_by_token, fetch, token))
    except _LoginRefused:
        token = tokens.token(refused=token)
    try:
        return _connected(fetch, partial(_by_token, fetch, token))  # anew: some servers hang up after a refusal
    except _LoginRefused as error:
        raise Refused(f"{error} (also with a fresh token: may it open the mailbox of {fetch.user}?)") from error


def _connected(fetch: Fetch, log_in: Callable[[Client], None]) -> Client:
    context = None if fetch.tls == "none" else ssl.create_default_context()
    with speaking(fetch.host):
        client = Client(
            fetch.host,
            fetch.port,
            ssl=fetch.tls == "implicit",
            ssl_context=context,
            timeout=SocketTimeout(connect=CONNECT_SECONDS, read=ANSWER_SECONDS),
        )
        try:
            client.normalise_times = False
            client.limit_literals()
            client.refuse_preauth()
            if fetch.tls == "starttls":
                client.starttls(context)
                client.limit_literals()
            log_in(client)
        except BaseException:
            with suppress(OSError):
                client.shutdown()
            raise
        return client


def _by_token(fetch: Fetch, token: str, client: Client) -> None:
    chosen = mechanism(client.has_capability)
    if chosen is None:
        raise IMAPClientAbortError("the server takes no tokens: it offers neither OAUTHBEARER nor XOAUTH2")
    exchange = Exchange(chosen, user=fetch.user, token=token, host=fetch.host, port=fetch.port)
    try:
        client.sasl_login(chosen, exchange)
    except LoginError as error:
        if isinstance(error.__context__, IMAPClientAbortError):
            raise IMAPClientAbortError(one_line(str(error.__context__), hide=[token])) from None
        said = one_line("; ".join(filter(None, (_first_line(error), exchange.said))), hide=[token])
        raise _LoginRefused(f"{fetch.host}: login refused: {said}") from None  # its text may hold the token


def _by_password(fetch: Fetch, client: Client) -> None:
    assert fetch.password is not None
    password = fetch.password.reveal()
    try:
        if client.has_capability("AUTH=PLAIN"):
            client.plain_login(fetch.user, password)
        elif client.has_capability("LOGINDISABLED"):
            raise IMAPClientAbortError("the server takes no password here")
        elif (fetch.user + password).isascii() and (fetch.user + password).isprintable():
            client.login(f'"{_escaped(fetch.user)}"', password)
        else:
            raise IMAPClientAbortError("this server cannot be told a user or password beyond ASCII")
    except LoginError as error:
        if isinstance(error.__context__, IMAPClientAbortError):
            raise error.__context__ from None
        raise _LoginRefused(f"{fetch.host}: login refused: {_first_line(error)}") from error


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _first_line(error: BaseException) -> str:
    # without what was unexpected in an answer: it may be a customer's mail
    text = re.split(r"(?<=unexpected response)|(?<=invalid message ID)|(?<=bad response type)", str(error).strip())[0]
    return (text or type(error).__name__).splitlines()[0][:300]
