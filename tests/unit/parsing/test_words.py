"""Header text as people read it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.parsing.words import clean_text, decode_text, decode_value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"=?iso-8859-1?Q?Gr=FC=DFe?=", "Grüße"),
        (b"=?UTF-8?B?R3LDvMOfZQ==?= =?UTF-8?B?IGF1cw==?=", "Grüße aus"),
        (b"=?utf-8?B?R3LDvMOfZ?= =?utf-8?B?Q==?=", "Grüße"),
        (b"=?utf-8?q?a_b?= c", "a b c"),
        (b"=?utf-8*de?q?a?=", "a"),
        (b"a =?broken", "a =?broken"),
        (b"=?utf-8?x?a?=", "=?utf-8?x?a?="),
        (b"\xd0\x9f\xd1\x80\xd0\xb8", "При"),
        (b"a\tb\x0bc", "a b c"),
        (b"=?us-ascii?q?a=00b?=", "a b"),
        (b"\x1b$B$3$s$K$A$O\x1b(B", "こんにちは"),
    ],
)
def test_a_value_is_decoded(value: bytes, text: str) -> None:
    assert decode_value(value) == text


@given(st.binary(max_size=100))
def test_any_value_becomes_one_line(value: bytes) -> None:
    text = decode_value(value)
    assert not set("\r\n\0\u2028\u2029") & set(text)
    text.encode("utf-8")


@given(st.text(max_size=60))
def test_any_text_becomes_one_line(text: str) -> None:
    decode_text(text).encode("utf-8")


def test_body_text_keeps_tabs_and_loses_controls() -> None:
    assert clean_text("a\tb\r\nc\rd\x00\x07\ud800") == "a\tb\nc\nd?"
