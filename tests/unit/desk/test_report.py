"""Figures of a quarter: every clock is counted once, and what was late is never counted as in time."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.desk import report
from mailintake.desk.report import SHARES, Figures, Standing, Tally
from mailintake.domain import sla
from mailintake.domain.mail import Address
from mailintake.domain.sla import Clock
from mailintake.domain.target import Counting, Metric, Target, Traits
from mailintake.domain.ticket import Status, Ticket
from tests.builders import MONDAY_TEN, a_target

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
LATER = MONDAY_TEN + 100 * HOUR


def a_ticket(
    status: Status = Status.WAITING, *, at: datetime = MONDAY_TEN, priority: str = "normal", level: str = ""
) -> Ticket:
    """A ticket of the bakery's; Ljubljana is an hour ahead of UTC when it comes."""
    traits, who = Traits(priority, level=level), Address("ana@bakery.example")
    return Ticket(1, "Cold", status, who, "bakery", "basic", traits, "support@desk.example", at, at, at)


def a_clock(target: Target | None = None, metric: Metric = Metric.FIRST_RESPONSE) -> Clock:
    """Four hours from Monday at ten."""
    return sla.start(metric, target or a_target(), at=MONDAY_TEN)


def figures(*tickets: tuple[Ticket, list[Clock] | None], now: datetime = LATER) -> Figures:
    """What these tickets come to."""
    tally = Tally(timezone="Europe/Ljubljana", now=now, priorities=["high", "normal"], levels=["L1"])
    for ticket, clocks in tickets:
        tally.add(ticket, clocks)
    return tally.figures()


def test_every_standing_has_its_name() -> None:
    due = MONDAY_TEN + 4 * HOUR
    late = sla.stop(a_clock(), at=due + MINUTE)
    soft = a_clock(a_target(soft=True))
    found = {
        Standing.MET: sla.stop(a_clock(), at=due),  # the due instant itself is in time
        Standing.BREACHED: late,
        Standing.FORGIVEN: sla.forgive(late),
        Standing.SOFT: sla.stop(soft, at=due + HOUR),
        Standing.VOID: sla.cancel(a_clock(), at=due),
        Standing.NO_PROMISE: replace(a_clock(), target=None, due=None),
    }
    for standing, clock in found.items():
        assert report.standing(clock, now=LATER) is standing
    assert report.standing(a_clock(), now=due) is Standing.RUNNING
    assert report.standing(soft, now=LATER) is Standing.RUNNING
    assert report.standing(sla.pause(a_clock(), at=due - HOUR), now=LATER) is Standing.RUNNING


def test_what_is_overdue_is_broken_though_nobody_has_noticed_or_the_ticket_was_merged() -> None:
    overdue = MONDAY_TEN + 4 * HOUR + MINUTE
    assert report.standing(a_clock(), now=overdue) is Standing.BREACHED
    assert report.standing(sla.cancel(a_clock(), at=overdue), now=LATER) is Standing.BREACHED


def test_time_used_is_working_time_without_pauses_unless_the_target_counts_every_hour() -> None:
    friday_five = datetime(2026, 3, 13, 16, tzinfo=UTC)
    monday_noon = friday_five + timedelta(days=2, hours=19)
    clock = sla.start(Metric.RESOLUTION, a_target(), at=friday_five)
    assert report.used(sla.stop(clock, at=monday_noon)) == 4 * HOUR
    paused = sla.resume(sla.pause(clock, at=friday_five + HOUR / 2), at=monday_noon - HOUR)
    assert report.used(sla.stop(paused, at=monday_noon)) == 1.5 * HOUR
    wall = sla.start(Metric.RESOLUTION, a_target(counting=Counting.WALL), at=friday_five)
    assert report.used(sla.stop(wall, at=monday_noon)) == monday_noon - friday_five
    with pytest.raises(ValueError, match="has used nothing"):
        report.used(clock)


@pytest.mark.parametrize(
    ("minutes", "place"),
    [(0, 0), (60, 0), (61, 1), (120, 1), (180, 2), (181, 3), (240, 3), (241, 4), (360, 4), (361, 5), (481, 6)],
)
def test_answers_fall_into_buckets_by_the_share_of_the_time_they_took(minutes: int, place: int) -> None:
    clock = sla.start(Metric.FIRST_RESPONSE, a_target(counting=Counting.WALL), at=MONDAY_TEN)
    assert report.bucket(sla.stop(clock, at=MONDAY_TEN + minutes * MINUTE)) == place


def test_an_answer_after_closing_is_late_though_it_used_no_more_than_all_its_time() -> None:
    closing = datetime(2026, 3, 9, 17, tzinfo=UTC)  # 18:00
    clock = sla.start(Metric.FIRST_RESPONSE, a_target(), at=closing - 4 * HOUR)
    evening = sla.stop(clock, at=closing + 2 * HOUR)
    assert (report.used(evening), report.standing(evening, now=LATER)) == (4 * HOUR, Standing.BREACHED)
    assert SHARES[report.bucket(evening)] == 150
    assert SHARES[report.bucket(sla.stop(clock, at=closing))] == 100


