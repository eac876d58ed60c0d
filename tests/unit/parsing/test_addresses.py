"""Who wrote a mail, read strictly."""

import pytest

from mailintake.domain.mail import Address
from mailintake.parsing.addresses import display_name, of_encoded_words, strict_mailbox, to_address
from mailintake.parsing.parser import parse
from mailintake.parsing.report import likely_sender


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
        "ａnn@kunde.example",
        "ann@ﬁrma.example",
        "ann@kunde。example",
        "a\u0301nn@kunde.example",
        "ann\u200b@kunde.example",
        "ann@kunde\u2024example",
        "änn@" + "ö" * 130 + ".example",
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


@pytest.mark.parametrize(
    "address", ["änn@kunde.example", "ann@künde.example", "аня@пример.example", "用户@例子.example", "anna@ком.example"]
)
def test_letters_beyond_ascii_are_an_address_as_rfc_6532_has_it(address: str) -> None:
    assert strict_mailbox(address) == address
    assert strict_mailbox(f"Änn <{address}>") == address
    message = parse(f"From: Änn <{address}>\n\nx".encode())
    assert message.from_ is not None
    assert message.from_.address == address


def test_an_author_within_an_encoded_word_is_shown_and_never_trusted() -> None:
    message = parse(b"From: =?utf-8?B?QW5uIDxhbm5Aa3VuZGUuZXhhbXBsZT4=?=\nReply-To: b@desk.example\n\nx")
    assert (message.from_, message.authors) == (None, ())
    assert "ambiguous-from" in message.defects
    assert likely_sender(message) == (Address("ann@kunde.example", "Ann"), "encoded-from")


@pytest.mark.parametrize(
    "text",
    [
        "=?utf-8?q?Ann?=",
        "Ann =?utf-8?q?=3Cann=40kunde.example=3E?=",
        "=?utf-8?q?a=40kunde.example=2C_b=40desk.example?=",
        "=?utf-8?q?=3D=3Futf-8=3Fq=3Fx=3F=3D_=3Cann=40kunde.example=3E?=",
    ],
)
def test_encoded_words_are_an_address_only_if_they_are_exactly_one(text: str) -> None:
    assert of_encoded_words(text) is None


def test_a_link_in_angle_brackets_is_the_address() -> None:
    message = parse(b"From: <mailto:ann@kunde.example>\nTo: <mailto:b@desk.example?subject=x>, c@desk.example\n\nx")
    assert [address.address for address in message.to] == ["b@desk.example", "c@desk.example"]
    assert (message.from_, [author.address for author in message.authors]) == (None, ["ann@kunde.example"])
