"""What became of an account's requests in a quarter, in figures: added up ticket by ticket, in little memory."""

from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import ceil

from mailintake.desk.quarter import Quarter
from mailintake.domain import sla
from mailintake.domain.calendar import Calendar, worked
from mailintake.domain.hours import zone
from mailintake.domain.quota import Period
from mailintake.domain.sla import Clock, ClockState
from mailintake.domain.target import Counting, Metric
from mailintake.domain.ticket import Status, Ticket

NO_REQUESTS = frozenset({Status.MERGED, Status.SPAM, Status.REFUSED})
"""Tickets that are no requests of their own: like their spends, they are not held against the customer (DOMAIN S16)."""

TO_CUSTOMERS = (Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE, Metric.RESOLUTION)
"""What customers are promised; a level's own time is the desk's affair."""

SHARES = (25, 50, 75, 100, 150, 200)
"""Upper ends, in percent of the target, of the buckets that answers fall into; the last bucket has none."""

_MINUTE = timedelta(minutes=1)
_ALWAYS = Calendar("UTC", ((), (), (), (), (), (), ()), always=True)


class Standing(StrEnum):
    """How a promise stands. The breaches that the desk FORGIVES are told apart, and counted as neither kept nor broken.

    SOFT are those done under a soft target, which nobody can break. VOID are those cancelled before they were due.
    """

    MET = "met"
    BREACHED = "breached"
    FORGIVEN = "forgiven"
    RUNNING = "running"
    SOFT = "soft"
    VOID = "void"
    NO_PROMISE = "no promise"


@dataclass(frozen=True, slots=True)
class Promises:
    """The clocks of one metric.

    `shares` counts those done by how much of the target's time they took: up to each of SHARES, then above. What came
    late is never counted among those up to 100 %. In wall time, half of what was done took no longer than `median`,
    and nine of ten no longer than `ninetieth`; None where nothing was.
    """

    metric: Metric
    standings: Mapping[Standing, int]
    shares: tuple[int, ...]
    median: timedelta | None
    ninetieth: timedelta | None

    def count(self, standing: Standing) -> int:
        """How many stand so."""
        return self.standings.get(standing, 0)


