from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailintake.domain.calendar import Holidays, Hours, Window, worked
from mailintake.domain.sla import (
    Counting,
    Metric,
    Promise,
    Rung,
    Step,
    StepKind,
    TargetRow,
    due_rungs,
    ladder,
    promise,
    row_for,
)

MINUTE = timedelta(minutes=1)
MICROSECOND = timedelta(microseconds=1)
NINE_TO_SIX = (Window(540, 1080),)
OFFICE = Hours("Mon-Fri 09:00-18:00", (*[NINE_TO_SIX] * 5, (), ()))
ROUND_THE_CLOCK = Hours("24/7", ((), (), (), (), (), (), ()), always=True)


def at(text: str) -> datetime:
    """`03-02T09:00` as an instant of 2026 in UTC; 2 March is a Monday."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=UTC)


def a_row(minutes: int | None = 240, **more: object) -> TargetRow:
    return TargetRow(**{"text": "4h", "priorities": None, "minutes": minutes, "hours": OFFICE} | more)


def a_promise(start: str = "03-02T09:00", pauses=(), **row: object) -> Promise:
    return promise(
        Metric.FIRST_RESPONSE, a_row(**row), started=at(start), timezone="UTC", holidays=Holidays(), pauses=pauses
    )


def percent(amount: int, *tell: str) -> Step:
    return Step(f"{amount}%", StepKind.PERCENT, amount, tell)


def before(minutes: int, *tell: str) -> Step:
    return Step(f"{minutes}m before", StepKind.BEFORE, minutes, tell)


def after(minutes: int, times: int, *tell: str) -> Step:
    return Step(f"every {minutes}m after breach", StepKind.AFTER, minutes, tell, times)


def breach(*tell: str) -> Step:
    return Step("breach", StepKind.BREACH, 0, tell)


def told(rungs: tuple[Rung, ...]) -> list[str]:
    """`75% 03-02T12:00`, with a + for the microsecond past it."""
    return [f"{rung.key} {rung.at:%m-%dT%H:%M}{'+' * bool(rung.at.microsecond)}" for rung in rungs]


# Rows

TABLE = (
    a_row(30, text="urgent: 30m", priorities=frozenset({"P1"})),
    a_row(None, text="low: none", priorities=frozenset({"P4"})),
    a_row(60, text="P1..P3: 1h", priorities=frozenset({"P1", "P2", "P3"})),
    a_row(240, text="else: 4h"),
    a_row(5, text="never reached"),
)


@pytest.mark.parametrize(
    ("priority", "text"),
    [("P1", "urgent: 30m"), ("P2", "P1..P3: 1h"), ("P4", "low: none"), ("P5", "else: 4h"), ("", "else: 4h")],
)
def test_the_first_matching_row_speaks(priority: str, text: str) -> None:
    row = row_for(TABLE, priority)
    assert row is not None
    assert row.text == text


def test_no_row_is_no_promise() -> None:
    assert row_for(TABLE[:3], "P5") is None
    assert row_for((), "P1") is None


# Promises


@pytest.mark.parametrize(
    ("row", "start", "due"),
    [
        ({}, "03-02T09:00", "03-02T13:00"),
        ({}, "03-02T14:00", "03-02T18:00"),
        ({}, "03-06T16:00", "03-09T11:00"),
        ({"counting": Counting.WALL}, "03-06T16:00", "03-06T20:00"),
        ({"hours": ROUND_THE_CLOCK}, "03-06T16:00", "03-06T20:00"),
        ({"minutes": 0}, "03-07T16:00", "03-07T16:00"),
        ({"soft": True}, "03-02T09:00", "03-02T13:00"),
    ],
)
def test_a_promise_has_a_due(row: dict[str, object], start: str, due: str) -> None:
    assert a_promise(start, **row).due == at(due)


def test_a_promise_says_what_it_was_made_of() -> None:
    made = promise(
        Metric.FIRST_RESPONSE,
        a_row(soft=True, text="P1: 4h soft"),
        started=at("03-02T09:00"),
        timezone="Europe/Kyiv",
        holidays=Holidays(yearly=frozenset({(3, 3)})),
    )
    assert (made.metric, made.row, made.minutes, made.hours) == ("first_response", "P1: 4h soft", 240, OFFICE.text)
    assert (made.calendar.timezone, made.calendar.holidays.yearly) == ("Europe/Kyiv", {(3, 3)})
    assert (made.counting, made.soft, made.started) == (Counting.OPEN, True, at("03-02T09:00"))
    assert made.due == at("03-02T13:00")


def test_a_promise_heeds_holidays_unless_its_hours_do_not() -> None:
    monday = Holidays(dates=frozenset({at("03-02T00:00").date()}))
    open_all_the_same = Hours(OFFICE.text, OFFICE.week, holidays_too=True)
    dues = [
        promise(
            Metric.FIRST_RESPONSE, a_row(hours=hours), started=at("03-02T09:00"), timezone="UTC", holidays=monday
        ).due
        for hours in (OFFICE, open_all_the_same)
    ]
    assert dues == [at("03-03T13:00"), at("03-02T13:00")]


def test_a_row_without_minutes_promises_nothing() -> None:
    made = a_promise(minutes=None)
    assert made.minutes is None
    assert made.due is None
    assert ladder(made, [percent(75), breach()]) == ()


@pytest.mark.parametrize("counting", Counting)
def test_a_paused_promise_is_due_later_and_an_open_pause_leaves_it_open(counting: Counting) -> None:
    pauses = [(at("03-02T10:00"), at("03-02T11:00"))]
    assert a_promise(pauses=pauses, counting=counting).due == at("03-02T14:00")
    pauses.append((at("03-02T12:00"), None))
    assert a_promise(pauses=pauses, counting=counting).due is None


# Ladders


@pytest.mark.parametrize(
    ("start", "minutes", "steps", "expected"),
    [
        ("03-02T09:00", 240, [percent(75)], ["75% 03-02T12:00"]),
        ("03-02T17:00", 240, [percent(50)], ["50% 03-03T10:00"]),
        ("03-02T15:00", 240, [percent(75)], ["75% 03-02T18:00"]),
        ("03-02T09:00", 240, [before(30)], ["30m before 03-02T12:30"]),
        ("03-02T14:15", 240, [before(30)], ["30m before 03-02T17:45"]),
        ("03-02T14:45", 240, [before(30)], ["30m before 03-03T09:15"]),
        ("03-02T09:00", 31, [before(30)], ["30m before 03-02T09:01"]),
        ("03-02T09:00", 30, [before(30)], []),
        ("03-02T09:00", 20, [before(30)], []),
        ("03-02T09:00", 240, [breach()], ["breach 03-02T13:00+"]),
        ("03-06T14:00", 240, [breach()], ["breach 03-06T18:00+"]),
        ("03-02T09:00", 240, [after(60, 2)], [
            "every 60m after breach #1 03-02T14:00",
            "every 60m after breach #2 03-02T15:00",
        ]),
        ("03-06T14:00", 240, [after(60, 2)], [
            "every 60m after breach #1 03-09T10:00",
            "every 60m after breach #2 03-09T11:00",
        ]),
        ("03-06T12:30", 240, [after(60, 3)], [
            "every 60m after breach #1 03-06T17:30",
            "every 60m after breach #2 03-09T09:30",
            "every 60m after breach #3 03-09T10:30",
        ]),
        ("03-02T09:00", 240, [after(60, 1), breach(), percent(75), before(30)], [
            "75% 03-02T12:00",
            "30m before 03-02T12:30",
            "breach 03-02T13:00+",
            "every 60m after breach #1 03-02T14:00",
        ]),
        ("03-02T09:00", 240, [], []),
        ("03-02T09:00", 0, [percent(75), before(30), breach()], ["breach 03-02T09:00+"]),
    ],
)  # fmt: skip
def test_reminders_are_counted_in_working_time(
    start: str, minutes: int, steps: list[Step], expected: list[str]
) -> None:
    assert told(ladder(a_promise(start, minutes=minutes), steps)) == expected


def test_reminders_of_a_wall_promise_are_counted_by_the_wall() -> None:
    rungs = ladder(a_promise("03-06T17:00", counting=Counting.WALL), [percent(50), breach(), after(60, 1)])
    assert told(rungs) == ["50% 03-06T19:00", "breach 03-06T21:00+", "every 60m after breach #1 03-06T22:00"]


def test_a_breach_is_the_first_instant_after_the_due() -> None:
    made = a_promise()
    (rung,) = ladder(made, [breach()])
    assert made.due is not None
    assert rung.at == made.due + MICROSECOND


def test_a_soft_promise_has_the_same_ladder() -> None:
    steps = [percent(75), breach(), after(60, 2)]
    assert ladder(a_promise(soft=True), steps) == ladder(a_promise(), steps)


def test_a_pause_moves_what_lies_behind_it() -> None:
    pauses = [(at("03-02T12:10"), at("03-02T13:10"))]
    rungs = ladder(a_promise(pauses=pauses), [percent(75), before(30), breach()], pauses=pauses)
    assert told(rungs) == ["75% 03-02T12:00", "30m before 03-02T13:30", "breach 03-02T14:00+"]


def test_there_are_no_reminders_while_a_pause_is_open() -> None:
    pauses = [(at("03-02T12:10"), None)]
    assert ladder(a_promise(pauses=pauses), [percent(75), breach()], pauses=pauses) == ()


def test_a_clock_that_never_ends_has_no_reminders() -> None:
    closed = Hours("", ((), (), (), (), (), (), ()))
    assert ladder(a_promise(hours=closed), [percent(75), breach()]) == ()


@pytest.mark.parametrize(
    ("minutes", "steps", "expected"),
    [
        # 75 % of two hours is 30 minutes before
        (120, [percent(75), before(30)], ["30m before 03-02T10:30"]),
        (120, [before(30), percent(75)], ["75% 03-02T10:30"]),
        (140, [percent(75), before(30)], ["30m before 03-02T10:50"]),
        (141, [percent(75), before(30)], ["75% 03-02T10:45", "30m before 03-02T10:51"]),
        (100, [percent(75), before(30)], ["75% 03-02T10:15"]),
        (16, [percent(75), breach()], ["breach 03-02T09:16+"]),
        (60, [percent(100), breach()], ["breach 03-02T10:00+"]),
        # a row of close steps thins out
        (14, [percent(50), before(4), breach()], ["50% 03-02T09:07", "breach 03-02T09:14+"]),
        # neither repeats nor a breach vanish
        (60, [breach(), after(3, 3)], [
            "breach 03-02T10:00+",
            "every 3m after breach #1 03-02T10:03",
            "every 3m after breach #2 03-02T10:06",
            "every 3m after breach #3 03-02T10:09",
        ]),
        (60, [after(60, 2), after(120, 1)], [
            "every 60m after breach #1 03-02T11:00",
            "every 120m after breach #1 03-02T12:00",
        ]),
    ],
)  # fmt: skip
def test_two_steps_within_five_minutes_become_the_later(minutes: int, steps: list[Step], expected: list[str]) -> None:
    assert told(ladder(a_promise(minutes=minutes), steps)) == expected


def test_the_five_minutes_are_those_of_the_reader() -> None:
    """Working time apart by a minute may be a weekend apart."""
    rungs = ladder(a_promise("03-06T16:01", minutes=120), [before(2), breach()])
    assert told(rungs) == ["2m before 03-06T17:59", "breach 03-09T09:01+"]


def test_reminders_that_become_one_tell_everybody() -> None:
    steps = [percent(75, "assignee", "team"), before(30, "team", "lead")]
    (rung,) = ladder(a_promise(minutes=120), steps)
    assert rung.key == "30m before"
    assert rung.step.tell == ("assignee", "team", "lead")


steps_of_any_kind = st.lists(
    st.one_of(
        st.integers(1, 150).map(percent),
        st.integers(1, 300).map(before),
        st.just(breach()),
        st.builds(after, st.integers(1, 120), st.integers(1, 4)),
    ),
    max_size=6,
    unique_by=lambda step: step.key,
)


@settings(deadline=None, max_examples=100)
@given(steps=steps_of_any_kind, minutes=st.integers(0, 2000), offset=st.integers(0, 7 * 1440))
def test_a_ladder_is_in_order_and_every_rung_is_where_its_step_says(
    steps: list[Step], minutes: int, offset: int
) -> None:
    started = at("03-02T00:00") + offset * MINUTE
    made = promise(
        Metric.FIRST_RESPONSE, a_row(minutes), started=started, timezone="Europe/Ljubljana", holidays=Holidays()
    )
    rungs = ladder(made, steps)
    assert [rung.at for rung in rungs] == sorted(rung.at for rung in rungs)
    assert len({rung.key for rung in rungs}) == len(rungs)
    for rung in rungs:
        elapsed = worked(made.calendar, started, rung.at) / MINUTE
        amount, time = rung.step.amount, int(rung.key.rpartition("#")[2]) if "#" in rung.key else 0
        expected = {
            StepKind.PERCENT: minutes * amount / 100,
            StepKind.BEFORE: minutes - amount,
            StepKind.BREACH: minutes,
            StepKind.AFTER: minutes + time * amount,
        }[rung.step.kind]
        assert elapsed == pytest.approx(expected, abs=1e-6)
    for rung, later in pairwise(rungs):
        is_free_to_vanish = rung.step.kind is not StepKind.BREACH and rung.step.key != later.step.key
        assert later.at - rung.at > 5 * MINUTE or not is_free_to_vanish


# What a sweep does

RUNGS = ladder(a_promise(), [percent(75), before(30), breach(), after(60, 2)])
QUARTER, HALF_HOUR, BREACH, FIRST, SECOND = (rung.key for rung in RUNGS)


@pytest.mark.parametrize(
    ("now", "done", "send", "skip", "then"),
    [
        ("03-02T11:59:59.999999", [], None, [], "03-02T12:00"),
        ("03-02T12:00", [], QUARTER, [], "03-02T12:30"),
        ("03-02T12:00", [QUARTER], None, [], "03-02T12:30"),
        ("03-02T12:29", [QUARTER], None, [], "03-02T12:30"),
        ("03-02T12:30", [QUARTER], HALF_HOUR, [], "03-02T13:00:00.000001"),
        ("03-02T13:00", [QUARTER, HALF_HOUR], None, [], "03-02T13:00:00.000001"),
        ("03-02T13:00:00.000001", [QUARTER, HALF_HOUR], BREACH, [], "03-02T14:00"),
        # after downtime the newest only
        ("03-02T13:30", [], BREACH, [QUARTER, HALF_HOUR], "03-02T14:00"),
        ("03-02T13:30", [QUARTER], BREACH, [HALF_HOUR], "03-02T14:00"),
        ("03-09T13:30", [QUARTER], SECOND, [HALF_HOUR, BREACH, FIRST], None),
        ("03-09T13:30", [], SECOND, [QUARTER, HALF_HOUR, BREACH, FIRST], None),
        # never an older one than was done
        ("03-02T13:30", [BREACH], None, [QUARTER, HALF_HOUR], "03-02T14:00"),
        ("03-02T13:30", [QUARTER, BREACH], None, [HALF_HOUR], "03-02T14:00"),
        ("03-09T13:30", [QUARTER, HALF_HOUR, BREACH, FIRST, SECOND], None, [], None),
        # keys of another ladder say nothing
        ("03-02T12:00", ["50%"], QUARTER, [], "03-02T12:30"),
    ],
)
def test_a_sweep_sends_the_newest_step(
    now: str, done: list[str], send: str | None, skip: list[str], then: str | None
) -> None:
    rung, skipped, upcoming = due_rungs(RUNGS, done=done, now=at(now))
    assert (rung.key if rung else None) == send
    assert [older.key for older in skipped] == skip
    assert upcoming == (at(then) if then else None)


def test_a_sweep_without_rungs_has_nothing_to_do() -> None:
    assert due_rungs((), done=(), now=at("03-02T12:00")) == (None, (), None)


@settings(deadline=None, max_examples=100)
@given(sweeps=st.lists(st.integers(0, 2 * 1440), max_size=8))
def test_sweeps_whenever_they_come_settle_every_rung_once(sweeps: list[int]) -> None:
    done: list[str] = []
    for minutes in sorted(sweeps):
        now = at("03-02T09:00") + minutes * MINUTE
        rung, skipped, upcoming = due_rungs(RUNGS, done=done, now=now)
        done += [older.key for older in skipped] + ([rung.key] if rung else [])
        assert sorted(done) == sorted(each.key for each in RUNGS if each.at <= now)
        assert upcoming == next((each.at for each in RUNGS if each.at > now), None)
