"""The file of a refresh token."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailintake.config.source import Node
from mailintake.errors import ConfigError
from mailintake.transports import oauth_file
from mailintake.transports.oauth_token import TokenDelayed, TokenRefused

HERE = Node("mailintake.yaml", 3, 1, [])
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def test_what_is_written_is_read_and_nobody_else_s(tmp_path: Path) -> None:
    path = tmp_path / "support.token"
    for token in ("first", "second"):
        oauth_file.write(path, token, now=NOW)
        assert oauth_file.read(path, HERE) == token
        assert path.stat().st_mode & 0o777 == 0o600
    assert json.loads(path.read_text())["saved_at"] == "2026-11-22T09:00:00+00:00"
    assert list(tmp_path.iterdir()) == [path]


def test_a_token_that_an_admin_put_there_alone(tmp_path: Path) -> None:
    path = tmp_path / "support.token"
    path.write_text("1//0abc-DEF_\n")
    path.chmod(0o640)
    assert oauth_file.read(path, HERE) == "1//0abc-DEF_"


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"{}", b"{", b'{"refresh_token": 7}', b"two words", b"\xff", b"a\nb", b"{" * 9000]
)
def test_a_file_without_a_token_asks_to_sign_in(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "support.token"
    path.write_bytes(content or b"\n")
    path.chmod(0o600)
    with pytest.raises(TokenRefused, match="mailbox login"):
        oauth_file.read(path, HERE)


def test_a_file_that_is_missing_or_open_to_others(tmp_path: Path) -> None:
    path = tmp_path / "support.token"
    with pytest.raises(TokenRefused, match="nobody has signed in yet"):
        oauth_file.read(path, HERE)
    path.write_text("x")
    path.chmod(0o644)
    with pytest.raises(ConfigError, match=r"mailintake\.yaml:3:1: others may read"):
        oauth_file.read(path, HERE)


def test_what_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "support.token"
    path.mkdir()
    (path / "in the way").touch()
    with pytest.raises(TokenDelayed, match="cannot write"):
        oauth_file.write(path, "new", now=NOW)
    assert [each.name for each in tmp_path.iterdir()] == ["support.token"]
    with pytest.raises(TokenDelayed, match="is there a directory"):
        oauth_file.check_place(tmp_path / "nowhere" / "support.token")
    oauth_file.check_place(path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_root_signs_in_for_the_owner_of_the_directory(tmp_path: Path) -> None:
    os.chown(tmp_path, 65534, 65534)
    path = tmp_path / "support.token"
    oauth_file.write(path, "first", now=NOW)
    assert path.stat().st_uid == 65534
    os.chown(path, 1, 65534)
    oauth_file.write(path, "second", now=NOW)
    assert (path.stat().st_uid, path.stat().st_gid) == (1, 65534)