@dataclass(frozen=True, slots=True)
class Usage:
    """What was used of a unit in one period, from the local day `begins` to the day `ends` inclusive.

    `used` counts the whole period up to the quarter's end, `in_quarter` what of it lies in the quarter; `overage`, in
    the quarter too, was beyond the limit. Of periods of a day only the busiest stands here.
    """

    unit: str
    limit: int
    period: Period
    begins: date
    ends: date
    used: int
    in_quarter: int
    overage: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What a tally has come to.

    `requests` are tickets, but for NO_REQUESTS. `statuses` counts all tickets, by priority and then by status; `levels`
    and `months`, by the first day of each, count requests. Of `unreadable` tickets the clocks could not be read.
    """

    requests: int
    statuses: Mapping[str, Mapping[Status, int]]
    levels: Mapping[str, int]
    months: Mapping[date, int]
    promises: tuple[Promises, ...]
    unreadable: int

    def promised(self, metric: Metric) -> Promises:
        """The clocks of a metric."""
        return next((each for each in self.promises if each.metric is metric), Promises(metric, {}, (), None, None))

    def total(self, standing: Standing) -> int:
        """How many promises to the customer stand so."""
        return sum(self.promised(metric).count(standing) for metric in TO_CUSTOMERS)


@dataclass(frozen=True, slots=True)
class Report:
    """A quarter of an account: `figures` of the tickets received in it.

    `plans` were in force, the oldest first. `refusals` are mails of the account that were turned away, by reason.
    `until` is the end of the quarter, or the moment of the report where it `is_over` not yet.
    """

    desk: str
    account: str
    name: str
    plans: tuple[str, ...]
    quarter: Quarter
    timezone: str
    until: datetime
    is_over: bool
    figures: Figures
    usage: tuple[Usage, ...] = ()
    refusals: Mapping[str, int] = field(default_factory=dict)


class Tally:
    """Adds up tickets, one after the other, and keeps none: eight bytes for each clock that was stopped."""

    def __init__(
        self, *, timezone: str, now: datetime, priorities: Collection[str] = (), levels: Collection[str] = ()
    ) -> None:
        self._zone = zone(timezone)
        self._now = now
        self._statuses: dict[str, Counter[Status]] = {priority: Counter() for priority in priorities}
        self._levels: Counter[str] = Counter(dict.fromkeys(levels, 0))
        self._months: Counter[date] = Counter()
        self._metrics = {metric: _Metric() for metric in Metric}
        self._requests = 0
        self._unreadable = 0

    def add(self, ticket: Ticket, clocks: Sequence[Clock] | None) -> None:
        """Count a ticket with its clocks; None where they cannot be read."""
        is_request = ticket.status not in NO_REQUESTS
        is_awaited = is_request and ticket.status is not Status.PENDING
        self._statuses.setdefault(ticket.traits.priority, Counter())[ticket.status] += 1
        if is_request:
            self._requests += 1
            self._months[ticket.received_at.astimezone(self._zone).date().replace(day=1)] += 1
            if ticket.traits.level:
                self._levels[ticket.traits.level] += 1
        if clocks is None:
            self._unreadable += 1
            return
        for clock in clocks:
            self._metrics[clock.metric].add(clock, now=self._now)
        if is_awaited and all(clock.metric is not Metric.FIRST_RESPONSE for clock in clocks):
            self._metrics[Metric.FIRST_RESPONSE].standings[Standing.NO_PROMISE] += 1

    def figures(self) -> Figures:
        """The figures so far."""
        return Figures(
            self._requests,
            {priority: dict(found) for priority, found in self._statuses.items()},
            dict(self._levels),
            dict(sorted(self._months.items())),
            tuple(each.promises(metric) for metric, each in self._metrics.items() if each.standings),
            self._unreadable,
        )


def standing(clock: Clock, *, now: datetime) -> Standing:
    """How a clock stands `now`; what is overdue counts as breached, also where nobody has noticed yet."""
    clock = sla.noticed(clock, at=now)
    if clock.breached_at is not None:
        return Standing.FORGIVEN if clock.forgiven else Standing.BREACHED
    if clock.target is None or clock.target.minutes is None:
        return Standing.NO_PROMISE
    if clock.is_running:
        return Standing.RUNNING
    if clock.state is ClockState.CANCELLED:
        return Standing.VOID
    return Standing.SOFT if clock.target.soft else Standing.MET


def used(clock: Clock) -> timedelta:
    """How much of its target's time a stopped clock has counted: working time, or all of it where the target says so.

    ValueError for a clock that runs, or to which nothing is promised.
    """
    if clock.target is None or clock.stopped_at is None:
        raise ValueError("a clock that has used nothing")
    if clock.target.counting is Counting.WALL:
        return worked(_ALWAYS, clock.counted_from, clock.stopped_at, pauses=clock.pauses)
    return worked(clock.target.calendar, clock.counted_from, clock.stopped_at, pauses=clock.pauses)


def bucket(clock: Clock) -> int:
    """Into which bucket of SHARES a stopped clock falls.

    A promise that ran out at closing time is late in the evening, though no more than all of its time was used: what
    came after the due goes above 100 % in any case.
    """
    assert clock.target is not None, "nothing was promised"
    target = timedelta(minutes=clock.target.minutes or 0)
    took = used(clock)
    is_late = clock.due is not None and clock.stopped_at is not None and clock.stopped_at > clock.due
    place = next((at for at, percent in enumerate(SHARES) if took * 100 <= target * percent), len(SHARES))
    return max(place, SHARES.index(100) + 1) if is_late else place


def quantile(sorted_values: Sequence[int], percent: int) -> int:
    """The value that so many percent of them do not exceed: one of the values, nothing in between."""
    return sorted_values[ceil(len(sorted_values) * percent / 100) - 1]


def in_hours(length: timedelta) -> str:
    """`35 min`, `2 h 5 min`: rounded down, and without days, of which nobody knows how long they are."""
    hours, minutes = divmod(length // _MINUTE, 60)
    return " ".join(([f"{hours} h"] if hours else []) + ([f"{minutes} min"] if minutes or not hours else []))


def kept_percent(figures: Figures) -> int | None:
    """How many in a hundred of the promises to the customer that were put to the test were kept, rounded down.

    None where none was.
    """
    met, breached = figures.total(Standing.MET), figures.total(Standing.BREACHED)
    return met * 100 // (met + breached) if met + breached else None


def ordered(found: Iterable[Standing]) -> list[Standing]:
    """Standings in the order in which people read them."""
    there = set(found)
    return [each for each in Standing if each in there]


class _Metric:
    def __init__(self) -> None:
        self.standings: Counter[Standing] = Counter()
        self._shares = [0] * (len(SHARES) + 1)
        self._seconds = array("q")

    def add(self, clock: Clock, *, now: datetime) -> None:
        self.standings[standing(clock, now=now)] += 1
        if clock.state is not ClockState.MET or clock.stopped_at is None:
            return
        self._seconds.append(max(0, (clock.stopped_at - clock.started) // timedelta(seconds=1)))
        if clock.target is not None and clock.target.minutes is not None:
            self._shares[bucket(clock)] += 1

    def promises(self, metric: Metric) -> Promises:
        found = sorted(self._seconds)
        half, most = (timedelta(seconds=quantile(found, each)) if found else None for each in (50, 90))
        return Promises(metric, dict(self.standings), tuple(self._shares), half, most)