@given(st.integers(0, 600), st.integers(0, 10_000))
def test_a_bucket_is_late_just_where_the_promise_is_broken(target: int, took: int) -> None:
    clock = sla.start(Metric.FIRST_RESPONSE, a_target(target), at=MONDAY_TEN)
    stopped = sla.stop(clock, at=MONDAY_TEN + took * MINUTE)
    is_late = report.bucket(stopped) > SHARES.index(100)
    assert is_late == (report.standing(stopped, now=LATER) is Standing.BREACHED)


def test_median_and_ninetieth_are_times_that_happened() -> None:
    clocks = [sla.stop(a_clock(), at=MONDAY_TEN + minutes * MINUTE) for minutes in (90, 10, 30, 20)]
    found = figures(*((a_ticket(), [clock]) for clock in clocks)).promised(Metric.FIRST_RESPONSE)
    assert (found.median, found.ninetieth) == (20 * MINUTE, 90 * MINUTE)
    nothing = figures((a_ticket(), [a_clock()])).promised(Metric.FIRST_RESPONSE)
    assert (nothing.median, nothing.ninetieth, sum(nothing.shares)) == (None, None, 0)


@given(st.lists(st.integers(0, 1000), min_size=1), st.integers(1, 100))
def test_a_quantile_is_the_least_value_that_enough_do_not_exceed(values: list[int], percent: int) -> None:
    found = report.quantile(sorted(values), percent)

    def share(bound: int) -> int:
        return sum(each <= bound for each in values) * 100

    assert share(found) >= percent * len(values)
    assert all(share(each) < percent * len(values) for each in values if each < found)


def test_tickets_are_counted_by_priority_status_level_and_local_month() -> None:
    new_years_eve = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)  # 1 February in Ljubljana
    found = figures(
        (a_ticket(Status.SOLVED, level="L1"), []),
        (a_ticket(Status.SOLVED, priority="urgent", at=new_years_eve), []),
        (a_ticket(Status.SPAM, level="L1"), []),
        (a_ticket(Status.MERGED), []),
    )
    assert found.requests == 2
    assert found.statuses == {
        "high": {},
        "normal": {Status.SOLVED: 1, Status.SPAM: 1, Status.MERGED: 1},
        "urgent": {Status.SOLVED: 1},
    }
    assert list(found.statuses) == ["high", "normal", "urgent"]
    assert found.levels == {"L1": 1}
    assert found.months == {date(2026, 2, 1): 1, date(2026, 3, 1): 1}


def test_a_request_without_a_clock_was_promised_nothing_unless_it_still_waits_for_approval() -> None:
    found = figures((a_ticket(), []), (a_ticket(Status.PENDING), []), (a_ticket(Status.REFUSED), []))
    assert found.promised(Metric.FIRST_RESPONSE).standings == {Standing.NO_PROMISE: 1}


def test_a_ticket_whose_clocks_cannot_be_read_still_counts() -> None:
    found = figures((a_ticket(), None))
    assert (found.requests, found.unreadable, found.promises) == (1, 1, ())


def test_the_customer_s_total_leaves_out_a_level_s_own_time_and_what_was_forgiven() -> None:
    late = MONDAY_TEN + 9 * HOUR
    metrics = (Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE, Metric.RESOLUTION, Metric.LEVEL_RESPONSE)
    kept = [sla.stop(a_clock(metric=metric), at=MONDAY_TEN) for metric in metrics]
    broken = sla.stop(a_clock(metric=Metric.LEVEL_RESPONSE), at=late)
    forgiven = sla.forgive(sla.stop(a_clock(), at=late))
    found = figures((a_ticket(), [*kept, broken, forgiven]))
    assert (found.total(Standing.MET), found.total(Standing.BREACHED), found.total(Standing.FORGIVEN)) == (3, 0, 1)
    assert found.promised(Metric.LEVEL_RESPONSE).standings == {Standing.MET: 1, Standing.BREACHED: 1}
    assert report.kept_percent(found) == 100


def test_a_hundred_percent_are_all_and_of_nothing_there_is_no_percentage() -> None:
    kept, broken = sla.stop(a_clock(), at=MONDAY_TEN), sla.stop(a_clock(), at=LATER)
    many = figures(*((a_ticket(), [kept]) for _ in range(999)), (a_ticket(), [broken]))
    assert report.kept_percent(many) == 99
    assert report.kept_percent(figures((a_ticket(), [a_clock()]), now=MONDAY_TEN)) is None


@pytest.mark.parametrize(("seconds", "text"), [(0, "0 min"), (59, "0 min"), (3600, "1 h"), (90_061, "25 h 1 min")])
def test_lengths_are_told_in_hours(seconds: int, text: str) -> None:
    assert report.in_hours(timedelta(seconds=seconds)) == text
