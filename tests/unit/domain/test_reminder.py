from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailintake.domain import sla
from mailintake.domain.calendar import is_open, worked
from mailintake.domain.hours import Hours
from mailintake.domain.reminder import Rung, Step, StepKind, due_rungs, ladder
from mailintake.domain.sla import Clock
from mailintake.domain.target import Metric
from tests.unit.domain import clock_builders as make
from tests.unit.domain.clock_builders import (
    ALWAYS,
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
)


def a_clock(
    minutes: int | None = 240,
    started: str = "Mon 09:00",
    opening: Hours = OFFICE,
    *,
    soft: bool = False,
    wall: bool = False,
) -> Clock:
    return sla.start(Metric.FIRST_RESPONSE, a_target(minutes, opening, soft=soft, wall=wall), at=at(started))


def percent(amount: int, *tell: str, escalate: bool = False) -> Step:
    return Step(f"{amount}%", StepKind.PERCENT, amount, tell, escalate=escalate)


def before(minutes: int, *tell: str, escalate: bool = False) -> Step:
    return Step(f"{minutes}m before", StepKind.BEFORE, minutes, tell, escalate=escalate)


def after(minutes: int, times: int, *tell: str) -> Step:
    return Step(f"{minutes}m after", StepKind.AFTER, minutes, tell, times)


def breach(*tell: str, escalate: bool = False) -> Step:
    return Step("breach", StepKind.BREACH, 0, tell, escalate=escalate)


def told(rungs: tuple[Rung, ...]) -> list[str]:
    """`75% Mon 12:00`, with a + for the microsecond past it."""
    whole = [(rung.key, rung.at - rung.at.microsecond * MICROSECOND, rung.at.microsecond) for rung in rungs]
    return [f"{key} {make.told(moment)}{'+' * bool(past)}" for key, moment, past in whole]


# Where the rungs lie


@pytest.mark.parametrize(
    ("started", "minutes", "steps", "expected"),
    [
        ("Mon 09:00", 240, [percent(75)], ["75% Mon 12:00"]),
        ("Mon 17:00", 240, [percent(50)], ["50% Tue 10:00"]),
        ("Mon 15:00", 240, [percent(75)], ["75% Mon 18:00"]),
        ("Mon 15:00:30", 240, [percent(75)], ["75% Tue 09:00:30"]),
        ("Sat 15:00", 240, [percent(75)], ["75% +Mon 12:00"]),
        ("Mon 09:00", 240, [percent(1)], ["1% Mon 09:02:24"]),
        ("Mon 09:00", 240, [percent(100)], ["100% Mon 13:00"]),
        ("Mon 09:00", 240, [percent(150)], ["150% Mon 15:00"]),
        ("Mon 09:00", 240, [before(30)], ["30m before Mon 12:30"]),
        ("Mon 14:15", 240, [before(30)], ["30m before Mon 17:45"]),
        ("Mon 14:45", 240, [before(30)], ["30m before Tue 09:15"]),
        ("Fri 14:30", 240, [before(30)], ["30m before Fri 18:00"]),
        ("Fri 14:31", 240, [before(30)], ["30m before +Mon 09:01"]),
        # skipped where the target is no longer than that
        ("Mon 09:00", 31, [before(30)], ["30m before Mon 09:01"]),
        ("Mon 09:00", 30, [before(30)], []),
        ("Mon 09:00", 20, [before(30)], []),
        ("Mon 09:00", 30, [percent(50), before(30), breach()], ["50% Mon 09:15", "breach Mon 09:30+"]),
        # the breach is the first instant after the due, be the desk open or not
        ("Mon 09:00", 240, [breach()], ["breach Mon 13:00+"]),
        ("Fri 14:00", 240, [breach()], ["breach Fri 18:00+"]),
        ("Fri 14:01", 240, [breach()], ["breach +Mon 09:01+"]),
        # what comes after it waits for the desk to open
        ("Mon 09:00", 240, [after(60, 2)], ["60m after #1 Mon 14:00", "60m after #2 Mon 15:00"]),
        ("Fri 14:00", 240, [after(60, 2)], ["60m after #1 +Mon 10:00", "60m after #2 +Mon 11:00"]),
        ("Fri 13:00", 240, [after(60, 2)], ["60m after #1 Fri 18:00", "60m after #2 +Mon 10:00"]),
        ("Fri 12:30", 240, [after(60, 3)], [
            "60m after #1 Fri 17:30",
            "60m after #2 +Mon 09:30",
            "60m after #3 +Mon 10:30",
        ]),
        ("Mon 09:00", 240, [after(540, 2)], ["540m after #1 Tue 13:00", "540m after #2 Wed 13:00"]),
        ("Mon 09:00", 240, [after(60, 0)], []),
        ("Mon 09:00", 240, [after(60, 1), breach(), percent(75), before(30)], [
            "75% Mon 12:00",
            "30m before Mon 12:30",
            "breach Mon 13:00+",
            "60m after #1 Mon 14:00",
        ]),
        ("Mon 09:00", 240, [], []),
        ("Mon 09:00", 0, [percent(75), before(30), breach()], ["breach Mon 09:00+"]),
    ],
)  # fmt: skip
def test_reminders_are_counted_in_working_time(
    started: str, minutes: int, steps: list[Step], expected: list[str]
) -> None:
    assert told(ladder(a_clock(minutes, started), steps)) == expected


