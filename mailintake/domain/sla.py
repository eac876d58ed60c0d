"""A clock: started for a promise, paused, resumed, given another target, stopped (DOMAIN S2 to S17)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from mailintake.domain.calendar import Pauses, due, wall_due
from mailintake.domain.target import Counting, Metric, Target


class ClockState(StrEnum):
    """A clock runs, also while it is paused, until it is met or cancelled; a breach is recorded beside it and stays."""

    RUNNING = "running"
    MET = "met"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock of a ticket.

    `target` is None while nothing is promised. `started` is when the promise was made, `counted_from` from when its
    target counts, which a change of priority may have moved (S12). `pauses` are the ledger of S9, the last one open
    while the clock stands. `due` is None then, and where nothing is promised. `round` tells clocks of one metric
    apart: each unanswered mail has its own next response. All instants are UTC.
    """

    metric: Metric
    target: Target | None
    started: datetime
    counted_from: datetime
    due: datetime | None
    pauses: tuple[tuple[datetime, datetime | None], ...] = ()
    round: int = 1
    state: ClockState = ClockState.RUNNING
    stopped_at: datetime | None = None
    breached_at: datetime | None = None
    forgiven: bool = False

    @property
    def is_running(self) -> bool:
        """Neither met nor cancelled."""
        return self.state is ClockState.RUNNING

    @property
    def is_paused(self) -> bool:
        """Running, but standing for now."""
        return self.is_running and any(end is None for _, end in self.pauses)


def start(metric: Metric, target: Target | None, *, at: datetime, number: int = 1) -> Clock:
    """A clock that starts at `at` (S2). ValueError for a naive instant or an unknown zone."""
    return Clock(metric, target, at, at, reached(target, at, None), round=number)


def reached(
    target: Target | None, counted_from: datetime, elapsed: timedelta | None, pauses: Pauses = ()
) -> datetime | None:
    """When so much of the target's time has passed, all of it if `elapsed` is None (S5, S6); in UTC.

    None where nothing is promised, while a pause is open, and where ten years do not suffice.
    """
    if target is None or target.minutes is None:
        return None
    length = timedelta(minutes=target.minutes) if elapsed is None else elapsed
    if target.counting is Counting.WALL:
        return wall_due(counted_from, length, pauses=pauses)
    return due(target.calendar, counted_from, length, pauses=pauses)


def pause(clock: Clock, *, at: datetime) -> Clock:
    """The clock stands from `at` on (S9); what was late by then stays a breach."""
    if not clock.is_running or clock.is_paused:
        return clock
    clock = _judged(clock, at)
    return replace(clock, pauses=(*clock.pauses, (at, None)), due=None)


def resume(clock: Clock, *, at: datetime) -> Clock:
    """The clock counts again from `at` on."""
    return _with_due(replace(clock, pauses=_closed(clock.pauses, at))) if clock.is_paused else clock


def retarget(clock: Clock, target: Target | None, *, at: datetime, from_start: bool = False) -> Clock:
    """The ticket was sorted anew at `at` and now falls under `target` (S12).

    A longer promise counts from the original start. A shorter one counts from the change, unless the old due comes
    first: then that one stays. So a raise never makes a ticket late in hindsight. `from_start` always takes the first
    way. While a pause is open, the dues are compared as if it ended at `at`.
    """
    if not clock.is_running or clock.target == target:
        return clock
    clock = _judged(clock, at)
    pauses = _closed(clock.pauses, at)
    before = reached(clock.target, clock.counted_from, None, pauses)
    whole = reached(target, clock.started, None, pauses)
    if from_start or _not_sooner(whole, before):
        return _with_due(replace(clock, target=target, counted_from=clock.started))
    since = max(clock.started, at)
    if _not_sooner(reached(target, since, None, pauses), before):
        return clock
    return _with_due(replace(clock, target=target, counted_from=since))


def stop(clock: Clock, *, at: datetime) -> Clock:
    """What was promised is done at `at`: met, and later than the due a breach as well (S3)."""
    return _ended(clock, ClockState.MET, at)


def cancel(clock: Clock, *, at: datetime) -> Clock:
    """The promise is void from `at` on; what was late by then stays a breach (S16)."""
    return _ended(clock, ClockState.CANCELLED, at)


def revive(clock: Clock, *, at: datetime) -> Clock:
    """A stopped clock goes on at `at`; the time between is a pause (S11, S16)."""
    if clock.is_running or clock.stopped_at is None:
        return clock
    running = replace(clock, state=ClockState.RUNNING, stopped_at=None)
    return _with_due(replace(running, pauses=(*clock.pauses, *_closed([(clock.stopped_at, None)], at))))


def forgive(clock: Clock) -> Clock:
    """The desk does not count this breach; that it happened stays recorded (S12)."""
    return replace(clock, forgiven=True) if clock.breached_at else clock


def noticed(clock: Clock, *, at: datetime) -> Clock:
    """The breach recorded, if there is one by `at`: the due instant itself is in time, and a soft target has none."""
    if not clock.is_running or clock.breached_at is not None or clock.target is None or clock.target.soft:
        return clock
    return replace(clock, breached_at=clock.due) if clock.due is not None and at > clock.due else clock


def _judged(clock: Clock, at: datetime) -> Clock:
    """The clock with its breach as things stood at `at`.

    What happened in time but is heard of late was in time, whatever has been recorded for that due meanwhile.
    """
    if clock.due is not None and clock.breached_at == clock.due and at <= clock.due:
        return replace(clock, breached_at=None, forgiven=False)
    return noticed(clock, at=at)


def _ended(clock: Clock, state: ClockState, at: datetime) -> Clock:
    return replace(_judged(resume(clock, at=at), at), state=state, stopped_at=at) if clock.is_running else clock


def _with_due(clock: Clock) -> Clock:
    return replace(clock, due=reached(clock.target, clock.counted_from, None, clock.pauses))


def _closed(pauses: Iterable[tuple[datetime, datetime | None]], at: datetime) -> tuple[tuple[datetime, datetime], ...]:
    # One that would end before it began is none (S9).
    return tuple((begin, max(begin, at) if end is None else end) for begin, end in pauses)


def _not_sooner(one: datetime | None, other: datetime | None) -> bool:
    """Whether `one` does not come before `other`; None is never."""
    return one is None or (other is not None and one >= other)
