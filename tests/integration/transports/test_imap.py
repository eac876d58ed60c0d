"""Talking to an IMAP server: whom we trust with the password, and what we let a server send."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mailintake.config.fetch import End, Fetch
from mailintake.config.secret import Secret
from mailintake.config.source import Node
from mailintake.domain.mailbox import MailboxDown, Refused
from mailintake.storage.body import Body, Budget
from mailintake.transports import imap as imap_module
from mailintake.transports.imap import Session
from tests.integration.dovecot import MISSING, PASSWORD, Dovecot, dovecot, program
from tests.integration.scripted_imap import Conversation, ScriptedImap, scripted
from tests.integration.transports.conftest import CERTIFICATE

MAIL = b"Subject: x\r\n\r\ny\r\n"


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """No loop takes part here."""
    return {"asyncio": asyncio.new_event_loop}


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    if program() is None:
        pytest.skip(MISSING)
    with dovecot(certificate=CERTIFICATE) as running:
        yield running


@pytest.fixture
def imap() -> Iterator[ScriptedImap]:
    with scripted(ScriptedImap()) as running:
        yield running


@pytest.fixture
def from_(tmp_path: Path) -> Callable[..., Fetch]:
    def make(port: int, *, password: str = PASSWORD, **said: object) -> Fetch:
        secret = tmp_path / "password"
        secret.write_text(password)
        node = Node("mailintake.yaml", 1, 1, [])
        said = {"tls": "none", "host": "127.0.0.1", "user": "ana", **said}
        return Fetch(
            name="support",
            port=port,
            password=Secret("file", str(secret), node),
            mailbox="support@desk.example",
            node=node,
            **said,  # type: ignore[arg-type]  # as the test says
        )

    return make


From = Callable[..., Fetch]


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_a_certificate_that_is_not_trusted_gets_no_password(server: Dovecot, from_: From, tls: str) -> None:
    port = server.tls_port if tls == "implicit" else server.port
    with pytest.raises(MailboxDown, match="not to be trusted"):
        Session.open(from_(port, tls=tls, host="localhost"))
    assert "Login:" not in server.said()


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_a_certificate_that_is_trusted_is_verified_for_the_host_s_name(
    server: Dovecot, from_: From, tls: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    port = server.tls_port if tls == "implicit" else server.port
    session = Session.open(from_(port, tls=tls, host="localhost"))
    assert session.select("INBOX", only_look=True).messages == 0
    session.close()


def test_starttls_that_is_not_offered_sends_nothing(imap: ScriptedImap, from_: From) -> None:
    with pytest.raises(Refused, match="STARTTLS"):
        Session.open(from_(imap.port, tls="starttls"))
    assert imap.count("LOGIN") == 0


@pytest.mark.parametrize("tls", ["none", "starttls"])
def test_a_server_that_knows_us_before_we_log_in_is_not_trusted(imap: ScriptedImap, from_: From, tls: str) -> None:
    imap.greeting = "* PREAUTH welcome back"
    with pytest.raises(MailboxDown, match="without a password"):
        Session.open(from_(imap.port, tls=tls))
    assert imap.count("SELECT") == 0


def test_a_server_that_takes_no_password_here_gets_none(imap: ScriptedImap, from_: From) -> None:
    imap.capability = "IMAP4rev1 LOGINDISABLED"
    with pytest.raises(MailboxDown, match="no password here"):
        Session.open(from_(imap.port))
    assert imap.count("LOGIN ") == 0


@pytest.mark.parametrize("password", ['a "b" \\c', "x\r\nA1 DELETE INBOX", "päss"])
def test_no_user_and_no_password_becomes_a_command(imap: ScriptedImap, from_: From, password: str) -> None:
    try:
        Session.open(from_(imap.port, password=password, user='ana "x" y')).close()
    except MailboxDown as refused:
        assert "beyond ASCII" in str(refused)  # noqa: PT017 - one of two good ends
    assert imap.count("DELETE") == 0
    assert all(command.split()[0] in {"CAPABILITY", "LOGIN", "LOGOUT"} for command in imap.commands)


def test_a_password_beyond_ascii_goes_where_it_can(server: Dovecot, from_: From) -> None:
    with pytest.raises(Refused, match="login refused"):
        Session.open(from_(server.port, password="päss"))


def test_a_literal_of_two_gigabytes_is_not_waited_for(imap: ScriptedImap, from_: From) -> None:
    def announce(conversation: Conversation, _: str, line: str) -> bool:
        if "BODY.PEEK" not in line:
            return False
        conversation.say("* 1 FETCH (UID 1 BODY[]<0> {2147483648}")
        return True

    imap.arrive(MAIL)
    imap.trick = announce
    session = Session.open(from_(imap.port))
    session.select("INBOX")
    with pytest.raises(MailboxDown, match="2147483648 bytes at once"):
        session.small([1])
    session.close()


def test_a_mail_without_an_end_is_given_up(imap: ScriptedImap, from_: From, tmp_path: Path) -> None:
    def endless(conversation: Conversation, tag: str, line: str) -> bool:
        if "BODY.PEEK" not in line:
            return False
        conversation.say_mail(1, line, b"x" * (20 << 20))
        conversation.say(f"{tag} OK done")
        return True

    imap.arrive(MAIL)
    imap.trick = endless
    session = Session.open(from_(imap.port))
    session.select("INBOX")
    body = Body(directory=tmp_path, budget=Budget())
    with pytest.raises(Refused, match="goes on beyond"):
        session.large(1, body, limit=3_000_000)
    body.close()
    session.close()


def test_a_huge_folder_is_asked_for_in_ranges(imap: ScriptedImap, from_: From, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap_module, "FEW", 10)
    imap.arrive(*[MAIL] * 35)
    del imap.inbox.mails[7], imap.inbox.mails[35]
    session = Session.open(from_(imap.port))
    session.select("INBOX")
    assert session.uids(1) == [uid for uid in range(1, 35) if uid != 7]
    assert session.uids(30) == [30, 31, 32, 33, 34]
    assert session.uids(36) == []
    session.close()


def test_the_last_mail_is_no_news(imap: ScriptedImap, from_: From) -> None:
    imap.arrive(MAIL)
    session = Session.open(from_(imap.port))
    session.select("INBOX")
    assert session.uids(2) == []
    session.close()


def test_no_end_of_ours_is_a_plain_expunge(imap: ScriptedImap, from_: From) -> None:
    imap.arrive(MAIL, MAIL)
    session = Session.open(from_(imap.port, then=End("delete")))
    session.select("INBOX")
    assert session.end([1]) == "expunged"
    assert [command for command in imap.commands if "EXPUNGE" in command] == ["UID EXPUNGE 1"]
    session.close()
