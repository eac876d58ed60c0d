from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailintake.domain import sla
from mailintake.domain.hours import Holidays, Hours, Window
from mailintake.domain.sla import Clock, ClockState
from mailintake.domain.target import Metric, Target
from tests.unit.domain.clock_builders import (
    ALWAYS,
    LATE,
    LJUBLJANA,
    MICROSECOND,
    MINUTE,
    NEVER,
    NIGHTS,
    OFFICE,
    WITH_LUNCH,
    a_target,
    at,
    closed,
    hours,
    told,
)


def a_clock(target: Target | None, started: str = "Mon 09:00", zone: str = "UTC") -> Clock:
    return sla.start(Metric.RESOLUTION, target, at=at(started, zone))


def started_due(target: Target | None, started: str, zone: str = "UTC") -> str:
    return told(a_clock(target, started, zone).due, zone)


def paused(clock: Clock, *pauses: tuple[str, str | None]) -> Clock:
    """The clock after pauses, one after the other, the last of them perhaps still open."""
    for begin, end in pauses:
        clock = sla.pause(clock, at=at(begin))
        clock = sla.resume(clock, at=at(end)) if end else clock
    return clock


# Starting (S2, S4, S5)


@pytest.mark.parametrize(
    ("started", "due"),
    [
        # the table at the end of DOMAIN section 9
        ("Mon 08:59", "Mon 10:00"),
        ("Mon 09:00", "Mon 10:00"),
        ("Mon 17:00", "Mon 18:00"),
        ("Mon 17:01", "Tue 09:01"),
        ("Mon 17:59", "Tue 09:59"),
        ("Mon 18:00", "Tue 10:00"),
        ("Fri 18:00", "+Mon 10:00"),
        ("Sat 00:00", "+Mon 10:00"),
        ("Sat 12:00", "+Mon 10:00"),
        ("Sun 23:59", "+Mon 10:00"),
        # and around it
        ("Mon 00:00", "Mon 10:00"),
        ("Mon 23:59", "Tue 10:00"),
        ("Fri 17:00", "Fri 18:00"),
        ("Fri 17:01", "+Mon 09:01"),
        ("Fri 17:30", "+Mon 09:30"),
        ("+Mon 08:59:59", "+Mon 10:00"),
        # to the last part of a second
        ("Mon 08:59:59.999999", "Mon 10:00"),
        ("Mon 09:00:30", "Mon 10:00:30"),
        ("Mon 09:00:00.000001", "Mon 10:00:00.000001"),
        ("Mon 17:00:00.000001", "Tue 09:00:00.000001"),
        ("Mon 17:59:59.999999", "Tue 09:59:59.999999"),
    ],
)
def test_an_hour_of_office_time(started: str, due: str) -> None:
    assert started_due(a_target(60, OFFICE), started) == due


@pytest.mark.parametrize(
    ("minutes", "started", "due"),
    [
        (0, "Mon 09:00", "Mon 09:00"),
        (0, "Sat 03:00", "Sat 03:00"),
        (1, "Mon 09:00", "Mon 09:01"),
        (1, "Mon 17:59", "Mon 18:00"),
        (539, "Mon 09:00", "Mon 17:59"),
        (540, "Mon 09:00", "Mon 18:00"),
        (541, "Mon 09:00", "Tue 09:01"),
        (540, "Mon 09:01", "Tue 09:01"),
        (540, "Mon 18:00", "Tue 18:00"),
        (1080, "Mon 09:00", "Tue 18:00"),
        (2700, "Mon 09:00", "Fri 18:00"),
        (2701, "Mon 09:00", "+Mon 09:01"),
        (2700, "Fri 18:00", "+Fri 18:00"),
        (2880, "Wed 12:00", "+Wed 15:00"),
    ],
)
def test_a_target_used_up_at_closing_is_due_at_closing(minutes: int, started: str, due: str) -> None:
    assert started_due(a_target(minutes, OFFICE), started) == due


@pytest.mark.parametrize(
    ("opening", "minutes", "started", "due"),
    [
        # over lunch
        (WITH_LUNCH, 60, "Mon 11:00", "Mon 12:00"),
        (WITH_LUNCH, 60, "Mon 11:30", "Mon 13:30"),
        (WITH_LUNCH, 60, "Mon 12:00", "Mon 14:00"),
        (WITH_LUNCH, 60, "Mon 12:59", "Mon 14:00"),
        (WITH_LUNCH, 60, "Mon 13:00", "Mon 14:00"),
        (WITH_LUNCH, 60, "Mon 16:30", "Tue 09:30"),
        (WITH_LUNCH, 420, "Mon 09:00", "Mon 17:00"),
        (WITH_LUNCH, 180, "Mon 09:00", "Mon 12:00"),
        # windows that touch or overlap count once
        (hours("Mon-Fri 09:00-12:00,12:00-15:00"), 60, "Mon 11:30", "Mon 12:30"),
        (hours("Mon-Fri 09:00-12:00,11:00-15:00"), 180, "Mon 09:00", "Mon 12:00"),
        (hours("Mon-Fri 09:00-12:00,11:00-15:00"), 360, "Mon 09:00", "Mon 15:00"),
        (hours("Mon-Fri 11:00-15:00,09:00-12:00"), 361, "Mon 09:00", "Tue 09:01"),
        # a window of no length is none
        (hours("Mon-Fri 09:00-09:00,10:00-11:00"), 60, "Mon 09:00", "Mon 11:00"),
        # nights belong to the day they begin on
        (NIGHTS, 60, "Mon 03:00", "Mon 23:00"),
        (NIGHTS, 480, "Mon 22:00", "Tue 06:00"),
        (NIGHTS, 480, "Mon 23:00", "Tue 23:00"),
        (NIGHTS, 60, "Tue 05:00", "Tue 06:00"),
        (NIGHTS, 60, "Tue 05:01", "Tue 22:01"),
        (NIGHTS, 60, "Tue 06:00", "Tue 23:00"),
        (NIGHTS, 60, "Sat 03:00", "Sat 04:00"),
        (NIGHTS, 60, "Sat 05:30", "+Mon 22:30"),
        (NIGHTS, 60, "Sat 06:00", "+Mon 23:00"),
        (hours("Sun 20:00-02:00"), 300, "Sun 20:00", "+Mon 01:00"),
        (hours("Sun 20:00-02:00"), 60, "Mon 01:00", "Mon 02:00"),
        # to midnight, and over it
        (LATE, 60, "Mon 23:00", "Tue 00:00"),
        (LATE, 60, "Mon 23:30", "Tue 08:30"),
        (LATE, 60, "Tue 00:00", "Tue 09:00"),
        (hours("Mon-Sun 00:00-24:00"), 120, "Mon 23:00", "Tue 01:00"),
        (hours("Mon-Fri 00:00-24:00"), 120, "Fri 23:00", "+Mon 01:00"),
        (ALWAYS, 60, "Sat 23:30", "Sun 00:30"),
        # a day in the week, an hour in it
        (hours("Wed 10:00-11:00"), 90, "Mon 09:00", "+Wed 10:30"),
        (hours("Wed 10:00-11:00"), 60, "Wed 11:00", "+Wed 11:00"),
        (NEVER, 60, "Mon 09:00", "-"),
        (NEVER, 0, "Mon 09:00", "Mon 09:00"),
    ],
)
def test_only_open_hours_count(opening: Hours, minutes: int, started: str, due: str) -> None:
    assert started_due(a_target(minutes, opening), started) == due


