"""Time zones as a calendar itself describes them (RFC 5545, 3.6.5), for those that no table knows."""

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

_OFFSET = re.compile(r"([+-])([01][0-9]|2[0-3])([0-5][0-9])([0-5][0-9])?")
_DAY = re.compile(r"([+-]?[0-9]{1,2})?(SU|MO|TU|WE|TH|FR|SA)")
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_ZONES = 50
_OBSERVANCES = 50
_DATES = 200
_NEVER = datetime.max  # noqa: DTZ901  all times here are wall-clock times of a zone

Property = tuple[str, dict[str, str], str]


@dataclass(slots=True)
class _Observance:
    """From when on which offset holds; times are those the clock on the wall showed until then."""

    before: timedelta | None = None
    offset: timedelta | None = None
    begins: datetime | None = None
    rule: dict[str, str] = field(default_factory=dict)
    dates: list[datetime] = field(default_factory=list)
    is_standard: bool = True

    def latest(self, local: datetime) -> datetime | None:
        """When it last began, at or before this time; None if it had not yet. Two years of its rule tell it."""
        # a clock put forward shows no time in between: the new offset counts from behind the gap
        gap = max(timedelta(0), (self.offset or timedelta(0)) - (self.before or self.offset or timedelta(0)))
        begins = self.begins
        if begins is None or local < begins + gap:
            return None
        onsets = [begins, *(date for date in self.dates if date >= begins)]
        if self.rule.get("FREQ", "").upper() == "YEARLY":
            last = min(local.year, self._last_year(begins) or local.year)
            onsets += [onset for year in (last - 1, last) if (onset := self._in(year, begins)) is not None]
        return max((onset for onset in onsets if begins <= onset <= local - gap), default=None)

    def _until(self) -> datetime:
        text = self.rule.get("UNTIL", "")
        until = wall_time(text[:15]) if text else None
        if until is None:
            return _NEVER
        return until + (self.before or timedelta(0)) if text.endswith("Z") else until

    def _last_year(self, begins: datetime) -> int | None:
        """The year in which the rule ends, if it does."""
        count = self.rule.get("COUNT", "")
        if count.isdecimal() and len(count) < 5:
            return begins.year + int(count) - 1
        until = self._until()
        return None if until is _NEVER else until.year

    def _in(self, year: int, begins: datetime) -> datetime | None:
        """When it begins in this year by its rule, or None."""
        last = self._last_year(begins)
        if last is not None and last < year:
            return None
        month = _number(self.rule.get("BYMONTH", ""), begins.month)
        try:
            day = _day(year, month, self.rule, begins.day)
            onset = begins.replace(year=year, month=month, day=day)
        except ValueError:
            return None
        return onset if onset <= self._until() else None


@dataclass(slots=True)
class Zone:
    """One VTIMEZONE."""

    observances: list[_Observance] = field(default_factory=list)

    def at(self, local: datetime) -> timezone | None:
        """The offset that holds at a wall-clock time; None if the zone describes none."""
        begun = [
            (onset, observance)
            for observance in self.observances
            if observance.offset is not None and (onset := observance.latest(local)) is not None
        ]
        if begun:
            return timezone(max(begun, key=lambda pair: pair[0])[1].offset or timedelta(0))
        told = [observance for observance in self.observances if observance.offset is not None]
        early = min(
            told, key=lambda observance: (observance.begins or _NEVER, not observance.is_standard), default=None
        )
        if early is None or early.offset is None:
            return None
        return timezone(early.offset if early.before is None or early.begins is None else early.before)


def read(properties: Iterable[Property]) -> dict[str, Zone]:
    """The zones that a calendar describes, by their TZID; at most 50, each with at most 50 changes of its clock."""
    zones: dict[str, Zone] = {}
    zone: Zone | None = None
    name = ""
    current: _Observance | None = None
    for key, _, value in properties:
        value = value.strip()  # noqa: PLW2901
        if key == "BEGIN":
            kind = value.upper()
            if kind == "VTIMEZONE":
                zone, name, current = Zone(), "", None
            elif zone is not None and kind in ("STANDARD", "DAYLIGHT") and len(zone.observances) < _OBSERVANCES:
                current = _Observance(is_standard=kind == "STANDARD")
                zone.observances.append(current)
        elif key == "END":
            if value.upper() == "VTIMEZONE" and zone is not None and len(zones) < _ZONES:
                zones.setdefault(name, zone)
                zone = None
            current = None
        elif current is not None:
            _describe(current, key, value)
        elif key == "TZID" and zone is not None:
            name = value
    return zones


def _describe(observance: _Observance, key: str, value: str) -> None:
    if key == "TZOFFSETTO":
        observance.offset = _offset(value)
    elif key == "TZOFFSETFROM":
        observance.before = _offset(value)
    elif key == "DTSTART":
        observance.begins = wall_time(value)
    elif key == "RRULE":
        pairs = (pair.partition("=") for pair in value.split(";")[:20])
        observance.rule = {name.strip().upper(): content.strip() for name, _, content in pairs}
    elif key == "RDATE" and len(observance.dates) < _DATES:
        dates = (wall_time(date.partition("/")[0]) for date in value.split(",")[:_DATES])
        observance.dates += [date for date in dates if date is not None]


def wall_time(text: str) -> datetime | None:
    """A DATE-TIME of RFC 5545 without its zone, or None."""
    text = text[:40].strip().rstrip("Zz")
    if len(text) < 15 or text[8] != "T":
        return None
    try:
        return datetime.strptime(text[:15], "%Y%m%dT%H%M%S")  # noqa: DTZ007
    except ValueError:
        return None


def _offset(text: str) -> timedelta | None:
    match = _OFFSET.fullmatch(text)
    if match is None:
        return None
    offset = timedelta(hours=int(match[2]), minutes=int(match[3]), seconds=int(match[4] or 0))
    return offset if match[1] == "+" else -offset


def _day(year: int, month: int, rule: dict[str, str], otherwise: int) -> int:
    """The day of the month: `-1SU`, `2SU`, `SU` with `BYMONTHDAY=8,9,…`, a number, or that of the first time.

    Raises ValueError if the month has no such day.
    """
    first_weekday, length = calendar.monthrange(year, month)
    numbers = [_number(text, 0) for text in rule.get("BYMONTHDAY", "").split(",")[:40] if text]
    days = {number if number > 0 else length + 1 + number for number in numbers}
    match = _DAY.fullmatch(rule.get("BYDAY", "").upper())
    if match is None:
        return min(days, default=otherwise)
    first = (_DAYS.index(match[2]) - first_weekday) % 7 + 1
    fitting = range(first, length + 1, 7)
    if days:
        return min(day for day in fitting if day in days)
    place = int(match[1] or 1)
    return fitting[place - 1 if place > 0 else place] if place and abs(place) <= len(fitting) else otherwise


def _number(text: str, otherwise: int) -> int:
    digits = text.lstrip("+-")
    return int(text) if digits.isdecimal() and digits.isascii() and len(digits) < 4 else otherwise
