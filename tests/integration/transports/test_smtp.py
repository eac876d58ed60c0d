"""The listeners over real sockets, on both event loops."""

import asyncio
import hashlib
import logging
import os
import socket
import ssl
from pathlib import Path

import pytest

from mailintake import errors
from mailintake.domain.mail import Envelope, Reception
from mailintake.transports.limits import Limits
from mailintake.transports.smtp import Listener

from .conftest import NOW, Client, Open

MAIL = b"Subject: hello\r\n\r\nfirst\r\n..dot\r\n"
STORED = b"Subject: hello\r\n\r\nfirst\r\n.dot\r\n"


async def test_a_mail_is_answered_with_its_spool_id(house: Open) -> None:
    desk = await house()
    client = await desk.client()
    await client.start("support@desk.example", "Sales+x@desk.example", "support@desk.example")
    assert await client.say(MAIL + b".\r\n") == "250 2.0.0 4711"
    assert await client.say("QUIT") == "221 2.0.0 Bye"
    assert await client.answer() == ""
    ((stored, envelope, reception),) = desk.spool.mails
    assert stored == STORED
    assert envelope == Envelope("joe@client.example", ("support@desk.example", "Sales+x@desk.example"))
    assert reception == Reception("smtp", NOW, peer="127.0.0.1", helo="client.example")


async def test_what_is_offered(house: Open) -> None:
    client = await (await house(limits=Limits(message=1234))).client()
    assert await client.answer() == "220 desk.example SMTP mailintake"
    offered = (await client.say("EHLO client.example")).splitlines()
    assert offered[0] == "250-desk.example"
    assert {line[4:] for line in offered[1:]} == {
        "SIZE 1234",
        "8BITMIME",
        "SMTPUTF8",
        "PIPELINING",
        "ENHANCEDSTATUSCODES",
    }
    assert await client.say("HELO client.example") == "250 desk.example"


async def test_the_null_sender_is_empty(house: Open) -> None:
    desk = await house()
    client = await desk.client()
    client.send(b"EHLO c.example\r\nMAIL FROM:<>\r\nRCPT TO:<Postmaster>\r\nDATA\r\n")
    for _ in range(5):
        await client.answer()
    assert await client.say(MAIL + b".\r\n") == "250 2.0.0 4711"
    assert desk.spool.mails[0][1] == Envelope("", ("postmaster",))


async def test_a_whole_pipeline_at_once_is_answered_in_order(house: Open) -> None:
    desk = await house()
    client = await desk.client()
    await client.answer()
    client.send(
        b"EHLO c.example\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<support@desk.example>\r\nRCPT TO:<x@other.example>\r\n"
        b"DATA\r\n" + MAIL + b".\r\nRSET\r\nMAIL FROM:<c@d.example>\r\nQUIT\r\n"
    )
    codes = [(await client.answer())[-40:].split()[0] for _ in range(6)]
    assert (await client.answer()).startswith("250 2.0.0 Ok")
    assert (await client.answer()).startswith("250 2.1.0")
    assert (await client.answer()).startswith("221")
    assert len(codes) == 6
    assert desk.spool.mails[0][0] == STORED


async def test_what_was_said_before_half_closing_is_answered(house: Open) -> None:
    desk = await house()
    client = await desk.client()
    client.send(
        b"HELO c.example\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<support@desk.example>\r\nDATA\r\n" + MAIL + b".\r\n"
    )
    client.writer.write_eof()
    assert b"250 2.0.0 4711" in await client.reader.read()


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (RuntimeError("password=tiger"), "451 4.3.0"),
        (errors.StorageBusy("host db.internal"), "451 4.3.0"),
        (errors.OutOfSpace("no room"), "452 4.3.1"),
        (errors.PermanentError("never"), "554 5.6.0"),
    ],
)
async def test_trouble_is_answered_without_our_insides_and_once_per_lmtp_recipient(
    house: Open, error: Exception, answer: str, caplog: pytest.LogCaptureFixture
) -> None:
    smtp, lmtp = await house(), await house(Listener(protocol="lmtp"))
    smtp.spool.trouble = lmtp.spool.trouble = error
    one, two = await smtp.client(), await lmtp.client()
    await one.start()
    assert (await one.say(MAIL + b".\r\n")).startswith(answer)
    assert (await one.say("NOOP")).startswith("250")
    await two.start("a@desk.example", "b@desk.example", hello="LHLO mta.example")
    told = [await two.say(MAIL + b".\r\n"), await two.answer()]
    assert all(line.startswith(answer) and str(error) not in line for line in told)
    assert (await two.say("NOOP")).startswith("250")
    assert str(error) in caplog.text


