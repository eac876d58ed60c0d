"""Tokens at a real Dovecot that asks the provider about each: refresh, expiry, revocation; and at servers that err."""

import base64
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailintake.config.fetch import Fetch
from mailintake.domain.mailbox import MailboxDown, Refused
from mailintake.errors import PermanentError
from mailintake.transports import oauth
from mailintake.transports.imap import Session
from mailintake.transports.oauth import Tokens
from mailintake.transports.oauth_token import TokenDelayed
from tests.integration.dovecot import MISSING, Dovecot, dovecot, logins, program
from tests.integration.scripted_imap import Conversation, ScriptedImap, scripted
from tests.integration.token_provider import Provider, fetch_from, providing
from tests.integration.transports.conftest import CERTIFICATE

MECHANISMS = ["OAUTHBEARER", "XOAUTH2"]


@pytest.fixture(scope="module")
def shared() -> Iterator[Provider]:
    with providing() as running:
        yield running


@pytest.fixture
def provider(shared: Provider) -> Provider:
    """As new."""
    shared.revoke()
    shared.forms.clear()
    shared.next_answers.clear()
    shared.life, shared.user, shared.rotates = 3600, "ana", False
    return shared


@pytest.fixture(scope="module", params=MECHANISMS)
def server(shared: Provider, request: pytest.FixtureRequest) -> Iterator[Dovecot]:
    """A server for each mechanism, which offers only that one."""
    if program() is None:
        pytest.skip(MISSING)
    url = f"{shared.url}/introspect"
    with dovecot(introspection=url, mechanisms=[request.param], certificate=CERTIFICATE) as running:
        yield running


@pytest.fixture
def from_(provider: Provider, tmp_path: Path) -> Callable[..., Fetch]:
    def make(port: int, *, refresh_token: str = "", **said: object) -> Fetch:
        return fetch_from(provider, port, tmp_path, refresh_token=refresh_token, **said)

    return make


From = Callable[..., Fetch]


