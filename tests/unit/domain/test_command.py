from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.domain.command import Ahead, InDays, OnDate, OnWeekday, When, resolve
from mailintake.domain.hours import zone

HOME = "Europe/Ljubljana"
NOW = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)  # a Monday, 10:00 at home


@pytest.mark.parametrize(
    ("when", "meant"),
    [
        (Ahead(minutes=240), "2026-03-09 14:00"),
        (Ahead(days=3), "2026-03-12 10:00"),
        (OnDate(date(2026, 12, 1)), "2026-12-01 00:00"),
        (OnDate(date(2026, 12, 1), time(14)), "2026-12-01 14:00"),
        (InDays(0, time(14)), "2026-03-09 14:00"),
        (InDays(1, time(9)), "2026-03-10 09:00"),
        (OnWeekday(4, time(17, 30)), "2026-03-13 17:30"),
        (OnWeekday(0), "2026-03-16 00:00"),
        (OnWeekday(0, time(14)), "2026-03-09 14:00"),
        (OnWeekday(0, time(10)), "2026-03-16 10:00"),
    ],
)
def test_a_moment_is_found_on_the_local_clock(when: When, meant: str) -> None:
    found = resolve(when, NOW, HOME)
    assert found is not None
    assert found.tzinfo is UTC
    assert f"{found.astimezone(zone(HOME)):%Y-%m-%d %H:%M}" == meant


@pytest.mark.parametrize(
    "when", [OnDate(date(2026, 3, 9)), OnDate(date(2026, 3, 9), time(10)), InDays(0, time(9)), Ahead()]
)
def test_what_has_passed_is_no_moment_to_wait_for(when: When) -> None:
    assert resolve(when, NOW, HOME) is None


@pytest.mark.parametrize("when", [Ahead(days=9999 * 366), Ahead(minutes=10**15), InDays(10**9), Ahead(days=10**10)])
def test_nothing_lies_beyond_the_calendar(when: When) -> None:
    assert resolve(when, NOW, HOME) is None


def test_days_are_those_of_the_calendar_and_hours_pass_as_they_are() -> None:
    evening = datetime(2026, 3, 28, 19, 0, tzinfo=UTC)  # 20:00; the clocks go forward in the night
    assert resolve(Ahead(days=1), evening, HOME) == evening + timedelta(hours=23)
    assert resolve(Ahead(minutes=24 * 60), evening, HOME) == evening + timedelta(hours=24)


def test_a_time_that_is_skipped_comes_an_hour_later_and_of_two_the_first_is_meant() -> None:
    assert resolve(OnDate(date(2026, 3, 29), time(2, 30)), NOW, HOME) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert resolve(OnDate(date(2026, 10, 25), time(2, 30)), NOW, HOME) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_four_hours_are_four_hours_within_the_hour_that_comes_twice() -> None:
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)  # 02:30 for the second time
    assert resolve(Ahead(minutes=240), second, HOME) == second + timedelta(hours=4)


def test_a_zone_that_nobody_keeps_is_an_error() -> None:
    with pytest.raises(ValueError, match="unknown time zone"):
        resolve(Ahead(days=1), NOW, "Moon/Tycho")


@given(
    st.integers(0, 10_000_000).map(lambda minutes: NOW + timedelta(minutes=minutes)),
    st.sampled_from([HOME, "America/New_York", "Asia/Ho_Chi_Minh", "Australia/Lord_Howe"]),
    st.integers(0, 6),
    st.times(),
)
def test_a_weekday_is_the_first_such_moment_to_come(now: datetime, timezone: str, weekday: int, at: time) -> None:
    found = resolve(OnWeekday(weekday, at), now, timezone)
    assert found is not None
    assert timedelta(0) < found - now <= timedelta(days=7, hours=1)
    clock = zone(timezone)
    local = found.astimezone(clock).replace(tzinfo=None)
    skipped = local - datetime.combine(local.date(), at)
    assert local.weekday() == weekday
    assert skipped in (timedelta(0), timedelta(minutes=30), timedelta(hours=1))
