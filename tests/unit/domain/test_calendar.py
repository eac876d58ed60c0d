from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mailintake.domain.calendar import (
    HORIZON,
    Calendar,
    due,
    from_json,
    intervals,
    is_open,
    never_opens,
    next_opening,
    wall_due,
    worked,
)
from tests.unit.domain import reference_calendar as reference
from tests.unit.domain.reference_calendar import utc

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
OFFICE_DAYS = "mon tue wed thu fri"
EVERY_DAY = "mon tue wed thu fri sat sun"


def opening(
    windows: str, days: str = EVERY_DAY, timezone: str = "UTC", holidays: tuple[str, ...] = (), **more: object
) -> Calendar:
    """The same windows (parted by spaces) on each of the days."""
    hours = {day: windows.split() for day in days.split()}
    return from_json({"timezone": timezone, "hours": hours, "holidays": list(holidays), **more})


OFFICE = opening("09:00-18:00", OFFICE_DAYS)
NEVER = opening("")
ALWAYS = opening("", always=True)


def at(text: str) -> datetime:
    """`2026-03-06T18:30+01:00`, or without offset in UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


# Mon 2 March 2026 … Sun 8 March


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2026-03-03T08:59", "2026-03-03T10:00"),
        ("2026-03-03T09:00", "2026-03-03T10:00"),
        ("2026-03-03T17:00", "2026-03-03T18:00"),
        ("2026-03-03T17:01", "2026-03-04T09:01"),
        ("2026-03-03T17:59", "2026-03-04T09:59"),
        ("2026-03-03T18:00", "2026-03-04T10:00"),
        ("2026-03-06T18:00", "2026-03-09T10:00"),
        ("2026-03-07T11:00", "2026-03-09T10:00"),
        ("2026-03-08T23:59", "2026-03-09T10:00"),
        ("2026-03-06T17:30", "2026-03-09T09:30"),
        ("2026-03-03T00:00", "2026-03-03T10:00"),
        ("2026-03-03T23:59:59.999999", "2026-03-04T10:00"),
        ("2026-03-03T17:59:59.999999", "2026-03-04T09:59:59.999999"),
        ("2026-03-03T17:00:00.000001", "2026-03-04T09:00:00.000001"),
    ],
)
def test_an_hour_of_office_time_falls_due(start: str, expected: str) -> None:
    assert due(OFFICE, at(start), HOUR) == at(expected)


@pytest.mark.parametrize(
    ("start", "minutes", "expected"),
    [
        ("2026-03-02T09:00", 0, "2026-03-02T09:00"),
        ("2026-03-07T03:00", 0, "2026-03-07T03:00"),
        ("2026-03-02T09:00", 1, "2026-03-02T09:01"),
        ("2026-03-02T09:00", 540, "2026-03-02T18:00"),
        ("2026-03-02T09:00", 541, "2026-03-03T09:01"),
        ("2026-03-02T09:00", 1080, "2026-03-03T18:00"),
        ("2026-03-02T13:00", 540, "2026-03-03T13:00"),
        ("2026-03-06T17:00", 60, "2026-03-06T18:00"),
        ("2026-03-06T17:00", 61, "2026-03-09T09:01"),
        ("2026-03-02T09:00", 2700, "2026-03-06T18:00"),
        ("2026-03-02T09:00", 2701, "2026-03-09T09:01"),
        ("2026-03-02T09:00", 2700 * 52, "2027-02-26T18:00"),
        ("2026-03-02T09:00:30.5", 540, "2026-03-03T09:00:30.5"),
    ],
)
def test_a_target_used_up_at_closing_is_due_at_closing(start: str, minutes: int, expected: str) -> None:
    assert due(OFFICE, at(start), minutes * MINUTE) == at(expected)


@pytest.mark.parametrize(
    ("windows", "start", "minutes", "expected"),
    [
        ("08:00-12:00 13:00-17:00", "2026-03-02T11:30", 30, "2026-03-02T12:00"),
        ("08:00-12:00 13:00-17:00", "2026-03-02T11:30", 31, "2026-03-02T13:01"),
        ("08:00-12:00 13:00-17:00", "2026-03-02T12:15", 60, "2026-03-02T14:00"),
        ("13:00-17:00 08:00-12:00", "2026-03-02T11:30", 31, "2026-03-02T13:01"),
        ("08:00-13:00 12:00-17:00", "2026-03-02T11:30", 60, "2026-03-02T12:30"),
        ("08:00-17:00 09:00-10:00", "2026-03-02T08:00", 540, "2026-03-02T17:00"),
        ("08:00-12:00 12:00-17:00", "2026-03-02T11:30", 60, "2026-03-02T12:30"),
        ("09:00-09:00", "2026-03-02T08:00", 1, None),
        ("09:00-09:00 10:00-11:00", "2026-03-02T08:00", 1, "2026-03-02T10:01"),
        ("00:00-24:00", "2026-03-02T08:00", 6000, "2026-03-06T12:00"),
        ("00:00-24:00", "2026-03-02T08:00", 960, "2026-03-03T00:00"),
        ("20:00-24:00", "2026-03-02T23:30", 30, "2026-03-03T00:00"),
        ("20:00-24:00", "2026-03-02T23:30", 31, "2026-03-03T20:01"),
        ("20:00-00:00", "2026-03-02T23:30", 31, "2026-03-03T20:01"),
        ("22:00-06:00", "2026-03-02T05:30", 60, "2026-03-02T22:30"),
        ("22:00-06:00", "2026-03-02T23:30", 390, "2026-03-03T06:00"),
        ("22:00-06:00 05:00-07:00", "2026-03-02T23:00", 480, "2026-03-03T07:00"),
        ("09:00-08:59", "2026-03-02T09:00", 1440, "2026-03-03T09:01"),
        ("00:00-00:01", "2026-03-02T09:00", 3, "2026-03-05T00:01"),
        ("23:59-00:01", "2026-03-02T09:00", 3, "2026-03-04T00:00"),
    ],
)
def test_windows_may_be_many_overlap_and_cross_midnight(
    windows: str, start: str, minutes: int, expected: str | None
) -> None:
    assert due(opening(windows), at(start), minutes * MINUTE) == (at(expected) if expected else None)


def test_a_night_window_belongs_to_the_day_it_begins_on() -> None:
    friday_night = opening("22:00-06:00", "fri")
    assert list(intervals(friday_night, at("2026-03-02"), at("2026-03-09"))) == [
        (at("2026-03-06T22:00"), at("2026-03-07T06:00"))
    ]


# Daylight saving. Ljubljana leaps from 02:00 to 03:00 at 2026-03-29T01:00Z, and back again at 2026-10-25T01:00Z.


@pytest.mark.parametrize(
    ("timezone", "windows", "day", "expected"),
    [
        # a day across the gap loses an hour, across the fold gains one
        ("Europe/Ljubljana", "00:00-24:00", "2026-03-29", [("2026-03-28T23:00", "2026-03-29T22:00")]),
        ("Europe/Ljubljana", "00:00-24:00", "2026-10-25", [("2026-10-24T22:00", "2026-10-25T23:00")]),
        # a window that begins at a skipped reading opens past the gap
        ("Europe/Ljubljana", "02:30-05:00", "2026-03-29", [("2026-03-29T01:00", "2026-03-29T03:00")]),
        # one that ends at a skipped reading closes at the gap
        ("Europe/Ljubljana", "01:00-02:30", "2026-03-29", [("2026-03-29T00:00", "2026-03-29T01:00")]),
        # one that lies inside the gap is not there at all
        ("Europe/Ljubljana", "02:10-02:50", "2026-03-29", []),
        ("Europe/Ljubljana", "02:00-03:00", "2026-03-29", []),
        # one that spans it is an hour short
        ("Europe/Ljubljana", "01:30-03:30", "2026-03-29", [("2026-03-29T00:30", "2026-03-29T01:30")]),
        # a window that ends inside the repeated hour reopens when the reading returns
        (
            "Europe/Ljubljana",
            "01:00-02:30",
            "2026-10-25",
            [("2026-10-24T23:00", "2026-10-25T00:30"), ("2026-10-25T01:00", "2026-10-25T01:30")],
        ),
        # one that begins inside it opens twice
        (
            "Europe/Ljubljana",
            "02:30-04:00",
            "2026-10-25",
            [("2026-10-25T00:30", "2026-10-25T01:00"), ("2026-10-25T01:30", "2026-10-25T03:00")],
        ),
        # one that lies inside it is worked twice
        (
            "Europe/Ljubljana",
            "02:10-02:50",
            "2026-10-25",
            [("2026-10-25T00:10", "2026-10-25T00:50"), ("2026-10-25T01:10", "2026-10-25T01:50")],
        ),
        ("Europe/Ljubljana", "02:00-03:00", "2026-10-25", [("2026-10-25T00:00", "2026-10-25T02:00")]),
        # office hours on such a day are none the wiser
        ("Europe/Ljubljana", "09:00-18:00", "2026-03-29", [("2026-03-29T07:00", "2026-03-29T16:00")]),
        ("Europe/Ljubljana", "09:00-18:00", "2026-10-25", [("2026-10-25T08:00", "2026-10-25T17:00")]),
        # across the sea, on other dates
        ("America/New_York", "01:30-03:30", "2026-03-08", [("2026-03-08T06:30", "2026-03-08T07:30")]),
        ("America/New_York", "01:00-02:00", "2026-11-01", [("2026-11-01T05:00", "2026-11-01T07:00")]),
        # Lord Howe moves by half an hour, at 02:00 local
        ("Australia/Lord_Howe", "02:00-03:00", "2026-10-04", [("2026-10-03T15:30", "2026-10-03T16:00")]),
        ("Australia/Lord_Howe", "01:30-02:00", "2026-04-05", [("2026-04-04T14:30", "2026-04-04T15:30")]),
        # Troll moves by two hours, at 01:00Z
        ("Antarctica/Troll", "00:00-24:00", "2026-03-29", [("2026-03-29T00:00", "2026-03-29T22:00")]),
        ("Antarctica/Troll", "02:00-04:00", "2026-03-29", [("2026-03-29T01:00", "2026-03-29T02:00")]),
        ("Antarctica/Troll", "01:00-03:00", "2026-10-25", [("2026-10-24T23:00", "2026-10-25T03:00")]),
        # Cairo skips the first hour of 24 April and repeats the last of 29 October
        ("Africa/Cairo", "00:00-02:00", "2026-04-24", [("2026-04-23T22:00", "2026-04-23T23:00")]),
        ("Africa/Cairo", "23:00-24:00", "2026-10-29", [("2026-10-29T20:00", "2026-10-29T22:00")]),
        # Havana skips the first hour of 8 March and repeats the first of 1 November
        ("America/Havana", "00:00-01:00", "2026-03-08", []),
        ("America/Havana", "00:30-01:30", "2026-03-08", [("2026-03-08T05:00", "2026-03-08T05:30")]),
        ("America/Havana", "00:00-01:00", "2026-11-01", [("2026-11-01T04:00", "2026-11-01T06:00")]),
        # Apia went to bed on 29 December 2011 and rose on the 31st
        ("Pacific/Apia", "09:00-18:00", "2011-12-29", [("2011-12-29T19:00", "2011-12-30T04:00")]),
        ("Pacific/Apia", "09:00-18:00", "2011-12-30", []),
        ("Pacific/Apia", "09:00-18:00", "2011-12-31", [("2011-12-30T19:00", "2011-12-31T04:00")]),
        # Nepal put its clocks forward by a quarter of an hour as 1986 began
        ("Asia/Kathmandu", "00:00-01:00", "1986-01-01", [("1985-12-31T18:30", "1985-12-31T19:15")]),
        # the signs of Etc are inverted
        ("Etc/GMT-2", "09:00-18:00", "2026-07-01", [("2026-07-01T07:00", "2026-07-01T16:00")]),
        ("Asia/Kolkata", "09:00-18:00", "2026-07-01", [("2026-07-01T03:30", "2026-07-01T12:30")]),
        # Gaza's Ramadan of 2040 leaves summer time standing for six days and twenty-three hours
        ("Asia/Gaza", "00:00-24:00", "2040-10-20", [("2040-10-19T22:00", "2040-10-20T21:00")]),
    ],
)
def test_skipped_readings_are_never_worked_and_repeated_ones_twice(
    timezone: str, windows: str, day: str, expected: list[tuple[str, str]]
) -> None:
    weekday = EVERY_DAY.split()[datetime.fromisoformat(day).weekday()]
    calendar = opening(windows, weekday, timezone)
    around = (at(day) - timedelta(days=2), at(day) + timedelta(days=3))
    assert list(intervals(calendar, *around)) == [(at(opens), at(closes)) for opens, closes in expected]


@pytest.mark.parametrize(
    ("windows", "start", "minutes", "expected"),
    [
        ("00:00-24:00", "2026-03-29T01:30+01:00", 60, "2026-03-29T03:30+02:00"),
        ("00:00-24:00", "2026-10-25T02:30+02:00", 60, "2026-10-25T02:30+01:00"),
        ("22:00-06:00", "2026-03-28T22:00+01:00", 420, "2026-03-29T06:00+02:00"),
        ("22:00-06:00", "2026-03-28T22:00+01:00", 421, "2026-03-29T22:01+02:00"),
        ("22:00-06:00", "2026-10-24T22:00+02:00", 540, "2026-10-25T06:00+01:00"),
        ("22:00-06:00", "2026-10-24T22:00+02:00", 541, "2026-10-25T22:01+01:00"),
        ("22:00-02:30", "2026-10-25T02:15+02:00", 30, "2026-10-25T02:15+01:00"),
        ("22:00-02:30", "2026-10-25T02:45+02:00", 30, "2026-10-25T02:30+01:00"),
        ("22:00-02:30", "2026-10-25T02:45+02:00", 31, "2026-10-25T22:01+01:00"),
        ("02:30-05:00", "2026-03-29T00:00+01:00", 1, "2026-03-29T03:01+02:00"),
        ("09:00-18:00", "2026-03-28T17:00+01:00", 120, "2026-03-29T10:00+02:00"),
        ("09:00-18:00", "2026-10-24T17:00+02:00", 120, "2026-10-25T10:00+01:00"),
    ],
)
def test_a_target_runs_across_a_change_of_the_clocks(windows: str, start: str, minutes: int, expected: str) -> None:
    assert due(opening(windows, timezone="Europe/Ljubljana"), at(start), minutes * MINUTE) == at(expected)


def test_a_night_window_runs_into_the_day_apia_skipped_and_out_of_it() -> None:
    nights = opening("22:00-06:00", timezone="Pacific/Apia")
    assert list(intervals(nights, at("2011-12-29T12:00-10:00"), at("2011-12-31T12:00+14:00"))) == [
        (at("2011-12-29T22:00-10:00"), at("2011-12-31T06:00+14:00"))
    ]


# Holidays


@pytest.mark.parametrize(
    ("holidays", "expected"),
    [
        ((), ["03-03T22:00 03-04T06:00", "03-04T22:00 03-05T06:00", "03-05T22:00 03-06T06:00"]),
        (("2026-03-04",), ["03-03T22:00 03-04T06:00", "03-05T22:00 03-06T06:00"]),
        (("2026-03-03",), ["03-04T22:00 03-05T06:00", "03-05T22:00 03-06T06:00"]),
        (("2026-03-03", "2026-03-04"), ["03-05T22:00 03-06T06:00"]),
        (("2026-03-06",), ["03-03T22:00 03-04T06:00", "03-04T22:00 03-05T06:00", "03-05T22:00 03-06T06:00"]),
    ],
)
def test_a_holiday_closes_the_night_that_begins_on_it_only(holidays: tuple[str, ...], expected: list[str]) -> None:
    nights = opening("22:00-06:00", "tue wed thu", holidays=holidays)
    found = intervals(nights, at("2026-03-02"), at("2026-03-09"))
    assert [f"{opens:%m-%dT%H:%M} {closes:%m-%dT%H:%M}" for opens, closes in found] == expected


@pytest.mark.parametrize(
    ("more", "start", "minutes", "expected"),
    [
        ({"holidays": ["2026-03-03"]}, "2026-03-02T17:00", 120, "2026-03-04T10:00"),
        ({"holidays": ["2026-03-03"]}, "2026-03-03T12:00", 60, "2026-03-04T10:00"),
        ({"holidays": ["2026-03-03"]}, "2026-03-02T17:00", 60, "2026-03-02T18:00"),
        ({"holidays": ["2026-03-06", "2026-03-09"]}, "2026-03-05T17:30", 60, "2026-03-10T09:30"),
        ({"holidays": ["2026-03-07"]}, "2026-03-06T17:30", 60, "2026-03-09T09:30"),
        ({"yearly": ["03-03"]}, "2026-03-02T17:00", 120, "2026-03-04T10:00"),
        ({"yearly": ["12-25", "12-26"]}, "2025-12-24T17:30", 60, "2025-12-29T09:30"),
        ({"yearly": ["02-29"]}, "2028-02-28T17:30", 60, "2028-03-01T09:30"),
        ({"yearly": ["02-29"]}, "2027-02-26T17:30", 60, "2027-03-01T09:30"),
        ({"shortened": {"2026-03-03": ["09:00-13:00"]}}, "2026-03-03T12:30", 60, "2026-03-04T09:30"),
        ({"shortened": {"2026-03-03": ["11:00-12:00", "14:00-15:00"]}}, "2026-03-03T09:00", 90, "2026-03-03T14:30"),
        ({"shortened": {"2026-03-03": ["22:00-02:00"]}}, "2026-03-03T09:00", 241, "2026-03-04T09:01"),
        ({"shortened": {"2026-03-03": []}}, "2026-03-03T09:00", 60, "2026-03-04T10:00"),
        ({"shortened": {"2026-03-07": ["10:00-11:00"]}}, "2026-03-06T17:30", 60, "2026-03-07T10:30"),
        (
            {"shortened": {"2026-03-03": ["09:00-13:00"]}, "holidays": ["2026-03-03"], "yearly": ["03-03"]},
            "2026-03-03T12:30",
            60,
            "2026-03-04T09:30",
        ),
    ],
)
def test_holidays_and_shortened_days(more: dict[str, object], start: str, minutes: int, expected: str) -> None:
    calendar = opening("09:00-18:00", OFFICE_DAYS, **more)
    assert due(calendar, at(start), minutes * MINUTE) == at(expected)


@pytest.mark.parametrize(
    ("timezone", "noon", "opens"),
    [
        ("UTC", "2026-03-03T12:00+00:00", "2026-03-04T09:00+00:00"),
        ("Pacific/Kiritimati", "2026-03-03T12:00+14:00", "2026-03-04T09:00+14:00"),
        ("Etc/GMT+12", "2026-03-03T12:00-12:00", "2026-03-04T09:00-12:00"),
    ],
)
def test_a_holiday_is_a_date_of_the_calendars_zone(timezone: str, noon: str, opens: str) -> None:
    calendar = opening("09:00-18:00", timezone=timezone, holidays=("2026-03-03",))
    assert next_opening(calendar, at(noon)) == at(opens)


# Pauses


@pytest.mark.parametrize(
    ("pauses", "minutes", "expected"),
    [
        # Mon 10:00, two hours; nothing, one, several, overlapping, doubled, unordered, touching
        ([], 120, "2026-03-02T12:00"),
        ([("2026-03-02T11:00", "2026-03-02T11:30")], 120, "2026-03-02T12:30"),
        ([("2026-03-02T11:00", "2026-03-02T11:30"), ("2026-03-02T11:15", "2026-03-02T12:00")], 120, "2026-03-02T13:00"),
        ([("2026-03-02T11:00", "2026-03-02T11:30"), ("2026-03-02T11:00", "2026-03-02T11:30")], 120, "2026-03-02T12:30"),
        ([("2026-03-02T11:40", "2026-03-02T11:50"), ("2026-03-02T11:00", "2026-03-02T11:30")], 120, "2026-03-02T12:40"),
        ([("2026-03-02T11:00", "2026-03-02T11:30"), ("2026-03-02T11:30", "2026-03-02T12:00")], 120, "2026-03-02T13:00"),
        ([("2026-03-02T10:30", "2026-03-02T13:00"), ("2026-03-02T11:00", "2026-03-02T11:30")], 120, "2026-03-02T14:30"),
        # before the start, across it, at the due, past it
        ([("2026-03-02T08:00", "2026-03-02T09:30")], 120, "2026-03-02T12:00"),
        ([("2026-03-02T08:00", "2026-03-02T10:30")], 120, "2026-03-02T12:30"),
        ([("2026-03-02T12:00", "2026-03-02T13:00")], 120, "2026-03-02T12:00"),
        ([("2026-03-02T11:59:59", "2026-03-02T13:00")], 120, "2026-03-02T13:00:01"),
        ([("2026-03-02T13:00", "2026-03-02T15:00")], 120, "2026-03-02T12:00"),
        # empty and inverted ones are none
        ([("2026-03-02T11:00", "2026-03-02T11:00")], 120, "2026-03-02T12:00"),
        ([("2026-03-02T11:30", "2026-03-02T11:00")], 120, "2026-03-02T12:00"),
        # only the working time inside a pause is lost: overnight, over the weekend, while closed
        ([("2026-03-02T17:00", "2026-03-03T10:00")], 540, "2026-03-03T12:00"),
        ([("2026-03-06T12:00", "2026-03-09T12:00")], 5 * 540, "2026-03-10T10:00"),
        ([("2026-03-06T18:00", "2026-03-09T09:00")], 5 * 540, "2026-03-09T10:00"),
        ([("2026-03-02T19:00", "2026-03-03T08:00")], 540, "2026-03-03T10:00"),
        # a target of nothing is reached however much is paused
        ([("2026-03-02T09:00", "2026-03-03T10:00")], 0, "2026-03-02T10:00"),
        # a long pause does not use up the horizon
        ([("2026-03-02T11:00", "2046-03-02T11:00")], 120, "2046-03-02T12:00"),
    ],
)
def test_only_working_time_inside_pauses_is_lost(pauses: list[tuple[str, str]], minutes: int, expected: str) -> None:
    spans = [(at(begin), at(end)) for begin, end in pauses]
    assert due(OFFICE, at("2026-03-02T10:00"), minutes * MINUTE, pauses=spans) == at(expected)


@pytest.mark.parametrize("begin", ["2026-03-01T00:00", "2026-03-02T10:00", "2026-03-02T11:00", "2030-01-01T00:00"])
@pytest.mark.parametrize("calendar", [OFFICE, ALWAYS, NEVER])
def test_there_is_no_due_while_a_pause_is_open(calendar: Calendar, begin: str) -> None:
    pauses = [(at("2026-03-02T10:30"), at("2026-03-02T10:45")), (at(begin), None)]
    assert due(calendar, at("2026-03-02T10:00"), HOUR, pauses=pauses) is None
    assert wall_due(at("2026-03-02T10:00"), HOUR, pauses=pauses) is None


# Every hour


@pytest.mark.parametrize(
    ("start", "minutes", "pauses", "expected"),
    [
        ("2026-03-28T12:00+01:00", 1440, [], "2026-03-29T13:00+02:00"),
        ("2026-10-24T12:00+02:00", 1440, [], "2026-10-25T11:00+01:00"),
        ("2026-03-07T00:00", 0, [], "2026-03-07T00:00"),
        ("2026-03-07T00:00:01.000001", 1, [], "2026-03-07T00:01:01.000001"),
        ("2026-03-07T00:00", 60, [("2026-03-07T00:30", "2026-03-09T00:30")], "2026-03-09T01:00"),
        ("2026-03-07T00:00", 60, [("2026-03-06T00:30", "2026-03-07T00:30")], "2026-03-07T01:30"),
        ("2026-03-07T00:00", 60, [("2026-03-07T01:00", "2026-03-09T00:30")], "2026-03-07T01:00"),
        ("2026-03-07T00:00", 60 * 24 * 365 * 20, [], "2046-03-02T00:00"),
    ],
)
def test_wall_time_counts_every_moment_but_the_paused(
    start: str, minutes: int, pauses: list[tuple[str, str]], expected: str
) -> None:
    spans = [(at(begin), at(end)) for begin, end in pauses]
    assert wall_due(at(start), minutes * MINUTE, pauses=spans) == at(expected)
    assert due(ALWAYS, at(start), minutes * MINUTE, pauses=spans) == at(expected)


def test_a_wall_target_beyond_the_last_year_has_no_due() -> None:
    assert wall_due(at("9999-12-31T23:00"), 59 * MINUTE) == at("9999-12-31T23:59")
    assert wall_due(at("9999-12-31T23:00"), HOUR) is None
    assert wall_due(at("2026-03-02T09:00"), HOUR, pauses=[(at("2026-03-02T09:30"), at("9999-12-31T23:59"))]) is None


def test_a_desk_that_is_always_open_is_open() -> None:
    assert is_open(ALWAYS, at("2026-12-25T03:00"))
    assert next_opening(ALWAYS, at("2026-12-25T03:00")) == at("2026-12-25T03:00")
    assert worked(ALWAYS, at("2026-03-01"), at("2026-04-01")) == timedelta(days=31)
    assert list(intervals(ALWAYS, at("2026-03-01"), at("2026-04-01"))) == [(at("2026-03-01"), at("2026-04-01"))]


# Far away and never


def test_a_desk_that_never_opens_has_no_due() -> None:
    assert never_opens(NEVER)
    assert never_opens(opening("09:00-09:00"))
    assert due(NEVER, at("2026-03-02T09:00"), MINUTE) is None
    assert due(NEVER, at("2026-03-02T09:00"), timedelta(0)) == at("2026-03-02T09:00")
    assert next_opening(NEVER, at("2026-03-02T09:00")) is None
    assert not is_open(NEVER, at("2026-03-02T09:00"))
    assert worked(NEVER, at("2026-03-02"), at("2027-03-02")) == timedelta(0)
    assert list(intervals(NEVER, at("2026-03-02"), at("2027-03-02"))) == []


@pytest.mark.parametrize("calendar", [OFFICE, ALWAYS, opening("", shortened={"2026-12-24": ["09:00-13:00"]})])
def test_a_desk_with_any_window_may_open(calendar: Calendar) -> None:
    assert not never_opens(calendar)


def test_one_shortened_day_may_be_all_there_is() -> None:
    eve = opening("", shortened={"2026-12-24": ["09:00-13:00"]})
    assert due(eve, at("2026-03-02"), 4 * HOUR) == at("2026-12-24T13:00")
    assert due(eve, at("2026-03-02"), 4 * HOUR + MINUTE) is None


def test_a_minute_a_week_does_not_suffice_for_two_days() -> None:
    minute_a_week = opening("09:00-09:01", "mon")
    assert due(minute_a_week, at("2026-03-02"), 48 * HOUR) is None
    assert due(minute_a_week, at("2026-03-02"), 500 * MINUTE) == at("2026-03-02T09:01") + timedelta(weeks=499)


def test_a_desk_on_holiday_all_year_is_given_up_at_the_horizon() -> None:
    days = [f"{month:02}-{day:02}" for month in range(1, 13) for day in range(1, 29)]
    days += ["01-29", "01-30", "01-31", "02-29", *(f"{month:02}-{day}" for month in range(3, 13) for day in (29, 30))]
    days += [f"{month:02}-31" for month in (3, 5, 7, 8, 10, 12)]
    closed = opening("09:00-18:00", yearly=days)
    assert not never_opens(closed)
    assert due(closed, at("2026-03-02"), HOUR) is None
    assert next_opening(closed, at("2026-03-02")) is None


def test_the_horizon_is_ten_years() -> None:
    start = at("2026-03-02")
    far = opening("", shortened={(start + HORIZON).date().isoformat(): ["00:00-01:00"]})
    near = opening("", shortened={(start + HORIZON - timedelta(days=1)).date().isoformat(): ["00:00-01:00"]})
    assert due(far, start, HOUR) is None
    assert due(near, start, HOUR) == start + HORIZON - 23 * HOUR


@pytest.mark.parametrize(("days", "is_reached"), [(0, True), (1, False), (300, False)])
def test_the_horizon_is_counted_without_pauses(days: int, is_reached: bool) -> None:
    start = at("2026-03-02")
    day = start + HORIZON + timedelta(days=days)
    calendar = opening("", shortened={day.date().isoformat(): ["00:00-01:00"]})
    pause = (start + timedelta(days=400), start + timedelta(days=401))
    assert due(calendar, start, HOUR, pauses=[pause]) == (day + HOUR if is_reached else None)


@pytest.mark.parametrize("edge", ["0001-01-01T00:00", "9999-12-31T23:59"])
@pytest.mark.parametrize("timezone", ["UTC", "Pacific/Kiritimati", "Etc/GMT+12"])
def test_the_ends_of_time_do_not_break_it(edge: str, timezone: str) -> None:
    nights = opening("22:00-06:00", timezone=timezone)
    assert not is_open(nights, at(edge))
    assert worked(nights, at(edge), at(edge)) == timedelta(0)


# Questions about a moment


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-03-02T08:59:59.999999", False),
        ("2026-03-02T09:00", True),
        ("2026-03-02T17:59:59.999999", True),
        ("2026-03-02T18:00", False),
        ("2026-03-07T12:00", False),
    ],
)
def test_a_window_holds_its_beginning_and_not_its_end(moment: str, expected: bool) -> None:
    assert is_open(OFFICE, at(moment)) is expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-03-02T08:59:59.999999", "2026-03-02T09:00"),
        ("2026-03-02T09:00", "2026-03-02T09:00"),
        ("2026-03-02T12:34:56.789", "2026-03-02T12:34:56.789"),
        ("2026-03-02T18:00", "2026-03-03T09:00"),
        ("2026-03-06T18:00", "2026-03-09T09:00"),
    ],
)
def test_the_next_opening_is_now_while_open(moment: str, expected: str) -> None:
    assert next_opening(OFFICE, at(moment)) == at(expected)


@pytest.mark.parametrize(
    ("start", "end", "pauses", "minutes"),
    [
        ("2026-03-02T00:00", "2026-03-09T00:00", [], 5 * 540),
        ("2026-03-02T10:00", "2026-03-02T10:00", [], 0),
        ("2026-03-02T12:00", "2026-03-02T10:00", [], 0),
        ("2026-03-02T10:00", "2026-03-02T12:00", [], 120),
        ("2026-03-02T10:00", "2026-03-02T12:00", [("2026-03-02T11:00", "2026-03-02T11:30")], 90),
        ("2026-03-02T10:00", "2026-03-02T12:00", [("2026-03-02T11:00", None)], 60),
        ("2026-03-02T10:00", "2026-03-02T12:00", [("2026-03-02T13:00", None)], 120),
        ("2026-03-02T10:00", "2026-03-02T12:00", [("2026-03-02T09:00", None)], 0),
        ("2026-03-02T10:00", "2026-03-03T12:00", [("2026-03-02T17:00", "2026-03-03T10:00")], 540),
        ("2026-01-01T00:00", "2027-01-01T00:00", [], 261 * 540),
    ],
)
def test_worked_time_is_open_unpaused_time(
    start: str, end: str, pauses: list[tuple[str, str | None]], minutes: int
) -> None:
    spans = [(at(begin), at(until) if until else None) for begin, until in pauses]
    assert worked(OFFICE, at(start), at(end), pauses=spans) == minutes * MINUTE


def test_intervals_are_clipped_to_the_question() -> None:
    assert list(intervals(OFFICE, at("2026-03-02T10:00"), at("2026-03-03T10:00"))) == [
        (at("2026-03-02T10:00"), at("2026-03-02T18:00")),
        (at("2026-03-03T09:00"), at("2026-03-03T10:00")),
    ]
    assert list(intervals(OFFICE, at("2026-03-03T10:00"), at("2026-03-02T10:00"))) == []


def test_days_without_a_closing_are_one_interval() -> None:
    round_the_clock = opening("00:00-24:00", timezone="Europe/Ljubljana")
    span = (at("2026-01-01"), at("2027-01-01"))
    assert list(intervals(round_the_clock, *span)) == [span]


def test_answers_come_in_utc_whatever_the_question() -> None:
    elsewhere = at("2026-03-02T10:00").astimezone(timezone(5 * HOUR))
    answers = [due(OFFICE, elsewhere, HOUR), due(OFFICE, elsewhere, timedelta(0)), next_opening(OFFICE, elsewhere)]
    assert [moment and moment.tzinfo for moment in answers] == [UTC] * 3


NAIVE = datetime(2026, 3, 2, 10)  # noqa: DTZ001 - what must be refused


@pytest.mark.parametrize(
    "ask",
    [
        lambda: due(OFFICE, NAIVE, HOUR),
        lambda: due(OFFICE, at("2026-03-02"), HOUR, pauses=[(NAIVE, None)]),
        lambda: due(OFFICE, at("2026-03-02"), HOUR, pauses=[(at("2026-03-02"), NAIVE)]),
        lambda: wall_due(NAIVE, HOUR),
        lambda: worked(OFFICE, NAIVE, at("2026-03-03")),
        lambda: worked(OFFICE, at("2026-03-01"), NAIVE),
        lambda: is_open(OFFICE, NAIVE),
        lambda: next_opening(OFFICE, NAIVE),
        lambda: intervals(OFFICE, NAIVE, at("2026-03-03")),
    ],
)
def test_naive_instants_are_refused(ask) -> None:
    with pytest.raises(ValueError, match="an instant needs a zone"):
        ask()


def test_a_negative_target_is_refused() -> None:
    with pytest.raises(ValueError, match="not negative"):
        due(OFFICE, at("2026-03-02"), -MINUTE)
    with pytest.raises(ValueError, match="not negative"):
        wall_due(at("2026-03-02"), -MINUTE)


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown time zone 'Mars/Phobos'"):
        is_open(Calendar("Mars/Phobos", OFFICE.week), at("2026-03-02"))


def test_equal_calendars_answer_alike_whoever_made_them() -> None:
    twin = opening("09:00-18:00", OFFICE_DAYS)
    assert twin is not OFFICE
    assert hash(twin) == hash(OFFICE)
    assert due(twin, at("2026-03-02T10:00"), HOUR) == due(OFFICE, at("2026-03-02T10:00"), HOUR)


# Against the reference. Each change is a moment at which the clocks of its zone do something.

CHANGES = [
    ("Europe/Ljubljana", utc("2026-03-29 01:00")),
    ("Europe/Ljubljana", utc("2026-10-25 01:00")),
    ("America/New_York", utc("2026-03-08 07:00")),
    ("America/New_York", utc("2026-11-01 06:00")),
    ("Australia/Lord_Howe", utc("2026-04-04 15:00")),
    ("Australia/Lord_Howe", utc("2026-10-03 15:30")),
    ("Pacific/Apia", utc("2011-12-30 10:00")),
    ("Africa/Cairo", utc("2026-04-23 22:00")),
    ("Africa/Cairo", utc("2026-10-29 21:00")),
    ("America/Havana", utc("2026-03-08 05:00")),
    ("America/Havana", utc("2026-11-01 05:00")),
    ("Antarctica/Troll", utc("2026-03-29 01:00")),
    ("Antarctica/Troll", utc("2026-10-25 01:00")),
    ("Asia/Kathmandu", utc("1985-12-31 18:30")),
    ("America/St_Johns", utc("2006-10-29 02:31")),
    ("Asia/Gaza", utc("2040-10-19 22:00")),
    ("Asia/Kolkata", utc("2026-03-02 00:00")),
    ("Etc/GMT-2", utc("2026-12-31 22:00")),
]

minutes_of_day = st.sampled_from(
    [0, 1, 30, 60, 90, 120, 135, 150, 180, 210, 540, 720, 1080, 1320, 1380, 1410, 1439]
) | st.integers(0, 1439)


@st.composite
def windows(draw: st.DrawFn) -> list[str]:
    def one() -> str:
        start, end = draw(minutes_of_day), draw(minutes_of_day | st.just(1440))
        return f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"

    return [one() for _ in range(draw(st.integers(0, 2)))]


@st.composite
def situations(draw: st.DrawFn) -> tuple[Calendar, datetime]:
    """A calendar with holidays about, and an instant near a change of its clocks."""
    timezone, change = draw(st.sampled_from(CHANGES))
    week = [draw(windows()) for _ in range(draw(st.integers(1, 3)))]
    hours = {day: week[number % len(week)] for number, day in enumerate(EVERY_DAY.split())}
    near = [(change + timedelta(days=days)).date() for days in range(-2, 3)]
    holidays = draw(st.lists(st.sampled_from(near), max_size=2))
    yearly = draw(st.lists(st.sampled_from(near), max_size=1))
    shortened = draw(st.dictionaries(st.sampled_from(near), windows(), max_size=1))
    calendar = from_json(
        {
            "timezone": timezone,
            "hours": hours,
            "holidays": [day.isoformat() for day in holidays],
            "yearly": [f"{day:%m-%d}" for day in yearly],
            "shortened": {day.isoformat(): spans for day, spans in shortened.items()},
        }
    )
    return calendar, change + draw(st.integers(-2880, 720)) * MINUTE


@st.composite
def breaks(draw: st.DrawFn, around: datetime) -> list[tuple[datetime, datetime]]:
    offsets = draw(st.lists(st.tuples(st.integers(-600, 3000), st.integers(-30, 1500)), max_size=3))
    return [(around + begin * MINUTE, around + (begin + length) * MINUTE) for begin, length in offsets]


@settings(max_examples=60, deadline=None)
@given(situation=situations(), target=st.integers(0, 300) | st.integers(0, 3000), data=st.data())
def test_a_due_is_where_the_reference_has_it(
    situation: tuple[Calendar, datetime], target: int, data: st.DataObject
) -> None:
    calendar, start = situation
    pauses = data.draw(breaks(start))
    give_up = start + timedelta(days=3)
    expected = reference.due(calendar, start, target * MINUTE, pauses=pauses, give_up=give_up)
    found = due(calendar, start, target * MINUTE, pauses=pauses)
    if expected is None:
        assert found is None or found > give_up
    else:
        assert found == expected


@settings(max_examples=40, deadline=None)
@given(situation=situations(), length=st.integers(0, 4000), data=st.data())
def test_worked_time_is_what_the_reference_counts(
    situation: tuple[Calendar, datetime], length: int, data: st.DataObject
) -> None:
    calendar, start = situation
    pauses = data.draw(breaks(start))
    end = start + length * MINUTE
    assert worked(calendar, start, end, pauses=pauses) == reference.worked(calendar, start, end, pauses=pauses)


@settings(max_examples=40, deadline=None)
@given(situation=situations(), length=st.integers(0, 4000))
def test_intervals_are_those_of_the_reference(situation: tuple[Calendar, datetime], length: int) -> None:
    calendar, start = situation
    end = start + length * MINUTE
    assert list(intervals(calendar, start, end)) == reference.intervals(calendar, start, end)


@settings(max_examples=40, deadline=None)
@given(situation=situations())
def test_moments_are_judged_as_the_reference_does(situation: tuple[Calendar, datetime]) -> None:
    calendar, moment = situation
    assert is_open(calendar, moment) == reference.Wall(calendar).is_working(moment)
    give_up = moment + timedelta(days=2)
    expected = reference.next_opening(calendar, moment, give_up=give_up)
    found = next_opening(calendar, moment)
    assert found == expected if expected else found is None or found >= give_up


@settings(max_examples=40, deadline=None)
@given(situation=situations(), seconds=st.integers(0, 3600), data=st.data())
def test_seconds_are_kept_as_the_reference_steps_them(
    situation: tuple[Calendar, datetime], seconds: int, data: st.DataObject
) -> None:
    calendar, near = situation
    start = near + data.draw(st.integers(0, 59)) * timedelta(seconds=1)
    pause = (start + timedelta(seconds=data.draw(st.integers(0, 1800))), start + timedelta(seconds=2000))
    give_up = start + HOUR + 30 * MINUTE
    expected = reference.due(
        calendar, start, timedelta(seconds=seconds), pauses=[pause], give_up=give_up, step=timedelta(seconds=1)
    )
    found = due(calendar, start, timedelta(seconds=seconds), pauses=[pause])
    assert found == expected if expected else found is None or found > give_up


# Laws

exact_targets = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=20))


@settings(max_examples=40, deadline=None)
@given(situation=situations(), target=exact_targets, shift=st.timedeltas(timedelta(0), HOUR), data=st.data())
def test_a_due_is_the_earliest_instant_with_the_target_worked(
    situation: tuple[Calendar, datetime], target: timedelta, shift: timedelta, data: st.DataObject
) -> None:
    calendar, near = situation
    start = near + shift
    pauses = data.draw(breaks(start))
    found = due(calendar, start, target, pauses=pauses)
    assume(found is not None and target > timedelta(0))
    assert found is not None
    assert worked(calendar, start, found, pauses=pauses) == target
    assert worked(calendar, start, found - timedelta(microseconds=1), pauses=pauses) < target


@settings(max_examples=40, deadline=None)
@given(situation=situations(), first=exact_targets, second=exact_targets)
def test_targets_add_up(situation: tuple[Calendar, datetime], first: timedelta, second: timedelta) -> None:
    calendar, start = situation
    middle = due(calendar, start, first)
    if middle is None:
        assert due(calendar, start, first + second) is None
    else:
        whole, parts = due(calendar, start, first + second), due(calendar, middle, second)
        assert (
            whole == parts or second == timedelta(0) or (whole is None and (parts is None or parts > start + HORIZON))
        )


@settings(max_examples=40, deadline=None)
@given(situation=situations(), target=exact_targets, data=st.data())
def test_a_closed_pause_freezes_the_remainder(
    situation: tuple[Calendar, datetime], target: timedelta, data: st.DataObject
) -> None:
    calendar, start = situation
    begin = start + data.draw(st.timedeltas(timedelta(0), timedelta(days=3)))
    end = begin + data.draw(st.timedeltas(timedelta(0), timedelta(days=3)))
    used = worked(calendar, start, begin)
    found = due(calendar, start, target, pauses=[(begin, end)])
    if used >= target:
        assert found == due(calendar, start, target)
    else:
        assert found == due(calendar, end, target - used)


@settings(max_examples=40, deadline=None)
@given(target=exact_targets, since=st.timedeltas(timedelta(0), timedelta(days=36_500)))
def test_days_without_closing_count_as_the_wall_does(target: timedelta, since: timedelta) -> None:
    start = utc("2000-01-01 00:00") + since
    round_the_clock = opening("00:00-24:00", timezone="Europe/Ljubljana")
    assert due(round_the_clock, start, target) == wall_due(start, target) == start + target
