"""Calendar invitations in short."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailintake.domain.mail import Invitation
from mailintake.parsing.parser import parse


def invitation(*lines: str) -> Invitation | None:
    event = "\n".join(("BEGIN:VEVENT", *lines, "END:VEVENT"))
    return parse(f"From: a@b.example\nContent-Type: text/calendar; method=REQUEST\n\n{event}\n".encode()).calendar


@pytest.mark.parametrize(
    ("line", "start"),
    [
        ("DTSTART:20260105T091500Z", datetime(2026, 1, 5, 9, 15, tzinfo=UTC)),
        ("DTSTART;TZID=Europe/Berlin:20260705T111500", datetime(2026, 7, 5, 9, 15, tzinfo=UTC)),
        ("DTSTART;TZID=W. Europe Standard Time:20260105T101500", datetime(2026, 1, 5, 9, 15, tzinfo=UTC)),
        ("DTSTART;TZID=/example.org/2026/Europe/Berlin:20260105T101500", datetime(2026, 1, 5, 9, 15, tzinfo=UTC)),
        ("DTSTART;VALUE=DATE:20260105", datetime(2026, 1, 5, tzinfo=UTC)),
        ("DTSTART:20261305T000000Z", None),
        ("DTSTART:soon", None),
        ("X:y", None),
    ],
)
def test_the_start_is_an_instant(line: str, start: datetime | None) -> None:
    found = invitation(line)
    assert found is not None
    assert found.start == start


def test_a_duration_gives_the_end() -> None:
    found = invitation("DTSTART:20260105T091500Z", "DURATION:PT1H30M")
    assert found is not None
    assert found.end == datetime(2026, 1, 5, 10, 45, tzinfo=UTC)


def test_a_calendar_without_an_event_is_none() -> None:
    assert parse(b"From: a@b.example\nContent-Type: text/calendar\n\nBEGIN:VCALENDAR\n").calendar is None


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "DTSTART",
                "DTEND",
                "DURATION",
                "ATTENDEE",
                "END",
                "BEGIN",
                ";TZID=",
                ":",
                "P1D",
                " x",
                "\n",
                "9" * 8,
                "T",
                "\u00fc",
            ]
        )
    )
)
def test_any_calendar_can_be_read(pieces: list[str]) -> None:
    invitation("".join(pieces))


def test_the_calendar_itself_describes_a_zone_that_no_table_knows() -> None:
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Moon\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0245\nTZOFFSETTO:+0245\n"
        "END:STANDARD\nEND:VTIMEZONE"
    )
    event = "BEGIN:VEVENT\nDTSTART;TZID={}:20260105T101500\nEND:VEVENT"

    def start(name: str) -> datetime | None:
        text = f"From: a@b.example\nContent-Type: text/calendar\n\n{zone}\n{event.format(name)}\n"
        calendar = parse(text.encode()).calendar
        return calendar and calendar.start

    assert start("Moon") == datetime(2026, 1, 5, 7, 30, tzinfo=UTC)
    assert start("Europe/Berlin") == datetime(2026, 1, 5, 9, 15, tzinfo=UTC)
    assert start("America/Argentina/Salta") == datetime(2026, 1, 5, 13, 15, tzinfo=UTC)
    assert start("Mars") == datetime(2026, 1, 5, 10, 15, tzinfo=UTC)
