"""What mailintake.yaml says of mailboxes on other servers."""

from pathlib import Path

import pytest

from mailintake.config import source
from mailintake.config.fetch import End, Fetch, parse_folder, read_fetch
from mailintake.config.source import Section


def read(text: str) -> tuple[Fetch, ...]:
    root = source.read(f"fetch:\n{text}".encode(), file="mailintake.yaml")
    assert isinstance(root, Section)
    node = root.get("fetch")
    assert node is not None
    return read_fetch(Path("/etc/mailintake"), {"P": "swordfish"}, node)


SHORT = "  support: {host: imap.desk.example, user: u, password_env: P, for: support@desk.example"


def test_what_is_left_out_is_careful() -> None:
    (found,) = read(SHORT + "}\n")
    assert (found.name, found.host, found.port, found.tls) == ("support", "imap.desk.example", 993, "implicit")
    assert (found.folders, found.then, found.trusted) == (("INBOX",), End("leave"), False)
    assert (found.poll_seconds, found.idle, found.newest_first) == (60, True, False)
    assert found.password.reveal({"P": "swordfish"}) == "swordfish"
    assert "swordfish" not in repr(found)


@pytest.mark.parametrize(
    ("said", "end", "shown"),
    [
        ("leave", End("leave"), "leave"),
        ("delete", End("delete"), "delete"),
        ("{move: Processed}", End("move", "Processed"), "move Processed"),
        ("{move: Обработано}", End("move", "Обработано"), "move Обработано"),
        ("{flag: $Processed}", End("flag", "$Processed"), "flag $Processed"),
        ("{flag: \\Seen}", End("flag", "\\Seen"), "flag \\Seen"),
    ],
)
def test_every_end(said: str, end: End, shown: str) -> None:
    (found,) = read(f"{SHORT}, then: {said}}}\n")
    assert found.then == end
    assert str(found.then) == shown


def test_ports_follow_the_encryption() -> None:
    for tls, port in (("implicit", 993), ("starttls", 143)):
        (found,) = read(f"{SHORT}, tls: {tls}}}\n")
        assert found.port == port


@pytest.mark.parametrize("name", ["", "a\r\nb", "a\0b", "a*", "50%", 'a"b', "a\\b", "x" * 256])
def test_a_folder_s_name_cannot_become_a_command(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be a folder"):
        parse_folder(name)


def test_tokens_stand_instead_of_a_password() -> None:
    said = "{provider: generic, token_endpoint: https://login.example/token, client_id: c, client_secret_env: P}"
    (found,) = read(f"  support: {{host: imap.desk.example, user: u, for: support@desk.example, oauth: {said}}}\n")
    assert found.password is None
    assert found.signs_in == "generic, client credentials"
    (found,) = read(SHORT + "}\n")
    assert found.oauth is None
    assert found.signs_in == "password"