@pytest.mark.parametrize(
    ("opening", "holidays", "minutes", "started", "due"),
    [
        (OFFICE, closed("Tue"), 60, "Mon 17:00", "Mon 18:00"),
        (OFFICE, closed("Tue"), 60, "Mon 17:30", "Wed 09:30"),
        (OFFICE, closed("Tue"), 60, "Tue 10:00", "Wed 10:00"),
        (OFFICE, closed("Tue", "Wed"), 60, "Mon 18:00", "Thu 10:00"),
        (OFFICE, closed("Fri"), 60, "Thu 17:30", "+Mon 09:30"),
        (OFFICE, closed("Sat"), 60, "Fri 17:30", "+Mon 09:30"),
        (OFFICE, closed(yearly="03-03"), 60, "Mon 17:30", "Wed 09:30"),
        (OFFICE, closed(Tue="09:00-13:00"), 60, "Tue 12:00", "Tue 13:00"),
        (OFFICE, closed(Tue="09:00-13:00"), 60, "Tue 12:30", "Wed 09:30"),
        (OFFICE, closed(Sat="10:00-12:00"), 60, "Fri 17:30", "Sat 10:30"),
        (OFFICE, closed("Tue", Tue="09:00-13:00"), 60, "Mon 17:30", "Tue 09:30"),
        # the night of the eve runs into the holiday, the holiday's own night is closed
        (NIGHTS, closed("Tue"), 480, "Mon 22:00", "Tue 06:00"),
        (NIGHTS, closed("Tue"), 480, "Mon 23:00", "Wed 23:00"),
        (NIGHTS, closed("Tue"), 60, "Tue 03:00", "Tue 04:00"),
        (NIGHTS, closed("Tue"), 60, "Tue 22:00", "Wed 23:00"),
        (NIGHTS, closed("Tue"), 60, "Wed 03:00", "Wed 23:00"),
        (NIGHTS, closed(Tue="22:00-02:00"), 300, "Tue 22:00", "Wed 23:00"),
        # hours that know no holidays
        (hours("Mon-Fri 09:00-18:00", holidays_too=True), closed("Tue"), 60, "Mon 17:30", "Tue 09:30"),
        (ALWAYS, closed("Tue"), 60, "Mon 23:30", "Tue 00:30"),
        (LATE, closed("Tue"), 60, "Mon 23:30", "Wed 08:30"),
    ],
)
def test_a_holiday_closes_the_windows_that_begin_on_it(
    opening: Hours, holidays: Holidays, minutes: int, started: str, due: str
) -> None:
    assert started_due(a_target(minutes, opening, holidays=holidays), started) == due


@pytest.mark.parametrize(
    ("zone", "started", "due"),
    [
        # a holiday is a local date: Tuesday in Auckland begins on Monday at 11:00 UTC
        ("Pacific/Auckland", "Mon 04:30", "Tue 20:30"),
        ("America/Los_Angeles", "Tue 01:30", "Wed 17:30"),
        ("Asia/Kolkata", "Mon 12:00", "Wed 04:00"),
        ("Etc/GMT-2", "Mon 15:30", "Wed 07:30"),
    ],
)
def test_holidays_and_hours_are_those_of_the_zone(zone: str, started: str, due: str) -> None:
    """Half an hour before closing on Monday there; Tuesday is a holiday."""
    assert started_due(a_target(60, OFFICE, zone=zone, holidays=closed("Tue")), started) == due


