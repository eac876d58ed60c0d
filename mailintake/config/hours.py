"""Opening hours as an admin writes them (DOMAIN section 13: HOURS, DAYS)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal

from mailintake.config.shapes import ListOf, Named, Parsed, Record, scalar
from mailintake.config.source import Node, Section
from mailintake.config.zones import zone
from mailintake.domain.hours import Holidays, Hours, Week, Window

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WANTED = "opening hours such as `Mon-Fri 09:00-18:00`, 24/7, or the name of an hours entry"
_DAY_NAMES = "`Mon`, `Tue`, `Wed`, `Thu`, `Fri`, `Sat` or `Sun`"
_TIME = re.compile(r"(\d{1,2}):(\d{2})")
_TOO = re.compile(r"\s*,\s*holidays too\s*$")
_LOOKS_INLINE = re.compile(rf"\d:|^(?:{'|'.join(DAYS)})\b", re.IGNORECASE)


@dataclass(frozen=True)
class OpeningHours:
    """Reads HOURS: the name of an entry, or hours written where they are needed."""

    named: Named[Hours]

    def __call__(self, node: Node) -> Hours:
        found = scalar(node, WANTED)
        try:
            return self.parse(found.text.strip())
        except LookupError:
            return self.named.lookup(found)
        except ValueError as error:
            raise node.wrong(str(error)) from None

    def parse(self, text: str) -> Hours:
        """Raises ValueError, or LookupError for a name that stands for nothing."""
        if text not in self.named.declared and (text == "24/7" or _LOOKS_INLINE.search(text)):
            return parse_hours(text)
        return self.named.values[text]


def parse_hours(text: str) -> Hours:
    """`Mon-Fri 09:00-12:00, 13:00-18:00; Sat 10:00-12:00, holidays too` or `24/7`. Raises ValueError."""
    if text == "24/7":
        return Hours(text, _every_day((Window(0, 1440),)), holidays_too=True, always=True)
    too = _TOO.search(text)
    weekly = text[: too.start()] if too else text
    if "holidays too" in weekly:
        raise ValueError("`, holidays too` stands once, at the end, and holds for all days")
    days: list[list[Window]] = [[] for _ in DAYS]
    for part in weekly.split(";"):
        names, windows = _part(part.strip())
        for day in names:
            days[day] += windows
    return Hours(text, _week(days), holidays_too=bool(too))


def parse_window(text: str) -> Window:
    """`09:00-18:00`; an end before the start lies on the next day. Raises ValueError."""
    start_text, dash, end_text = (part.strip() for part in text.partition("-"))
    if not dash:
        raise ValueError(f"`{text}` has no end: write from when to when, such as 09:00-18:00")
    start, end = _minute(start_text), _minute(end_text)
    if start == 1440:
        raise ValueError("24:00 can only end opening hours; a day begins at 00:00")
    if start == end:
        raise ValueError(f"`{text}` is no time at all; a whole day is 00:00-24:00")
    return Window(start, end or 1440)


def _minute(text: str) -> int:
    found = _TIME.fullmatch(text)
    if not found:
        raise ValueError(f"`{text}` is no time of day: write hours and minutes, such as 09:00")
    hour, minute = int(found[1]), int(found[2])
    if minute > 59 or hour * 60 + minute > 1440:
        raise ValueError(f"`{text}` is no time of day: they go from 00:00 to 24:00")
    return hour * 60 + minute


def _part(text: str) -> tuple[list[int], list[Window]]:
    first = re.search(r"\d", text)
    if not first:
        raise ValueError(f"`{text}` names no time: write such as `Mon-Fri 09:00-18:00`")
    names = text[: first.start()].strip()
    windows = [parse_window(window.strip()) for window in text[first.start() :].split(",")]
    if not names:
        raise ValueError(f"`{text}` names no days: write such as `Mon-Fri {text}`")
    return [day for span in names.split(",") for day in _days(span.strip())], windows


def _days(span: str) -> list[int]:
    first, dash, last = (name.strip() for name in span.partition("-"))
    begin = _day(first)
    end = _day(last) if dash else begin
    return [(begin + step) % 7 for step in range((end - begin) % 7 + 1)]


def _day(name: str) -> int:
    if name.lower() in DAYS:
        return DAYS.index(name.lower())
    raise ValueError(f"unknown day `{name}`; wanted: {_DAY_NAMES}")


def _every_day(windows: tuple[Window, ...]) -> Week:
    return (windows, windows, windows, windows, windows, windows, windows)


def _week(days: list[list[Window]]) -> Week:
    mon, tue, wed, thu, fri, sat, sun = (tuple(sorted(set(day), key=lambda it: (it.start, it.end))) for day in days)
    return (mon, tue, wed, thu, fri, sat, sun)


WINDOWS = ListOf(Parsed(parse_window, "a time such as 09:00-18:00"), "a list of times such as 09:00-18:00", or_one=True)


def hours_entry(
    earlier: Mapping[str, Hours], declared: tuple[str, ...], node: Node, *, lists: Named[Holidays]
) -> Hours:
    """An entry of `hours:`: a line, which may name an earlier one, or a section with a list of windows for each day.

    A section may have holidays of its own: `too` to be open on all, or the name of one of `lists`.
    """
    if not isinstance(node, Section):
        return OpeningHours(Named("hours entry", earlier, declared))(node)
    return Record(
        _from_section,
        {**dict.fromkeys(DAYS, WINDOWS), "timezone": zone, "holidays": partial(_own_holidays, lists)},
        wanted=WANTED,
    )(node)


def _own_holidays(lists: Named[Holidays], node: Node) -> Holidays | Literal["too"]:
    found = scalar(node, "`too`, or the name of a list of holidays")
    return "too" if found.text == "too" else lists.lookup(found)


def _from_section(
    *, timezone: str | None = None, holidays: Holidays | Literal["too"] | None = None, **windows: tuple[Window, ...]
) -> Hours:
    days = [list(windows.get(day, ())) for day in DAYS]
    if not any(days):
        raise ValueError("these hours never open")
    lines = (f"{day.title()} {', '.join(map(_written, hours))}" for day, hours in zip(DAYS, days, strict=True) if hours)
    text = "; ".join(lines)
    if holidays == "too":
        return Hours(f"{text}, holidays too", _week(days), holidays_too=True, timezone=timezone)
    return Hours(text, _week(days), timezone=timezone, holidays=holidays)


def _written(window: Window) -> str:
    return "-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in (window.start, window.end))
