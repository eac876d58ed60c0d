"""A clock as people see it: its promise, the time it has counted as a table, and each day as a bar of hours."""

import sys
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from io import TextIOWrapper
from zoneinfo import ZoneInfo

from mailintake.cli.common import print_table, shown, zone_shown
from mailintake.cli.counted import HOURS, Cell, Day, days, end_of, stretches
from mailintake.domain.hours import zone
from mailintake.domain.sla import Clock
from mailintake.domain.target import Counting, Target

MOST_DAYS = 60
MOST_PAUSES = 20
_MINUTE = timedelta(minutes=1)
_UNICODE = {Cell.COUNTED: "█", Cell.PAUSED: "▒", Cell.OPEN: "░", Cell.CLOSED: "·"}
_ASCII = {Cell.COUNTED: "#", Cell.PAUSED: "=", Cell.OPEN: "-", Cell.CLOSED: "."}
_MEANING = {
    Cell.COUNTED: "counted",
    Cell.PAUSED: "open, but paused",
    Cell.OPEN: "open, but before or after",
    Cell.CLOSED: "closed",
}
_SCALE = "".join(f"{hour:<6}" for hour in range(0, HOURS, 6))


def standing(clock: Clock) -> str:
    """In a few words: `running, paused`, `met, breached`, `running, breached, forgiven`."""
    words = [clock.state.value]
    words += ["paused"] if clock.is_paused else []
    words += ["breached"] if clock.breached_at else []
    words += ["forgiven"] if clock.forgiven else []
    return ", ".join(words)


def as_json(clock: Clock) -> dict[str, object]:
    """All there is to know of a clock but what it counted; instants are UTC."""
    target = clock.target
    is_open = target is not None and target.counting is Counting.OPEN
    return {
        "metric": clock.metric.value,
        "round": clock.round,
        "state": clock.state.value,
        "row": target.text if target else None,
        "target_minutes": target.minutes if target else None,
        "counting": target.counting.value if target else None,
        "soft": target.soft if target else None,
        "hours": target.hours if target and is_open else None,
        "timezone": target.calendar.timezone if target else None,
        "started": clock.started,
        "counted_from": clock.counted_from,
        "pauses": [{"from": begin, "to": end} for begin, end in clock.pauses],
        "due": clock.due,
        "stopped_at": clock.stopped_at,
        "breached_at": clock.breached_at,
        "forgiven": clock.forgiven,
    }


def explained(clock: Clock, *, now: datetime) -> dict[str, object]:
    """The same with every stretch that was counted, and will be until the due."""
    return as_json(clock) | {
        "counted": [
            {"from": begin, "to": end, "minutes": _number(minutes), "total": _number(total)}
            for begin, end, minutes, total in _counted(clock, now=now)
        ]
    }


def show(clock: Clock, *, now: datetime) -> None:
    """Print the clock with its table and its bars, at most MOST_DAYS days of either."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    number = f" {clock.round}" if clock.round > 1 else ""
    print(f"{clock.metric.value.replace('_', ' ')}{number}: {standing(clock)}")
    target = clock.target
    if target is None:
        print("  nothing is promised\n")
        return
    local = zone(target.calendar.timezone)
    for name, value in _facts(clock, target, local):
        print(f"  {name:<14}{value}")
    print()
    shown_days, more_days = days(clock, target, now=now, most=MOST_DAYS)
    cut = datetime.combine(shown_days[-1].date + timedelta(days=1), time(), local)
    counted = list(_counted(clock, now=now))
    rows = [
        (_local(begin, local), _local(end, local), _number(minutes), _number(total))
        for begin, end, minutes, total in counted
        if begin < cut
    ]
    print_table(("from", "to", "minutes", "total"), rows, empty="Nothing has counted.")
    if len(rows) < len(counted):
        print(f"and {len(counted) - len(rows)} more, {_number(counted[-1][3])} minutes in all")
    print()
    _show_days(shown_days)
    if more_days:
        print(f"  and {more_days} more days")
    print()


def _facts(clock: Clock, target: Target, local: ZoneInfo) -> Iterator[tuple[str, str]]:
    yield "row", shown(target.text)
    yield "hours", shown(target.hours) if target.counting is Counting.OPEN else "every hour counts"
    yield "zone", zone_shown(target.calendar.timezone)
    yield "started", _local(clock.started, local)
    if clock.counted_from != clock.started:
        yield "counted from", _local(clock.counted_from, local)
    for begin, end in clock.pauses[-MOST_PAUSES:]:
        yield "paused", f"{_local(begin, local)} - {_local(end, local) if end else 'now'}"
    if len(clock.pauses) > MOST_PAUSES:
        yield "", f"and {len(clock.pauses) - MOST_PAUSES} pauses before these"
    if clock.due is not None:
        yield "due", _local(clock.due, local)
    else:
        yield "due", "open while it is paused" if clock.is_paused else "never"
    for name, at in (("breached", clock.breached_at), ("stopped", clock.stopped_at)):
        if at is not None:
            yield name, _local(at, local)


def _counted(clock: Clock, *, now: datetime) -> Iterator[tuple[datetime, datetime, timedelta, timedelta]]:
    total = timedelta(0)
    if clock.target is not None:
        for begin, end in stretches(clock, clock.target, until=end_of(clock, now=now)):
            total += end - begin
            yield begin, end, end - begin, total


def _show_days(some: Sequence[Day]) -> None:
    marks = _UNICODE if "utf" in (sys.stdout.encoding or "").lower() else _ASCII
    print(f"  {'':<16}{_SCALE}".rstrip())
    for day in some:
        print(f"  {day.date:%Y-%m-%d %a}  " + "".join(marks[cell] for cell in day.cells))
    present = {cell for day in some for cell in day.cells}
    print("  " + "   ".join(f"{marks[cell]} {meaning}" for cell, meaning in _MEANING.items() if cell in present))


def _local(at: datetime, local: ZoneInfo) -> str:
    reading = at.astimezone(local)
    seconds = ":%S" if reading.second or reading.microsecond else ""
    return f"{reading:%a %Y-%m-%d %H:%M}{reading.strftime(seconds)}"


def _number(length: timedelta) -> float:
    minutes = length / _MINUTE
    return int(minutes) if minutes.is_integer() else round(minutes, 3)