@pytest.mark.parametrize(
    ("opening", "zone", "minutes", "started", "due"),
    [
        # Ljubljana, 29 March 2026: 02:00 becomes 03:00 at 01:00 UTC
        (OFFICE, LJUBLJANA, 60, "2026-03-27T16:30", "2026-03-30T07:30"),
        (hours("Mon-Sun 22:00-06:00"), LJUBLJANA, 420, "2026-03-28T21:00", "2026-03-29T04:00"),
        (hours("Mon-Sun 22:00-06:00"), LJUBLJANA, 421, "2026-03-28T21:00", "2026-03-29T20:01"),
        (hours("Sun 02:30-04:00"), LJUBLJANA, 60, "2026-03-28T12:00", "2026-03-29T02:00"),
        (hours("Sun 02:30-04:00"), LJUBLJANA, 30, "2026-03-29T00:30", "2026-03-29T01:30"),
        (hours("Sun 02:00-03:00"), LJUBLJANA, 30, "2026-03-29T00:00", "2026-04-05T00:30"),
        (hours("Sun 01:30-03:30"), LJUBLJANA, 60, "2026-03-29T00:00", "2026-03-29T01:30"),
        (hours("Mon-Sun 00:00-24:00"), LJUBLJANA, 1380, "2026-03-28T23:00", "2026-03-29T22:00"),
        (ALWAYS, LJUBLJANA, 1440, "2026-03-28T12:00", "2026-03-29T12:00"),
        # 25 October 2026: 03:00 becomes 02:00 again at 01:00 UTC
        (OFFICE, LJUBLJANA, 60, "2026-10-23T15:30", "2026-10-26T08:30"),
        (hours("Mon-Sun 22:00-06:00"), LJUBLJANA, 540, "2026-10-24T20:00", "2026-10-25T05:00"),
        (hours("Sun 01:00-02:30"), LJUBLJANA, 90, "2026-10-24T12:00", "2026-10-25T00:30"),
        (hours("Sun 01:00-02:30"), LJUBLJANA, 91, "2026-10-24T12:00", "2026-10-25T01:01"),
        (hours("Sun 01:00-02:30"), LJUBLJANA, 120, "2026-10-24T12:00", "2026-10-25T01:30"),
        (hours("Sun 01:00-02:30"), LJUBLJANA, 60, "2026-10-25T00:30", "2026-11-01T00:30"),
        (hours("Sun 02:30-04:00"), LJUBLJANA, 120, "2026-10-25T00:00", "2026-10-25T03:00"),
        (hours("Mon-Sun 00:00-24:00"), LJUBLJANA, 1500, "2026-10-24T22:00", "2026-10-25T23:00"),
        # half an hour of Lord Howe
        (hours("Sun 01:00-03:00"), "Australia/Lord_Howe", 150, "2026-04-04T12:00", "2026-04-04T16:30"),
        (hours("Sun 01:00-03:00"), "Australia/Lord_Howe", 90, "2026-10-03T12:00", "2026-10-03T16:00"),
        # Cairo springs forward at midnight
        (hours("Fri 00:00-02:00"), "Africa/Cairo", 60, "2026-04-23T12:00", "2026-04-23T23:00"),
        # UTC+2 knows no summer
        (OFFICE, "Etc/GMT-2", 60, "2026-03-27T15:30", "2026-03-30T07:30"),
    ],
)
def test_skipped_readings_are_never_worked_and_repeated_ones_twice(
    opening: Hours, zone: str, minutes: int, started: str, due: str
) -> None:
    assert a_clock(a_target(minutes, opening, zone=zone), started).due == at(due)


@pytest.mark.parametrize(
    ("minutes", "started", "due"),
    [
        (60, "2026-03-06T17:30", "2026-03-06T18:30"),
        (1440, "2026-03-06T17:00", "2026-03-07T17:00"),
        (1440, "2026-03-28T12:00", "2026-03-29T12:00"),
        (1440, "2026-10-24T12:00", "2026-10-25T12:00"),
        (0, "2026-03-07T17:00", "2026-03-07T17:00"),
    ],
)
@pytest.mark.parametrize("opening", [OFFICE, NEVER, ALWAYS])
def test_by_the_wall_every_moment_counts(opening: Hours, minutes: int, started: str, due: str) -> None:
    target = a_target(minutes, opening, zone=LJUBLJANA, holidays=closed("Sat"), wall=True)
    assert a_clock(target, started).due == at(due)


def test_a_clock_says_what_it_was_started_for() -> None:
    target = a_target(240, soft=True)
    clock = sla.start(Metric.NEXT_RESPONSE, target, at=at("Mon 09:00"), number=3)
    assert (clock.metric, clock.target, clock.round) == (Metric.NEXT_RESPONSE, target, 3)
    assert clock.started == clock.counted_from == at("Mon 09:00")
    assert (clock.due, clock.pauses, clock.state) == (at("Mon 13:00"), (), ClockState.RUNNING)
    assert clock.is_running
    assert not clock.is_paused


@pytest.mark.parametrize("target", [None, a_target(None)])
def test_where_nothing_is_promised_nothing_is_due(target: Target | None) -> None:
    clock = a_clock(target)
    assert clock.due is None
    assert clock.is_running
    stopped = sla.stop(paused(clock, ("Mon 10:00", "Mon 11:00")), at=at("+Mon 09:00"))
    assert (stopped.state, stopped.breached_at) == (ClockState.MET, None)


def test_a_clock_starts_at_an_instant_of_a_known_zone() -> None:
    with pytest.raises(ValueError, match="zone"):
        sla.start(Metric.RESOLUTION, a_target(60), at=datetime(2026, 3, 2, 9))  # noqa: DTZ001
    with pytest.raises(ValueError, match="Nowhere"):
        a_clock(a_target(60, zone="Europe/Nowhere"))


# Pauses (S9)


