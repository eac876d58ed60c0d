"""RTF as text, and the HTML that Outlook hides in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.parsing.rtf import Document, read

FONTS = (
    rb"{\fonttbl{\f0\fswiss\fcharset0 Arial;}{\f1\fnil\fcharset204 Arial Cyr;}{\f2\fnil\fcharset2 Symbol;}"
    rb"{\f3\fnil\fcharset128 MS Gothic;}{\f4\fnil Plain;}{\f5\fnil\cpg1250 East;}}"
)


def text(content: bytes, head: bytes = rb"\rtf1\ansi\ansicpg1252\deff0") -> str:
    found = read(b"{" + head + FONTS + content + b"}")
    assert found is not None
    assert found.whole
    assert not found.html
    return found.text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (rb"one\par two\line three", "one\ntwo\nthree"),
        (b"one\r\n two\\\r\nthree", "one two\nthree"),
        (rb"a\tab b\cell c\row d", "a\tb\tc\nd"),
        (rb"\b bold\b0  and {\i more}", "bold and more"),
        (rb"\{a\} \\ b", "{a} \\ b"),
        (rb"caf\'e9", "café"),
        (rb"\f1 \'cf\'f0\'e8\'e2\'e5\'f2\f0 , caf\'e9", "Привет, café"),
        (rb"{\f1 \'cf} caf\'e9", "П café"),
        (rb"\f3 \'82\'b1\'82\'f1", "こん"),
        (rb"\f3 \'83A", "ア"),
        (rb"\f5 \'9e", "ž"),
        (rb"\f2 \'b7\f0  point", "• point"),
        (rb"\u1055?\u1088?", "Пр"),
        (rb"\u8364\'80 5", "€ 5"),
        (rb"\uc2\u8364\'80x5", "€5"),
        (rb"\uc0\u8364 5", "€5"),
        (rb"{\uc0\u8364 }\u8364?5", "€€5"),
        (rb"\u-10179?\u-8704?", "\U0001f600"),
        (rb"\u-10179?", "\ufffd"),
        (rb"\u0?a", "a"),
        (rb"a\~b\_c\-d", "a\xa0b-cd"),
        (rb"a\emdash b\ldblquote c\rdblquote", "a\u2014b\u201cc\u201d"),
        (rb"a{\*\unknown b}c{\*\bkmkstart x}d", "abcd".replace("b", "", 1)),
        (rb"{\colortbl;\red0;}{\stylesheet{\s0 Normal;}}{\info{\author me}}{\pict 00ff}a", "a"),
        (rb"{\header h}{\footer f}a", "a"),
        (rb"a{\v hidden}b\v c\v0 d", "abd"),
        (rb"{\pntext\f2\'b7\tab}point", "•\tpoint"),
        (rb"{\*\pn\pnlvlblt{\pntxtb *}}point", "point"),
        (rb"a\bin3 {{{b", "ab"),
        (rb'{\field{\*\fldinst HYPERLINK "https://x.example/p"}{\fldrslt here}}.', "here <https://x.example/p>."),
        (rb'{\field{\*\fldinst{HYPERLINK "mailto:a@b.example"}}{\fldrslt{\ul a@b.example}}}', "a@b.example"),
        (rb'{\field{\*\fldinst HYPERLINK "javascript:x"}{\fldrslt here}}', "here"),
        (rb"{\field{\*\fldinst PAGE}{\fldrslt 7}}", "7"),
        (rb"a}b", "a"),
        (b"{{{{deep", "deep"),
    ],
)
def test_text_is_what_a_reader_sees(content: bytes, words: str) -> None:
    assert text(content).strip("\n") == words


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (rb"\rtf1\ansi\ansicpg1251\deff4", "й"),
        (rb"\rtf1\mac\deff4", "È"),
        (rb"\rtf1\pc\deff4", "\u0398"),
        (rb"\rtf1\ansi\deff4", "é"),
        (rb"\rtf1\ansi\ansicpg99999\deff4", "é"),
        (rb"\rtf1\ansi\ansicpg1251\deff1", "й"),
        (rb"\rtf1\ansi\ansicpg1251\deff0", "é"),
    ],
)
def test_letters_are_in_the_code_page_of_the_document_or_the_font(head: bytes, words: str) -> None:
    assert text(rb"\'e9", head) == words


def html(content: bytes) -> str:
    found = read(rb"{\rtf1\ansi\ansicpg1251\fromhtml1\deff0" + FONTS + content + b"}")
    assert found is not None
    assert not found.text
    return found.html


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (rb"{\*\htmltag64 <p>}Hi{\*\htmltag72 </p>}", "<p>Hi</p>"),
        (rb"{\*\htmltag64 <p>}\htmlrtf {\b\htmlrtf0 Hi\htmlrtf\par}\htmlrtf0{\*\htmltag72 </p>}", "<p>Hi</p>"),
        (rb"a{\*\htmltag84 &lt;}\htmlrtf <\htmlrtf0 b", "a&lt;b"),
        (rb"a < b & c", "a &lt; b &amp; c"),
        (rb"a{\*\mhtmltag64 <img src=x>}b", "ab"),
        (rb"{\*\htmltag64 <a\par\tab href=x>}b", "<a\n\thref=x>b"),
        (rb"{\*\htmltag241 <!--}{\*\htmltag241 p \{x:y\}}{\*\htmltag241 -->}", "<!--p {x:y}-->"),
        (rb"\f1\'cf{\*\htmltag64 <img alt='\'cf'>}\f0\'e9\u8364?", "П<img alt='П'>é€"),
        (rb"{\field{\*\fldinst x}{\fldrslt y}}", "y"),
        (rb"\v a\v0", "a"),
    ],
)
def test_hidden_html_is_taken_out(content: bytes, words: str) -> None:
    assert html(content) == words


def test_hidden_plain_text_is_taken_out() -> None:
    assert text(rb"\pard one\par two", rb"\rtf1\ansi\fromtext\deff0") == "one\ntwo"


@pytest.mark.parametrize("data", [b"", b"words", b"{\\html}", b"\\rtf1"])
def test_what_is_no_rtf_is_none(data: bytes) -> None:
    assert read(data) is None


def test_what_is_too_much_is_cut() -> None:
    found = read(rb"{\rtf1 " + b"a" * 600_000)
    assert found == Document("", "a" * 512 * 1024, whole=False)
    found = read(rb"{\rtf1 a" + b"{}" * 200_000 + b"b")
    assert found == Document("", "a", whole=False)


PIECES = st.sampled_from(
    [
        *(b"{", b"}", b"\\", b"\\*", b"\\'", b"\\'e9", b"\\u8364?", b"\\u-10179", b"\\uc3", b"\\bin2 ", b"\\bin-1 "),
        *(b"\\fromhtml1", b"\\htmltag84", b"\\htmlrtf ", b"\\htmlrtf0 ", b"\\f1", b"\\fonttbl", b"\\fcharset128"),
        *(b"\\ansicpg932", b"\\fldinst", b'HYPERLINK "https://x.example"', b"\\fldrslt", b"\\par", b"a", b"\x82"),
    ]
)


@given(st.lists(PIECES | st.binary(max_size=4), max_size=40))
def test_any_rtf_is_survived(pieces: list[bytes]) -> None:
    found = read(b"{\\rtf1" + b"".join(pieces))
    assert found is not None
    (found.text + found.html).encode("utf-8")
    assert "\0" not in found.text + found.html
