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


@pytest.mark.parametrize(
    "text",
    [
        "Montag, 5. Januar 2026 10:15",
        "lun. 5 janv. 2026 à 10:15",
        "lunes, 5 de enero de 2026 10:15",
        "seg., 5 de jan. de 2026 às 10:15",
        "poniedziałek, 5 stycznia 2026 10:15",
        "pondělí 5. ledna 2026 10:15",
        "po 5. 1. 2026 v 10:15",
        "2026. január 5., hétfő 10:15",
        "5 Ocak 2026 Pazartesi 10:15",
        "понедельник, 5 января 2026 г. 10:15",
        "5 січня 2026 р. о 10:15",
        "maanantai 5. tammikuuta 2026 klo 10.15",
        "Senin, 5 Januari 2026 10.15",
        "Thứ Hai, 5 tháng 1, 2026 10:15",
        "2026年1月5日 上午10:15",
        "2026년 1월 5일 월요일 오전 10:15",
        "1/5/2026 10:15 AM",
        "05/01/2026 10:15",
        "Mon, 5 Jan 2026 11:15:00 CET",
        "Mon, 5 Jan 2026 11:15:00 GMT+1",
    ],
)
def test_dates_that_programs_write_into_quotes_are_read_in_many_languages(text: str) -> None:
    assert lenient(text) == datetime(2026, 1, 5, 10, 15, tzinfo=UTC)
