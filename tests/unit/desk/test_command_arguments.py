from datetime import date, time

import pytest
from hypothesis import given as anything
from hypothesis import strategies as st

from mailintake.desk.command_arguments import USAGE, given, when
from mailintake.desk.command_words import LANGUAGES, vocabulary
from mailintake.domain.command import Ahead, Choice, Given, InDays, OnDate, OnWeekday, When, Word

WORDS = vocabulary(LANGUAGES)
BARE = (Word.TAKE, Word.SOLVED, Word.CLOSE, Word.REOPEN, Word.SPAM, Word.WAIVE, Word.ACK, Word.DUE, Word.NEW, Word.HELP)
ANA = "ana.kos+desk@mail.bakery.example"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-12-01", OnDate(date(2026, 12, 1))),
        ("2026-12-01 14:00", OnDate(date(2026, 12, 1), time(14))),
        ("1.12.2026", OnDate(date(2026, 12, 1))),
        ("1. 12. 2026 9.05", OnDate(date(2026, 12, 1), time(9, 5))),
        ("14:00", InDays(0, time(14))),
        ("today 14:00", InDays(0, time(14))),
        ("tomorrow", InDays(1)),
        ("Tomorrow 9:00", InDays(1, time(9))),
        ("3d", Ahead(days=3)),
        ("4h", Ahead(minutes=240)),
        ("4 hours", Ahead(minutes=240)),
        ("monday", OnWeekday(0)),
        ("Sun 8:30", OnWeekday(6, time(8, 30))),
        ("завтра 9:00", InDays(1, time(9))),
        ("пятницы", OnWeekday(4)),
        ("3 дня", Ahead(days=3)),
        ("п’ятниці 10:00", OnWeekday(4, time(10))),
        ("2 години", Ahead(minutes=120)),
        ("thứ hai 9:00", OnWeekday(0, time(9))),
        ("chủ nhật", OnWeekday(6)),
        ("ngày mai", InDays(1)),
        ("2 ngày", Ahead(days=2)),
        ("torka", OnWeekday(1)),
        ("jutri 9.00", InDays(1, time(9))),
        ("2 uri", Ahead(minutes=120)),
        ("2 moons", None),
        ("today", None),
        ("", None),
        ("1.12", None),
        ("2026-02-30", None),
        ("31.2.2026", None),
        ("25:00", None),
        ("tomorrow 9", None),
        ("3d 9:00", None),
        ("0d", None),
        ("12345d", None),
        ("３d", None),
        ("the day after", None),
    ],
)
def test_a_moment_as_people_write_it(text: str, meant: When | None) -> None:
    assert when(text.split(), WORDS) == meant


@pytest.mark.parametrize(
    ("word", "rest", "meant"),
    [
        (Word.ASSIGN, "Maria  Kos", Given(name="Maria Kos")),
        (Word.ASSIGN, "", None),
        (Word.ASSIGN, "m" * 81, None),
        (Word.ASSIGN, "mar\u200bia", None),
        (Word.ASSIGN, "\u202eairam", None),
        (Word.PRIORITY, "P1", Given(name="P1")),
        (Word.CATEGORY, "Новая", Given(name="Новая")),
        (Word.TOPIC, "invoices & payments", Given(name="invoices & payments")),
        (Word.STATUS, "В работе", Given(name="В работе")),
        (Word.LEVEL, "up", Given(choice=Choice.UP)),
        (Word.LEVEL, "Выше", Given(choice=Choice.UP)),
        (Word.LEVEL, "L2", Given(name="L2")),
        (Word.LEVEL, "", None),
        (Word.HOLD, "internal", Given(choice=Choice.INTERNAL)),
        (Word.HOLD, "EXTERNAL until 3d", Given(choice=Choice.EXTERNAL, until=Ahead(days=3))),
        (Word.HOLD, "nội bộ đến thứ hai", Given(choice=Choice.INTERNAL, until=OnWeekday(0))),
        (Word.HOLD, "снаружи до завтра", Given(choice=Choice.EXTERNAL, until=InDays(1))),
        (Word.HOLD, "", None),
        (Word.HOLD, "until 3d", None),
        (Word.HOLD, "up", None),
        (Word.HOLD, "external 3d", None),
        (Word.HOLD, "external until", None),
        (Word.HOLD, "external until 3d or so", None),
        (Word.MERGE, "123", Given(numbers=(123,))),
        (Word.MERGE, "#123", Given(numbers=(123,))),
        (Word.MERGE, "", None),
        (Word.MERGE, "0", None),
        (Word.MERGE, "1 2", None),
        (Word.MERGE, "2147483648", None),
        (Word.MERGE, "١٢", None),
        (Word.TICKET, "2147483647", Given(numbers=(2147483647,))),
        (Word.ACCEPT, "4711", Given(numbers=(4711,))),
        (Word.ACCEPT, "", Given()),
        (Word.ACCEPT, "it", None),
        (Word.SPLIT, "", Given()),
        (Word.SPLIT, "2, 3 #5,3", Given(numbers=(2, 3, 5))),
        (Word.SPLIT, "2-4", None),
        (Word.SPLIT, "1 " * 51, None),
        (Word.UNDO, "7f3a-b", Given(name="7f3a-b")),
        (Word.UNDO, "", None),
        (Word.UNDO, "7f3a b", None),
        (Word.CC, f"add {ANA}", Given(choice=Choice.ADD, name=ANA)),
        (Word.CC, f"remove <{ANA}>", Given(choice=Choice.REMOVE, name=ANA)),
        (Word.CC, f"add {ANA}<mailto:{ANA}>", Given(choice=Choice.ADD, name=ANA)),
        (Word.CC, f"add {ANA}<mailto:eva@attacker.example>", None),
        (Word.CC, f"approve {ANA}", None),
        (Word.CC, ANA, None),
        (Word.CC, "add", None),
        (Word.CC, "add ana@bаkery.example", None),  # a Cyrillic а
        (Word.CC, "add ana@bakery", None),
        (Word.CC, "add ana@bakery.example,eva@bakery.example", None),
        (Word.CC, f"add {'a' * 250}@b.example", None),
        (Word.CONTACT, f"approve {ANA}", Given(choice=Choice.APPROVE, name=ANA)),
        (Word.CONTACT, f"từ chối {ANA}", Given(choice=Choice.DECLINE, name=ANA)),
        (Word.CONTACT, f"dodaj {ANA}", Given(choice=Choice.ADD, name=ANA)),
        (Word.CONTACT, f"up {ANA}", None),
        (Word.NOTE, "", Given()),
        (Word.NOTE, "the family 👨‍👩‍👧 bakes", Given(name="the family 👨‍👩‍👧 bakes")),
    ],
)
def test_what_stands_behind_a_command(word: Word, rest: str, meant: Given | None) -> None:
    assert given(word, rest, WORDS) == meant


@pytest.mark.parametrize("word", BARE)
def test_a_bare_command_is_the_whole_line(word: Word) -> None:
    assert given(word, "", WORDS) == Given()
    assert given(word, "please", WORDS) is None


def test_every_command_says_how_it_is_written() -> None:
    assert list(USAGE) == list(Word)
    assert all(USAGE[word].split()[0] == f"#{word}" for word in Word)
    assert {word for word in Word if " " not in USAGE[word]} == set(BARE)


@anything(st.sampled_from(Word), st.text(max_size=60))
def test_whatever_is_written_is_read_without_trouble(word: Word, rest: str) -> None:
    found = given(word, rest, WORDS)
    assert found is None or word is Word.NOTE or found.name.isprintable()