@pytest.mark.parametrize(
    ("opening", "started", "minutes", "expected"),
    [
        (WITH_LUNCH, "Mon 11:00", 120, ["50% Mon 12:00", "30m before Mon 13:30", "breach Mon 14:00+",
                                        "60m after #1 Mon 15:00"]),
        (WITH_LUNCH, "Mon 15:00", 120, ["50% Mon 16:00", "30m before Mon 16:30", "breach Mon 17:00+",
                                        "60m after #1 Tue 10:00"]),
        (NIGHTS, "Fri 22:00", 480, ["50% Sat 02:00", "30m before Sat 05:30", "breach Sat 06:00+",
                                    "60m after #1 +Mon 23:00"]),
        (ALWAYS, "Sat 22:00", 120, ["50% Sat 23:00", "30m before Sat 23:30", "breach Sun 00:00+",
                                    "60m after #1 Sun 01:00"]),
        (hours("Mon-Sun 08:00-24:00"), "Mon 22:00", 120, ["50% Mon 23:00", "30m before Mon 23:30", "breach Tue 00:00+",
                                                          "60m after #1 Tue 09:00"]),
    ],
)  # fmt: skip
def test_reminders_keep_the_hours_of_their_clock(
    opening: Hours, started: str, minutes: int, expected: list[str]
) -> None:
    steps = [percent(50), before(30), breach(), after(60, 1)]
    assert told(ladder(a_clock(minutes, started, opening), steps)) == expected


def test_reminders_of_a_wall_clock_are_counted_by_the_wall() -> None:
    rungs = ladder(a_clock(240, "Fri 17:00", wall=True), [percent(50), breach(), after(60, 1)])
    assert told(rungs) == ["50% Fri 19:00", "breach Fri 21:00+", "60m after #1 Fri 22:00"]


def test_reminders_leave_holidays_out() -> None:
    clock = sla.start(Metric.FIRST_RESPONSE, a_target(240, holidays=closed("Tue")), at=at("Mon 15:00"))
    rungs = ladder(clock, [percent(75), breach(), after(60, 1)])
    assert told(rungs) == ["75% Mon 18:00", "breach Wed 10:00+", "60m after #1 Wed 11:00"]


def test_a_breach_is_the_first_instant_after_the_due() -> None:
    clock = a_clock()
    (rung,) = ladder(clock, [breach()])
    assert clock.due is not None
    assert rung.at == clock.due + MICROSECOND
    assert sla.noticed(clock, at=rung.at).breached_at == clock.due
    assert sla.noticed(clock, at=rung.at - MICROSECOND).breached_at is None


def test_a_soft_target_has_the_same_ladder() -> None:
    steps = [percent(75), breach(), after(60, 2)]
    assert ladder(a_clock(soft=True), steps) == ladder(a_clock(), steps)


# Pauses, changes and the end

ALL = [percent(75), before(30), breach(), after(60, 1)]


