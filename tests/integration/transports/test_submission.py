"""The relay's side played by a real aiosmtpd server with moods."""

import asyncio
import contextlib
import re
import ssl
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from mailintake.domain.letter import Letter
from mailintake.errors import DeliveryDown, LetterDeferred, LetterRefused
from mailintake.transports.submission import Relay

LETTER = Letter("<1.a@desk.example>", "", "ann@client.example", b"Subject: hello\r\n\r\nfirst\r\n.dot\r\n")


class Server(SMTP):
    """Lets its outgoing half misbehave as relays do."""

    moods: "Moods"

    def connection_made(self, transport: Any) -> None:
        self.moods.connections += 1
        self.moods.open.append(transport)
        super().connection_made(transport)

    async def push(self, status: Any) -> None:
        mood = self.moods.mood
        if str(status).startswith("220 ") and mood in {"greet421", "greet554"}:
            status = f"{mood[5:]} not now"
        await super().push(status)


class Moods:
    """What the relay does next: "" is to work."""

    def __init__(self) -> None:
        self.mood = ""
        self.letters: list[tuple[str | None, list[str], bytes, list[str]]] = []
        self.connections = 0
        self.logins: list[bytes] = []
        self.open: list[asyncio.Transport] = []
        self.port = 0

    async def handle_MAIL(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.mood == "leave":
            self.mood = ""
            _server.loop.call_soon(_server.transport.close)
            return "421 4.4.2 idle for too long"
        if self.mood == "reject":
            return "550 5.7.1 you are not liked\rhere"
        if self.mood == "login":
            return "530 5.7.0 log in first"
        envelope.mail_from = address
        envelope.mail_options = options
        return "250 2.1.0 ok"

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address.startswith("nobody"):
            return "550 5.1.1 no such user"
        if address.startswith("full"):
            return "452 4.2.2 mailbox full"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        match self.mood:
            case "tempfail":
                return "451 4.3.0 try again"
            case "refuse":
                return "554 5.6.0 spam"
            case "hang":
                await asyncio.sleep(30)
            case "dropdot":
                self.open[-1].abort()
        assert isinstance(envelope.content, bytes)
        self.letters.append((envelope.mail_from, envelope.rcpt_tos, envelope.content, envelope.mail_options))
        return "250 2.0.0 taken"

    def login(self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append(data.login)
        return AuthResult(success=data.password == b"tiger", handled=False)


async def served(moods: Moods, **settings: Any) -> asyncio.Server:
    loop = asyncio.get_running_loop()

    def session() -> Server:
        server = Server(moods, hostname="relay.example", loop=loop, authenticator=moods.login, **settings)
        server.moods = moods
        return server

    server = await loop.create_server(session, "127.0.0.1", 0)
    moods.port = server.sockets[0].getsockname()[1]
    return server


@contextlib.contextmanager
def running_apart(moods: Moods, **settings: Any) -> Iterator[None]:
    """In a loop of its own, since aiosmtpd's STARTTLS does not work in uvloop."""
    loop = asyncio.new_event_loop()

    async def serve() -> asyncio.Server:
        return await served(moods, **settings)

    async def end(server: asyncio.Server) -> None:
        server.close()
        for transport in moods.open:
            transport.abort()
        await asyncio.sleep(0)

    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        server = asyncio.run_coroutine_threadsafe(serve(), loop).result()
        yield
        asyncio.run_coroutine_threadsafe(end(server), loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def relay(moods: Moods, **settings: Any) -> Relay:
    return Relay("localhost", moods.port, **{"local_hostname": "desk.example", "tls": "off", "timeout": 5, **settings})


@pytest.fixture
async def moods() -> AsyncIterator[Moods]:
    found = Moods()
    server = await served(found)
    yield found
    server.close()
    for transport in found.open:
        transport.abort()


async def test_letters_go_over_one_connection_as_they_are(moods: Moods) -> None:
    sender = relay(moods)
    await asyncio.gather(*(sender.send(LETTER) for _ in range(3)))
    await sender.send(replace(LETTER, return_path="desk@desk.example"))
    await sender.close()
    assert moods.connections == 1
    assert [letter[:3] for letter in moods.letters] == [
        *[("<>", ["ann@client.example"], LETTER.content)] * 3,
        ("desk@desk.example", ["ann@client.example"], LETTER.content),
    ]
    assert moods.letters[0][3] == [f"SIZE={len(LETTER.content)}"]


@pytest.mark.parametrize(
    ("mood", "recipient", "error", "text"),
    [
        ("tempfail", "ann", LetterDeferred, "451 4.3.0 try again"),
        ("refuse", "ann", LetterRefused, "554 5.6.0 spam"),
        ("reject", "ann", LetterRefused, "550 5.7.1 you are not liked here"),
        ("login", "ann", LetterDeferred, "530 5.7.0 log in first"),
        ("", "nobody", LetterRefused, "550 5.1.1 no such user"),
        ("", "full", LetterDeferred, "452 4.2.2 mailbox full"),
        ("greet421", "ann", DeliveryDown, "421 not now"),
        ("greet554", "ann", DeliveryDown, "554 not now"),
        ("dropdot", "ann", LetterDeferred, "Connection lost|Unexpected EOF received"),
    ],
)
async def test_the_relay_decides_and_the_next_letter_leaves(
    moods: Moods, mood: str, recipient: str, error: type[Exception], text: str
) -> None:
    sender = relay(moods)
    moods.mood = mood
    with pytest.raises(error) as raised:
        await sender.send(replace(LETTER, recipient=f"{recipient}@client.example"))
    assert re.fullmatch(text, str(raised.value))
    moods.mood = ""
    moods.letters.clear()
    await sender.send(LETTER)
    assert len(moods.letters) == 1
    await sender.close()


async def test_a_connection_closed_while_it_waited_is_opened_again(moods: Moods) -> None:
    sender = relay(moods)
    await sender.send(LETTER)
    moods.open[0].abort()
    await sender.send(LETTER)
    moods.mood = "leave"
    await sender.send(LETTER)
    assert (len(moods.letters), moods.connections) == (3, 3)
    await sender.close()


async def test_a_relay_that_hangs_does_not_hold_us(moods: Moods) -> None:
    sender = relay(moods, timeout=0.2)
    moods.mood = "hang"
    with pytest.raises(LetterDeferred, match=r"no answer within 0\.2 seconds"):
        await sender.send(LETTER)
    moods.mood = ""
    await sender.send(LETTER)
    await sender.close()


async def test_a_letter_given_up_leaves_no_answer_for_the_next_one(moods: Moods) -> None:
    sender = relay(moods)
    moods.mood = "hang"
    sending = asyncio.create_task(sender.send(LETTER))
    await asyncio.sleep(0.1)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    moods.mood = ""
    with pytest.raises(LetterRefused):
        await sender.send(replace(LETTER, recipient="nobody@client.example"))
    await sender.close()


async def test_nobody_there_is_no_letters_fault() -> None:
    nobody = Moods()
    (await served(nobody)).close()
    with pytest.raises(DeliveryDown):
        await relay(nobody).send(LETTER)


async def test_an_address_cannot_bring_a_command(moods: Moods) -> None:
    sender = relay(moods)
    with pytest.raises(LetterRefused):
        await sender.send(replace(LETTER, recipient="a@b.example>\r\nRCPT TO:<victim@c.example"))
    await sender.send(LETTER)
    assert [letter[1] for letter in moods.letters] == [["ann@client.example"]]
    await sender.close()


async def test_other_alphabets_need_a_relay_that_speaks_them() -> None:
    wide = replace(LETTER, recipient="юрий@клиент.example")
    for speaks in (False, True):
        moods = Moods()
        server = await served(moods, enable_SMTPUTF8=speaks)
        sender = relay(moods)
        if speaks:
            await sender.send(wide)
            assert moods.letters[0][1] == [wide.recipient]
        else:
            with pytest.raises(LetterRefused, match="SMTPUTF8"):
                await sender.send(wide)
            await sender.send(LETTER)
        await sender.close()
        server.close()


async def test_login_and_letters_go_through_starttls(server_tls: ssl.SSLContext, client_tls: ssl.SSLContext) -> None:
    moods = Moods()
    with running_apart(moods, tls_context=server_tls, require_starttls=True, auth_required=True):
        settings = {"tls": "starttls", "tls_context": client_tls, "user": "desk"}
        sender = relay(moods, secret="tiger", **settings)
        await sender.send(LETTER)
        await sender.close()
        assert (len(moods.letters), moods.logins) == (1, [b"desk"])
        wrong = relay(moods, secret="lion", **settings)
        with pytest.raises(DeliveryDown, match="535"):
            await wrong.send(LETTER)
        await wrong.close()


async def test_nothing_is_sent_in_the_clear_when_tls_is_wanted(moods: Moods, client_tls: ssl.SSLContext) -> None:
    for tls in ("starttls", "implicit"):
        sender = relay(moods, tls=tls, tls_context=client_tls, timeout=1)
        with pytest.raises(DeliveryDown):
            await sender.send(LETTER)
        await sender.close()
    assert moods.letters == []


def test_a_password_does_not_leave_this_host_in_the_clear() -> None:
    with pytest.raises(ValueError, match="TLS"):
        Relay("relay.example", 25, local_hostname="desk.example", tls="off", user="desk", secret="tiger")