@pytest.mark.parametrize(
    ("opening", "minutes", "started", "pauses", "due"),
    [
        (OFFICE, 240, "Mon 09:00", [("Mon 10:00", "Mon 11:00")], "Mon 14:00"),
        (OFFICE, 240, "Mon 09:00", [("Mon 10:00", "Mon 10:00")], "Mon 13:00"),
        (OFFICE, 240, "Mon 09:00", [("Mon 10:00", "Mon 11:00"), ("Mon 12:00", "Mon 12:30")], "Mon 14:30"),
        (OFFICE, 240, "Mon 09:00", [("Mon 10:00", "Mon 11:00"), ("Mon 11:00", "Mon 12:00")], "Mon 15:00"),
        (OFFICE, 240, "Mon 09:00", [("Mon 09:00", "Mon 10:00")], "Mon 14:00"),
        (OFFICE, 240, "Mon 08:00", [("Mon 08:30", "Mon 09:30")], "Mon 13:30"),
        (OFFICE, 240, "Mon 09:00", [("Mon 10:00:10", "Mon 10:00:40")], "Mon 13:00:30"),
        # while the desk is closed nothing is lost
        (OFFICE, 240, "Mon 16:00", [("Mon 18:00", "Tue 09:00")], "Tue 11:00"),
        (OFFICE, 240, "Mon 16:00", [("Mon 20:00", "Mon 23:00")], "Tue 11:00"),
        (OFFICE, 240, "Fri 16:00", [("Sat 00:00", "+Mon 00:00")], "+Mon 11:00"),
        (OFFICE, 240, "Fri 16:00", [("Fri 18:00", "+Mon 09:00")], "+Mon 11:00"),
        # over a closing only what is open is lost
        (OFFICE, 240, "Mon 16:00", [("Mon 17:00", "Tue 10:00")], "Tue 13:00"),
        (OFFICE, 240, "Mon 16:00", [("Mon 17:59", "Tue 09:01")], "Tue 11:02"),
        (OFFICE, 240, "Fri 16:00", [("Fri 17:00", "+Mon 10:00")], "+Mon 13:00"),
        (OFFICE, 240, "Fri 16:00", [("Fri 17:00", "+Fri 17:00")], "++Mon 11:00"),
        (OFFICE, 60, "Fri 17:00", [("Fri 17:30", "+Mon 09:30")], "+Mon 10:00"),
        # what is left may just fit before closing
        (OFFICE, 120, "Mon 09:00", [("Mon 10:00", "Mon 17:00")], "Mon 18:00"),
        (OFFICE, 120, "Mon 09:00", [("Mon 10:00", "Mon 17:01")], "Tue 09:01"),
        (OFFICE, 120, "Mon 09:00", [("Mon 10:00", "Mon 18:00")], "Tue 10:00"),
        # over lunch
        (WITH_LUNCH, 120, "Mon 11:00", [("Mon 12:00", "Mon 13:00")], "Mon 14:00"),
        (WITH_LUNCH, 120, "Mon 11:00", [("Mon 12:10", "Mon 12:50")], "Mon 14:00"),
        (WITH_LUNCH, 120, "Mon 11:00", [("Mon 11:30", "Mon 13:30")], "Mon 15:00"),
        (WITH_LUNCH, 120, "Mon 11:00", [("Mon 11:45", "Mon 12:30")], "Mon 14:15"),
        (WITH_LUNCH, 60, "Mon 11:00", [("Mon 12:00", "Mon 14:00")], "Mon 12:00"),
        (WITH_LUNCH, 61, "Mon 11:00", [("Mon 12:00", "Mon 14:00")], "Mon 14:01"),
        # through a night
        (NIGHTS, 480, "Mon 22:00", [("Mon 23:00", "Tue 05:00")], "Wed 04:00"),
        (NIGHTS, 480, "Mon 22:00", [("Tue 05:00", "Tue 23:00")], "Wed 00:00"),
        # from the due on nothing is lost any more
        (OFFICE, 240, "Mon 09:00", [("Mon 13:00", "Mon 15:00")], "Mon 13:00"),
        (OFFICE, 240, "Mon 09:00", [("Mon 14:00", "Mon 15:00")], "Mon 13:00"),
        (OFFICE, 240, "Mon 09:00", [("Mon 12:59", "Mon 15:00")], "Mon 15:01"),
        (OFFICE, 0, "Mon 09:00", [("Mon 09:00", "Mon 15:00")], "Mon 09:00"),
    ],
)
def test_a_pause_freezes_what_is_left(
    opening: Hours, minutes: int, started: str, pauses: list[tuple[str, str]], due: str
) -> None:
    assert told(paused(a_clock(a_target(minutes, opening), started), *pauses).due) == due


@pytest.mark.parametrize(
    ("holidays", "pauses", "due"),
    [
        (closed("Tue"), [("Mon 17:00", "Wed 10:00")], "Wed 13:00"),
        (closed("Tue"), [("Tue 00:00", "Wed 00:00")], "Wed 11:00"),
        (closed("Tue"), [("Tue 09:00", "Tue 18:00")], "Wed 11:00"),
        (closed("Tue"), [("Mon 18:00", "Wed 09:00")], "Wed 11:00"),
        (closed("Tue", "Wed", "Thu", "Fri"), [("Mon 17:00", "Sun 12:00")], "+Mon 12:00"),
        (closed(Tue="09:00-10:00"), [("Mon 17:00", "Tue 09:30")], "Wed 11:30"),
    ],
)
def test_a_holiday_inside_a_pause_is_not_lost_twice(
    holidays: Holidays, pauses: list[tuple[str, str]], due: str
) -> None:
    assert told(paused(a_clock(a_target(240, holidays=holidays), "Mon 16:00"), *pauses).due) == due


@pytest.mark.parametrize(
    ("pauses", "due"),
    [
        ([("Mon 10:00", "Mon 12:00"), ("Mon 11:00", "Mon 13:00")], "Mon 16:00"),
        ([("Mon 11:00", "Mon 13:00"), ("Mon 10:00", "Mon 12:00")], "Mon 16:00"),
        ([("Mon 10:00", "Mon 13:00"), ("Mon 11:00", "Mon 12:00")], "Mon 16:00"),
        ([("Mon 10:00", "Mon 11:00"), ("Mon 10:00", "Mon 11:00")], "Mon 14:00"),
        ([("Mon 07:00", "Mon 08:00")], "Mon 13:00"),
        ([("Mon 08:00", "Mon 09:00")], "Mon 13:00"),
        ([("Mon 08:00", "Mon 10:00")], "Mon 14:00"),
        ([("Mon 12:00", "Mon 11:00")], "Mon 13:00"),
        ([("Mon 10:00", "Mon 11:00"), ("Mon 12:00", None)], "-"),
        ([("Mon 15:00", None)], "-"),
        ([("Mon 12:00", None), ("Mon 10:00", "Mon 11:00")], "-"),
    ],
)
@pytest.mark.parametrize("wall", [False, True])
def test_pauses_overlap_freely_and_count_once(pauses: list[tuple[str, str | None]], due: str, wall: bool) -> None:
    ledger = [(at(begin), at(end) if end else None) for begin, end in pauses]
    assert told(sla.reached(a_target(240, wall=wall), at("Mon 09:00"), None, ledger)) == due


@pytest.mark.parametrize(
    ("elapsed", "instant"),
    [
        (None, "Tue 11:00"),
        (0, "Mon 16:00"),
        (60, "Mon 17:00"),
        (120, "Mon 18:00"),
        (121, "Tue 09:01"),
        (240, "Tue 11:00"),
        (300, "Tue 12:00"),
    ],
)
def test_any_share_of_a_target_is_reached_somewhere(elapsed: int | None, instant: str) -> None:
    length = None if elapsed is None else elapsed * MINUTE
    assert told(sla.reached(a_target(240), at("Mon 16:00"), length)) == instant


def test_by_the_wall_a_pause_is_lost_wholly() -> None:
    clock = a_clock(a_target(1440, wall=True), "Fri 17:00")
    assert told(paused(clock, ("Sat 09:00", "Sat 21:00")).due) == "Sun 05:00"


