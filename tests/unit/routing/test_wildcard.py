"""Wildcards: as shells know them, in linear time."""

import fnmatch
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.routing.wildcard import Wildcard
from mailintake.routing.words import flat

PATTERNS = st.text(alphabet="ab*?. ", min_size=1, max_size=8).filter(lambda text: bool(flat(text)))
TEXTS = st.text(alphabet="ab. ", max_size=12).map(flat)


@given(PATTERNS, TEXTS)
def test_a_wildcard_fits_what_a_shell_s_does(pattern: str, text: str) -> None:
    assert Wildcard.of(pattern).fits(text) == bool(re.match(fnmatch.translate(flat(pattern)), text))


@given(PATTERNS, PATTERNS, TEXTS)
def test_what_covers_another_fits_all_that_it_fits(one: str, other: str, text: str) -> None:
    mine, theirs = Wildcard.of(one), Wildcard.of(other)
    if mine.covers(theirs) and theirs.fits(text):
        assert mine.fits(text)


def test_the_grammar_of_expressions_means_nothing() -> None:
    assert Wildcard.of("a[b]?.(x|y)").fits("a[b]!.(x|y)")
    assert not Wildcard.of("a.c?").fits("abcd")


def test_case_and_spaces_do_not_count() -> None:
    assert Wildcard.of("Invoice  *").fits(flat("INVOICE\n 17"))


def test_a_text_full_of_near_misses_takes_no_longer() -> None:
    assert not Wildcard.of("*" + "a*" * 300 + "b").fits("a" * 50_000)
    assert not Wildcard.of("*a?a?a?b").fits("a" * 50_000)


def test_everything_is_known_as_such() -> None:
    assert Wildcard.of("*").fits_everything
    assert Wildcard.of("**").fits_everything
    assert not Wildcard.of("?*").fits_everything


def test_nothing_is_no_wildcard() -> None:
    with pytest.raises(ValueError, match="empty"):
        Wildcard.of("  ")