async def test_lmtp_answers_every_accepted_recipient(house: Open) -> None:
    desk = await house(Listener(protocol="lmtp", trusted=True), limits=Limits(message=100))
    client = await desk.client()
    assert await client.answer() == "220 desk.example LMTP mailintake"
    assert (await client.say("EHLO mta.example")).startswith("500 5.5.1")
    assert (await client.say("LHLO mta.example")).startswith("250-desk.example")
    await client.mail("a@desk.example", "b@desk.example", "a@desk.example")
    assert [await client.say(MAIL + b".\r\n"), await client.answer(), await client.answer()] == ["250 2.0.0 4711"] * 3
    assert desk.spool.mails[0][1].recipients == ("a@desk.example", "b@desk.example")
    assert desk.spool.mails[0][2] == Reception("lmtp", NOW, trusted=True, peer="127.0.0.1", helo="mta.example")
    await client.mail("a@desk.example", "b@desk.example")
    too_large = [await client.say(b"x" * 200 + b"\r\n.\r\n"), await client.answer()]
    assert [line[:9] for line in too_large] == ["552 5.3.4"] * 2
    assert (await client.say("QUIT")).startswith("221")


async def test_a_unix_socket_has_its_mode_and_goes_when_the_server_stops(house: Open, tmp_path: Path) -> None:
    path = tmp_path / "lmtp.sock"
    stale = socket.socket(socket.AF_UNIX)
    stale.bind(str(path))
    stale.close()
    desk = await house(Listener(protocol="lmtp", path=path, mode=0o600, trusted=True))
    assert os.stat(path).st_mode & 0o777 == 0o600  # noqa: PTH116
    client = Client(*await asyncio.open_unix_connection(path))
    await client.start(hello="LHLO mta.example")
    assert await client.say(MAIL + b".\r\n") == "250 2.0.0 4711"
    assert desk.spool.mails[0][2].peer == "local"
    client.cut()
    await desk.server.stop(within=1)
    assert os.listdir(tmp_path) == []  # noqa: PTH208


async def test_a_client_that_hangs_up_after_the_dot_does_not_stop_the_commit(house: Open) -> None:
    desk = await house()
    desk.spool.gate = asyncio.Event()
    client = await desk.client()
    await client.start()
    client.send(MAIL + b".\r\n")
    await desk.spool.arrived.wait()
    client.cut()
    await desk.is_empty()
    desk.spool.gate.set()
    await desk.server.stop(within=2)
    assert desk.spool.mails[0][0] == STORED


async def test_a_client_that_hangs_up_before_the_dot_leaves_nothing(house: Open) -> None:
    desk = await house()
    client = await desk.client()
    await client.start()
    client.send(MAIL)
    await client.writer.drain()
    client.cut()
    await desk.is_empty()
    assert desk.spool.mails == []
    assert not desk.spool.arrived.is_set()


