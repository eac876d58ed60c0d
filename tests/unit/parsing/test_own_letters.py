"""Replies parted by comparing them with our own letters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.parsing.own_letters import split

LETTER = """Dear customer,

we have registered your request under the number DESK-17. Our colleagues will look at it
within four working hours and write to you from this address.

Your support team"""
QUOTED = "\n".join(f"> {line}" for line in LETTER.split("\n"))


@pytest.mark.parametrize(
    "announcement",
    [
        "On Mon, Jan 5, 2026 at 10:15 AM Support <support@desk.example> wrote:",
        "5 Qershor 2026, ora 10:15, Support <support@desk.example> ka shkruar:",
        "________________________________",
        "",
    ],
)
def test_our_letter_is_found_whatever_announces_it(announcement: str) -> None:
    found = split(f"It works now.\n\n{announcement}\n\n{QUOTED}\n", [LETTER])
    assert found is not None
    assert found.reply == "It works now."
    assert "DESK-17" in found.quoted


def test_marks_line_breaks_and_case_do_not_matter() -> None:
    rewrapped = LETTER.replace("\n", " ").upper()
    found = split(f"It works now.\n\n{rewrapped}", ["something else entirely", LETTER])
    assert found is not None
    assert found.reply == "It works now."


def test_answers_between_our_lines_stay_where_they_stand() -> None:
    lines = QUOTED.split("\n")
    text = "\n".join((*lines[:3], "Which number was it before?", *lines[3:]))
    found = split(text, [LETTER])
    assert found is not None
    assert found.reply == text
    assert found.quoted == ""


def test_an_answer_below_our_letter_is_the_reply() -> None:
    found = split(f"{QUOTED}\n\nIt works now.\n\n-- \nAnn", [LETTER])
    assert found is not None
    assert (found.reply, found.signature) == ("It works now.", "-- \nAnn")


def test_a_signature_may_stand_below_our_letter() -> None:
    found = split(f"It works now.\n\n{QUOTED}\n\n-- \nAnn", [LETTER])
    assert found is not None
    assert (found.reply, found.signature) == ("It works now.", "-- \nAnn")


@pytest.mark.parametrize("text", ["It works now.", "Your support team will look at it.", "", "> something else"])
def test_a_mail_that_does_not_quote_us_is_left_to_others(text: str) -> None:
    assert split(text, [LETTER]) is None


def test_without_letters_nothing_is_known() -> None:
    assert split(LETTER, []) is None


@given(st.lists(st.sampled_from([*QUOTED.split("\n"), *LETTER.split("\n"), "own words", "-- ", "", "> x", "a:"])))
def test_no_character_is_lost(lines: list[str]) -> None:
    text = "\n".join(lines)
    found = split(text, [LETTER])
    if found is not None:
        together = found.reply + found.quoted + found.signature
        assert sorted("".join(together.split())) == sorted("".join(text.split()))
