"""Ways to look at a text: what covers another holds wherever it does, and what is told beforehand is true."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.routing.reading import Reading
from mailintake.routing.regex import Pattern
from mailintake.routing.texts import TEXT_TESTS, Empty, Is, Like, Regex, TextTest, TextTests, Words
from mailintake.routing.wildcard import Wildcard
from mailintake.routing.words import Phrase, flat
from tests.subjects import a_subject

ALL = [
    Words((Phrase.of("oven"),)),
    Words((Phrase.of("the oven"), Phrase.of("oven is"))),
    Words((Phrase.of("ov*"), Phrase.of("cold"))),
    Like((Wildcard.of("*oven*"),)),
    Like((Wildcard.of("the *"), Wildcard.of("c?ld"))),
    Like((Wildcard.of("*"),)),
    Regex((Pattern.of("o.en"),)),
    Regex((Pattern.of("o.en"), Pattern.of("^$"))),
    Is(frozenset({"the oven", "cold"})),
    Is(frozenset({"cold"})),
    Empty(wanted=True),
    Empty(wanted=False),
]
TEXTS = ["", " ", "The oven", "the oven is cold", "Cold", "ovens", "child", "co ld"]
ONE = st.sampled_from(ALL)
SEVERAL = st.lists(ONE, min_size=1, max_size=3).map(lambda tests: TextTests(tuple(tests)))
TEXT = st.sampled_from(TEXTS)


def reading() -> Reading:
    return Reading(a_subject())


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("wide", ALL, ids=str)
def test_what_covers_another_holds_wherever_it_does(wide: TextTest, text: str) -> None:
    for narrow in ALL:
        if wide.covers(narrow) and narrow.holds(text, reading()):
            assert wide.holds(text, reading()), narrow


@given(SEVERAL, SEVERAL, TEXT)
def test_several_cover_as_one(wide: TextTests, narrow: TextTests, text: str) -> None:
    if wide.covers(narrow) and narrow.holds(text, reading()):
        assert wide.holds(text, reading())


@given(SEVERAL, TEXT)
def test_what_is_told_beforehand_is_true(tests: TextTests, text: str) -> None:
    if tests.is_always:
        assert tests.holds(text, reading())
    if not tests.takes_empty:
        assert not tests.holds("", reading())
    if tests.needles is not None and tests.holds(text, reading()):
        assert any(needle in reading().words(text) for needle in tests.needles)
    if tests.patterns is not None and tests.holds(text, reading()):
        assert any(Pattern.of(pattern).found(text.encode()) for pattern in tests.patterns)


def test_the_cheap_ways_stand_before_the_dear_ones() -> None:
    assert sorted(TEXT_TESTS, key=lambda test: test.cost) == list(TEXT_TESTS)
    assert {type(test) for test in ALL} == set(TEXT_TESTS)


def test_of_several_texts_one_is_enough_and_none_is_an_empty_one() -> None:
    words, empty = TextTests((ALL[0],)), TextTests((Empty(wanted=True),))
    assert words.any_holds(("nothing", "an oven"), reading())
    assert not words.any_holds((), reading())
    assert empty.any_holds((), reading())


def test_an_equal_text_is_compared_as_it_is_folded() -> None:
    assert Is(frozenset({flat("The  OVEN")})).holds("the\noven", reading())
