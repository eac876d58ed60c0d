"""Time zones that a calendar describes itself."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.parsing.calendar_zones import Property, read

BERLIN = """
BEGIN:VTIMEZONE
TZID:Here
BEGIN:DAYLIGHT
DTSTART:19970330T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19971026T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
"""
# As the United States did until 2006, and do since; the second Sunday is told by the days it may fall on.
NEW_YORK = """
BEGIN:VTIMEZONE
TZID:Here
BEGIN:DAYLIGHT
DTSTART:19870405T020000
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU;UNTIL=20060402T070000Z
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19871025T020000
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;COUNT=20
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:20070311T020000
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
RRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=8,9,10,11,12,13,14;BYDAY=SU
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:20071104T020000
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
END:STANDARD
END:VTIMEZONE
"""


def properties(text: str) -> list[Property]:
    pairs = (line.partition(":") for line in text.strip().split("\n"))
    return [(name, {}, value) for name, _, value in pairs]


def hours(text: str, local: str) -> float | None:
    zone = read(properties(text))["Here"].at(datetime.fromisoformat(local))
    offset = zone and zone.utcoffset(None)
    return offset / timedelta(hours=1) if offset is not None else None


@pytest.mark.parametrize(
    ("described", "name", "first"),
    [(BERLIN, "Europe/Berlin", datetime(1997, 4, 1)), (NEW_YORK, "America/New_York", datetime(1988, 1, 1))],  # noqa: DTZ001
)
@given(hours=st.integers(0, 24 * 365 * 40), minutes=st.integers(0, 59))
def test_it_says_what_the_table_says(described: str, name: str, first: datetime, hours: int, minutes: int) -> None:
    local = first + timedelta(hours=hours, minutes=minutes)
    zone = read(properties(described))["Here"].at(local)
    assert zone is not None
    assert zone.utcoffset(None) == local.replace(tzinfo=ZoneInfo(name)).utcoffset()


@pytest.mark.parametrize(
    ("local", "offset"),
    [
        ("2026-03-29T01:59:59", 1),
        ("2026-03-29T02:30:00", 1),
        ("2026-03-29T03:00:00", 2),
        ("2026-10-25T02:30:00", 2),
        ("2026-10-25T03:00:00", 1),
        ("1950-07-01T12:00:00", 1),
    ],
)
def test_at_the_changes_of_the_clock_the_earlier_reading_counts(local: str, offset: float) -> None:
    assert hours(BERLIN, local) == offset


def zone(*lines: str) -> str:
    return "\n".join(["BEGIN:VTIMEZONE", "TZID:Here", "BEGIN:STANDARD", *lines, "END:STANDARD", "END:VTIMEZONE"])


START = "DTSTART:20200105T000000"


@pytest.mark.parametrize(
    ("lines", "local", "offset"),
    [
        ([START, "TZOFFSETFROM:+0300", "TZOFFSETTO:+0545"], "2026-01-05T10:00:00", 5.75),
        ([START, "TZOFFSETFROM:+0300", "TZOFFSETTO:+0545"], "2019-01-05T10:00:00", 3),
        ([START, "TZOFFSETTO:-0330"], "2019-01-05T10:00:00", -3.5),
        (["TZOFFSETTO:-0330"], "2019-01-05T10:00:00", -3.5),
        ([START, "TZOFFSETTO:+2500"], "2026-01-05T10:00:00", None),
        ([START], "2026-01-05T10:00:00", None),
        ([START, "TZOFFSETFROM:+0100", "TZOFFSETTO:+0100", "RRULE:FREQ=DAILY"], "2026-01-05T10:00:00", 1),
        ([START, "TZOFFSETTO:+0100", "RRULE:FREQ=YEARLY;BYMONTH=99;BYDAY=XX;COUNT=x"], "2026-01-05T10:00:00", 1),
        ([START, "TZOFFSETTO:+0100", "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1"], "2026-03-05T10:00:00", 1),
    ],
)
def test_odd_descriptions_are_read_as_far_as_they_go(lines: list[str], local: str, offset: float | None) -> None:
    assert hours(zone(*lines), local) == offset


def test_a_date_among_others_begins_an_offset() -> None:
    text = BERLIN.replace("RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "RDATE:20260401T020000,20270401T020000")
    assert [hours(text, local) for local in ("2026-03-31T12:00:00", "2026-04-02T12:00:00")] == [1, 2]


LINES = st.sampled_from(
    [
        *("BEGIN:VTIMEZONE", "END:VTIMEZONE", "BEGIN:STANDARD", "BEGIN:DAYLIGHT", "END:STANDARD", "TZID:Here"),
        *("TZOFFSETTO:+2359", "TZOFFSETTO:-0100", "TZOFFSETFROM:+0000", "DTSTART:00010101T000000"),
        *("DTSTART:99991231T235959", "DTSTART:20200229T020000", "RRULE:FREQ=YEARLY", "RDATE:20200101T000000,x"),
        *("RRULE:FREQ=YEARLY;BYMONTH=2;BYDAY=5SU", "RRULE:FREQ=YEARLY;BYMONTHDAY=31;BYDAY=MO;UNTIL=00010101T000000Z"),
    ]
)


@given(st.lists(LINES, max_size=30), st.datetimes())
def test_any_description_can_be_read(lines: list[str], local: datetime) -> None:
    for described in read(properties("\n".join(lines))).values():
        try:
            described.at(local)
        except OverflowError:
            assert local.year in (1, 9999)