@pytest.mark.parametrize(
    ("begin", "end", "expected"),
    [
        ("Mon 09:00", "Mon 10:00", ["Mon 13:00", "Mon 13:30", "Mon 14:00", "Mon 15:00"]),
        ("Mon 12:00", "Mon 13:00", ["Mon 12:00", "Mon 13:30", "Mon 14:00", "Mon 15:00"]),
        ("Mon 12:10", "Mon 13:10", ["Mon 12:00", "Mon 13:30", "Mon 14:00", "Mon 15:00"]),
        ("Mon 12:40", "Sat 13:10", ["Mon 12:00", "Mon 12:30", "+Mon 09:20", "+Mon 10:20"]),
        ("Mon 13:30", "Mon 17:30", ["Mon 12:00", "Mon 12:30", "Mon 13:00", "Mon 18:00"]),
        ("Mon 13:30", "Mon 17:31", ["Mon 12:00", "Mon 12:30", "Mon 13:00", "Tue 09:01"]),
    ],
)
def test_a_pause_moves_what_lies_behind_it(begin: str, end: str, expected: list[str]) -> None:
    """75 % of four hours, half an hour before their end, the breach, an hour later."""
    clock = sla.resume(sla.pause(a_clock(), at=at(begin)), at=at(end))
    quarter, half_hour, late, later = expected
    assert told(ladder(clock, ALL)) == [
        f"75% {quarter}",
        f"30m before {half_hour}",
        f"breach {late}+",
        f"60m after #1 {later}",
    ]


@pytest.mark.parametrize("begin", ["Mon 09:00", "Mon 12:10", "Mon 15:00"])
def test_there_are_no_reminders_while_a_clock_stands(begin: str) -> None:
    assert ladder(sla.pause(a_clock(), at=at(begin)), ALL) == ()


@pytest.mark.parametrize("ended", ["Mon 10:00", "Mon 14:00"])
def test_a_clock_that_has_ended_reminds_nobody(ended: str) -> None:
    assert ladder(sla.stop(a_clock(), at=at(ended)), ALL) == ()
    assert ladder(sla.cancel(a_clock(), at=at(ended)), ALL) == ()


def test_a_clock_without_a_promise_reminds_nobody() -> None:
    assert ladder(a_clock(None), ALL) == ()
    assert ladder(a_clock(240, opening=NEVER), ALL) == ()
    assert ladder(sla.start(Metric.RESOLUTION, None, at=at("Mon 09:00")), ALL) == ()


@pytest.mark.parametrize(
    ("minutes", "changed", "expected"),
    [
        # longer: from the start, shorter: from the change, or as it was
        (480, "Mon 10:00", ["75% Mon 15:00", "30m before Mon 16:30", "breach Mon 17:00+", "60m after #1 Mon 18:00"]),
        (60, "Mon 10:00", ["30m before Mon 10:30", "75% Mon 10:45", "breach Mon 11:00+", "60m after #1 Mon 12:00"]),
        (60, "Mon 12:30", ["75% Mon 12:00", "30m before Mon 12:30", "breach Mon 13:00+", "60m after #1 Mon 14:00"]),
        (None, "Mon 10:00", []),
    ],
)
def test_a_changed_promise_has_the_ladder_of_its_new_target(
    minutes: int | None, changed: str, expected: list[str]
) -> None:
    target = None if minutes is None else a_target(minutes)
    assert told(ladder(sla.retarget(a_clock(), target, at=at(changed)), ALL)) == expected


def test_each_step_is_sent_once_also_after_a_change() -> None:
    clock, sent = a_clock(), ["75%", "30m before"]
    rungs = ladder(sla.retarget(clock, a_target(600), at=at("Mon 12:45")), ALL)
    assert told(rungs) == ["75% Mon 16:30", "30m before Tue 09:30", "breach Tue 10:00+", "60m after #1 Tue 11:00"]
    assert due_rungs(rungs, done=sent, now=at("Mon 16:30"))[:2] == (None, ())
    assert due_rungs(rungs, done=sent, now=at("Tue 09:30"))[:2] == (None, ())
    assert due_rungs(rungs, done=sent, now=at("Tue 10:01"))[:2] == (rungs[2], ())


def test_a_revived_clock_does_not_remind_of_what_it_reminded_of() -> None:
    clock = sla.revive(sla.stop(a_clock(), at=at("Mon 12:15")), at=at("Tue 10:00"))
    rungs = ladder(clock, ALL)
    assert told(rungs) == ["75% Mon 12:00", "30m before Tue 10:15", "breach Tue 10:45+", "60m after #1 Tue 11:45"]
    assert due_rungs(rungs, done=["75%"], now=at("Tue 10:00")) == (None, (), at("Tue 10:15"))


