"""Fields by which others vouch for a mail come through whole, in order, and without anything taken out."""

import pytest

from mailintake.parsing import limits
from mailintake.parsing.header_block import VOUCHING
from mailintake.parsing.parser import parse

FROM = b"From: ana@bakery.example\r\n"


def test_they_stand_in_order_between_the_received_fields() -> None:
    message = parse(
        b"Authentication-Results: a; none\r\nReceived: by b\r\nARC-Seal: i=1\r\nReceived: by c\r\n"
        b"Authentication-Results: d;\r\n\tnone\r\nDKIM-Signature: v=1\r\n" + FROM + b"\r\nx"
    )
    assert message.headers == (
        ("authentication-results", "a; none"),
        ("received", "by b"),
        ("arc-seal", "i=1"),
        ("received", "by c"),
        ("authentication-results", "d; none"),
        ("dkim-signature", "v=1"),
        ("from", "ana@bakery.example"),
    )


@pytest.mark.parametrize("name", sorted(VOUCHING))
def test_they_are_kept_as_long_as_a_line_is_read_and_longer_ones_are_told(name: str) -> None:
    def field(size: int) -> bytes:
        return name.encode() + b": " + b"x" * (size - 1) + b"\r\n"

    whole, cut = parse(field(limits.HEADER_LINE) + FROM), parse(field(limits.HEADER_LINE + 1) + FROM)
    assert len(whole.header(name) or "") == limits.HEADER_LINE - 1
    assert f"{name}-cut" not in whole.defects
    assert f"{name}-cut" in cut.defects


@pytest.mark.parametrize("hidden", ["\u200b", "\u202e", "\u2066", "\x01", "\x85", "\ufeff"])
def test_what_cannot_be_seen_leaves_a_mark_there(hidden: str) -> None:
    message = parse(b"Authentication-Results: mx" + hidden.encode() + b".example; none\r\n" + FROM + b"\r\nx")
    assert message.header("authentication-results") == "mx\ufffd.example; none"


def test_bytes_in_no_charset_leave_a_mark_too() -> None:
    message = parse(b"Authentication-Results: mx\xff.example; none\r\n" + FROM + b"\r\nx")
    assert message.header("authentication-results") == "mx\ufffd.example; none"


def test_an_author_whose_field_was_cut_is_nobody() -> None:
    message = parse(b"From: ana@bakery.example" + b" " * limits.HEADER_LINE + b", eve@evil.example\r\n\r\nx")
    assert message.from_ is None
    assert "ambiguous-from" in message.defects