def test_while_a_clock_stands_nothing_is_due() -> None:
    clock = paused(a_clock(a_target(240)), ("Mon 10:00", None))
    assert clock.is_running
    assert clock.is_paused
    assert clock.due is None


def test_a_clock_is_paused_once_and_resumed_once() -> None:
    clock = a_clock(a_target(240))
    assert sla.resume(clock, at=at("Mon 10:00")) == clock
    standing = sla.pause(clock, at=at("Mon 10:00"))
    assert sla.pause(standing, at=at("Mon 11:00")) == standing
    assert sla.resume(standing, at=at("Mon 12:00")).pauses == ((at("Mon 10:00"), at("Mon 12:00")),)


def test_a_pause_that_would_end_before_it_began_is_none() -> None:
    clock = sla.resume(paused(a_clock(a_target(240)), ("Mon 10:00", None)), at=at("Mon 09:30"))
    assert clock.due == at("Mon 13:00")
    assert all(end is not None and begin <= end for begin, end in clock.pauses)


def test_what_was_late_before_a_pause_stays_late() -> None:
    clock = paused(a_clock(a_target(240)), ("Mon 13:01", "Mon 15:00"))
    assert (clock.due, clock.breached_at) == (at("Mon 13:00"), at("Mon 13:00"))


@pytest.mark.parametrize("begin", ["Mon 12:00", "Mon 13:00"])
def test_a_pause_in_time_is_no_breach(begin: str) -> None:
    assert paused(a_clock(a_target(240)), (begin, None)).breached_at is None


# Another target (S12)

NINE_TO_FIVE = hours("Mon-Fri 09:00-17:00")
MINOR = a_target(1440, NINE_TO_FIVE, text="24h in Mon-Fri 09:00-17:00")
CRITICAL = a_target(60, hours("Mon-Sun 08:00-22:00"), text="1h in Mon-Sun 08:00-22:00")


def test_minor_to_critical_and_back() -> None:
    """The example of S12, B2Bee Basic, to the minute."""
    clock = sla.start(Metric.FIRST_RESPONSE, MINOR, at=at("Mon 10:00"))
    assert told(clock.due) == "Thu 10:00"
    clock = sla.retarget(clock, CRITICAL, at=at("Tue 11:00"))
    assert told(clock.due) == "Tue 12:00"
    clock = sla.retarget(clock, MINOR, at=at("Tue 11:30"))
    assert told(clock.due) == "Thu 10:00"
    assert clock.breached_at is None


@pytest.mark.parametrize(
    ("old", "new", "changed", "due"),
    [
        # a longer promise counts from the original start
        (60, 240, "Mon 09:30", "Mon 13:00"),
        (240, 600, "Mon 12:00", "Tue 10:00"),
        (240, 240, "Mon 12:00", "Mon 13:00"),
        (0, 60, "Mon 09:30", "Mon 10:00"),
        # a shorter one from the change
        (240, 60, "Mon 09:00", "Mon 10:00"),
        (240, 60, "Mon 10:00", "Mon 11:00"),
        (240, 60, "Mon 11:59", "Mon 12:59"),
        (600, 60, "Mon 17:30", "Tue 09:30"),
        (2700, 60, "Sat 12:00", "Fri 18:00"),
        (2760, 60, "Sat 12:00", "+Mon 10:00"),
        (2761, 60, "Sat 12:00", "+Mon 10:00"),
        (240, 0, "Mon 10:00", "Mon 10:00"),
        # unless the old due comes first
        (240, 60, "Mon 12:00", "Mon 13:00"),
        (240, 60, "Mon 12:01", "Mon 13:00"),
        (240, 60, "Mon 13:00", "Mon 13:00"),
        (240, 60, "Mon 15:00", "Mon 13:00"),
        (540, 60, "Mon 17:30", "Mon 18:00"),
        (240, 239, "Mon 09:01", "Mon 13:00"),
        (240, 239, "Mon 09:02", "Mon 13:00"),
        # no promise is the longest
        (240, None, "Mon 10:00", "-"),
        (None, 240, "Mon 10:00", "Mon 14:00"),
        (None, 240, "Sat 10:00", "+Mon 13:00"),
        (None, None, "Mon 10:00", "-"),
    ],
)
def test_a_change_never_makes_late_and_never_grants_more_than_the_longer_promise(
    old: int | None, new: int | None, changed: str, due: str
) -> None:
    clock = a_clock(None if old is None else a_target(old))
    assert told(sla.retarget(clock, None if new is None else a_target(new), at=at(changed)).due) == due


@pytest.mark.parametrize(
    ("old", "new", "changed", "due"),
    [
        (60, 240, "Mon 09:30", "Mon 13:00"),
        (240, 60, "Mon 10:00", "Mon 10:00"),
        (240, 60, "Mon 12:00", "Mon 10:00"),
        (240, 60, "Mon 15:00", "Mon 10:00"),
        (540, 60, "Mon 17:30", "Mon 10:00"),
        (None, 240, "Mon 12:00", "Mon 13:00"),
        (240, None, "Mon 12:00", "-"),
    ],
)
def test_from_start_every_change_counts_from_the_beginning(
    old: int | None, new: int | None, changed: str, due: str
) -> None:
    clock = a_clock(None if old is None else a_target(old))
    target = None if new is None else a_target(new)
    assert told(sla.retarget(clock, target, at=at(changed), from_start=True).due) == due


