"""`mailintake mailbox login` and `status`: signing in once, and seeing how long that lasts."""

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert

from mailintake import cli
from mailintake.config import load
from mailintake.resources import open_database
from mailintake.storage import schema
from mailintake.storage.tables import mailbox
from tests.integration.token_provider import Provider, providing
from tests.integration.transports.conftest import CERTIFICATE

ROOT = Path(__file__).parents[2]
HOST = """\
state: ../var
outgoing: {{maildir: ../var/outgoing}}
fetch:
  consent:
    host: imap.desk.example
    user: support@desk.example
    for: {mailbox}
    trusted: yes
    oauth: {{provider: microsoft, authority: "{url}", tenant: desk, client_id: c, token_file: ../var/support.token}}
  plain: {{host: imap.desk.example, user: support@desk.example, for: {mailbox}, password_file: mailbox.password}}
"""
EXPIRES = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)


@pytest.fixture
def entra(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    with providing(certificate=CERTIFICATE) as running:
        yield running


@pytest.fixture
def run(
    tmp_path: Path, entra: Provider, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[object, str]]:
    """Runs a command on a configuration with two mailboxes; its status, and what it printed."""
    shutil.copytree(ROOT / "config", tmp_path / "config")
    address = load(ROOT / "config").desk.mailboxes[0].address
    (tmp_path / "config" / "mailintake.yaml").write_text(HOST.format(url=entra.url, mailbox=address))
    (tmp_path / "config" / "mailbox.password").write_text("swordfish")
    (tmp_path / "config" / "mailbox.password").chmod(0o600)
    (tmp_path / "var").mkdir()

    def command(*words: str) -> tuple[object, str]:
        monkeypatch.setenv("COLUMNS", "300")
        monkeypatch.setattr(sys, "argv", ["mailintake", "mailbox", *words, "--config", str(tmp_path / "config")])
        with pytest.raises(SystemExit) as end:
            cli.main()
        printed = capsys.readouterr()
        return end.value.code, printed.out + printed.err

    return command


Run = Callable[..., tuple[object, str]]


def test_a_person_signs_in_once(run: Run, entra: Provider, tmp_path: Path) -> None:
    entra.waits = 1
    status, said = run("login", "consent")
    assert status == 0, said
    assert f"Open {entra.url} and enter ABCD" in said
    assert "Signed in to `consent`" in said
    kept = tmp_path / "var" / "support.token"
    assert kept.stat().st_mode & 0o777 == 0o600
    (token,) = entra.refresh_tokens
    assert token in kept.read_text()
    assert token not in said


def test_who_declines_is_not_signed_in(run: Run, entra: Provider, tmp_path: Path) -> None:
    entra.consents = False
    status, said = run("login", "consent")
    assert (status, said.splitlines()[-1]) == (65, "mailintake: the provider gives no token: authorization_declined")
    assert not (tmp_path / "var" / "support.token").exists()


def test_nobody_is_asked_where_the_token_could_not_be_kept(run: Run, entra: Provider, tmp_path: Path) -> None:
    (tmp_path / "var").rmdir()
    status, said = run("login", "consent")
    assert status == 75
    assert "cannot write" in said
    assert entra.forms == []


@pytest.mark.parametrize(("name", "why"), [("plain", "opened with a password"), ("nobody", "no mailbox `nobody`")])
def test_only_some_mailboxes_want_a_person(run: Run, name: str, why: str) -> None:
    status, said = run("login", name)
    assert status == 2
    assert why in said


def test_status_shows_how_a_mailbox_is_opened_and_until_when(run: Run, tmp_path: Path) -> None:
    status, said = run("status", "--json")
    assert status == 0
    assert [row["token_expires_at"] for row in json.loads(said)] == [None, None]

    database = open_database(load(tmp_path / "config").host)
    try:
        schema.upgrade(database)
        with database.writing() as connection:
            rows = [{"name": name, "token_expires_at": EXPIRES} for name in ("consent", "plain")]
            connection.execute(insert(mailbox), rows)
    finally:
        database.close()
    consent, plain = json.loads(run("status", "--json")[1])
    assert (consent["signs_in"], consent["token_expires_at"]) == ("microsoft, refresh token", "2026-11-22T10:30:00Z")
    assert (plain["signs_in"], plain["token_expires_at"]) == ("password", None)  # no longer what it was
    table = run("status")[1]
    assert "microsoft, refresh token" in table
    assert EXPIRES.astimezone().strftime("%Y-%m-%d %H:%M") in table