# Steps that come close to each other


@pytest.mark.parametrize(
    ("minutes", "steps", "expected"),
    [
        # 75 % of two hours is 30 minutes before
        (120, [percent(75), before(30)], ["30m before Mon 10:30"]),
        (120, [before(30), percent(75)], ["75% Mon 10:30"]),
        (140, [percent(75), before(30)], ["30m before Mon 10:50"]),
        (141, [percent(75), before(30)], ["75% Mon 10:45:45", "30m before Mon 10:51"]),
        (100, [percent(75), before(30)], ["75% Mon 10:15"]),
        (16, [percent(75), breach()], ["breach Mon 09:16+"]),
        (60, [percent(100), breach()], ["breach Mon 10:00+"]),
        (60, [before(5), breach()], ["5m before Mon 09:55", "breach Mon 10:00+"]),
        (60, [before(4), breach()], ["breach Mon 10:00+"]),
        # a row of close steps thins out
        (14, [percent(50), before(4), breach()], ["50% Mon 09:07", "breach Mon 09:14+"]),
        (60, [before(12), before(8), before(4), breach()], ["8m before Mon 09:52", "breach Mon 10:00+"]),
        # neither repeats nor a breach vanish
        (60, [breach(), after(3, 3)], [
            "breach Mon 10:00+",
            "3m after #1 Mon 10:03",
            "3m after #2 Mon 10:06",
            "3m after #3 Mon 10:09",
        ]),
        (60, [after(60, 2), after(120, 1)], ["60m after #1 Mon 11:00", "120m after #1 Mon 12:00"]),
    ],
)  # fmt: skip
def test_two_steps_within_five_minutes_become_the_later(minutes: int, steps: list[Step], expected: list[str]) -> None:
    assert told(ladder(a_clock(minutes), steps)) == expected


def test_the_five_minutes_are_those_of_the_reader() -> None:
    """Working time apart by a minute may be a weekend apart."""
    rungs = ladder(a_clock(120, "Fri 16:01"), [before(2), breach()])
    assert told(rungs) == ["2m before Fri 17:59", "breach +Mon 09:01+"]


def test_reminders_that_become_one_tell_everybody_and_escalate_if_either_does() -> None:
    steps = [percent(75, "assignee", "team", escalate=True), before(30, "team", "lead")]
    (rung,) = ladder(a_clock(120), steps)
    assert rung.key == "30m before"
    assert rung.step.tell == ("assignee", "team", "lead")
    assert rung.step.escalate


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
openings = st.sampled_from([OFFICE, WITH_LUNCH, NIGHTS, ALWAYS, hours("Sun 01:00-04:00; Mon 10:00-10:30")])


@settings(deadline=None, max_examples=100)
@given(
    steps=steps_of_any_kind,
    minutes=st.integers(0, 2000),
    opening=openings,
    started=st.sampled_from(["Mon 00:00", "2026-03-27T12:00", "2026-10-23T12:00"]),
    offset=st.integers(0, 3 * 1440),
    pause=st.tuples(st.integers(0, 1440), st.integers(0, 1440)),
)
def test_a_ladder_is_in_order_and_every_rung_is_where_its_step_says(
    steps: list[Step], minutes: int, opening: Hours, started: str, offset: int, pause: tuple[int, int]
) -> None:
    target = a_target(minutes, opening, zone=LJUBLJANA, holidays=closed("Tue"))
    clock = sla.start(Metric.FIRST_RESPONSE, target, at=at(started) + offset * MINUTE)
    clock = sla.pause(clock, at=clock.started + pause[0] * MINUTE)
    clock = sla.resume(clock, at=clock.started + sum(pause) * MINUTE)
    rungs = ladder(clock, steps)
    assert [rung.at for rung in rungs] == sorted(rung.at for rung in rungs)
    assert len({rung.key for rung in rungs}) == len(rungs)
    for rung in rungs:
        elapsed = worked(target.calendar, clock.started, rung.at, pauses=clock.pauses) / MINUTE
        amount, time = rung.step.amount, int(rung.key.rpartition("#")[2]) if "#" in rung.key else 0
        expected = {
            StepKind.PERCENT: minutes * amount / 100,
            StepKind.BEFORE: minutes - amount,
            StepKind.BREACH: minutes,
            StepKind.AFTER: minutes + time * amount,
        }[rung.step.kind]
        assert elapsed == pytest.approx(expected, abs=1e-6)
        # in open hours, or as they end; only a due at the very start may be while nobody is there
        assert expected == 0 or is_open(target.calendar, rung.at - 2 * MICROSECOND)
    for rung, later in pairwise(rungs):
        is_free_to_vanish = rung.step.kind is not StepKind.BREACH and rung.step.key != later.step.key
        assert later.at - rung.at > 5 * MINUTE or not is_free_to_vanish