@pytest.mark.parametrize(
    ("changes", "due"),
    [
        # minutes from Mon 09:00, each with the time of the change
        ([(60, "Mon 10:00"), (240, "Mon 10:30")], "Mon 13:00"),
        ([(60, "Mon 10:00"), (120, "Mon 10:30")], "Mon 11:00"),
        ([(60, "Mon 10:00"), (90, "Mon 10:15")], "Mon 11:00"),
        ([(60, "Mon 10:00"), (90, "Mon 10:15"), (121, "Mon 10:20")], "Mon 11:01"),
        ([(60, "Mon 10:00"), (30, "Mon 10:15")], "Mon 10:45"),
        ([(60, "Mon 10:00"), (30, "Mon 10:45")], "Mon 11:00"),
        ([(60, "Mon 12:30"), (30, "Mon 12:40")], "Mon 13:00"),
        ([(60, "Mon 12:30"), (20, "Mon 12:35")], "Mon 12:55"),
        ([(60, "Mon 10:00"), (600, "Mon 10:30")], "Tue 10:00"),
        ([(600, "Mon 10:00"), (240, "Mon 11:00")], "Mon 15:00"),
        ([(600, "Mon 10:00"), (240, "Mon 17:00")], "Tue 10:00"),
        ([(None, "Mon 10:00"), (240, "Mon 11:00")], "Mon 15:00"),
        ([(60, "Mon 10:00"), (240, "Mon 10:10"), (60, "Mon 10:20")], "Mon 11:20"),
        ([(60, "Mon 10:00"), (None, "Mon 10:10"), (60, "Mon 10:20"), (600, "Mon 10:30")], "Tue 10:00"),
    ],
)
def test_changes_apply_one_after_the_other(changes: list[tuple[int | None, str]], due: str) -> None:
    clock = a_clock(a_target(240))
    for minutes, changed in changes:
        clock = sla.retarget(clock, None if minutes is None else a_target(minutes), at=at(changed))
    assert told(clock.due) == due


@pytest.mark.parametrize(
    ("pauses", "new", "changed", "due"),
    [
        # two hours are lost to the pause
        ([("Mon 10:00", "Mon 12:00")], 60, "Mon 12:00", "Mon 13:00"),
        ([("Mon 10:00", "Mon 12:00")], 60, "Mon 14:00", "Mon 15:00"),
        ([("Mon 10:00", "Mon 12:00")], 60, "Mon 14:30", "Mon 15:00"),
        ([("Mon 10:00", "Mon 12:00")], 300, "Mon 14:30", "Mon 16:00"),
        ([("Mon 10:00", "Mon 12:00"), ("Mon 12:30", "Mon 13:00")], 60, "Mon 14:30", "Mon 15:30"),
    ],
)
def test_pauses_before_a_change_are_the_same_for_both_promises(
    pauses: list[tuple[str, str]], new: int, changed: str, due: str
) -> None:
    clock = paused(a_clock(a_target(240)), *pauses)
    assert told(sla.retarget(clock, a_target(new), at=at(changed)).due) == due


@pytest.mark.parametrize(
    ("new", "changed", "resumed", "due"),
    [
        # an hour of four is used up, the clock stands from Mon 10:00 on
        (60, "Mon 11:00", "Mon 12:00", "Mon 13:00"),
        (120, "Mon 11:00", "Mon 12:00", "Mon 14:00"),
        (179, "Mon 11:00", "Mon 12:00", "Mon 14:59"),
        (181, "Mon 11:00", "Mon 12:00", "Mon 15:00"),
        (300, "Mon 11:00", "Mon 12:00", "Mon 16:00"),
        (300, "Mon 11:00", "Mon 11:00", "Mon 15:00"),
        (None, "Mon 11:00", "Mon 12:00", "-"),
        (60, "Mon 11:00", "Sat 12:00", "+Mon 10:00"),
    ],
)
def test_a_standing_clock_compares_as_if_it_went_on_at_the_change(
    new: int | None, changed: str, resumed: str, due: str
) -> None:
    clock = paused(a_clock(a_target(240)), ("Mon 10:00", None))
    clock = sla.retarget(clock, None if new is None else a_target(new), at=at(changed))
    assert clock.is_paused
    assert clock.due is None
    assert told(sla.resume(clock, at=at(resumed)).due) == due


@pytest.mark.parametrize(
    ("old", "new", "changed", "due"),
    [
        (a_target(240), a_target(240, wall=True), "Mon 17:00", "Mon 13:00"),
        (a_target(600), a_target(600, wall=True), "Mon 17:30", "Tue 03:30"),
        (a_target(600, wall=True), a_target(600), "Mon 17:30", "Tue 10:00"),
        (a_target(240, OFFICE), a_target(240, WITH_LUNCH), "Mon 12:00", "Mon 14:00"),
        (a_target(240, WITH_LUNCH), a_target(240, OFFICE), "Mon 10:00", "Mon 14:00"),
        (a_target(240, WITH_LUNCH), a_target(240, OFFICE), "Mon 09:30", "Mon 13:30"),
        (a_target(240, NEVER), a_target(240, OFFICE), "Mon 10:00", "Mon 14:00"),
        (a_target(240, OFFICE), a_target(240, NEVER), "Mon 10:00", "-"),
        (a_target(600), a_target(600, holidays=closed("Tue")), "Mon 10:00", "Wed 10:00"),
    ],
)
def test_other_hours_are_another_promise(old: Target, new: Target, changed: str, due: str) -> None:
    assert told(sla.retarget(a_clock(old), new, at=at(changed)).due) == due


def test_an_equal_target_is_no_change() -> None:
    clock = sla.retarget(a_clock(a_target(240)), a_target(60), at=at("Mon 10:00"))
    assert sla.retarget(clock, a_target(60), at=at("Mon 10:30")) == clock


def test_a_promise_as_long_as_the_old_one_takes_its_place() -> None:
    by_the_wall = a_target(60, wall=True)
    clock = sla.retarget(a_clock(a_target(60)), by_the_wall, at=at("Mon 09:30"))
    assert (clock.target, clock.counted_from, clock.due) == (by_the_wall, at("Mon 09:00"), at("Mon 10:00"))


def test_a_change_dated_before_the_start_counts_from_the_start() -> None:
    clock = sla.retarget(a_clock(a_target(240)), a_target(60), at=at("Mon 09:00") - 5 * MINUTE)
    assert clock.due == at("Mon 10:00")
    clock = sla.retarget(a_clock(a_target(240), "Mon 10:00"), a_target(60), at=at("Mon 09:30"))
    assert clock.due == at("Mon 11:00")


@pytest.mark.parametrize("stopped", [sla.stop, sla.cancel])
def test_a_done_clock_never_changes(stopped: object) -> None:
    clock = stopped(a_clock(a_target(240)), at=at("Mon 10:00"))  # type: ignore[operator]  # of a table
    assert sla.retarget(clock, a_target(60), at=at("Mon 11:00")) == clock
    assert sla.pause(clock, at=at("Mon 11:00")) == clock
    assert sla.resume(clock, at=at("Mon 11:00")) == clock
    assert sla.stop(clock, at=at("Mon 11:00")) == clock
    assert sla.cancel(clock, at=at("Mon 11:00")) == clock
    assert sla.noticed(clock, at=at("Tue 11:00")) == clock


