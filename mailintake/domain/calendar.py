"""The arithmetic of working time (DOMAIN S4 to S9).

A moment is working if the wall clock then reads a time inside a window (S4). So the opening hours are first laid out on
instants, a week at a time, cut wherever the zone's offset changes: a skipped reading lies on no instant, a repeated one
on two, and nothing else needs to know of daylight saving (S7). All else is adding up stretches of instants.

Inside, an instant is a whole number of microseconds since 1970 in UTC; at the border it is an aware datetime.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from mailintake.domain.hours import Calendar, Holidays, Hours, Week, Window, calendar_for, zone
from mailintake.domain.snapshot import from_json, to_json

__all__ = [
    "HORIZON",
    "Calendar",
    "Holidays",
    "Hours",
    "Pauses",
    "Week",
    "Window",
    "calendar_for",
    "due",
    "from_json",
    "intervals",
    "is_open",
    "never_opens",
    "next_opening",
    "to_json",
    "wall_due",
    "worked",
]

Pauses = Sequence[tuple[datetime, datetime | None]]
"""Half-open [from, to) in any order, overlapping freely; `to` is None while the pause is open (DOMAIN S9)."""

HORIZON = timedelta(days=3653)
"""How much unpaused time is searched for a due or an opening: ten years."""

_Span = tuple[int, int]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = _EPOCH.toordinal()
_EPOCH_WEEKDAY = _EPOCH.weekday()
_NO_HOLIDAYS = Holidays()
_MICROSECOND = timedelta(microseconds=1)
_SECOND = 1_000_000
_MINUTE = 60 * _SECOND
_DAY = 24 * 60 * _MINUTE
_WEEK = 7 * _DAY
_LAST = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND
_FOREVER = 2 * _LAST


def due(calendar: Calendar, start: datetime, target: timedelta, *, pauses: Pauses = ()) -> datetime | None:
    """The earliest instant by which `target` of working, unpaused time has passed since `start` (DOMAIN S5), in UTC.

    None while a pause is open, and where HORIZON does not suffice. ValueError for naive instants or a negative target.
    """
    left, at = _length(target), _micros(start)
    breaks = _breaks(pauses)
    if _is_paused(pauses):
        return None
    if left == 0:
        return _instant(at)
    if calendar.always:
        return wall_due(start, target, pauses=pauses)
    timetable = _timetable(calendar)
    if timetable.never_opens:
        return None
    budget = HORIZON // _MICROSECOND
    for since, until in _unpaused(at, breaks):
        stop = min(until, since + budget)
        for opens, closes in _open_spans(timetable, since, stop):
            if left <= closes - opens:
                return _instant(opens + left)
            left -= closes - opens
        budget -= stop - since
    return None


def wall_due(start: datetime, target: timedelta, *, pauses: Pauses = ()) -> datetime | None:
    """The earliest instant by which `target` of unpaused time has passed since `start`, open or not (DOMAIN S6).

    None while a pause is open or when the year 9999 does not suffice. ValueError as for `due`.
    """
    left, at = _length(target), _micros(start)
    breaks = _breaks(pauses)
    if _is_paused(pauses):
        return None
    for since, until in _unpaused(at, breaks):
        if left <= until - since:
            return _instant(since + left) if since + left <= _LAST else None
        left -= until - since
    return None


def worked(calendar: Calendar, start: datetime, end: datetime, *, pauses: Pauses = ()) -> timedelta:
    """How much working, unpaused time lies in [start, end); nothing if the end comes first."""
    since, until = _micros(start), _micros(end)
    timetable = _timetable(calendar)
    total = 0
    for free_from, free_to in _unpaused(since, _breaks(pauses)):
        if free_from >= until:
            break
        total += sum(closes - opens for opens, closes in _open_spans(timetable, free_from, min(free_to, until)))
    return timedelta(microseconds=total)


def is_open(calendar: Calendar, at: datetime) -> bool:
    """Whether this moment is working (DOMAIN S4)."""
    moment = _micros(at)
    return any(_open_spans(_timetable(calendar), moment, moment + 1))


def next_opening(calendar: Calendar, at: datetime) -> datetime | None:
    """The first working moment from `at` on, which is `at` itself while open; None if there is none within HORIZON."""
    since = _micros(at)
    timetable = _timetable(calendar)
    if timetable.never_opens:
        return None
    first = next(_open_spans(timetable, since, since + HORIZON // _MICROSECOND), None)
    return _instant(first[0]) if first else None


def intervals(calendar: Calendar, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The open stretches in [start, end), in order, none touching another; in UTC."""
    spans = _open_spans(_timetable(calendar), _micros(start), _micros(end))
    return ((_instant(opens), _instant(closes)) for opens, closes in _joined(spans))


def never_opens(calendar: Calendar) -> bool:
    """Whether no window is written anywhere; holidays are not looked at."""
    return _timetable(calendar).never_opens


def _micros(at: datetime) -> int:
    if at.tzinfo is None:
        raise ValueError(f"an instant needs a zone: {at.isoformat()}")
    return (at - _EPOCH) // _MICROSECOND


def _instant(micros: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)


def _length(target: timedelta) -> int:
    if target < timedelta(0):
        raise ValueError(f"a target is not negative: {target}")
    return target // _MICROSECOND


