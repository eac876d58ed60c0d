"""What the tests of clocks are written with: instants by the day of the week, opening hours in words, targets.

`Mon 09:00` lies in the week of 2 March 2026, `+Mon 09:00` a week later. That week has no change of clocks anywhere
near; those of Ljubljana are on 29 March and 25 October 2026.
"""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from mailintake.domain.hours import Holidays, Hours, Week, Window
from mailintake.domain.snapshot import parse_window
from mailintake.domain.target import EVERY_TICKET, Counting, Selector, Target, TargetRow, resolved

MINUTE = timedelta(minutes=1)
MICROSECOND = timedelta(microseconds=1)
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONDAY = date(2026, 3, 2)
LJUBLJANA = "Europe/Ljubljana"
_WEEKDAY = re.compile(r"(\+*)(Mon|Tue|Wed|Thu|Fri|Sat|Sun) (.+)")


def at(text: str, zone: str = "UTC") -> datetime:
    """`Mon 09:00`, `+Mon 09:00:30` or `2026-03-29T01:00` as an instant in UTC, read on the clock of `zone`."""
    if found := _WEEKDAY.fullmatch(text):
        weeks, day, time = found.groups()
        text = f"{MONDAY + timedelta(weeks=len(weeks), days=DAYS.index(day))}T{time}"
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def told(moment: datetime | None, zone: str = "UTC") -> str:
    """`Mon 09:00` for an instant, with seconds and their parts where there are any; `-` for none."""
    if moment is None:
        return "-"
    reading = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    weeks, day = divmod((reading.date() - MONDAY).days, 7)
    parts = "microseconds" if reading.microsecond else "seconds" if reading.second else "minutes"
    return f"{'+' * weeks}{DAYS[day]} {reading.time().isoformat(parts)}"


def hours(text: str, **more: object) -> Hours:
    """`Mon-Fri 09:00-12:00,13:00-17:00` or `Sat,Sun 10:00-12:00`; several parted by `; `; "" is never open."""
    week: list[tuple[Window, ...]] = [()] * 7
    for part in filter(None, text.split("; ")):
        days, _, windows = part.partition(" ")
        for chosen in days.split(","):
            first, _, last = chosen.partition("-")
            for day in range(DAYS.index(first), DAYS.index(last or first) + 1):
                week[day] = tuple(map(parse_window, windows.split(",")))
    mon, tue, wed, thu, fri, sat, sun = week
    laid_out: Week = (mon, tue, wed, thu, fri, sat, sun)
    return Hours(**{"text": text, "week": laid_out} | more)  # type: ignore[arg-type]  # any field may be given


OFFICE = hours("Mon-Fri 09:00-18:00")
WITH_LUNCH = hours("Mon-Fri 09:00-12:00,13:00-17:00")
NIGHTS = hours("Mon-Fri 22:00-06:00")
LATE = hours("Mon-Sun 08:00-24:00")
ALWAYS = hours("", always=True)
NEVER = hours("")
NO_HOLIDAYS = Holidays()


def closed(*days: str, yearly: str = "", **shortened: str) -> Holidays:
    """Holidays on these days of the week of 2 March 2026; `Fri="09:00-13:00"` shortens one."""
    return Holidays(
        yearly=frozenset((int(each[:2]), int(each[3:])) for each in yearly.split()),
        dates=frozenset(at(f"{day} 00:00").date() for day in days),
        shortened={at(f"{day} 00:00").date(): (parse_window(window),) for day, window in shortened.items()},
    )


def a_row(
    minutes: int | None = 60,
    opening: Hours = OFFICE,
    *,
    selector: Selector = EVERY_TICKET,
    text: str = "",
    **more: bool,
) -> TargetRow:
    """A row of a table; `wall=True`, `soft=True` and `by_contract=True` are said as in a plan."""
    counting = Counting.WALL if more.pop("wall", False) else Counting.OPEN
    words = text or f"{minutes}m{' wall' * (counting is Counting.WALL)}{' soft' * more.get('soft', False)}"
    return TargetRow(words, selector, minutes, opening, counting, **more)


def a_target(
    minutes: int | None = 60,
    opening: Hours = OFFICE,
    *,
    zone: str = "UTC",
    holidays: Holidays = NO_HOLIDAYS,
    selector: Selector = EVERY_TICKET,
    text: str = "",
    **more: bool,
) -> Target:
    """The same on the clock of a zone."""
    return resolved(a_row(minutes, opening, selector=selector, text=text, **more), timezone=zone, holidays=holidays)