@pytest.mark.parametrize("new", [60, 600, None])
def test_a_breach_stays_recorded_whatever_is_promised_next(new: int | None) -> None:
    clock = sla.retarget(a_clock(a_target(240)), None if new is None else a_target(new), at=at("Mon 13:01"))
    assert clock.breached_at == at("Mon 13:00")
    assert sla.stop(clock, at=at("Mon 13:02")).breached_at == at("Mon 13:00")


# The end (S3, S16)


@pytest.mark.parametrize(
    ("answered", "breached"),
    [
        ("Mon 09:00", "-"),
        ("Mon 12:59:59.999999", "-"),
        ("Mon 13:00", "-"),
        ("Mon 13:00:00.000001", "Mon 13:00"),
        ("Mon 13:01", "Mon 13:00"),
        ("+Mon 13:01", "Mon 13:00"),
    ],
)
def test_the_due_instant_itself_is_in_time(answered: str, breached: str) -> None:
    clock = sla.stop(a_clock(a_target(240)), at=at(answered))
    assert (clock.state, clock.stopped_at) == (ClockState.MET, at(answered))
    assert told(clock.breached_at) == breached


@pytest.mark.parametrize(
    ("answered", "breached"), [("Fri 18:00", "-"), ("Fri 18:01", "Fri 18:00"), ("Sun 12:00", "Fri 18:00")]
)
def test_a_due_at_closing_is_late_right_after_it(answered: str, breached: str) -> None:
    clock = sla.stop(a_clock(a_target(240), "Fri 14:00"), at=at(answered))
    assert told(clock.breached_at) == breached


def test_a_standing_clock_is_met_in_time_however_long_it_stood() -> None:
    clock = sla.stop(paused(a_clock(a_target(240)), ("Mon 10:00", None)), at=at("+Mon 10:00"))
    assert clock.breached_at is None
    assert clock.due == at("+Mon 13:00")
    assert clock.pauses == ((at("Mon 10:00"), at("+Mon 10:00")),)


@pytest.mark.parametrize("ending", [sla.stop, sla.cancel])
def test_a_soft_target_is_never_breached(ending: object) -> None:
    clock = a_clock(a_target(240, soft=True))
    assert sla.noticed(clock, at=at("Tue 09:00")) == clock
    assert ending(clock, at=at("Tue 09:00")).breached_at is None  # type: ignore[operator]  # of a table


def test_an_answer_in_time_that_is_heard_of_late_clears_the_breach() -> None:
    clock = sla.noticed(a_clock(a_target(240)), at=at("Mon 13:30"))
    assert clock.breached_at == at("Mon 13:00")
    assert sla.stop(clock, at=at("Mon 12:50")).breached_at is None
    assert sla.stop(clock, at=at("Mon 13:10")).breached_at == at("Mon 13:00")


def test_an_answer_in_time_for_a_longer_promise_clears_no_older_breach() -> None:
    clock = sla.noticed(a_clock(a_target(60)), at=at("Mon 10:01"))
    clock = sla.retarget(clock, a_target(240), at=at("Mon 10:30"))
    assert sla.stop(clock, at=at("Mon 11:00")).breached_at == at("Mon 10:00")


@pytest.mark.parametrize("act", [sla.pause, sla.cancel])
def test_whatever_ends_a_promise_in_time_clears_a_breach_that_was_seen_too_early(act: object) -> None:
    """A mail of 12:50 that is heard of at 13:30 shows that at 13:00 the clock no longer ran."""
    clock = sla.forgive(sla.noticed(a_clock(a_target(240)), at=at("Mon 13:30")))
    clock = act(clock, at=at("Mon 12:50"))  # type: ignore[operator]  # of a table
    assert clock.breached_at is None
    assert not clock.forgiven


def test_a_change_in_time_that_is_heard_of_late_clears_the_breach() -> None:
    clock = sla.noticed(a_clock(a_target(240)), at=at("Mon 13:30"))
    clock = sla.retarget(clock, a_target(480), at=at("Mon 12:50"))
    assert (clock.due, clock.breached_at) == (at("Mon 17:00"), None)


@pytest.mark.parametrize(
    ("cancelled", "breached"),
    [("Mon 10:00", "-"), ("Mon 13:00", "-"), ("Mon 13:00:00.000001", "Mon 13:00"), ("Tue 10:00", "Mon 13:00")],
)
def test_a_cancelled_clock_was_late_if_its_due_was_over(cancelled: str, breached: str) -> None:
    clock = sla.cancel(a_clock(a_target(240)), at=at(cancelled))
    assert (clock.state, clock.stopped_at) == (ClockState.CANCELLED, at(cancelled))
    assert told(clock.breached_at) == breached


def test_a_cancelled_clock_keeps_the_breach_that_was_recorded() -> None:
    clock = sla.retarget(sla.noticed(a_clock(a_target(60)), at=at("Mon 10:01")), a_target(240), at=at("Mon 10:30"))
    assert sla.cancel(clock, at=at("Mon 11:00")).breached_at == at("Mon 10:00")


@pytest.mark.parametrize("ending", [sla.stop, sla.cancel])
@pytest.mark.parametrize(
    ("stopped", "revived", "due"),
    [
        ("Mon 10:00", "Mon 11:00", "Mon 14:00"),
        ("Mon 10:00", "Mon 10:00", "Mon 13:00"),
        ("Mon 10:00", "Tue 10:00", "Tue 13:00"),
        ("Mon 17:00", "+Mon 10:00", "Mon 13:00"),
        ("Mon 10:00", "Sat 10:00", "+Mon 12:00"),
        ("Mon 13:00", "Tue 10:00", "Mon 13:00"),
        ("Mon 10:00", "Mon 09:30", "Mon 13:00"),
    ],
)
def test_a_revived_clock_goes_on_and_the_time_between_is_a_pause(
    ending: object, stopped: str, revived: str, due: str
) -> None:
    clock = sla.revive(ending(a_clock(a_target(240)), at=at(stopped)), at=at(revived))  # type: ignore[operator]  # of a table
    assert (clock.state, clock.stopped_at) == (ClockState.RUNNING, None)
    assert told(clock.due) == due
    assert all(end is not None and begin <= end for begin, end in clock.pauses)


