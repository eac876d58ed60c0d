"""Who wrote a mail, read strictly."""

import pytest

from mailintake.parsing.addresses import display_name, strict_mailbox, to_address


@pytest.mark.parametrize(
    "text",
    [
        "ann@kunde.example",
        "<ann@kunde.example>",
        "Ann Example <ann@kunde.example>",
        '"Example, Ann" <ann@kunde.example>',
        "=?utf-8?q?J=C3=B6rg?= <ann@kunde.example>",
        '"boss@desk.example" <ann@kunde.example>',
        "Ann  <ann@kunde.example>",
    ],
)
def test_one_plain_mailbox_is_read(text: str) -> None:
    assert strict_mailbox(text) == "ann@kunde.example"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ann",
        "a@b.example, c@d.example",
        "boss@desk.example <ann@kunde.example>",
        "team: ann@kunde.example;",
        "<a@b.example> <c@d.example>",
        "<@desk.example:ann@kunde.example>",
        "ann@kunde.example (boss)",
        '"ann smith"@kunde.example',
        "ann@[192.0.2.1]",
        "ann@kunde..example",
        "ann.@kunde.example",
        "änn@kunde.example",
        "ann@künde.example",
        '"Ann\\" <ann@kunde.example>',
        "Ann <ann@kunde.example> x",
        "ann @kunde.example",
        "=?utf-8?q?ann=40kunde.example?=",
        "a" * 65 + "@kunde.example",
        "ann@" + "k" * 64 + ".example",
    ],
)
def test_anything_two_readers_could_read_in_two_ways_is_not_read(text: str) -> None:
    assert strict_mailbox(text) is None


def test_names_are_shown_without_what_cannot_be_seen() -> None:
    assert display_name("Ann\u202e\u200b <x>\x00") == "Ann <x>"
    assert len(display_name("x" * 1000)) == 200


@pytest.mark.parametrize("address", ["no at sign", "a b@c.example", "a@" + "x" * 400])
def test_what_is_no_address_is_none(address: str) -> None:
    assert to_address("", address) is None
