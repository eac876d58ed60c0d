import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.desk.answer_line import ANSWER_LINES, above
from mailintake.desk.command_words import LANGUAGES

ANSWER = "Hello Ana,\nthe part comes on Monday:\n- at nine"
BELOW = "Ticket 102 is yours.\nDue at 14:00."


def test_every_language_of_commands_has_its_line() -> None:
    assert set(ANSWER_LINES) == set(LANGUAGES)


@pytest.mark.parametrize("text", ["", ANSWER, "Please sign above this line", "the answer is above"])
def test_a_text_without_the_line_stays_whole(text: str) -> None:
    assert above(text) == text


@pytest.mark.parametrize("line", ANSWER_LINES.values())
@pytest.mark.parametrize(
    "style",
    [
        "{}",
        "> {}",
        ">> > {}",
        "| {}",
        "*{}*",
        "[{}]",
        "\t{}\u200b",
    ],
)
def test_what_stands_above_is_left(line: str, style: str) -> None:
    assert above(f"{ANSWER}\n\n{style.format(line)}\n{BELOW}") == ANSWER


@pytest.mark.parametrize(
    "line",
    [
        "---\u00a0Write\u00a0your answer above\u00a0this line\u00a0---",
        "---&nbsp;Write your&nbsp;answer above this&#160;line ---",
        "— Write your answer above this line —",
        "WRITE YOUR ANSWER ABOVE THIS LINE",
        "Write your answer\nabove this line ---",
        "> ---\n> Write your\n> answer above this\n> line ---",
        "AK> --- Write your answer\nAK> above this line ---",
        "   > > Write\n>>your  answer\n\n| above this line",
        "W\u200brite your ans\u00adwer above this line",
        "Ｗｒｉｔｅ your answer above this line",
    ],
)
def test_the_line_is_found_whatever_a_program_made_of_it(line: str) -> None:
    assert above(f"{ANSWER}\n{line}\n{BELOW}") == ANSWER


def test_marks_may_be_composed_or_not() -> None:
    line = "--- Viê\u0301t câu tra\u0309 lời phía trên dòng này ---"
    assert above(f"{ANSWER}\n{line}\n{BELOW}") == ANSWER


def test_words_on_the_same_line_are_kept_when_a_program_lost_the_breaks() -> None:
    assert above(f"Hello Ana, done. {ANSWER_LINES['en']} {BELOW}") == "Hello Ana, done."


def test_of_two_lines_the_first_counts() -> None:
    assert above(f"{ANSWER}\n{ANSWER_LINES['sl']}\n{BELOW}\n{ANSWER_LINES['en']}") == ANSWER


@pytest.mark.parametrize(
    "announcement",
    [
        "On Mon, 9 Mar 2026 at 10:00, Desk <support+102.mfrggzdfmztwq2lk@desk.example> wrote:",
        "On Mon, 9 Mar 2026 at 10:00, Desk\n<support+102.mfrggzdfmztwq2lk@desk.example>\nwrote:",
        "Am 09.03.26 um 10:00 schrieb support@desk.example:",
        "________\nVon: Desk <support@desk.example>\nGesendet: Montag, 9. März 2026 10:00\nAn: Maria\nBetreff: Ofen",
        "*From:* Desk <support@desk.example>\n*Sent:* Monday, March 9, 2026 10:00 AM\n*To:* Maria\n*Subject:* Oven\n",
    ],
)
def test_what_announces_the_quote_goes_as_well(announcement: str) -> None:
    assert above(f"{ANSWER}\n\n{announcement}\n\n> {ANSWER_LINES['en']}\n> {BELOW}") == ANSWER


@pytest.mark.parametrize("end", ["Server: mail.example\nPort: 25", "This is what she wrote:", "Call: 10:30\nBy: Ana"])
def test_words_that_only_look_like_an_announcement_stay(end: str) -> None:
    assert above(f"Hello Ana,\n{end}\n\n{ANSWER_LINES['en']}\n{BELOW}") == f"Hello Ana,\n{end}"


@given(
    st.sampled_from(tuple(ANSWER_LINES.values())),
    st.text("> |\t\u00a0-*_", max_size=6),
    st.integers(20, 80),
    st.sampled_from([str, str.upper, lambda line: line.replace(" ", "\u00a0"), lambda line: line.replace("-", "–")]),
)
def test_nothing_from_below_survives_prefixes_and_new_breaks(line: str, prefix: str, width: int, change: type) -> None:
    letter = change(f"{line} {BELOW} {BELOW}")
    quoted = "\n".join(prefix + piece for piece in textwrap.wrap(letter, width))
    assert above(f"{ANSWER}\n{quoted}") == ANSWER


@given(st.text(max_size=200))
def test_what_is_left_stands_in_the_text(text: str) -> None:
    assert above(text) == text
    assert above(f"{text}\n{ANSWER_LINES['en']}\nsecret 4711").count("4711") == text.count("4711")