def test_a_clock_that_was_standing_when_it_stopped_counts_again_when_revived() -> None:
    clock = sla.cancel(paused(a_clock(a_target(240)), ("Mon 10:00", None)), at=at("Mon 11:00"))
    clock = sla.revive(clock, at=at("Mon 12:00"))
    assert clock.pauses == ((at("Mon 10:00"), at("Mon 11:00")), (at("Mon 11:00"), at("Mon 12:00")))
    assert clock.due == at("Mon 15:00")


def test_a_running_clock_cannot_be_revived() -> None:
    clock = a_clock(a_target(240))
    assert sla.revive(clock, at=at("Mon 10:00")) == clock


def test_a_revived_clock_keeps_its_breach() -> None:
    clock = sla.revive(sla.stop(a_clock(a_target(240)), at=at("Mon 14:00")), at=at("Mon 15:00"))
    assert clock.breached_at == clock.due == at("Mon 13:00")


# Breaches


@pytest.mark.parametrize(
    ("seen", "breached"),
    [("Mon 12:00", "-"), ("Mon 13:00", "-"), ("Mon 13:00:00.000001", "Mon 13:00"), ("Wed 13:00", "Mon 13:00")],
)
def test_a_breach_is_recorded_at_the_due(seen: str, breached: str) -> None:
    assert told(sla.noticed(a_clock(a_target(240)), at=at(seen)).breached_at) == breached


def test_a_standing_clock_is_not_late() -> None:
    clock = paused(a_clock(a_target(240)), ("Mon 10:00", None))
    assert sla.noticed(clock, at=at("+Mon 10:00")) == clock


def test_the_first_breach_is_the_one_that_is_kept() -> None:
    clock = sla.noticed(a_clock(a_target(60)), at=at("Mon 10:30"))
    clock = sla.retarget(clock, a_target(240), at=at("Mon 11:00"))
    assert sla.noticed(clock, at=at("Mon 14:00")).breached_at == at("Mon 10:00")


def test_a_forgiven_breach_stays_recorded() -> None:
    clock = a_clock(a_target(240))
    assert sla.forgive(clock) == clock
    late = sla.noticed(clock, at=at("Mon 14:00"))
    assert sla.forgive(late) == replace(late, forgiven=True)


# Whatever happens to one clock

spans = st.tuples(st.integers(0, 3 * 1440), st.integers(0, 3 * 1440)).map(sorted)
targets = st.builds(
    a_target,
    st.integers(0, 1500),
    st.sampled_from([OFFICE, WITH_LUNCH, NIGHTS, LATE, ALWAYS]),
    zone=st.sampled_from(["UTC", LJUBLJANA]),
    holidays=st.sampled_from([Holidays(), closed("Tue"), closed("Mon", Wed="10:00-11:00")]),
    wall=st.booleans(),
)
START = at("Mon 00:00")


@settings(deadline=None, max_examples=60)
@given(target=targets, begin=st.integers(0, 1440), gaps=st.lists(st.integers(0, 600), max_size=6))
def test_pauses_one_by_one_are_the_ledger_all_at_once(target: Target, begin: int, gaps: list[int]) -> None:
    clock = sla.start(Metric.RESOLUTION, target, at=START + begin * MINUTE)
    moment, ledger = clock.started, []
    for index, gap in enumerate(gaps):
        then, moment = moment, moment + gap * MINUTE
        if index % 2:
            clock = sla.resume(clock, at=moment)
            ledger.append((then, moment))
        else:
            clock = sla.pause(clock, at=moment)
    expected = None if clock.is_paused else sla.reached(target, clock.started, None, ledger)
    assert clock.due == expected
    assert clock.is_paused is bool(len(gaps) % 2)


@settings(deadline=None, max_examples=100)
@given(old=targets, new=targets, begin=st.integers(0, 1440), later=st.integers(0, 2 * 1440))
def test_a_change_is_due_by_the_rule_of_s12(old: Target, new: Target, begin: int, later: int) -> None:
    clock = sla.start(Metric.RESOLUTION, old, at=START + begin * MINUTE)
    change = clock.started + later * MINUTE
    before = clock.due
    whole = sla.start(Metric.RESOLUTION, new, at=clock.started).due
    fresh = sla.start(Metric.RESOLUTION, new, at=change).due
    assert before
    assert whole
    assert fresh
    changed = sla.retarget(clock, new, at=change)
    assert changed.due == (whole if whole >= before else min(before, fresh))
    assert changed.due <= max(before, whole)
    assert sla.retarget(clock, new, at=change, from_start=True).due == (before if new == old else whole)


@settings(deadline=None, max_examples=60)
@given(target=targets, begin=st.integers(0, 1440), stop=st.integers(0, 3000), sweep=st.integers(0, 3000))
def test_a_sweep_between_changes_nothing_in_the_end(target: Target, begin: int, stop: int, sweep: int) -> None:
    clock = sla.start(Metric.RESOLUTION, target, at=START + begin * MINUTE)
    swept = sla.noticed(clock, at=clock.started + sweep * MINUTE)
    for act in (sla.stop, sla.cancel, sla.pause):
        moment = clock.started + stop * MINUTE
        assert act(swept, at=moment) == act(clock, at=moment)


def test_shapes_of_hours_read_as_written() -> None:
    """The builders are what every table here stands on."""
    assert OFFICE.week == (*[(Window(540, 1080),)] * 5, (), ())
    assert NIGHTS.week[0] == (Window(1320, 360),)
    assert hours("Sat,Mon 10:00-12:00; Tue 09:00-10:00").week[5] == (Window(600, 720),)
    assert told(at("+Tue 09:30")) == "+Tue 09:30"
    assert at("Mon 09:00", LJUBLJANA) + timedelta(hours=1) == at("Mon 09:00")
    assert told(at("Mon 09:00") + MICROSECOND) == "Mon 09:00:00.000001"