@pytest.mark.parametrize("trick", [b"\n.\n", b"\r.\r", b"\n.\r\n", b"\r\n.\n", b"\r\n.\r"])
async def test_no_mail_is_smuggled_inside_another(house: Open, trick: bytes) -> None:
    inner = b"MAIL FROM:<boss@desk.example>\r\nRCPT TO:<support@desk.example>\r\nDATA\r\nevil\r\n.\r\n"
    stranger, ours = await house(), await house(Listener(trusted=True))
    for desk, expected in ((stranger, "550 5.6.11"), (ours, "250 2.0.0 4711")):
        client = await desk.client()
        await client.start()
        assert (await client.say(b"a" + trick + inner)).startswith(expected)
        assert (await client.say("NOOP")).startswith("250 2.0.0 Ok")
    assert stranger.spool.mails == []
    assert len(ours.spool.mails) == 1
    assert b"MAIL FROM:<boss@desk.example>" in ours.spool.mails[0][0]


async def test_a_dot_may_be_cut_anywhere_on_the_wire(house: Open) -> None:
    desk = await house()
    client = await desk.client()
    client.writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    await client.answer()
    await client.say("HELO c.example")
    stream = MAIL + b".\r\n"
    for cut in range(len(stream) - 8, len(stream)):
        await client.mail()
        client.send(stream[:cut])
        await client.writer.drain()
        await asyncio.sleep(0.005)
        assert (await client.say(stream[cut:])).startswith("250 2.0.0 47")
    assert {mail for mail, _, _ in desk.spool.mails} == {STORED}


async def test_sizes(house: Open) -> None:
    desk = await house(limits=Limits(message=1000))
    client = await desk.client()
    await client.answer()
    await client.say("EHLO c.example")
    assert (await client.say("MAIL FROM:<a@b.example> SIZE=1001")).startswith("552 5.3.4")
    await client.mail()
    assert (await client.say(b"x" * 998 + b"\r\n.\r\n")).startswith("250 2.0.0")
    await client.mail()
    assert (await client.say(b"x" * 999 + b"\r\n.\r\n")).startswith("552 5.3.4")
    assert len(desk.spool.mails) == 1


async def test_a_large_mail_with_one_endless_line_arrives_byte_for_byte(house: Open) -> None:
    desk = await house()
    client = await desk.client()
    await client.start()
    data = os.urandom(1000).hex().encode() * 12_000
    client.send(data + b"\r\n.\r\n")
    assert await client.answer() == "250 2.0.0 4711"
    digest = hashlib.sha256(data + b"\r\n").hexdigest()
    assert hashlib.sha256(desk.spool.mails[0][0]).hexdigest() == digest


async def test_trouble_with_the_disk_is_temporary(house: Open, tmp_path: Path) -> None:
    desk = await house(limits=Limits(memory=0))
    client = await desk.client()
    await client.start()
    assert await client.say(MAIL + b".\r\n") == "250 2.0.0 4711"
    os.rmdir(tmp_path)  # noqa: PTH106
    await client.mail()
    assert (await client.say(MAIL + b".\r\n")).startswith("451 4.3.0")
    os.mkdir(tmp_path)  # noqa: PTH102
    await client.mail()
    assert await client.say(MAIL + b".\r\n") == "250 2.0.0 4712"


async def test_a_mail_that_goes_in_circles_is_refused(house: Open) -> None:
    client = await (await house(limits=Limits(hops=3))).client()
    await client.start()
    assert (await client.say(b"Received: x\r\n" * 3 + b"\r\n.\r\n")).startswith("250")
    await client.mail()
    assert (await client.say(b"Received: x\r\n" * 4 + b"\r\n.\r\n")).startswith("554 5.4.6")


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (b"BLAH", "500 5.5.1"),
        (b"", "500 5.5.1"),
        (b"NOOP \x00", "500 5.5.2"),
        (b"EHLO", "501 5.5.4"),
        (b"VRFY support", "252 2.5.0"),
        (b"EXPN all", "502 5.5.1"),
        (b"AUTH PLAIN AGEAYg==", "500 5.5.1"),
        (b"HELP", "214 2.0.0"),
        (b"STARTTLS", "502 5.5.1"),
        (b"DATA", "503 5.5.1"),
        (b"RCPT TO:<support@desk.example>", "503 5.5.1"),
        (b"MAIL FROM:<\xff\xfe@x.example>", "501 5.1.3"),
        (b"MAIL FROM:<a\x00@x.example>", "501 5.1.3"),
        (b"MAIL FROM:<a@x.example\rX>", "501 5.1.3"),
        (b"NOOP " + b"x" * 3000, "500 5.5.2"),
    ],
)
async def test_odd_commands(house: Open, said: bytes, answer: str) -> None:
    client = await (await house()).client()
    await client.answer()
    await client.say("EHLO c.example")
    assert (await client.say(said + b"\r\n")).startswith(answer)
    assert (await client.say("NOOP")).startswith("250 2.0.0")


