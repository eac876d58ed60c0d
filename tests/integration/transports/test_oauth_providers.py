"""Asking providers for tokens: the generic one, Microsoft's library and Google's, each against a server of ours."""

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import jwt

from mailintake.config import source
from mailintake.config.fetch import Fetch, read_fetch
from mailintake.config.source import Section
from mailintake.errors import ConfigError, PermanentError, UsageError
from mailintake.transports import oauth, oauth_http
from mailintake.transports.oauth import Tokens
from mailintake.transports.oauth_token import TokenDelayed, TokenRefused
from tests.integration.token_provider import CLIENT, SECRET, Provider, providing
from tests.integration.transports.conftest import CERTIFICATE


@pytest.fixture
def provider() -> Iterator[Provider]:
    with providing() as running:
        yield running


@pytest.fixture
def entra(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """As Microsoft's: msal speaks to nobody without TLS."""
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    with providing(certificate=CERTIFICATE) as running:
        yield running


@pytest.fixture
def mailbox(tmp_path: Path) -> Callable[[str], Fetch]:
    """A mailbox whose `oauth` section says this."""
    (tmp_path / "client.secret").write_text(SECRET)
    (tmp_path / "client.secret").chmod(0o600)

    def make(said: str) -> Fetch:
        text = f"m: {{host: 127.0.0.1, user: ana, for: support@desk.example, oauth: {{{said}}}}}"
        root = source.read(text.encode(), file="mailintake.yaml")
        assert isinstance(root, Section)
        return read_fetch(tmp_path, {}, root)[0]

    return make


Mailbox = Callable[[str], Fetch]


def tokens(fetch: Fetch) -> Tokens:
    found = oauth.tokens(fetch)
    assert found is not None
    return found


def generic(provider: Provider, more: str = "client_secret_file: client.secret") -> str:
    return f"provider: generic, token_endpoint: {provider.url}/token, client_id: {CLIENT}, {more}"


def microsoft(entra: Provider, more: str = "client_secret_file: client.secret") -> str:
    return f"provider: microsoft, authority: {entra.url}, tenant: desk-tenant, client_id: {CLIENT}, {more}"


def google(provider: Provider) -> str:
    key = "client_secret_file: client.secret, token_file: support.token"
    return f"provider: google, token_endpoint: {provider.url}/token, client_id: {CLIENT}, {key}"


def kept(directory: Path) -> str:
    return str(json.loads((directory / "support.token").read_text())["refresh_token"])


def keep(directory: Path, token: str) -> None:
    (directory / "support.token").write_text(token)
    (directory / "support.token").chmod(0o600)


# ---- what every provider has


def test_a_token_is_asked_for_once_and_its_expiry_is_known(provider: Provider, mailbox: Mailbox) -> None:
    found = tokens(mailbox(generic(provider)))
    assert found.expires_at is None
    assert found.token() == found.token() == next(iter(provider.valid))
    assert provider.asked("client_credentials") == 1
    assert found.expires_at is not None
    assert abs(found.expires_at.timestamp() - provider.valid[found.token()]) < 5


@pytest.mark.parametrize(
    "answer",
    [
        (500, {}),
        (503, b"<html>"),
        (429, {"error": "slow_down"}),
        (302, {}),
        (200, b"<html>no json</html>"),
        (200, b"[" * 100_000),
        (200, [1]),
        (200, {"token_type": "Bearer"}),
        (200, {"access_token": "two words"}),
        (200, {"access_token": 7}),
        (200, b"x" * (oauth_http.LARGEST_ANSWER + 1)),
        (400, {"error": "temporarily_unavailable"}),
    ],
)
def test_what_may_pass_is_no_refusal(provider: Provider, mailbox: Mailbox, answer: tuple[int, Any]) -> None:
    provider.next_answers = [answer]
    with pytest.raises(TokenDelayed):
        tokens(mailbox(generic(provider))).token()


def test_secrets_do_not_follow_a_redirect(provider: Provider, mailbox: Mailbox) -> None:
    provider.headers = {"Location": f"{provider.url}/elsewhere"}
    for status in (301, 302, 303, 307, 308):
        provider.next_answers = [(status, {})]
        with pytest.raises(TokenDelayed, match=f"status {status}"):
            tokens(mailbox(generic(provider))).token()
    assert set(provider.paths) == {"/token"}


def test_a_provider_that_is_silent_or_away_is_not_waited_for(mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oauth_http, "SECONDS", 0.3)
    with providing() as provider:
        gone = mailbox(generic(provider))
    with pytest.raises(TokenDelayed, match=r"127\.0\.0\.1: Connection refused"):
        tokens(gone).token()
    with providing() as provider:
        provider.slow = 1
        with pytest.raises(TokenDelayed, match="no answer in time"):
            tokens(mailbox(generic(provider))).token()


def test_what_is_not_encrypted_goes_to_no_proxy(
    provider: Provider, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    with providing() as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("no_proxy", "")
        assert tokens(mailbox(generic(provider))).token() in provider.valid
        assert proxy.forms == []


def test_a_certificate_that_is_not_trusted_gets_no_secret(mailbox: Mailbox) -> None:
    with providing(certificate=CERTIFICATE) as provider:
        with pytest.raises(TokenDelayed, match="not to be trusted"):
            tokens(mailbox(generic(provider))).token()
        assert provider.forms == []


def test_a_refusal_names_the_reason_and_no_secret(provider: Provider, mailbox: Mailbox, tmp_path: Path) -> None:
    said = f"AADSTS7: secret {SECRET} is wrong\r\nTrace ID: 77"
    provider.next_answers = [(401, {"error": "invalid_client", "error_description": said})]
    with pytest.raises(PermanentError) as refused:
        tokens(mailbox(generic(provider))).token()
    assert str(refused.value) == "the provider gives no token: invalid_client: AADSTS7: secret *** is wrong"


def test_a_refresh_token_that_is_replaced_is_kept_for_the_next_start(
    provider: Provider, mailbox: Mailbox, tmp_path: Path
) -> None:
    provider.rotates = True
    provider.life = 0
    keep(tmp_path, provider.new_refresh_token())
    fetch = mailbox(generic(provider, "token_file: support.token"))
    first = tokens(fetch)
    assert first.token() != first.token()
    assert provider.refresh_tokens == {kept(tmp_path)}
    assert tokens(fetch).token()
    assert (tmp_path / "support.token").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.glob("*support*")] == ["support.token"]


def test_a_new_refresh_token_that_cannot_be_written_is_not_lost(
    provider: Provider, mailbox: Mailbox, tmp_path: Path
) -> None:
    provider.rotates = True
    provider.life = 0
    (tmp_path / "var").mkdir()
    keep(tmp_path / "var", provider.new_refresh_token())
    fetch = mailbox(generic(provider, "token_file: var/support.token"))
    found = tokens(fetch)

    def replaced(_: object) -> str:
        (tmp_path / "var").rename(tmp_path / "away")
        return ""

    answer = provider.answer
    provider.answer = lambda *said: (replaced(said), answer(*said))[1]  # type: ignore[method-assign]  # the disk goes away meanwhile
    with pytest.raises(TokenDelayed, match="cannot write"):
        found.token()
    provider.answer = answer  # type: ignore[method-assign]  # as it was
    with pytest.raises(TokenDelayed, match="cannot write"):
        found.token()
    (tmp_path / "away").rename(tmp_path / "var")
    assert found.token() in provider.valid
    assert provider.refresh_tokens == {kept(tmp_path / "var")}


def test_a_refresh_token_that_was_revoked_is_for_an_admin(provider: Provider, mailbox: Mailbox, tmp_path: Path) -> None:
    keep(tmp_path, "refresh-stolen")
    with pytest.raises(TokenRefused, match=r"invalid_grant: \*\*\* has been revoked") as refused:
        tokens(mailbox(generic(provider, "token_file: support.token"))).token()
    assert "refresh-stolen" not in str(refused.value)


def test_nobody_has_signed_in_yet(provider: Provider, mailbox: Mailbox, tmp_path: Path) -> None:
    fetch = mailbox(generic(provider, "token_file: support.token"))
    with pytest.raises(TokenRefused, match="mailbox login"):
        tokens(fetch).token()
    keep(tmp_path, "refresh-1")
    (tmp_path / "support.token").chmod(0o644)
    with pytest.raises(ConfigError, match="others may read"):
        tokens(fetch).token()
    with pytest.raises(UsageError, match="put a refresh token into"):
        oauth.sign_in(fetch, tell=print, answer=str)
    assert provider.forms == []


# ---- Microsoft


def test_msal_by_the_client_s_secret(entra: Provider, mailbox: Mailbox) -> None:
    found = tokens(mailbox(microsoft(entra)))
    assert found.token() in entra.valid
    assert entra.forms[-1]["scope"] == "https://outlook.office365.com/.default"
    assert found.token(refused=found.token()) in entra.valid
    assert entra.asked("client_credentials") == 2


def test_msal_refused(entra: Provider, mailbox: Mailbox, tmp_path: Path) -> None:
    (tmp_path / "client.secret").write_text("expired")
    with pytest.raises(TokenRefused, match=r"^the provider gives no token: invalid_client: AADSTS7000215: bad\.$"):
        tokens(mailbox(microsoft(entra))).token()


@pytest.mark.parametrize("broken", [1, 2])
def test_msal_delayed(entra: Provider, mailbox: Mailbox, broken: int) -> None:
    found = tokens(mailbox(microsoft(entra)))
    entra.next_answers = [entra.answer("/.well-known/openid-configuration", {})] * (broken - 1) + [(503, {})]
    with pytest.raises(TokenDelayed, match="status 503"):
        found.token()
    assert found.token() in entra.valid


@pytest.mark.parametrize("answer", [{}, {"token_endpoint": 7, "authorization_endpoint": 7}, {"token_endpoint": "x"}])
def test_msal_is_told_nonsense(entra: Provider, mailbox: Mailbox, tmp_path: Path, answer: dict[str, object]) -> None:
    keep(tmp_path, "refresh-1")
    consent = mailbox(microsoft(entra, "token_file: support.token"))
    for ask in (
        tokens(mailbox(microsoft(entra))).token,
        tokens(consent).token,
        lambda: oauth.sign_in(consent, tell=lambda _: None, answer=str),
    ):
        entra.next_answers = [(200, answer)]
        with pytest.raises((TokenDelayed, TokenRefused), match=r"makes no sense|is no authority"):
            ask()


def test_msal_finds_an_identity_that_is_none(entra: Provider, mailbox: Mailbox, tmp_path: Path) -> None:
    keep(tmp_path, "refresh-1")
    found = tokens(mailbox(microsoft(entra, "token_file: support.token")))
    answer = {"access_token": "spilt", "expires_in": 3600, "id_token": "x.y.z", "client_info": "?"}
    entra.next_answers = [entra.answer("/.well-known/openid-configuration", {}), (200, answer)]
    with pytest.raises(TokenDelayed, match="makes no sense") as delayed:
        found.token()
    assert "spilt" not in str(delayed.value)


def test_msal_without_such_a_tenant(entra: Provider, mailbox: Mailbox) -> None:
    entra.next_answers = [(400, {"error": "invalid_tenant"})]
    with pytest.raises(TokenRefused, match="is the tenant right"):
        tokens(mailbox(microsoft(entra))).token()


def test_msal_by_a_device_s_code_and_ever_after_by_its_refresh_token(
    entra: Provider, mailbox: Mailbox, tmp_path: Path
) -> None:
    fetch = mailbox(microsoft(entra, "token_file: support.token"))
    entra.waits, entra.rotates = 1, True
    told: list[str] = []
    assert oauth.sign_in(fetch, tell=told.append, answer=str) == tmp_path / "support.token"
    assert told == [f"Open {entra.url} and enter ABCD"]
    asked = next(form["scope"] for form in entra.forms if "scope" in form).split()
    assert {"https://outlook.office.com/IMAP.AccessAsUser.All", "offline_access"} <= set(asked)
    first = kept(tmp_path)
    assert first in entra.refresh_tokens
    assert tokens(fetch).token() in entra.valid
    assert kept(tmp_path) != first
    entra.refresh_tokens.clear()
    with pytest.raises(TokenRefused, match="invalid_grant"):
        tokens(fetch).token()


def test_msal_when_the_person_declines(entra: Provider, mailbox: Mailbox, tmp_path: Path) -> None:
    entra.consents = False
    with pytest.raises(TokenRefused, match="authorization_declined"):
        oauth.sign_in(mailbox(microsoft(entra, "token_file: support.token")), tell=lambda _: None, answer=str)
    assert not (tmp_path / "support.token").exists()


# ---- Google


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def service_account(directory: Path, key: rsa.RSAPrivateKey, provider: Provider) -> str:
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    info = {
        "type": "service_account", "client_email": "intake@desk.example", "private_key": pem, "private_key_id": "1",
        "token_uri": f"{provider.url}/token", "client_id": "1", "project_id": "desk",
    }  # fmt: skip
    (directory / "key.json").write_text(json.dumps(info))
    (directory / "key.json").chmod(0o600)
    return "provider: google, service_account_file: key.json"


def test_a_service_account_acts_for_the_mailbox_s_user(
    provider: Provider, mailbox: Mailbox, tmp_path: Path, key: rsa.RSAPrivateKey
) -> None:
    found = tokens(mailbox(service_account(tmp_path, key, provider)))
    assert found.token() in provider.valid
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    claims = jwt.decode(provider.forms[-1]["assertion"], certs=public)
    assert (claims["iss"], claims["sub"], claims["scope"]) == ("intake@desk.example", "ana", "https://mail.google.com/")
    assert provider.paths == ["/token"]
    assert found.expires_at is not None


def test_a_service_account_that_may_not(
    provider: Provider, mailbox: Mailbox, tmp_path: Path, key: rsa.RSAPrivateKey
) -> None:
    found = tokens(mailbox(service_account(tmp_path, key, provider)))
    provider.next_answers = [(401, {"error": "unauthorized_client", "error_description": "Client is unauthorized."})]
    with pytest.raises(TokenRefused, match=r"unauthorized_client: Client is unauthorized\."):
        found.token()
    provider.next_answers = [(503, {})]
    with pytest.raises(TokenDelayed):
        found.token()


@pytest.mark.parametrize("text", ["not json", "[]", "{}", '{"private_key": "hunter2", "client_email": "x"}'])
def test_a_key_that_is_none_is_said_without_being_shown(
    provider: Provider, mailbox: Mailbox, tmp_path: Path, key: rsa.RSAPrivateKey, text: str
) -> None:
    said = service_account(tmp_path, key, provider)
    (tmp_path / "key.json").write_text(text)
    with pytest.raises(ConfigError, match=r"^mailintake\.yaml:1:\d+: this is no key of a service account") as wrong:
        tokens(mailbox(said)).token()
    assert "hunter2" not in str(wrong.value)


def test_consent_at_google_is_given_once(provider: Provider, mailbox: Mailbox, tmp_path: Path) -> None:
    fetch = mailbox(google(provider))
    told: list[str] = []

    def browser(**said: str) -> Callable[[], str]:
        def ended() -> str:
            asked = {key: values[0] for key, values in parse_qs(urlsplit(told[-1].split()[-1]).query).items()}
            assert asked["login_hint"] == "ana"
            assert asked["scope"] == "https://mail.google.com/"
            return f"{asked['redirect_uri']}?{urlencode({'state': asked['state'], **said})}"

        return ended

    for wrong in ({"state": "forged", "code": "1"}, {"error": "access_denied"}, {}):
        with pytest.raises(TokenRefused):
            oauth.sign_in(fetch, tell=told.append, answer=browser(**wrong))
    assert provider.forms == []
    provider.codes = {"code-1"}
    oauth.sign_in(fetch, tell=told.append, answer=browser(code="code-1"))
    assert provider.forms[-1]["code_verifier"]
    assert kept(tmp_path) in provider.refresh_tokens

    assert tokens(fetch).token() in provider.valid
    assert provider.asked("refresh_token") == 1
    provider.refresh_tokens.clear()
    with pytest.raises(TokenRefused, match="invalid_grant") as refused:
        tokens(fetch).token()
    assert kept(tmp_path) not in str(refused.value)


def test_without_a_refresh_token_nobody_is_signed_in(provider: Provider, mailbox: Mailbox, tmp_path: Path) -> None:
    provider.next_answers = [(200, {"access_token": "once", "expires_in": 3600})]
    told: list[str] = []

    def ended() -> str:
        state = parse_qs(urlsplit(told[-1].split()[-1]).query)["state"][0]
        return f"http://127.0.0.1/?code=1&state={state}"

    with pytest.raises(TokenRefused, match="no refresh token"):
        oauth.sign_in(mailbox(google(provider)), tell=told.append, answer=ended)
    assert not (tmp_path / "support.token").exists()


# ---- all


def test_no_log_line_holds_a_secret_or_a_token(
    provider: Provider,
    entra: Provider,
    mailbox: Mailbox,
    tmp_path: Path,
    key: rsa.RSAPrivateKey,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    keep(tmp_path, provider.new_refresh_token())
    given = [
        tokens(mailbox(said)).token()
        for said in (generic(provider), microsoft(entra), service_account(tmp_path, key, provider), google(provider))
    ]
    entra.next_answers = [entra.answer("/.well-known/openid-configuration", {}), (200, b'{"access_token": "spilt')]
    with pytest.raises(TokenDelayed):
        tokens(mailbox(microsoft(entra))).token()
    for secret in (*given, SECRET, kept_plainly(tmp_path), "spilt"):
        assert secret not in caplog.text
        assert secret not in repr(caplog.records)


def kept_plainly(directory: Path) -> str:
    return (directory / "support.token").read_text()


def test_a_mailbox_that_needs_nobody_to_sign_in(provider: Provider, mailbox: Mailbox) -> None:
    with pytest.raises(UsageError, match="nobody has to sign in to `m`: it is opened with generic, client credentials"):
        oauth.sign_in(mailbox(generic(provider)), tell=print, answer=str)
