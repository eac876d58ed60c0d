"""Where a ticket stands after what has happened to it: its status and its clocks (DOMAIN S2 to S17, section 11).

Everything a clock depends on is a Happening. So the clocks of a ticket can be made again from its journal, and must
then be the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from mailintake.domain import sla
from mailintake.domain.sla import Clock, ClockState
from mailintake.domain.target import Metric, Traits
from mailintake.domain.terms import ClockRules, Terms
from mailintake.domain.ticket import BALL, Ball, Hold, Status

CUSTOMERS_REOPEN = frozenset({Status.WAITING, Status.HOLD, Status.SOLVED})
"""Statuses that a customer's mail ends; whether a solved ticket may still be reopened, the caller has checked."""

_ENDED = frozenset({Status.SOLVED, Status.CLOSED, Status.MERGED, Status.SPAM, Status.REFUSED})
_ANSWERS = frozenset({Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE})


class What(StrEnum):
    """What happened to a ticket. The rest of a Happening says how it stands afterwards."""

    OPENED = "opened"
    ASKED = "asked"  # for missing information, and the clocks wait for it
    CUSTOMER_WROTE = "customer-wrote"
    DESK_ANSWERED = "desk-answered"
    SORTED = "sorted"  # other traits
    ESCALATED = "escalated"  # another level, by S17
    MOVED = "moved"  # another status
    FORGIVEN = "forgiven"
    RENEWED = "renewed"  # other terms (S13)


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened, at `at` (UTC), which for a mail is when it was received (S1).

    `traits` goes with OPENED, SORTED and ESCALATED; `status` and `hold` with OPENED and MOVED; `terms`, a digest, with
    OPENED and RENEWED.
    """

    what: What
    at: datetime
    traits: Traits | None = None
    status: Status | None = None
    hold: Hold = Hold.NONE
    terms: str | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a ticket stands.

    `asked` while clocks wait for information; `answered_at` is the first public reply. `hold` is remembered while the
    customer's mail has opened the ticket again.
    """

    status: Status
    traits: Traits
    hold: Hold = Hold.NONE
    asked: bool = False
    answered_at: datetime | None = None
    clocks: tuple[Clock, ...] = ()


def opened(happening: Happening, terms: Terms) -> Progress:
    """A new ticket. Pending, refused or taken for spam, it has no clocks until it is accepted (S2)."""
    assert happening.traits is not None, "a ticket is opened with its traits"
    progress = Progress(happening.status or Status.NEW, happening.traits, happening.hold)
    return _paused(_begun(progress, terms, happening.at), terms.rules, happening.at)


def advance(progress: Progress, happening: Happening, terms: Terms) -> Progress:
    """The ticket after one more happening."""
    at = happening.at
    match happening.what:
        case What.OPENED:
            raise ValueError("a ticket is opened once")
        case What.ASKED:
            progress = replace(progress, asked=True)
        case What.CUSTOMER_WROTE:
            progress = _customer_wrote(progress, terms, at)
        case What.DESK_ANSWERED:
            progress = _desk_answered(progress, at)
        case What.SORTED:
            assert happening.traits is not None, "sorted by what?"
            progress = _retargeted(replace(progress, traits=happening.traits), terms, at)
        case What.ESCALATED:
            assert happening.traits is not None, "escalated to where?"
            progress = _escalated(replace(progress, traits=happening.traits), terms, at)
        case What.MOVED:
            assert happening.status is not None, "moved to where?"
            progress = _moved(progress, happening.status, happening.hold, terms, at)
        case What.FORGIVEN:
            clocks = (sla.forgive(sla.noticed(clock, at=at)) for clock in progress.clocks)
            progress = replace(progress, clocks=tuple(clocks))
        case What.RENEWED:
            progress = _begun(_retargeted(progress, terms, at), terms, at)
    return _paused(progress, terms.rules, at)


def replayed(happenings: Iterable[tuple[Happening, Terms]]) -> Progress | None:
    """Where a ticket must stand after all that happened, each under the terms in force then; None if nothing has."""
    progress: Progress | None = None
    for happening, terms in happenings:
        progress = opened(happening, terms) if progress is None else advance(progress, happening, terms)
    return progress


def _begun(progress: Progress, terms: Terms, at: datetime) -> Progress:
    """The clocks that every ticket at work has, started unless it has had them (S2, S11)."""
    if not _is_at_work(progress):
        return progress
    had = {clock.metric for clock in progress.clocks}
    if Metric.FIRST_RESPONSE not in had and progress.answered_at is None and not _is_awaited(progress):
        progress = _started(progress, Metric.FIRST_RESPONSE, terms, at)
    return progress if Metric.RESOLUTION in had else _started(progress, Metric.RESOLUTION, terms, at)


def _is_at_work(progress: Progress) -> bool:
    """Accepted, and not over."""
    return progress.status is not Status.PENDING and progress.status not in _ENDED


def _is_awaited(progress: Progress) -> bool:
    """Whether the customer has been promised an answer that is still to come."""
    return any(clock.metric in _ANSWERS and clock.is_running for clock in progress.clocks)