async def test_recipients(house: Open) -> None:
    client = await (await house(limits=Limits(recipients=2))).client()
    await client.answer()
    assert (await client.say("MAIL FROM:<a@b.example>")).startswith("503 5.5.1")
    await client.say("EHLO c.example")
    await client.say("MAIL FROM:<a@b.example>")
    assert (await client.say("MAIL FROM:<a@b.example>")).startswith("503 5.5.1")
    assert (await client.say("RCPT TO:<x@other.example>")).startswith("550 5.1.1")
    assert (await client.say("DATA")).startswith("503 5.5.1")
    assert (await client.say("RCPT TO:<x%other.example@desk.example>")).startswith("550 5.7.1")
    assert (await client.say("RCPT TO:<a@desk.example>")).startswith("250 2.1.5")
    assert (await client.say("RCPT TO:<b@desk.example>")).startswith("250 2.1.5")
    assert (await client.say("RCPT TO:<c@desk.example>")).startswith("452 4.5.3")
    assert (await client.say("RSET")).startswith("250 2.0.0")
    assert (await client.say("RCPT TO:<a@desk.example>")).startswith("503 5.5.1")


async def test_too_many_connections_are_told_so_at_once(house: Open) -> None:
    desk = await house(limits=Limits(connections_per_peer=2))
    first, second, third = [await desk.client() for _ in range(3)]
    assert (await first.answer()).startswith("220")
    assert (await second.answer()).startswith("220")
    assert (await third.answer()).startswith("421 4.7.0")
    assert await third.answer() == ""
    await first.say("QUIT")
    await second.say("QUIT")
    await desk.is_empty()
    assert (await (await desk.client()).answer()).startswith("220")
    full = await house(limits=Limits(connections=1))
    assert (await (await full.client()).answer()).startswith("220")
    assert (await (await full.client()).answer()).startswith("421 4.3.2")


async def test_errors_and_idle_commands_end(house: Open) -> None:
    desk = await house(limits=Limits(errors=3, idle_commands=5, recipients=5))
    client = await desk.client()
    await client.answer()
    assert [(await client.say("BLAH"))[:3] for _ in range(4)] == ["500"] * 4
    assert (await client.answer()).startswith("421 4.7.0")
    assert await client.answer() == ""
    client = await desk.client()
    await client.answer()
    assert {(await client.say("NOOP"))[:3] for _ in range(10)} == {"250"}
    assert (await client.say("NOOP")).startswith("421 4.7.0")
    assert await client.answer() == ""


async def test_slow_senders_are_cut_off_and_steady_ones_are_not(house: Open) -> None:
    desk = await house(limits=Limits(command_seconds=0.3, data_rate=1000))
    idle, silent, steady = [await desk.client() for _ in range(3)]
    await silent.start()
    await steady.start()
    for _ in range(10):
        steady.send(b"x" * 100 + b"\r\n")
        await asyncio.sleep(0.08)
    assert (await steady.say(b".\r\n")).startswith("250 2.0.0")
    assert (await idle.answer()).startswith("220")
    assert (await idle.answer()).startswith("421 4.4.2")
    assert (await silent.answer()).startswith("421 4.4.2")
    assert await silent.answer() == ""


