"""Which reminders go out on the way of a clock, and when (DOMAIN S18)."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from mailintake.domain.sla import Clock, reached

_INSTANT = timedelta(microseconds=1)
_TOO_CLOSE = timedelta(minutes=5)


class StepKind(StrEnum):
    """The four ways to say when a reminder goes out (DOMAIN S18)."""

    PERCENT = "percent"
    BEFORE = "before"
    BREACH = "breach"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Step:
    """One reminder. `amount` is a percentage, or minutes of working time; `key` names it once per clock.

    AFTER repeats every `amount` minutes, `times` times. `tell` holds `assignee`, `team`, `lead` or `owner`, the
    account's. `escalate`: the ticket goes one level up as well (S17).
    """

    key: str
    kind: StepKind
    amount: int
    tell: tuple[str, ...]
    times: int = 1
    escalate: bool = False


@dataclass(frozen=True, slots=True)
class Rung:
    """One reminder of one clock: `step` is to be taken at `at` (UTC). `key` is unique on its ladder.

    Where two reminders have become one, `step.tell` names everybody either would have told.
    """

    key: str
    step: Step
    at: datetime


def ladder(clock: Clock, steps: Sequence[Step]) -> tuple[Rung, ...]:
    """The reminders of a clock in the order of their time (DOMAIN S18); none while it is paused or stopped.

    A reply at the due instant is in time, so the breach is the next instant there is, a microsecond later, be the desk
    open or not. All other steps lie where so much working time has been used up: while the desk is open, or as it
    closes. A soft target has the same ladder; it is up to whoever takes a step to spare the customer the breach.
    """
    if clock.due is None or clock.target is None or clock.target.minutes is None or not clock.is_running:
        return ()
    length = timedelta(minutes=clock.target.minutes)
    rungs: list[Rung] = []
    for step in steps:
        for key, elapsed in _marks(step, length):
            at = clock.due if elapsed == length else reached(clock.target, clock.counted_from, elapsed, clock.pauses)
            if at is not None:
                rungs.append(Rung(key, step, at + _INSTANT if step.kind is StepKind.BREACH else at))
    return _collapsed(sorted(rungs, key=lambda rung: rung.at))


def due_rungs(
    rungs: Sequence[Rung], *, done: Collection[str], now: datetime
) -> tuple[Rung | None, tuple[Rung, ...], datetime | None]:
    """What a sweep at `now` has to do: (send this one, record these as skipped, come back then).

    `rungs` is a ladder, `done` holds the keys sent or skipped before. After downtime only the newest step is sent, and
    none that is older than one already done. A letter may be out of date by then, but not a ticket's way up: the step
    that is sent escalates if one that it overtook would have.
    """
    past = [rung for rung in rungs if rung.at <= now]
    missed = [rung for rung in past if rung.key not in done]
    upcoming = rungs[len(past)].at if len(past) < len(rungs) else None
    if missed and missed[-1] is past[-1]:
        *overtaken, newest = missed
        escalate = any(rung.step.escalate for rung in missed)
        return replace(newest, step=replace(newest.step, escalate=escalate)), tuple(overtaken), upcoming
    return None, tuple(missed), upcoming


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
            escalate = rung.step.escalate or later.step.escalate
            kept[-1] = replace(later, step=replace(later.step, tell=tell, escalate=escalate))
        else:
            kept.append(rung)
    return tuple(reversed(kept))


def _yields(rung: Rung, later: Rung) -> bool:
    is_movable = rung.step.kind is not StepKind.BREACH and rung.step.key != later.step.key
    return is_movable and later.at - rung.at <= _TOO_CLOSE
