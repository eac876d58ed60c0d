"""`mailintake check` says what the configuration says."""

import re
import shutil
from pathlib import Path

import pytest

from mailintake.cli.check import check

ROOT = Path(__file__).parents[3]
MAILBOX = """
fetch:
  {name}:
    host: imap.desk.example
    user: {name}@desk.example
    password_file: password
    for: {address}
    folders: [INBOX, Spam]
    then: {{move: Processed}}
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The starter's configuration."""
    shutil.copytree(ROOT / "config", tmp_path / "config", ignore=shutil.ignore_patterns("examples"))
    (tmp_path / "config" / "password").write_text("open-sesame")
    (tmp_path / "config" / "password").chmod(0o600)
    return tmp_path / "config"


def said(config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("COLUMNS", "300")
    check(config)
    return capsys.readouterr().out


def test_a_mailbox_that_is_fetched_from_is_listed(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    address = re.findall(r"[\w.]+@[\w.]+", (config / "desk.yaml").read_text())[0]
    with (config / "mailintake.yaml").open("a") as file:
        file.write(MAILBOX.format(name="support", address=address))
    lines = said(config, capsys, monkeypatch).splitlines()
    (line,) = (line for line in lines if line.startswith("fetch"))
    assert "support: support@desk.example at imap.desk.example:993, INBOX, Spam, then move Processed, for" in line
    assert "open-sesame" not in "".join(lines)


def test_where_nothing_is_fetched_that_is_said(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert re.search(r"(?m)^fetch +no mailbox *$", said(config, capsys, monkeypatch))
