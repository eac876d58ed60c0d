"""What mailintake.yaml says of tokens."""

import sys
from pathlib import Path

import pytest

from mailintake.config import source
from mailintake.config.oauth import OAuth, is_safe, parse_url, read_oauth
from mailintake.config.source import Section
from mailintake.errors import ConfigError


def read(text: str, directory: Path = Path("/etc/mailintake")) -> OAuth:
    root = source.read(f"oauth: {{{text}}}\n".encode(), file="mailintake.yaml")
    assert isinstance(root, Section)
    node = root.get("oauth")
    assert node is not None
    return read_oauth(directory, {"S": "swordfish"}, node)


MICROSOFT = "provider: microsoft, tenant: desk.example, client_id: c"
GENERIC = "provider: generic, token_endpoint: https://login.example/token, client_id: c"


def test_microsoft_by_a_client_s_secret() -> None:
    found = read(f"{MICROSOFT}, client_secret_env: S")
    assert str(found) == "microsoft, client credentials"
    assert (found.authority, found.tenant, found.client_id) == (
        "https://login.microsoftonline.com",
        "desk.example",
        "c",
    )
    assert found.scope == "https://outlook.office365.com/.default"
    assert found.client_secret is not None
    assert found.client_secret.reveal({"S": "swordfish"}) == "swordfish"
    assert "swordfish" not in repr(found)


def test_microsoft_by_somebody_s_consent(tmp_path: Path) -> None:
    found = read(f"{MICROSOFT}, token_file: support.token", tmp_path)
    assert str(found) == "microsoft, refresh token"
    assert found.scope == "https://outlook.office.com/IMAP.AccessAsUser.All"
    assert found.token_file == tmp_path / "support.token"


def test_a_national_cloud_has_an_authority_and_a_scope_of_its_own() -> None:
    scope = "https://outlook.office365.us/.default"
    found = read(f"{MICROSOFT}, authority: https://login.microsoftonline.us/, scope: '{scope}', client_secret_env: S")
    assert (found.authority, found.scope) == ("https://login.microsoftonline.us", scope)


def test_google_by_a_service_account_or_somebody_s_consent() -> None:
    account = read("provider: google, service_account_env: S")
    assert str(account) == "google, service account"
    consent = read("provider: google, client_id: c, client_secret_env: S, token_file: /var/lib/mailintake/t")
    assert str(consent) == "google, refresh token"
    assert consent.token_endpoint == "https://oauth2.googleapis.com/token"
    assert account.scope == consent.scope == "https://mail.google.com/"


def test_any_other_provider() -> None:
    assert str(read(f"{GENERIC}, client_secret_env: S, scope: mail")) == "generic, client credentials"
    assert str(read(f"{GENERIC}, token_file: t")) == "generic, refresh token"
    assert str(read(f"{GENERIC}, client_secret_env: S, token_file: t")) == "generic, refresh token"


def test_a_token_file_may_come_later_but_not_be_open_to_others(tmp_path: Path) -> None:
    read(f"{GENERIC}, token_file: t", tmp_path)
    (tmp_path / "t").write_text("refresh")
    (tmp_path / "t").chmod(0o604)
    with pytest.raises(ConfigError, match="others may read"):
        read(f"{GENERIC}, token_file: t", tmp_path)
    (tmp_path / "t").chmod(0o600)
    read(f"{GENERIC}, token_file: t", tmp_path)


@pytest.mark.parametrize(
    ("section", "missing", "extra"),
    [
        (f"{MICROSOFT}, client_secret_env: S", "msal", "microsoft"),
        ("provider: google, service_account_env: S", "google.auth", "google"),
        ("provider: google, service_account_env: S", "google", "google"),
    ],
)
def test_an_extra_that_is_not_installed_is_named(
    section: str, missing: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "google.auth", raising=False)
    monkeypatch.setitem(sys.modules, missing, None)  # how Python says that it is not there
    with pytest.raises(ConfigError, match=rf"pip install 'mailintake\[{extra}\]'"):
        read(section)


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://login.example/token", True),
        ("http://127.0.0.1:9/token", True),
        ("http://[::1]:9/token", True),
        ("http://localhost/token", True),
        ("http://login.example/token", False),
        ("http://127.0.0.1.login.example/token", False),
        ("ftp://127.0.0.1/token", False),
        ("file:///etc/passwd", False),
        ("//login.example/token", False),
    ],
)
def test_secrets_go_encrypted_or_nowhere(url: str, safe: bool) -> None:
    assert is_safe(url) is safe
    if safe:
        assert parse_url(url) == url
    else:
        with pytest.raises(ValueError, match="`"):
            parse_url(url)


@pytest.mark.parametrize(
    "text",
    ["https://", "https://a.example/?x=1", "https://a.example/#x", "https://ä.example/", "https://a b/", "https://[x/"],
)
def test_what_is_no_url(text: str) -> None:
    with pytest.raises(ValueError, match="is no URL"):
        parse_url(text)
