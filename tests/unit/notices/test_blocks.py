"""A rendered body is read as blocks, and laid out as plain text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.notices import blocks
from mailintake.notices.blocks import AsWritten, Items, Paragraph, Quote, Rows, Verbatim

BODY = """Hello,


    Ticket: 102
    First answer: no promised time
    Empty:

    mailintake check

- one
- two
> theirs
>   indented
bye"""


def test_every_kind_of_line_makes_its_block() -> None:
    assert blocks.read(BODY) == (
        Paragraph(("Hello,",)),
        Rows((("Ticket", "102"), ("First answer", "no promised time"), ("Empty", ""))),
        Verbatim(("mailintake check",)),
        Items(("one", "two")),
        Quote(("theirs", "  indented")),
        Paragraph(("bye",)),
    )


def test_a_table_is_aligned_and_blocks_are_parted() -> None:
    assert blocks.as_text(blocks.read("    A: 1\n    Long key: 2\nx")) == "    A:         1\n    Long key:  2\n\nx\n"


def test_a_web_address_is_no_key() -> None:
    assert blocks.read("    https://desk.example") == (Verbatim(("https://desk.example",)),)


def test_a_long_line_is_broken_between_words_and_an_item_keeps_its_indent() -> None:
    text = blocks.as_text(blocks.read("- " + "word " * 30))
    assert [line[:6] for line in text.splitlines()] == ["- word", "  word", "  word"]
    assert max(map(len, text.splitlines())) <= blocks.WIDTH


@pytest.mark.parametrize("word", ["> quoted", "-- ", "#close", "- item", "*", "+1"])
def test_no_piece_begins_with_what_would_act(word: str) -> None:
    text = blocks.as_text((Paragraph((f"{'x' * 70} {word} and more",)),))
    assert all(line[0].isalnum() for line in text.splitlines())


@given(
    st.lists(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=90), min_size=1, max_size=40)
)
def test_breaking_a_line_loses_and_adds_no_word(words: list[str]) -> None:
    text = blocks.as_text((Paragraph((" ".join(words),)),))
    assert text.split() == words


def test_marks_of_links_do_not_reach_the_plain_text() -> None:
    assert blocks.as_text(blocks.read("see \x02https://desk.example\x03")) == "see https://desk.example\n"


def test_what_a_person_wrote_stays_as_it_was() -> None:
    said = ("Hello,", "", "    Key: value", "- item", "> quoted", "x " * 100)
    body = "\n".join(f"\x04{line}" for line in said) + "\n\nours"
    read = blocks.read(body)
    assert read == (AsWritten(tuple(line.rstrip() for line in said)), Paragraph(("ours",)))
    assert blocks.as_text(read) == "\n".join(line.rstrip() for line in said) + "\n\nours\n"
