"""The page that agents print says what the program does."""

import re
from pathlib import Path

import pytest

from mailintake.desk import command_words
from mailintake.desk.answer_line import ANSWER_LINES
from mailintake.desk.command_arguments import USAGE, when
from mailintake.desk.command_words import LANGUAGES, vocabulary
from mailintake.desk.commands import DECISIVE, Fault, read
from mailintake.domain.command import Word

PAGE = (Path(__file__).parents[3] / "docs/howto/answering.md").read_text()
SECTIONS = {part.partition("\n")[0]: part for part in re.split(r"^## ", PAGE, flags=re.MULTILINE)}
CELL = re.compile(r"(?<!\\)\|")


def table(section: str, header: str) -> list[list[str]]:
    """The cells of the rows below a header, as they are shown."""
    rows = SECTIONS[section].partition(f"| {header} |")[2].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip().replace("\\|", "|") for cell in CELL.split(row)[1:-1]] for row in rows]


def codes(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


COMMANDS = table("Commands", "command")
MOMENTS = table("Until when", "you write")
BLOCKS = re.findall(r"^```\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_every_command_has_its_row_as_it_is_written() -> None:
    assert [codes(row[0]) for row in COMMANDS] == [[USAGE[word]] for word in Word]


@pytest.mark.parametrize(("word", "row"), list(zip(Word, COMMANDS, strict=True)))
def test_an_example_is_the_command_of_its_row(word: Word, row: list[str]) -> None:
    (line,) = codes(row[1])
    found = read(line, languages=())
    assert found.unknown == ()
    if word is Word.NOTE:
        assert found.notes[0].words.text == line.removeprefix("#note ")
    elif word is Word.TICKET:
        assert found.ticket == 123
    else:
        assert [command.word for command in found.commands] == [word]


@pytest.mark.parametrize("block", BLOCKS)
def test_a_mail_on_the_page_is_understood(block: str) -> None:
    found = read(block, languages=())
    assert found.orders
    assert (found.unknown, found.late) == ((), ())


def test_there_are_such_mails() -> None:
    assert len(BLOCKS) == 3


@pytest.mark.parametrize("row", MOMENTS)
def test_a_moment_on_the_page_can_be_written(row: list[str]) -> None:
    (text,) = codes(row[0])
    assert when(text.split(), vocabulary(())) is not None


def test_words_of_all_languages_are_those_that_are_read() -> None:
    shown = [[codes(cell) for cell in row] for row in table("In your language", "English")]
    assert shown == [[[f"#{word}" for word in cell] for cell in row] for row in words(command_words._COMMANDS)]
    arguments = SECTIONS["In your language"].rpartition("| English |")[2].splitlines()[2:]
    tables = ("_CHOICES", "_UNTIL", "_AHEAD", "_WEEKDAYS", "_UNITS")
    expected = [row for name in tables for row in words(getattr(command_words, name))]
    assert [[codes(cell) for cell in CELL.split(row)[1:-1]] for row in arguments if row] == expected


def words(rows: str) -> list[list[list[str]]]:
    return [[cell.split() for cell in line.split("|")] for line in rows.strip().splitlines()]


def test_there_is_a_column_for_every_language() -> None:
    assert all(len(row) == len(LANGUAGES) for row in table("In your language", "English"))


def test_the_line_above_which_to_write_is_ours() -> None:
    assert f"    {ANSWER_LINES['en']}\n" in PAGE


def test_the_page_names_the_commands_that_stop_a_mail_from_below() -> None:
    (line,) = re.findall(r"mistyped command, or is (.*?), which say", PAGE.replace("\n", " "))
    assert set(codes(line)) == {f"#{word}" for word in DECISIVE}


def test_what_the_page_calls_a_mistake_is_one() -> None:
    assert [each.fault for each in read("#sovled", languages=()).unknown] == [Fault.UNKNOWN]
    assert [each.fault for each in read("#hashtag", languages=()).unknown] == [Fault.UNKNOWN]
    assert read("#1\n# Heading", languages=()).unknown == ()
    assert read("Hello,\n#hashtag", languages=()).unknown == ()
