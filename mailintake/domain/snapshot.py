"""A calendar as JSON: what a ticket pins, readable without the configuration it came from (DOMAIN S13).

    {"timezone": "Europe/Ljubljana", "hours": {"mon": ["08:00-12:00", "13:00-17:00"], "tue": []},
     "holidays": ["2026-01-01"], "yearly": ["12-25"], "shortened": {"2026-12-24": ["09:00-13:00"]}, "always": true}

Only `timezone` and `hours` must be there; a missing day is closed. The first three keys are the calendar of DOMAIN
section 14.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import TypeVar

from mailintake.domain.hours import Calendar, Holidays, Week, Window, zone

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WINDOW = re.compile(r"([0-9]{1,2}):([0-9]{2})-([0-9]{1,2}):([0-9]{2})")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_YEARLY = re.compile(r"[0-9]{2}-[0-9]{2}")
_LEAP_YEAR = 2000

_T = TypeVar("_T")
_KINDS: dict[type, str] = {str: "text", bool: "true or false", list: "a list", dict: "an object"}


def to_json(calendar: Calendar) -> dict[str, object]:
    """The snapshot, in an order that never varies; `from_json` makes an equal calendar of it."""
    snapshot: dict[str, object] = {
        "timezone": calendar.timezone,
        "hours": {day: _texts(windows) for day, windows in zip(_DAYS, calendar.week, strict=True) if windows},
    }
    holidays = calendar.holidays
    if holidays.dates:
        snapshot["holidays"] = [day.isoformat() for day in sorted(holidays.dates)]
    if holidays.yearly:
        snapshot["yearly"] = [f"{month:02}-{day:02}" for month, day in sorted(holidays.yearly)]
    if holidays.shortened:
        snapshot["shortened"] = {
            day.isoformat(): _texts(windows) for day, windows in sorted(holidays.shortened.items())
        }
    if calendar.always:
        snapshot["always"] = True
    return snapshot


def from_json(snapshot: Mapping[str, object]) -> Calendar:
    """The calendar of a snapshot; unknown keys are ignored. ValueError says in one sentence what is wrong."""
    name = checked(snapshot.get("timezone"), str, "timezone")
    zone(name)
    hours = checked(snapshot.get("hours"), dict, "hours")
    holidays = checked(snapshot.get("holidays", []), list, "holidays")
    yearly = checked(snapshot.get("yearly", []), list, "yearly")
    shortened = checked(snapshot.get("shortened", {}), dict, "shortened")
    return Calendar(
        timezone=name,
        week=_week(hours),
        holidays=Holidays(
            yearly=frozenset(map(_yearly, yearly)),
            dates=frozenset(map(_date, holidays)),
            shortened={_date(day): _windows(windows, day) for day, windows in shortened.items()},
        ),
        always=checked(snapshot.get("always", False), bool, "always"),
    )


def parse_window(text: str) -> Window:
    """`09:00-18:00` as a window; `24:00` only as the end. ValueError otherwise."""
    if match := _WINDOW.fullmatch(text):
        begin_hour, begin_minute, end_hour, end_minute = map(int, match.groups())
        if begin_minute < 60 and end_minute < 60 and begin_hour < 24 and (end_hour, end_minute) <= (24, 0):
            return Window(begin_hour * 60 + begin_minute, end_hour * 60 + end_minute)
    raise ValueError(f"a window is written HH:MM-HH:MM, not {_shown(text)}")


def _texts(windows: Iterable[Window]) -> list[str]:
    return [
        f"{window.start // 60:02}:{window.start % 60:02}-{window.end // 60:02}:{window.end % 60:02}"
        for window in windows
    ]


def _week(hours: Mapping[str, object]) -> Week:
    mon, tue, wed, thu, fri, sat, sun = (_windows(hours.get(day, []), day) for day in _DAYS)
    return mon, tue, wed, thu, fri, sat, sun


def _windows(value: object, day: str) -> tuple[Window, ...]:
    return _parsed(*(checked(text, str, "a window") for text in checked(value, list, day)))


@lru_cache(maxsize=4096)
def _parsed(*texts: str) -> tuple[Window, ...]:
    return tuple(map(parse_window, texts))


def _date(value: object) -> date:
    text = checked(value, str, "a date")
    if not _DATE.fullmatch(text):
        raise ValueError(f"a date is written YYYY-MM-DD, not {_shown(text)}")
    return _real_date(text, text)


def _yearly(value: object) -> tuple[int, int]:
    text = checked(value, str, "a yearly date")
    if not _YEARLY.fullmatch(text):
        raise ValueError(f"a yearly date is written MM-DD, not {_shown(text)}")
    day = _real_date(f"{_LEAP_YEAR}-{text}", text)
    return day.month, day.day


def _real_date(iso: str, text: str) -> date:
    try:
        return date.fromisoformat(iso)
    except ValueError:
        raise ValueError(f"no calendar has the date {text}") from None


def checked(value: object, kind: type[_T], name: str) -> _T:
    """The value, if it is of this kind of JSON; otherwise ValueError, in the words of JSON."""
    if isinstance(value, kind):
        return value
    raise ValueError(f"{name} must be {_KINDS[kind]}, not {_shown(value)}")


def _shown(value: object) -> str:
    """A stranger's value as an error may quote it: never at full length, and of containers only the kind."""
    if value is None:
        return "null"
    return _KINDS[type(value)] if isinstance(value, list | dict) else f"{value!r:.60}"
