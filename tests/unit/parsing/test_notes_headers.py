"""What Lotus Notes draws above its quotes; whole mails stand in tests/mails."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.parsing.notes_headers import is_box_edge, is_box_top, memo_start, memo_values, unboxed
from mailintake.parsing.reply import split

BOX = [
    "|------------>",
    "| From:      |",
    "|------------>",
    "  >--------------------|",
    "  |Bob <bob@x.example> |",
    "  >--------------------|",
]
MEMO = ["Bob Other", "Sent by: desk@x.example", "05.01.2026 10:15", "", "  An:", "  Kopie:", "  Thema:  Drucker"]


def test_a_box_is_known_by_its_first_lines() -> None:
    assert is_box_top(BOX, 0)
    assert not is_box_top(BOX[:3], 0)
    assert not is_box_top(["|-----|", *BOX[1:]], 0)
    assert [is_box_edge(line) for line in BOX] == [False, False, False, True, False, True]


def test_a_label_in_a_box_comes_beside_its_value() -> None:
    assert unboxed(["See below.", *BOX, "Words"]) == ["See below.", "From: Bob <bob@x.example>", "Words"]


def test_a_memo_begins_with_its_sender() -> None:
    lines = ["My words.", "", *MEMO]
    assert memo_start(lines, 6) == 2
    assert memo_values(lines, 2) == {
        "from": "Bob Other",
        "date": "05.01.2026 10:15",
        "subject": "Drucker",
    }


@pytest.mark.parametrize(
    "lines",
    [
        ["To: all of you"],
        ["To: all of you", "Subject: paper"],
        ["We met on 05.01.2026 at 10:15.", "To: all of you", "Subject: paper"],
        ["05.01.2026 10:15", "To: all of you", "and nothing more"],
        ["05.01.2026", "To: all of you", "Subject: paper"],
        ["Bob", "05.01.2026", "To: all of you", "Subject: paper"],
        ["Meeting 05.01.2026 10:15", "To: room 5", "Subject: paper"],
        ["Hello", "we all meet on 05.01.2026 at 10:15", "To: room 5", "Subject: paper"],
    ],
)
def test_words_that_only_look_like_a_memo_are_none(lines: list[str]) -> None:
    at = next(number for number, line in enumerate(lines) if line.startswith("To:"))
    assert memo_start(lines, at) is None
    text = "\n".join(lines)
    assert split(text).reply == text


@pytest.mark.parametrize(
    ("line", "is_quoting"),
    [
        ("Quoting Bob Other <bob@x.example>:", True),
        ("Quoting Bob Other <bob@x.example>", True),
        ("Quoting bob@x.example (05.01.2026)", True),
        ("Quoting Bob Other", True),
        ("Quoting bob:", True),
        ("Zitat von Bob Other", True),
        ("引用 小林:", True),
        ("Quoting your own manual", False),
        ("Quoting is not proving, as they say here in town", False),
        ("I am quoting Bob", False),
    ],
)
def test_who_is_quoted_belongs_to_the_quote(line: str, is_quoting: bool) -> None:
    found = split(f"New.\n\n{line}\n> old\n> words")
    assert found.quoted.startswith(line) == is_quoting
    assert found.reply.startswith("New.")


@pytest.mark.parametrize(
    "rule",
    [
        "----- Forwarded by Ann Example/Kunde on 05/01/2026 11:20 -----",
        "---------------------- Weitergeleitet von Ann/Kunde am 05.01.2026 11:20 ----------------------",
        "----- Réexpédié par Ann Example/Kunde le 05/01/2026 11:20 -----",
        "----- Inoltrato da Ann Example/Kunde il 05/01/2026 11.20 -----",
        "-----Bob <bob@x.example> schrieb: -----",
    ],
)
def test_a_rule_of_notes_begins_the_quote(rule: str) -> None:
    assert split(f"New.\n\n{rule}\n\nold words").quoted.startswith(rule)


LINES = st.sampled_from([*BOX, *MEMO, "", "words", "> old", "To: a", "Subject: b"])


@given(st.lists(LINES | st.text(max_size=20).filter(lambda text: "\n" not in text), min_size=1, max_size=30))
def test_any_lines_are_survived(lines: list[str]) -> None:
    unboxed(lines)
    for index in range(len(lines)):
        is_box_top(lines, index)
        first = memo_start(lines, index)
        if first is not None:
            assert 0 <= first < index
            memo_values(lines, first)
