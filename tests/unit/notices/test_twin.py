"""The HTML twin: plain markup, every word escaped."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.notices import blocks, twin


def html(body: str) -> str:
    return re.sub(r' (?:style|role|cellpadding|cellspacing|border|width|valign)="[^"]*"', "", _html(body))


def _html(body: str) -> str:
    return twin.as_html(blocks.read(body))


def test_every_block_has_its_markup() -> None:
    assert html("a\nb\n\n    Key: value\n\n- one\n> theirs\n    run this").split("\n") == [
        "<p>a<br>",
        "b</p>",
        "<table>",
        "<tr><td>Key</td>",
        "<td>value</td></tr>",
        "</table>",
        "<ul>",
        "<li>one</li>",
        "</ul>",
        "<blockquote>theirs</blockquote>",
        "<pre>run this</pre>",
    ]


@pytest.mark.parametrize("line", ["{}", "    Key: {}", "    {}", "- {}", "> {}"])
def test_words_are_escaped_in_every_block(line: str) -> None:
    written = html(line.format("<b onclick='x'>&amp;</b>"))
    assert "&lt;b onclick=&#x27;x&#x27;&gt;&amp;amp;&lt;/b&gt;" in written


def test_a_marked_address_becomes_a_link_and_cannot_leave_its_attribute() -> None:
    written = _html('\x02https://desk.example/"onmouseover="x\x03')
    assert re.findall(r"<a [^>]*>", written) == [
        '<a href="https://desk.example/&quot;onmouseover=&quot;x" rel="noopener noreferrer">'
    ]


@pytest.mark.parametrize("words", ["https://evil.example", "\x02javascript:alert(1)\x03", "\x02x", "www.evil.example"])
def test_nothing_else_becomes_a_link(words: str) -> None:
    assert "<a" not in _html(words)


@given(st.text(st.one_of(st.characters(), st.sampled_from("\x02\x03<>&\"'")), max_size=200))
def test_no_text_brings_a_tag_of_its_own(text: str) -> None:
    line = "x" + " ".join(text.split())
    assert set(re.findall(r"<[^>]*>", html(line))) <= {"<p>", "</p>"} or "\x02http" in line


def test_what_a_person_wrote_keeps_its_gaps_and_is_escaped() -> None:
    assert html("\x04<b>a</b>\n\x04\n\x04  - b\tc  d e").split("\n") == [
        "<div>&lt;b&gt;a&lt;/b&gt;<br>",
        "<br>",
        "\u00a0\u00a0- b" + "\u00a0" * 8 + "c\u00a0\u00a0d e</div>",
    ]
