"""Bounces in prose; whole mails of many servers stand in tests/mails."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.parsing.bounce_prose import enhanced, read, reason
from mailintake.parsing.header_block import HeaderBlock

BLOCK = HeaderBlock([], 0)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("550 5.1.1 User unknown", "5.1.1"),
        ("(#5.2.2)", "5.2.2"),
        ("5.0.0 then 5.7.26", "5.7.26"),
        ("5.0.0 alone", "5.0.0"),
        ("connect to mx[5.1.2.3]:25", ""),
        ("running version 4.2.1 of it", ""),
        ("Postfix 4.1.2", ""),
        ("2.0.0 Ok", ""),
        ("at 12.5.1.1", ""),
        ("5.9.1", ""),
    ],
)
def test_an_enhanced_code_is_told_from_other_numbers(text: str, code: str) -> None:
    assert enhanced(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("550 no such user", "5.1.1"),
        ("451 mailbox full", "4.2.2"),
        ("552 something", "5.2.2"),
        ("554 something", "5.0.0"),
        ("nothing of the kind", ""),
        ("Host not found", "5.1.2"),
        ("Connection timed out", "5.4.1"),
        ("blocked using a list", "5.7.1"),
    ],
)
def test_words_and_reply_codes_stand_for_a_code(text: str, code: str) -> None:
    assert reason(text) == code


def test_addresses_of_our_own_are_not_the_one_that_failed() -> None:
    report = read(
        "Your mail from\ndesk@desk.example\nto kim@kunde.example: 550 no", BLOCK, not_these=["desk@desk.example"]
    )
    assert report.recipient == "kim@kunde.example"


def test_the_message_id_of_the_returned_mail_is_found() -> None:
    text = (
        "<kim@kunde.example>: 550 no\n\n--- Below this line is a copy of the message.\n\nMessage-ID: <1@desk.example>\n"
    )
    assert read(text, BLOCK).original_message_id == "<1@desk.example>"


@given(st.text(max_size=300))
def test_any_text_is_survived(text: str) -> None:
    assert read(text, BLOCK).action in ("failed", "delayed")