def tokens(fetch: Fetch, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Tokens:
    found = oauth.tokens(fetch, clock=clock)
    assert found is not None
    return found


# ---- Dovecot


def test_a_token_opens_the_mailbox_and_serves_for_the_next_time(
    server: Dovecot, from_: From, provider: Provider
) -> None:
    fetch = from_(server.port)
    kept = tokens(fetch)
    for _ in range(2):
        session = Session.open(fetch, tokens=kept)
        assert session.select("INBOX", only_look=True).messages == 0
        assert session.token_expires_at is not None
        assert timedelta() < session.token_expires_at - datetime.now(UTC) <= timedelta(hours=1)
        session.close()
    assert provider.asked("client_credentials") == 1


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_a_token_goes_over_tls(
    server: Dovecot, from_: From, provider: Provider, tls: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    port = server.tls_port if tls == "implicit" else server.port
    session = Session.open(from_(port, tls=tls, host="localhost"))
    assert session.select("INBOX", only_look=True).messages == 0
    session.close()


def test_a_token_about_to_expire_is_replaced_before_it_is_used(
    server: Dovecot, from_: From, provider: Provider
) -> None:
    fetch = from_(server.port, refresh_token=provider.new_refresh_token())
    moment = [datetime.now(UTC)]
    kept = tokens(fetch, clock=lambda: moment[0])
    Session.open(fetch, tokens=kept).close()
    moment[0] += timedelta(minutes=54)
    Session.open(fetch, tokens=kept).close()
    assert provider.asked("refresh_token") == 1
    moment[0] += timedelta(minutes=2)
    Session.open(fetch, tokens=kept).close()
    assert provider.asked("refresh_token") == 2


def test_a_token_that_was_revoked_is_replaced_once(server: Dovecot, from_: From, provider: Provider) -> None:
    fetch = from_(server.port)
    kept = tokens(fetch)
    Session.open(fetch, tokens=kept).close()
    provider.revoke()
    before = logins(server)
    Session.open(fetch, tokens=kept).close()
    assert logins(server) == before + 1
    assert provider.asked("client_credentials") == 2


def test_a_token_that_expired_unnoticed_is_replaced_once(server: Dovecot, from_: From, provider: Provider) -> None:
    """The clock of the provider is not ours."""
    fetch = from_(server.port)
    kept = tokens(fetch)
    Session.open(fetch, tokens=kept).close()
    provider.valid = dict.fromkeys(provider.valid, 0.0)
    Session.open(fetch, tokens=kept).close()
    assert provider.asked("client_credentials") == 2


def test_a_token_that_is_good_and_may_not_open_this_mailbox(server: Dovecot, from_: From, provider: Provider) -> None:
    provider.user = "somebody-else"
    with pytest.raises(
        Refused, match=r"login refused: .*also with a fresh token: may it open the mailbox of ana"
    ) as no:
        Session.open(from_(server.port))
    assert provider.asked("client_credentials") == 2
    assert not any(token in str(no.value) for token in provider.valid)


def test_consent_that_was_withdrawn_is_for_an_admin_and_reaches_no_server(
    server: Dovecot, from_: From, provider: Provider
) -> None:
    refresh = provider.new_refresh_token()
    fetch = from_(server.port, refresh_token=refresh)
    kept = tokens(fetch)
    Session.open(fetch, tokens=kept).close()
    provider.revoke()
    provider.refresh_tokens.clear()
    with pytest.raises(PermanentError, match="invalid_grant") as refused:
        Session.open(fetch, tokens=kept)
    assert refresh not in str(refused.value)
    before = len(server.said())
    with pytest.raises(PermanentError):
        Session.open(fetch)
    assert len(server.said()) == before


def test_while_the_provider_is_away_a_token_still_good_serves(server: Dovecot, from_: From, provider: Provider) -> None:
    fetch = from_(server.port)
    moment = [datetime.now(UTC)]
    kept = tokens(fetch, clock=lambda: moment[0])
    Session.open(fetch, tokens=kept).close()
    provider.next_answers = [(503, {})]
    moment[0] += timedelta(minutes=57)
    Session.open(fetch, tokens=kept).close()
    assert provider.next_answers == []
    provider.next_answers = [(503, {})]
    moment[0] += timedelta(minutes=4)
    with pytest.raises(TokenDelayed, match="status 503"):
        Session.open(fetch, tokens=kept)
    Session.open(fetch, tokens=kept).close()


# ---- other servers


@pytest.fixture
def imap() -> Iterator[ScriptedImap]:
    with scripted(ScriptedImap()) as running:
        yield running


def refusing(
    reason: bytes, heard: list[bytes], *, last: str = "NO go away"
) -> Callable[[Conversation, str, str], bool]:
    """A server that takes no token, gives a reason, and wants an answer to that."""

    def trick(conversation: Conversation, tag: str, line: str) -> bool:
        if not line.startswith("AUTHENTICATE"):
            return False
        conversation.say("+ ")
        heard.append(base64.b64decode(conversation.rfile.readline()))
        conversation.say(b"+ " + base64.b64encode(reason))
        heard.append(base64.b64decode(conversation.rfile.readline()))
        conversation.say(f"{tag} {last}")
        return True

    return trick


@pytest.mark.parametrize(("mechanism", "dummy"), [("OAUTHBEARER", b"\x01"), ("XOAUTH2", b"")])
def test_a_reason_is_asked_for_and_named(
    imap: ScriptedImap, from_: From, provider: Provider, mechanism: str, dummy: bytes
) -> None:
    heard: list[bytes] = []
    imap.capability = f"IMAP4rev1 AUTH={mechanism}"
    imap.trick = refusing(b'{"status":"invalid_token","scope":"mail"}', heard)
    with pytest.raises(Refused, match=r"go away; status invalid_token, scope mail \(also with a fresh token"):
        Session.open(from_(imap.port))
    assert [heard[1], heard[3]] == [dummy, dummy]
    assert heard[0] != heard[2]
    assert all(token.encode() in heard[0] + heard[2] for token in provider.valid)


def test_the_standard_is_preferred(imap: ScriptedImap, from_: From) -> None:
    imap.capability = "IMAP4rev1 AUTH=XOAUTH2 AUTH=OAUTHBEARER AUTH=PLAIN"
    imap.trick = refusing(b"{}", [])
    with pytest.raises(Refused):
        Session.open(from_(imap.port))
    assert imap.count("AUTHENTICATE OAUTHBEARER") == 2


def test_a_reason_that_shows_the_token_does_not_show_it_to_us(
    imap: ScriptedImap, from_: From, provider: Provider
) -> None:
    imap.capability = "IMAP4rev1 AUTH=XOAUTH2"

    def echoing(conversation: Conversation, tag: str, line: str) -> bool:
        token = next(reversed(provider.valid))
        return refusing(b"your token " + token.encode(), [], last=f"NO {token}")(conversation, tag, line)

    imap.trick = echoing
    with pytest.raises(Refused) as refused:
        Session.open(from_(imap.port))
    assert "***" in str(refused.value)
    assert not any(token in repr((refused.value, refused.value.__cause__)) for token in provider.valid)


def test_a_server_that_asks_for_ever_is_left(imap: ScriptedImap, from_: From) -> None:
    imap.capability = "IMAP4rev1 AUTH=XOAUTH2"
    heard: list[bytes] = []

    def asking(conversation: Conversation, tag: str, line: str) -> bool:
        if line.startswith("AUTHENTICATE"):
            for _ in range(3):
                conversation.say("+ ")
                heard.append(conversation.rfile.readline().strip())
            conversation.say(f"{tag} BAD cancelled")
        return line.startswith("AUTHENTICATE")

    imap.trick = asking
    with pytest.raises(Refused):
        Session.open(from_(imap.port))
    assert heard[1::3] == [b"", b""]
    assert heard[2::3] == [b"*", b"*"]


def test_a_server_that_takes_no_tokens_gets_none(imap: ScriptedImap, from_: From) -> None:
    imap.capability = "IMAP4rev1 AUTH=PLAIN"
    with pytest.raises(MailboxDown, match="neither OAUTHBEARER nor XOAUTH2"):
        Session.open(from_(imap.port))
    assert imap.count("AUTHENTICATE") == imap.count("LOGIN ") == 0


def test_a_server_that_hangs_up_instead_of_refusing(imap: ScriptedImap, from_: From, provider: Provider) -> None:
    imap.capability = "IMAP4rev1 AUTH=XOAUTH2"

    def hang_up(conversation: Conversation, _: str, line: str) -> bool:
        if line.startswith("AUTHENTICATE"):
            conversation.hang_up()
        return line.startswith("AUTHENTICATE")

    imap.trick = hang_up
    with pytest.raises(MailboxDown):
        Session.open(from_(imap.port))
    assert provider.asked("client_credentials") == 1
