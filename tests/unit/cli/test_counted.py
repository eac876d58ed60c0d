"""What a clock counts adds up to its target, whatever pauses it, and its days show it hour by hour."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailintake.cli.counted import HOURS, Cell, days, end_of, stretches
from mailintake.domain import sla
from mailintake.domain.calendar import worked
from mailintake.domain.hours import Calendar, Holidays, Week, Window
from mailintake.domain.sla import Clock
from mailintake.domain.target import EVERY_TICKET, Counting, Metric, Target

_DAY = (Window(9 * 60, 12 * 60), Window(13 * 60, 18 * 60))
OFFICE: Week = (_DAY, _DAY, _DAY, _DAY, _DAY, (), ())
NIGHT: Week = tuple((Window(22 * 60, 6 * 60),) for _ in range(7))  # type: ignore[assignment]  # of seven days
MONDAY = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)  # 09:00 in Ljubljana
NOW = datetime(2026, 6, 1, tzinfo=UTC)

C, P, O, X = Cell.COUNTED, Cell.PAUSED, Cell.OPEN, Cell.CLOSED  # noqa: E741 - as they stand in a bar


def a_target(minutes: int = 240, *, week: Week = OFFICE, zone: str = "Europe/Ljubljana", **fields: object) -> Target:
    calendar = Calendar(zone, week, Holidays(dates=frozenset({date(2026, 3, 11)})))
    plain: dict[str, object] = {"counting": Counting.OPEN, "soft": False, "hours": "office", "calendar": calendar}
    return Target("else: 4h", EVERY_TICKET, minutes, **plain | fields)  # type: ignore[arg-type]  # as named


def a_clock(minutes: int = 240, *, at: datetime = MONDAY, **fields: object) -> Clock:
    return sla.start(Metric.FIRST_RESPONSE, a_target(minutes, **fields), at=at)


def counted(clock: Clock, now: datetime = NOW) -> list[tuple[datetime, datetime]]:
    assert clock.target is not None
    return list(stretches(clock, clock.target, until=end_of(clock, now=now)))


def bars(clock: Clock, now: datetime = NOW, most: int = 60) -> dict[date, tuple[Cell, ...]]:
    assert clock.target is not None
    return {day.date: day.cells for day in days(clock, clock.target, now=now, most=most)[0]}


def hours(hour: int, minute: int = 0, *, day: int = 9) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


@settings(deadline=None)
@given(
    minutes=st.integers(1, 5000),
    start=st.integers(0, 60 * 24 * 30),
    pauses=st.lists(st.tuples(st.integers(0, 60 * 24 * 20), st.integers(0, 3000)), max_size=5),
    week=st.sampled_from([OFFICE, NIGHT]),
    counting=st.sampled_from(Counting),
)
def test_what_is_counted_up_to_the_due_is_the_target(
    minutes: int, start: int, pauses: list[tuple[int, int]], week: Week, counting: Counting
) -> None:
    at = MONDAY + timedelta(minutes=start)
    clock = a_clock(minutes, at=at, week=week, counting=counting)
    offset = 0
    for gap, length in pauses:
        offset += gap
        clock = sla.pause(clock, at=at + timedelta(minutes=offset))
        offset += length
        clock = sla.resume(clock, at=at + timedelta(minutes=offset))
    found = counted(clock)
    assert sum((end - begin for begin, end in found), timedelta()) == timedelta(minutes=minutes)
    assert found[-1][1] == clock.due
    assert all(end <= begin for (_, end), (begin, _) in pairwise(found))
    if counting is Counting.OPEN:
        assert clock.target is not None
        assert all(worked(clock.target.calendar, begin, end) == end - begin for begin, end in found)


def test_a_stopped_clock_has_counted_up_to_its_stop() -> None:
    assert counted(sla.stop(a_clock(), at=hours(9, 30))) == [(hours(8), hours(9, 30))]


def test_a_clock_stopped_late_has_counted_up_to_its_due() -> None:
    late = sla.stop(a_clock(60), at=hours(15))
    assert counted(late) == [(hours(8), hours(9))]


def test_a_paused_clock_has_counted_up_to_its_pause() -> None:
    assert counted(sla.pause(a_clock(), at=hours(9))) == [(hours(8), hours(9))]


def test_a_day_shows_what_counted_what_was_paused_and_what_lay_outside() -> None:
    clock = sla.resume(sla.pause(a_clock(180, at=hours(9)), at=hours(10)), at=hours(14))
    # open 09-12 and 13-18; counted from 10:00, paused from 11:00 to 15:00, two hours left then
    assert bars(clock)[date(2026, 3, 9)] == (*[X] * 9, O, C, P, X, P, P, C, C, O, *[X] * 6)


def test_an_hour_in_which_anything_counts_shows_it() -> None:
    assert bars(a_clock(1))[date(2026, 3, 9)][9] is C


def test_a_paused_clock_s_days_go_on_until_now() -> None:
    found = bars(sla.pause(a_clock(), at=hours(9)), now=hours(12, day=10))
    assert list(found) == [date(2026, 3, 9), date(2026, 3, 10)]
    assert found[date(2026, 3, 10)][9:14] == (P, P, P, X, O)  # 13:00 is now


def test_holidays_and_weekends_are_closed_days() -> None:
    found = bars(a_clock(3 * 480))
    assert [day.day for day, cells in found.items() if set(cells) == {X}] == [11]


def test_a_skipped_hour_is_closed_and_a_repeated_one_is_there_once() -> None:
    spring = bars(a_clock(600, at=datetime(2026, 3, 28, 23, tzinfo=UTC), counting=Counting.WALL))
    assert spring[date(2026, 3, 29)][:4] == (C, C, X, C)
    autumn = bars(a_clock(600, at=datetime(2026, 10, 24, 22, tzinfo=UTC), counting=Counting.WALL))
    assert autumn[date(2026, 10, 25)] == (*[C] * 9, *[O] * 15)  # ten hours, one of which is read twice


def test_a_due_at_midnight_does_not_begin_another_day() -> None:
    clock = a_clock(24 * 60, at=datetime(2026, 3, 8, 23, tzinfo=UTC), counting=Counting.WALL)
    assert list(bars(clock)) == [date(2026, 3, 9)]


def test_a_clock_that_is_due_as_it_starts_has_one_day() -> None:
    assert list(bars(a_clock(0))) == [date(2026, 3, 9)]


@pytest.mark.parametrize("zone", ["Pacific/Apia", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Cairo"])
def test_every_day_of_odd_zones_has_its_hours(zone: str) -> None:
    clock = a_clock(60 * 24 * 10, at=datetime(2011, 12, 25, tzinfo=UTC), zone=zone, counting=Counting.WALL)
    assert {len(cells) for cells in bars(clock).values()} == {HOURS}


def test_only_so_many_days_are_laid_out() -> None:
    clock = a_clock(1_000 * 480)
    assert clock.target is not None
    found, more = days(clock, clock.target, now=NOW, most=60)
    assert len(found) == 60
    assert more > 1_000
