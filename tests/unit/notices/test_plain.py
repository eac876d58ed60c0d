"""Text in which nothing acts."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.notices import plain

hostile = st.text(st.characters(), max_size=400)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\r\nBcc: x@evil.example", "a Bcc: x@evil.example"),
        ("a\x00b\x1b[31mred", "ab[31mred"),
        ("a\u2028b\u2029c\x85d\x0be", "a b c d e"),
        ("invoice\u202egpj.exe", "invoicegpj.exe"),
        ("half \ud83d a character", "half a character"),
        ("  many   spaces\t\tand\u00a0others ", "many spaces and others"),
        ("👩\u200d💻 stays one person", "👩\u200d💻 stays one person"),
        ("", ""),
    ],
)
def test_one_line_leaves_nothing_that_acts(text: str, expected: str) -> None:
    assert plain.one_line(text) == expected


def test_one_line_is_cut_to_two_hundred_characters() -> None:
    assert plain.one_line("x" * 30_000) == "x" * 200


@given(hostile)
def test_one_line_is_one_line_of_whole_characters(text: str) -> None:
    line = plain.one_line(text)
    assert len(line) <= plain.LIMIT
    assert len(line.splitlines()) <= 1
    assert not any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in line)
    assert plain.one_line(line) == line


@given(hostile)
def test_flat_text_is_one_line_that_keeps_its_spaces(text: str) -> None:
    assert len(plain.flat(text, 300).splitlines()) <= 1


def test_flat_text_has_no_controls_either() -> None:
    assert plain.flat("a\x1b[31m\u202e\r\nb", 100) == "a[31m b"


def test_flat_text_keeps_spaces_at_its_ends() -> None:
    assert plain.flat(" a  b ", 10) == " a  b "


@given(hostile)
def test_lines_end_in_line_feeds_alone(text: str) -> None:
    cleaned = plain.lines(text)
    assert cleaned.split("\n") == (cleaned.splitlines() or [""]) or cleaned.endswith("\n")
    assert plain.lines(cleaned) == cleaned.removesuffix("\n")
    cleaned.encode()


def test_lines_keep_tabs_and_leading_spaces() -> None:
    assert plain.lines("a\r\n\tb\r  c\n") == "a\n\tb\n  c"
