"""The time that a clock counts, stretch by stretch and day by day (DOMAIN S4 to S9)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum, auto
from itertools import pairwise

from mailintake.domain.calendar import intervals
from mailintake.domain.hours import zone
from mailintake.domain.sla import Clock
from mailintake.domain.target import Counting, Target

HOURS = 24

_Span = tuple[datetime, datetime]


class Cell(Enum):
    """What an hour of a day was to a clock. What counts at all shows, however little it is."""

    COUNTED = auto()
    PAUSED = auto()
    OPEN = auto()  # but before the clock started, or after its end
    CLOSED = auto()


@dataclass(frozen=True, slots=True)
class Day:
    """A local date and its hours as the wall clock reads them, 0 to 23."""

    date: date
    cells: tuple[Cell, ...]


def end_of(clock: Clock, *, now: datetime) -> datetime:
    """Up to when a clock counts: its due, or its stop if that comes first; while it stands, where it began to."""
    ends = [at for at in (clock.due, clock.stopped_at) if at is not None]
    standing = [begin for begin, end in clock.pauses if end is None]
    return min(ends or standing or [now])


def stretches(clock: Clock, target: Target, *, until: datetime) -> Iterator[_Span]:
    """The working, unpaused stretches that a clock counts up to `until`, in order and in UTC."""
    for since, end in _unpaused(clock.counted_from, until, clock.pauses):
        yield from _open(target, since, end)


def days(clock: Clock, target: Target, *, now: datetime, most: int) -> tuple[tuple[Day, ...], int]:
    """The first `most` local dates that a clock was or will be on its way, and how many more there are."""
    end = end_of(clock, now=now)
    last = max(end, now) if clock.is_paused else end
    local = zone(target.calendar.timezone)
    first_date = clock.counted_from.astimezone(local).date()
    final = max(clock.counted_from, last - timedelta(microseconds=1)).astimezone(local).date()
    number = (final - first_date).days + 1
    dates = [first_date + timedelta(days=each) for each in range(min(number, most))]
    return tuple(_day(clock, target, each, end=end, last=last) for each in dates), max(0, number - most)


def _day(clock: Clock, target: Target, day: date, *, end: datetime, last: datetime) -> Day:
    hours = _hours(target, day)
    since, until = hours[0], hours[-1]
    opened = list(_open(target, since, until))
    begin = max(since, clock.counted_from)
    counted = [stretch for free in _unpaused(begin, min(until, end), clock.pauses) for stretch in _open(target, *free)]
    cells: list[Cell] = []
    for opens, closes in pairwise(hours):
        if _overlap(counted, opens, closes):
            cells.append(Cell.COUNTED)
        elif _overlap(opened, max(opens, clock.counted_from), min(closes, last)):
            cells.append(Cell.PAUSED)
        else:
            cells.append(Cell.OPEN if _overlap(opened, opens, closes) else Cell.CLOSED)
    return Day(day, tuple(cells))


def _hours(target: Target, day: date) -> list[datetime]:
    """The instants at which the wall clock begins to read each hour of the day, and the end of the day.

    A skipped hour has no length, and a repeated one two.
    """
    local = zone(target.calendar.timezone)
    readings = [datetime.combine(day, time(hour), local) for hour in range(HOURS)]
    readings.append(datetime.combine(day + timedelta(days=1), time(), local))
    return [reading.astimezone(UTC) for reading in readings]


def _open(target: Target, since: datetime, until: datetime) -> Iterator[_Span]:
    if until <= since:
        return
    if target.counting is Counting.WALL:
        yield since, until
    else:
        yield from intervals(target.calendar, since, until)


def _unpaused(since: datetime, until: datetime, pauses: Sequence[tuple[datetime, datetime | None]]) -> Iterator[_Span]:
    """What the pauses leave of [since, until). One that ends before it begins is none."""
    for begin, end in sorted(pauses, key=lambda pause: pause[0]):
        if begin >= until:
            break
        if end is not None and end <= begin:
            continue
        if since < begin:
            yield since, begin
        since = until if end is None else max(since, end)
    if since < until:
        yield since, until


def _overlap(spans: Sequence[_Span], since: datetime, until: datetime) -> bool:
    return any(begin < until and since < end for begin, end in spans) if since < until else False
