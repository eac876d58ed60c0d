"""A mail as conditions look at it."""

from datetime import UTC, date, datetime

from mailintake.domain.hours import Calendar, Window
from mailintake.routing.reading import LONGEST_FOR_REGEX, LONGEST_TEXT, Reading
from tests.subjects import a_subject

NINE_TO_SIX = (Window(9 * 60, 18 * 60),)
WEEKDAYS = Calendar("Europe/Ljubljana", (NINE_TO_SIX, NINE_TO_SIX, NINE_TO_SIX, NINE_TO_SIX, NINE_TO_SIX, (), ()))


def test_what_is_made_of_a_text_is_made_once() -> None:
    reading, text = Reading(a_subject()), "The  OVEN"
    assert reading.flat(text) is reading.flat(text)
    assert (reading.flat(text), reading.words(text)) == ("the oven", " the oven ")
    assert reading.encoded_words(text) is reading.encoded_words(text)
    assert reading.encoded(text) == b"The  OVEN"


def test_a_text_is_cut_before_anything_is_made_of_it() -> None:
    reading, text = Reading(a_subject()), "x" * (LONGEST_TEXT + 1)
    assert len(reading.flat(text)) == LONGEST_TEXT
    assert len(reading.words(text)) == LONGEST_TEXT + 2
    assert len(reading.encoded(text)) == LONGEST_FOR_REGEX


def test_fields_of_one_name_stand_together_in_their_order() -> None:
    reading = Reading(a_subject(headers=(("received", "b"), ("to", "x"), ("received", "a"))))
    assert reading.headers == {"received": ("b", "a"), "to": ("x",)}


def test_hours_and_days_are_those_of_the_clock_that_is_named() -> None:
    late = Reading(a_subject(received_at=datetime(2026, 3, 9, 23, 30, tzinfo=UTC)))
    assert late.day("UTC") == date(2026, 3, 9)
    assert late.day("Europe/Ljubljana") == date(2026, 3, 10)
    assert not late.is_open(WEEKDAYS)
    assert Reading(a_subject()).is_open(WEEKDAYS)
