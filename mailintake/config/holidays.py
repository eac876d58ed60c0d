"""Lists of holidays as an admin writes them (DOMAIN S8)."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from mailintake.config.hours import WINDOWS
from mailintake.config.public_holidays import FIRST_YEAR, LAST_YEAR, public_holidays
from mailintake.config.question import Either, Table, answer
from mailintake.config.shapes import ListOf, Parsed, Record, parse_date, scalar
from mailintake.config.source import Collecting, Node, Scalar, Section
from mailintake.domain.hours import Holidays, Window

_ANY_LEAP_YEAR = 2000
_LONGEST_RANGE = 366


@dataclass(frozen=True)
class _Entry:
    """What one entry of a list says; `public` are a country's own days, of which some may be shortened."""

    yearly: tuple[tuple[int, int], ...] = ()
    dates: tuple[date, ...] = ()
    shortened: tuple[tuple[date, tuple[Window, ...]], ...] = ()
    public: frozenset[date] = frozenset()


def _merged(entries: Iterable[_Entry]) -> _Entry:
    entries = tuple(entries)
    return _Entry(
        tuple(day for entry in entries for day in entry.yearly),
        tuple(day for entry in entries for day in entry.dates),
        tuple(day for entry in entries for day in entry.shortened),
        frozenset(day for entry in entries for day in entry.public),
    )


def holidays_list(node: Node) -> Holidays:
    """`01-01` each year, `2026-04-06`, `2026-12-24..2026-12-31`, `{2026-12-24: 09:00-13:00}`, `{country: SI}`.

    A country may also stand alone, without a list around it.
    """
    answer(node, Either((_COUNTRY, ListOf(_entry, "a list of holidays"))))
    if isinstance(node, Section) and "country" in node.keys:
        whole = _COUNTRY(node)
    else:
        whole = _merged(ListOf(_entry, "a list of holidays, or a section with a `country`")(node))
    dates, shortened = frozenset(whole.dates), dict(whole.shortened)
    if both := sorted(dates & shortened.keys()):
        raise node.wrong(f"{both[0]} is listed as a holiday and as a shortened day")
    return Holidays(frozenset(whole.yearly), dates | (whole.public - shortened.keys()), shortened)


def _entry(node: Node) -> _Entry:
    if isinstance(node, Section):
        answer(node, Either((_COUNTRY, _SHORTENED)))
    return _COUNTRY(node) if isinstance(node, Section) and "country" in node.keys else _day(node)


def _day(node: Node) -> _Entry:
    if not isinstance(node, Section):
        return _DAYS(node)
    answer(node, _SHORTENED)
    shortened, problems = [], Collecting()
    for key, value in node.entries:
        with problems:
            shortened.append((Parsed(parse_date, "a date")(key), WINDOWS(value)))
    problems.settle()
    return _Entry(shortened=tuple(shortened))


def _parse_days(text: str) -> _Entry:
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


_DAYS = Parsed(_parse_days, "a holiday such as 12-25 or 2026-12-25")
_SHORTENED = Table(lambda _, value: WINDOWS(value))


def _country(
    *,
    country: Scalar,
    region: Scalar | None = None,
    add: tuple[_Entry, ...] = (),
    remove: tuple[Callable[[frozenset[date]], frozenset[date]], ...] = (),
) -> _Entry:
    public = public_holidays(country, region)
    left, problems = public, Collecting()
    for removal in remove:
        with problems:
            left -= removal(public)
    problems.settle()
    return _merged((*add, _Entry(public=left)))


def _removal(node: Node) -> Callable[[frozenset[date]], frozenset[date]]:
    """From a country's days to those that `node` takes away."""
    named = _DAYS(node)

    def removed(public: frozenset[date]) -> frozenset[date]:
        found = {day for day in public if day in named.dates or (day.month, day.day) in named.yearly}
        if not found:
            years = f"{FIRST_YEAR} to {LAST_YEAR}"
            raise node.wrong(f"there is nothing to remove: no such public holiday there from {years}")
        return frozenset(found)

    return removed


_COUNTRY = Record(
    _country,
    {
        "country": partial(scalar, wanted="a country's two letters, such as SI"),
        "region": partial(scalar, wanted="a region, such as BY of DE"),
        "add": ListOf(_day, "a list of holidays", or_one=True),
        "remove": ListOf(_removal, "a list of public holidays that are working days here", or_one=True),
    },
    required=("country",),
)
