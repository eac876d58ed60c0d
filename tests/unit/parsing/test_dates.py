"""Dates that break the rules."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.parsing.dates import lenient


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-05T10:15:00+01:00",
        "2026-01-05 09:15:00 +0000",
        "2026/01/05 09:15",
        "Mon, 5 Jan 2026 10:15:00 CET",
        "5-Jan-26 09:15:00",
        "Mon Jan  5 09:15:00 2026",
        "Mon Jan 5 09:15:00 UTC 2026",
        "January 5, 2026 9:15 AM",
        "Mon, 5 January 2026, 10.15.00 +0100",
        "Mon, 05 Jan 26 04:15:00 EST",
        "5 Jan 2026 10:15:00 +01:00",
        "Mon, 5 Jan 2026 09:15:00.123 GMT (x)",
        "Monday, 5. January 2026 09:15",
    ],
)
def test_the_instant_is_found(text: str) -> None:
    assert lenient(text) == datetime(2026, 1, 5, 9, 15, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "garbage", "31 Feb 2026", "5 Foo 2026", "2026-13-45", "1 Jan 1900"])
def test_what_is_no_date_is_none(text: str) -> None:
    assert lenient(text) is None


@given(st.text(max_size=80))
def test_any_text_may_be_asked(text: str) -> None:
    instant = lenient(text)
    assert instant is None or instant.tzinfo is UTC
