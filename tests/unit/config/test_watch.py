"""What mailintake.yaml says of Maildirs of this machine."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.config import source
from mailintake.config.source import Section
from mailintake.config.watch import End, Watch, parse_folder, read_maildirs


def read(text: str) -> tuple[Watch, ...]:
    root = source.read(f"maildirs:\n{text}".encode(), file="mailintake.yaml")
    assert isinstance(root, Section)
    node = root.get("maildirs")
    assert node is not None
    return read_maildirs(Path("/etc/mailintake"), node)


SHORT = "  desk: {path: /var/mail/desk, for: support@desk.example"


def test_what_is_left_out_keeps_the_mail_and_trusts_nobody() -> None:
    (found,) = read(SHORT + "}\n")
    assert (found.name, found.path, found.mailbox) == ("desk", Path("/var/mail/desk"), "support@desk.example")
    assert (found.then, found.also_cur, found.trusted, found.poll_seconds) == (End("seen"), False, False, 1)


def test_a_path_begins_where_the_configuration_is() -> None:
    (found,) = read("  desk: {path: ../mail, for: support@desk.example}\n")
    assert found.path == Path("/etc/mail")


@pytest.mark.parametrize(
    ("said", "end", "shown"),
    [
        ("seen", End("seen"), "seen"),
        ("delete", End("delete"), "delete"),
        ("leave", End("leave"), "leave"),
        ("{move: .Processed}", End("move", ".Processed"), "move .Processed"),
        ("{move: .Archiv.Hilfe}", End("move", ".Archiv.Hilfe"), "move .Archiv.Hilfe"),
    ],
)
def test_every_end(said: str, end: End, shown: str) -> None:
    (found,) = read(f"{SHORT}, then: {said}}}\n")
    assert found.then == end
    assert str(found.then) == shown


def test_everything_may_be_said() -> None:
    (found,) = read(SHORT + ", then: delete, also_cur: yes, trusted: yes, poll_seconds: 30}\n")
    assert (found.also_cur, found.trusted, found.poll_seconds) == (True, True, 30)


@given(st.text(max_size=300))
def test_a_folder_cannot_lead_out_of_its_maildir(text: str) -> None:
    try:
        folder = parse_folder(text)
    except ValueError:
        return
    path = Path("/mail") / folder
    assert path.parent == Path("/mail")
    assert folder not in {".", ".."}


@pytest.mark.parametrize("name", [".", "..", "...", ".a..b", ".a.", "a", ".a/b", ".a\nb", ".a\0", "." + "x" * 200, ""])
def test_what_is_no_folder_of_a_maildir(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be a folder"):
        parse_folder(name)