# What a sweep does

RUNGS = ladder(a_clock(), [percent(75), before(30), breach(), after(60, 2)])
QUARTER, HALF_HOUR, BREACH, FIRST, SECOND = (rung.key for rung in RUNGS)


@pytest.mark.parametrize(
    ("now", "done", "send", "skip", "then"),
    [
        ("Mon 09:00", [], None, [], "Mon 12:00"),
        ("Mon 11:59:59.999999", [], None, [], "Mon 12:00"),
        ("Mon 12:00", [], QUARTER, [], "Mon 12:30"),
        ("Mon 12:00", [QUARTER], None, [], "Mon 12:30"),
        ("Mon 12:29", [QUARTER], None, [], "Mon 12:30"),
        ("Mon 12:30", [QUARTER], HALF_HOUR, [], "Mon 13:00:00.000001"),
        ("Mon 13:00", [QUARTER, HALF_HOUR], None, [], "Mon 13:00:00.000001"),
        ("Mon 13:00:00.000001", [QUARTER, HALF_HOUR], BREACH, [], "Mon 14:00"),
        # after downtime the newest only
        ("Mon 13:30", [], BREACH, [QUARTER, HALF_HOUR], "Mon 14:00"),
        ("Mon 13:30", [QUARTER], BREACH, [HALF_HOUR], "Mon 14:00"),
        ("+Mon 13:30", [QUARTER], SECOND, [HALF_HOUR, BREACH, FIRST], None),
        ("+Mon 13:30", [], SECOND, [QUARTER, HALF_HOUR, BREACH, FIRST], None),
        # never an older one than was done
        ("Mon 13:30", [BREACH], None, [QUARTER, HALF_HOUR], "Mon 14:00"),
        ("Mon 13:30", [QUARTER, BREACH], None, [HALF_HOUR], "Mon 14:00"),
        ("+Mon 13:30", [QUARTER, HALF_HOUR, BREACH, FIRST, SECOND], None, [], None),
        # keys of another ladder say nothing
        ("Mon 12:00", ["50%"], QUARTER, [], "Mon 12:30"),
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
    assert due_rungs((), done=(), now=at("Mon 12:00")) == (None, (), None)


@pytest.mark.parametrize(
    ("done", "goes_up"), [([], True), (["75%"], False), (["75%", "30m before"], False), (["30m before"], True)]
)
def test_a_ticket_goes_up_a_level_though_the_step_that_does_it_was_overtaken(done: list[str], goes_up: bool) -> None:
    """Only its letter is out of date after downtime."""
    rungs = ladder(a_clock(), [percent(75, "assignee", escalate=True), before(30, "team"), breach("lead")])
    rung, skipped, _ = due_rungs(rungs, done=done, now=at("Mon 13:30"))
    assert rung is not None
    assert (rung.key, rung.step.tell, rung.step.escalate) == ("breach", ("lead",), goes_up)
    assert {each.key for each in skipped} == {"75%", "30m before"} - set(done)


@settings(deadline=None, max_examples=100)
@given(sweeps=st.lists(st.integers(0, 2 * 1440), max_size=8))
def test_sweeps_whenever_they_come_settle_every_rung_once(sweeps: list[int]) -> None:
    done: list[str] = []
    for minutes in sorted(sweeps):
        now = at("Mon 09:00") + minutes * MINUTE
        rung, skipped, upcoming = due_rungs(RUNGS, done=done, now=now)
        done += [older.key for older in skipped] + ([rung.key] if rung else [])
        assert sorted(done) == sorted(each.key for each in RUNGS if each.at <= now)
        assert upcoming == next((each.at for each in RUNGS if each.at > now), None)