def _is_paused(pauses: Pauses) -> bool:
    return any(end is None for _, end in pauses)


def _breaks(pauses: Pauses) -> list[_Span]:
    return sorted((_micros(begin), _FOREVER if end is None else _micros(end)) for begin, end in pauses)


def _unpaused(since: int, breaks: Iterable[_Span]) -> Iterator[_Span]:
    """What the sorted breaks leave of [since, forever). A break that ends before it begins is none."""
    for begin, end in breaks:
        if begin < end:
            if since < begin:
                yield since, begin
            since = max(since, end)
    if since < _FOREVER:
        yield since, _FOREVER


@dataclass(frozen=True, eq=False)
class _Timetable:
    """A calendar made ready; equal only to itself, so that its weeks are found without comparing calendars."""

    calendar: Calendar
    zone: ZoneInfo
    never_opens: bool


@dataclass(frozen=True, slots=True)
class _OpenWeek:
    """The open stretches of one week of UTC, joined and in order: each opens and closes at the same index."""

    opens: tuple[int, ...]
    closes: tuple[int, ...]


_CLOSED_WEEK = _OpenWeek((), ())


@lru_cache(maxsize=256)
def _timetable(calendar: Calendar) -> _Timetable:
    days = [*calendar.week, *calendar.holidays.shortened.values()]
    is_empty = not any(window.length for windows in days for window in windows)
    return _Timetable(calendar, zone(calendar.timezone), never_opens=is_empty and not calendar.always)


def _open_spans(timetable: _Timetable, since: int, until: int) -> Iterator[_Span]:
    """The open stretches of [since, until) in order, cut at borders of weeks."""
    for number in range(since // _WEEK, -(-until // _WEEK)):
        week = _open_week(timetable, number)
        for index in range(bisect_right(week.closes, since), len(week.opens)):
            opens = max(week.opens[index], since)
            if opens >= until:
                return
            yield opens, min(week.closes[index], until)


@lru_cache(maxsize=1024)
def _open_week(timetable: _Timetable, number: int) -> _OpenWeek:
    """The week `number` after the one that began in 1970; closed beyond the years that datetime knows."""
    begin, end = number * _WEEK, (number + 1) * _WEEK
    if timetable.calendar.always:
        return _OpenWeek((begin,), (end,))
    try:
        spans = list(_joined(sorted(_laid_out(timetable, begin, end))))
    except (OverflowError, ValueError):
        return _CLOSED_WEEK
    return _OpenWeek(tuple(opens for opens, _ in spans), tuple(closes for _, closes in spans))


def _laid_out(timetable: _Timetable, begin: int, end: int) -> list[_Span]:
    """Every window that is read between two instants, as instants; they may overlap."""
    calendar, spans = timetable.calendar, list[_Span]()
    has_holidays = calendar.holidays != _NO_HOLIDAYS
    for since, until, offset in _offsets(timetable.zone, begin, end):
        eve = (since + offset) // _DAY - 1
        last = (until + offset - 1) // _DAY
        for day in range(eve, last + 1):
            weekday = calendar.week[(day + _EPOCH_WEEKDAY) % 7]
            midnight = day * _DAY - offset
            for window in calendar.windows_on(date.fromordinal(_EPOCH_ORDINAL + day)) if has_holidays else weekday:
                begins = midnight + window.start * _MINUTE
                opens, closes = max(begins, since), min(begins + window.length * _MINUTE, until)
                if opens < closes:
                    spans.append((opens, closes))
    return spans


@lru_cache(maxsize=4096)
def _offsets(clock: ZoneInfo, begin: int, end: int) -> tuple[tuple[int, int, int], ...]:
    """Cut [begin, end), whole days, where the offset changes: (since, until, offset).

    One look a day is enough: no zone in the database ever changed its offset twice within three days, but some did
    within a week (Africa/Freetown 1939, America/Recife 2000, Asia/Gaza from 2040 on).
    """
    parts: list[tuple[int, int, int]] = []
    since, offset = begin, _offset(clock, begin)
    for midnight in range(begin + _DAY, end + _DAY, _DAY):
        if (later := _offset(clock, midnight)) != offset:
            change = _change(clock, midnight - _DAY, midnight)
            if since < change:
                parts.append((since, change, offset))
            since, offset = change, later
    if since < end:
        parts.append((since, end, offset))
    return tuple(parts)


def _change(clock: ZoneInfo, before: int, after: int) -> int:
    """The instant, a whole second, at which the offset becomes what it is at `after`."""
    new = _offset(clock, after)
    while after - before > _SECOND:
        middle = (before + after) // (2 * _SECOND) * _SECOND
        if _offset(clock, middle) == new:
            after = middle
        else:
            before = middle
    return after


def _offset(clock: ZoneInfo, at: int) -> int:
    ahead = _instant(at).astimezone(clock).utcoffset()
    assert ahead is not None
    return ahead // _MICROSECOND


def _joined(spans: Iterable[_Span]) -> Iterator[_Span]:
    """Overlapping or touching spans made one; they come sorted by their beginning."""
    whole: _Span | None = None
    for opens, closes in spans:
        if whole is None:
            whole = (opens, closes)
        elif opens <= whole[1]:
            whole = (whole[0], max(whole[1], closes))
        else:
            yield whole
            whole = (opens, closes)
    if whole is not None:
        yield whole
