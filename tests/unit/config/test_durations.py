from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.config.durations import LONGEST, parse_duration


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("7 days", timedelta(days=7)),
        ("1 day", timedelta(days=1)),
        ("12 hours", timedelta(hours=12)),
        ("90 minutes", timedelta(minutes=90)),
        ("2weeks", timedelta(days=14)),
    ],
)
def test_a_length_of_time_is_read(text: str, length: timedelta) -> None:
    assert parse_duration(text) == length


def test_nothing_at_all_is_a_length_only_where_it_makes_sense() -> None:
    assert parse_duration("0 days", or_zero=True) == timedelta(0)
    with pytest.raises(ValueError, match="between a minute and ten years"):
        parse_duration("0 days")


@given(st.text("0123456789 minuteshoursdaysweeks", max_size=16), st.booleans())
def test_any_text_is_a_length_or_has_an_explanation(text: str, or_zero: bool) -> None:
    try:
        length, explanation = parse_duration(text, or_zero=or_zero), ""
    except ValueError as error:
        length, explanation = None, str(error)
    assert bool(explanation) == (length is None)
    assert length is None or timedelta(minutes=0 if or_zero else 1) <= length <= LONGEST