async def test_a_commit_may_take_longer_than_a_command(house: Open) -> None:
    desk = await house(limits=Limits(command_seconds=0.1))
    desk.spool.gate = asyncio.Event()
    client = await desk.client()
    await client.start()
    client.send(MAIL + b".\r\n")
    await asyncio.sleep(0.35)
    desk.spool.gate.set()
    assert await client.answer() == "250 2.0.0 4711"


async def test_a_commit_that_does_not_end_means_later_and_is_not_undone(house: Open) -> None:
    desk = await house(limits=Limits(commit_seconds=0.05))
    desk.spool.gate = asyncio.Event()
    client = await desk.client()
    await client.start()
    assert (await client.say(MAIL + b".\r\n")).startswith("451 4.3.0")
    desk.spool.gate.set()
    assert (await client.say("QUIT")).startswith("221")
    await desk.is_empty()
    assert len(desk.spool.mails) == 1


async def test_starttls(house: Open, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext) -> None:
    desk = await house(Listener(tls="required", tls_context=server_tls))
    client = await desk.client()
    await client.answer()
    assert "STARTTLS" in await client.say("EHLO c.example")
    assert (await client.say("MAIL FROM:<a@b.example>")).startswith("530 5.7.0")
    assert (await client.say(b"STARTTLS\r\nEHLO injected.example\r\n")).startswith("220 2.0.0")
    await client.writer.start_tls(client_tls, server_hostname="localhost")
    assert (await client.say("MAIL FROM:<a@b.example>")).startswith("503 5.5.1")
    assert "STARTTLS" not in await client.say("EHLO c.example")
    assert (await client.say("STARTTLS")).startswith("503 5.5.1")
    await client.mail()
    assert await client.say(b"x" * 3_000_000 + b"\r\n.\r\n") == "250 2.0.0 4711"
    assert (await client.say("QUIT")).startswith("221")
    assert desk.spool.mails[0][2].helo == "c.example"
    await client.close()
    await desk.is_empty()


async def test_a_handshake_that_fails_ends_the_connection(house: Open, server_tls: ssl.SSLContext) -> None:
    desk = await house(Listener(tls="offered", tls_context=server_tls))
    client = await desk.client()
    await client.answer()
    await client.say("EHLO c.example")
    assert (await client.say("STARTTLS")).startswith("220")
    client.send(b"this is no handshake\r\n" * 10)
    await client.reader.read()
    await desk.is_empty()


async def test_implicit_tls(house: Open, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext) -> None:
    desk = await house(Listener(tls="implicit", tls_context=server_tls))
    client = await desk.client(tls=client_tls)
    await client.answer()
    assert "STARTTLS" not in await client.say("EHLO c.example")
    await client.mail()
    assert await client.say(MAIL + b".\r\n") == "250 2.0.0 4711"


async def test_stopping_lets_a_mail_in_and_sends_the_idle_away(house: Open) -> None:
    desk = await house()
    idle, busy = await desk.client(), await desk.client()
    await idle.answer()
    await busy.start()
    busy.send(MAIL)
    stopping = asyncio.create_task(desk.server.stop(within=5))
    assert (await idle.answer()).startswith("421 4.3.2")
    with pytest.raises(ConnectionRefusedError):
        await Client.connect(desk.port)
    assert await busy.say(b".\r\n") == "250 2.0.0 4711"
    assert (await busy.answer()).startswith("421 4.3.2")
    await stopping
    assert desk.server.connections == 0


async def test_stopping_does_not_wait_for_ever(house: Open) -> None:
    desk = await house()
    client = await desk.client()
    await client.start()
    client.send(MAIL)
    await desk.server.stop(within=0.1)
    assert (await client.answer()).startswith("421 4.3.2")
    assert desk.spool.mails == []


async def test_our_log_names_no_commands(house: Open, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client = await (await house()).client()
    await client.start()
    await client.say(MAIL + b".\r\n")
    assert "joe@client.example" not in caplog.text
