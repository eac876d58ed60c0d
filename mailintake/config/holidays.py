"""Lists of holidays as an admin writes them (DOMAIN S8)."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from mailintake.config.hours import WINDOWS
from mailintake.config.shapes import ListOf, Parsed, parse_date
from mailintake.config.source import Collecting, Node, Section
from mailintake.domain.calendar import Holidays, Window

_ANY_LEAP_YEAR = 2000
_LONGEST_RANGE = 366


@dataclass(frozen=True)
class _Entry:
    """One line of a list of holidays."""

    yearly: tuple[tuple[int, int], ...] = ()
    dates: tuple[date, ...] = ()
    shortened: tuple[tuple[date, tuple[Window, ...]], ...] = ()


def holidays_list(node: Node) -> Holidays:
    """`01-01` each year, `2026-04-06`, `2026-12-24..2026-12-31`, `{2026-12-24: 09:00-13:00}`."""
    entries = ListOf(_holiday, "a list of holidays")(node)
    dates = frozenset(day for entry in entries for day in entry.dates)
    shortened = {day: windows for entry in entries for day, windows in entry.shortened}
    if both := sorted(dates & shortened.keys()):
        raise node.wrong(f"{both[0]} is listed as a holiday and as a shortened day")
    return Holidays(frozenset(day for entry in entries for day in entry.yearly), dates, shortened)


def _holiday(node: Node) -> _Entry:
    if not isinstance(node, Section):
        return Parsed(_parse_holiday, "a holiday such as 12-25 or 2026-12-25")(node)
    shortened, problems = [], Collecting()
    for key, value in node.entries:
        with problems:
            shortened.append((Parsed(parse_date, "a date")(key), WINDOWS(value)))
    problems.settle()
    return _Entry(shortened=tuple(shortened))


def _parse_holiday(text: str) -> _Entry:
    first, dots, last = text.partition("..")
    if dots:
        begin, end = parse_date(first.strip()), parse_date(last.strip())
        if not begin <= end <= begin + timedelta(days=_LONGEST_RANGE):
            raise ValueError(f"`{text}` does not go forward by at most {_LONGEST_RANGE} days")
        return _Entry(dates=tuple(begin + timedelta(days=n) for n in range((end - begin).days + 1)))
    if re.fullmatch(r"\d{2}-\d{2}", text):
        try:
            each_year = parse_date(f"{_ANY_LEAP_YEAR}-{text}")
        except ValueError:
            raise ValueError(f"there is no {text} in the calendar; write month-day, such as 12-25") from None
        return _Entry(yearly=((each_year.month, each_year.day),))
    return _Entry(dates=(parse_date(text),))