def _started(progress: Progress, metric: Metric, terms: Terms, at: datetime) -> Progress:
    if not terms.promises(metric):
        return progress
    number = 1 + sum(clock.metric is metric for clock in progress.clocks)
    clock = sla.start(metric, terms.target(metric, progress.traits), at=at, number=number)
    return replace(progress, clocks=(*progress.clocks, clock))


def _customer_wrote(progress: Progress, terms: Terms, at: datetime) -> Progress:
    was = progress.status
    progress = replace(progress, asked=False)
    if was in CUSTOMERS_REOPEN:
        progress = replace(progress, status=Status.OPEN)
    if was is Status.SOLVED:
        progress = _revived(progress, at, (Metric.RESOLUTION,))
    elif BALL[progress.status] is not Ball.DESK or progress.answered_at is None:
        return progress
    return progress if _is_awaited(progress) else _started(progress, Metric.NEXT_RESPONSE, terms, at)


def _desk_answered(progress: Progress, at: datetime) -> Progress:
    if progress.status is Status.PENDING or BALL[progress.status] is Ball.NOBODY:
        return progress
    # An answer that is heard of late answers nothing that was written after it.
    clocks = tuple(
        sla.stop(clock, at=at) if clock.metric is not Metric.RESOLUTION and clock.started <= at else clock
        for clock in progress.clocks
    )
    progress = replace(progress, asked=False, answered_at=progress.answered_at or at, clocks=clocks)
    stays = progress.status is Status.SOLVED or _is_awaited(progress)
    return progress if stays else replace(progress, status=Status.WAITING)


def _retargeted(progress: Progress, terms: Terms, at: datetime) -> Progress:
    clocks = tuple(
        sla.retarget(clock, terms.target(clock.metric, progress.traits), at=at, from_start=terms.rules.from_start)
        for clock in progress.clocks
    )
    return replace(progress, clocks=clocks)


def _escalated(progress: Progress, terms: Terms, at: datetime) -> Progress:
    if not terms.rules.restarts:
        return _retargeted(progress, terms, at)
    # The customer's own clocks stand as they were promised; the level that failed is out of it.
    clocks = tuple(
        sla.cancel(clock, at=at) if clock.metric is Metric.LEVEL_RESPONSE else clock for clock in progress.clocks
    )
    progress = replace(progress, clocks=clocks)
    return _started(progress, Metric.LEVEL_RESPONSE, terms, at) if _is_at_work(progress) else progress


def _moved(progress: Progress, status: Status, hold: Hold, terms: Terms, at: datetime) -> Progress:
    was = progress.status
    progress = replace(progress, status=status, hold=hold)
    if status in _ENDED:
        return replace(progress, clocks=tuple(_ended(clock, status, at) for clock in progress.clocks))
    if was in _ENDED:
        progress = _revived(progress, at, tuple(Metric))
    return _begun(progress, terms, at)


def _ended(clock: Clock, status: Status, at: datetime) -> Clock:
    """Solving keeps the promise of a resolution; a promised answer is met by an answer only (S3)."""
    if clock.metric is Metric.RESOLUTION and status in {Status.SOLVED, Status.CLOSED}:
        return sla.stop(clock, at=at)
    return sla.cancel(clock, at=at)


def _revived(progress: Progress, at: datetime, metrics: tuple[Metric, ...]) -> Progress:
    """The clocks of these metrics that the end of the ticket stopped go on.

    That is the resolution, also if it was met. Of the others those that were cancelled, unless their turn was over:
    something has taken their place, or the ticket has started a clock since.
    """
    in_turn = {_turn(clock.metric): clock for clock in progress.clocks}
    latest = max((clock.started for clock in progress.clocks), default=at)

    def goes_on(clock: Clock) -> bool:
        if clock.metric not in metrics or clock is not in_turn[_turn(clock.metric)] or clock.stopped_at is None:
            return False
        return clock.metric is Metric.RESOLUTION or (clock.state is ClockState.CANCELLED and clock.stopped_at >= latest)

    clocks = (sla.revive(clock, at=at) if goes_on(clock) else clock for clock in progress.clocks)
    return replace(progress, clocks=tuple(clocks))


def _turn(metric: Metric) -> Metric:
    """Clocks that take each other's place: the next response is the first one's heir."""
    return Metric.NEXT_RESPONSE if metric is Metric.FIRST_RESPONSE else metric


def _paused(progress: Progress, rules: ClockRules, at: datetime) -> Progress:
    return replace(
        progress,
        clocks=tuple(
            sla.pause(clock, at=at) if _stands(clock.metric, progress, rules) else sla.resume(clock, at=at)
            for clock in progress.clocks
        ),
    )


def _stands(metric: Metric, progress: Progress, rules: ClockRules) -> bool:
    """Who pauses what (S10): the first response only waits for approval and for what was asked."""
    if progress.asked or progress.status is Status.PENDING:
        return True
    if metric is Metric.FIRST_RESPONSE:
        return False
    if progress.status is Status.HOLD:
        return rules.internal_stops if progress.hold is Hold.INTERNAL else rules.external_stops
    return BALL[progress.status] is Ball.CUSTOMER
