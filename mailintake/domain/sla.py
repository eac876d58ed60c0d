"""What is promised, by when, and which reminders go out on the way (DOMAIN S1 to S18)."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from mailintake.domain.calendar import Calendar, Holidays, Hours, Pauses, calendar_for, due, wall_due

_INSTANT = timedelta(microseconds=1)
_TOO_CLOSE = timedelta(minutes=5)


class Metric(StrEnum):
    """What a clock measures."""

    FIRST_RESPONSE = "first_response"


class Counting(StrEnum):
    """Open hours, or every hour (DOMAIN S6)."""

    OPEN = "open"
    WALL = "wall"


@dataclass(frozen=True, slots=True)
class TargetRow:
    """One row of a plan's table: for these priorities (None: for every one), within `minutes` of `hours`.

    `minutes` is None where the row says `none`: nothing is promised. `text` is the row as the admin wrote it.
    """

    text: str
    priorities: frozenset[str] | None
    minutes: int | None
    hours: Hours
    counting: Counting = Counting.OPEN
    soft: bool = False


class StepKind(StrEnum):
    """The four ways to say when a reminder goes out (DOMAIN S18)."""

    PERCENT = "percent"
    BEFORE = "before"
    BREACH = "breach"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Step:
    """One reminder. `amount` is a percentage, or minutes of working time; `key` names it once per clock.

    AFTER repeats every `amount` minutes, `times` times. `tell` holds `assignee`, `team`, `lead` or `owner`.
    """

    key: str
    kind: StepKind
    amount: int
    tell: tuple[str, ...]
    times: int = 1


class ClockState(StrEnum):
    """A clock runs until it is met or cancelled; a breach is recorded beside it and stays."""

    RUNNING = "running"
    MET = "met"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Promise:
    """A target resolved for one ticket. `minutes` and `due` are None where nothing is promised."""

    metric: Metric
    row: str
    minutes: int | None
    calendar: Calendar
    hours: str
    counting: Counting
    soft: bool
    started: datetime
    due: datetime | None


@dataclass(frozen=True, slots=True)
class Rung:
    """One reminder of one clock: `step` is to be taken at `at` (UTC). `key` is unique on its ladder.

    Where two reminders have become one, `step.tell` names everybody either would have told.
    """

    key: str
    step: Step
    at: datetime


def row_for(rows: Sequence[TargetRow], priority: str) -> TargetRow | None:
    """The first row that speaks for this priority; None where nothing is promised."""
    return next((row for row in rows if row.priorities is None or priority in row.priorities), None)


def promise(
    metric: Metric, row: TargetRow, *, started: datetime, timezone: str, holidays: Holidays, pauses: Pauses = ()
) -> Promise:
    """The row's target for a clock started at `started`, with its due in UTC (DOMAIN S5, S6).

    `timezone` and `holidays` are those of the region or the desk. There is no due without minutes, while a pause is
    open, or out of reach. ValueError for a naive instant or an unknown zone.
    """
    unresolved = Promise(
        metric=metric,
        row=row.text,
        minutes=row.minutes,
        calendar=calendar_for(row.hours, timezone=timezone, holidays=holidays),
        hours=row.hours.text,
        counting=row.counting,
        soft=row.soft,
        started=started,
        due=None,
    )
    if row.minutes is None:
        return unresolved
    return replace(unresolved, due=_reached(unresolved, timedelta(minutes=row.minutes), pauses))


def ladder(promised: Promise, steps: Sequence[Step], *, pauses: Pauses = ()) -> tuple[Rung, ...]:
    """The reminders of a clock in the order of their time (DOMAIN S18); none while a pause is open.

    `pauses` are those the promise was made with. A reply at the due instant is in time, so the breach is the next
    instant there is, a microsecond later, be the desk open or not. All other steps lie where so much working time has
    been used up: while the desk is open, or as it closes. A soft target has the same ladder; it is up to whoever
    takes a step to spare the customer the breach.
    """
    if promised.minutes is None:
        return ()
    target = timedelta(minutes=promised.minutes)
    rungs: list[Rung] = []
    for step in steps:
        for key, elapsed in _marks(step, target):
            at = _reached(promised, elapsed, pauses)
            if at is not None:
                rungs.append(Rung(key, step, at + _INSTANT if step.kind is StepKind.BREACH else at))
    return _collapsed(sorted(rungs, key=lambda rung: rung.at))


def due_rungs(
    rungs: Sequence[Rung], *, done: Collection[str], now: datetime
) -> tuple[Rung | None, tuple[Rung, ...], datetime | None]:
    """What a sweep at `now` has to do: (send this one, record these as skipped, come back then).

    `rungs` is a ladder, `done` holds the keys sent or skipped before. After downtime only the newest step is sent, and
    none that is older than one already done.
    """
    past = [rung for rung in rungs if rung.at <= now]
    missed = [rung for rung in past if rung.key not in done]
    upcoming = rungs[len(past)].at if len(past) < len(rungs) else None
    if missed and missed[-1] is past[-1]:
        return missed[-1], tuple(missed[:-1]), upcoming
    return None, tuple(missed), upcoming


def _reached(promised: Promise, elapsed: timedelta, pauses: Pauses) -> datetime | None:
    if promised.counting is Counting.WALL:
        return wall_due(promised.started, elapsed, pauses=pauses)
    return due(promised.calendar, promised.started, elapsed, pauses=pauses)


def _marks(step: Step, target: timedelta) -> Iterator[tuple[str, timedelta]]:
    """How much time has been used up when the step is taken, for each time it is, with the rung's key."""
    amount = timedelta(minutes=step.amount)
    match step.kind:
        case StepKind.PERCENT:
            yield step.key, target * step.amount / 100
        case StepKind.BEFORE:
            if target > amount:
                yield step.key, target - amount
        case StepKind.BREACH:
            yield step.key, target
        case StepKind.AFTER:
            for time in range(1, step.times + 1):
                yield f"{step.key} #{time}", target + time * amount


def _collapsed(rungs: Sequence[Rung]) -> tuple[Rung, ...]:
    """Of two different steps within five minutes the later, which then tells the people of both (DOMAIN S18).

    It is reckoned from the last rung backwards, so that a row of close steps thins out instead of vanishing into its
    end. The repeats of one step stand as they were ordered, and a breach, being more than a reminder, never vanishes.
    """
    kept: list[Rung] = []
    for rung in reversed(rungs):
        later = kept[-1] if kept else None
        if later is not None and _yields(rung, later):
            tell = tuple(dict.fromkeys(rung.step.tell + later.step.tell))
            kept[-1] = replace(later, step=replace(later.step, tell=tell))
        else:
            kept.append(rung)
    return tuple(reversed(kept))


def _yields(rung: Rung, later: Rung) -> bool:
    is_movable = rung.step.kind is not StepKind.BREACH and rung.step.key != later.step.key
    return is_movable and later.at - rung.at <= _TOO_CLOSE
