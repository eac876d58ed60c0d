from collections import defaultdict
from typing import Any

import pytest

from mailintake.desk import command_words
from mailintake.desk.command_words import LANGUAGES, folded, printed, unmarked, vocabulary
from mailintake.domain.command import Choice, Word

KINDS = ("commands", "choices", "ahead", "weekdays", "units")


@pytest.mark.parametrize("kind", KINDS)
def test_no_word_means_two_things_in_whatever_languages(kind: str) -> None:
    meanings: dict[str, set[Any]] = defaultdict(set)
    for language in LANGUAGES:
        for word, meaning in getattr(vocabulary((language,)), kind).items():
            meanings[word].add(meaning)
    assert {word: found for word, found in meanings.items() if len(found) > 1} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_and_choice_has_a_word_that_is_read_as_printed(language: str) -> None:
    words = vocabulary((language,))
    assert {word: words.commands[folded(printed(word, language))] for word in Word} == {word: word for word in Word}
    assert {word: words.choices[folded(printed(word, language))] for word in Choice} == {word: word for word in Choice}


def test_the_english_words_are_the_names_and_always_count() -> None:
    assert [printed(word, "en") for word in Word] == [word.value for word in Word]
    assert [printed(word, "eo") for word in Choice] == [word.value for word in Choice]
    assert vocabulary(("eo",)) == vocabulary(()) == vocabulary(("en",))
    assert vocabulary(("vi",)).commands.items() >= vocabulary(()).commands.items()


def test_a_language_adds_its_own_words_only() -> None:
    assert "решено" in vocabulary(("ru",)).commands
    assert "решено" not in vocabulary(("uk",)).commands


def test_marks_may_be_left_out_where_people_do_so() -> None:
    assert unmarked("chủđề") == "chude"
    assert vocabulary(("vi",)).commands["ghichu"] is Word.NOTE
    assert vocabulary(("sl",)).commands["reseno"] is Word.SOLVED
    assert "уровень" in vocabulary(("ru",)).commands
    assert vocabulary(("uk",)).commands["об'єднати"] is Word.MERGE


def test_a_word_is_found_in_whatever_form_a_program_writes_it() -> None:
    assert folded("Ghichu\u0301") == folded("GHICHÚ") == "ghichú"
    assert folded("П’ЯТНИЦЯ") == "п'ятниця"


def test_every_cell_of_the_tables_holds_a_word() -> None:
    tables = (command_words._COMMANDS, command_words._CHOICES, command_words._WEEKDAYS, command_words._UNITS)
    for table in tables:
        for line in table.strip().splitlines():
            assert [bool(cell.split()) for cell in line.split("|")] == [True] * len(LANGUAGES), line
