"""Opening hours as a desk keeps them, and the calendar that becomes of them in one zone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from zoneinfo import ZoneInfo

_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Window:
    """Half-open opening time in minutes from local midnight: `start` 0..1439, `end` 0..1440.

    An end before the start lies on the next day, and the window belongs to the day it begins on. Equal ends are an
    empty window (DOMAIN S4). ValueError for minutes that no clock shows.
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if not (0 <= self.start < _DAY and 0 <= self.end <= _DAY):
            raise ValueError(f"a window lies between 0 and {_DAY} minutes, not {self.start} to {self.end}")

    @property
    def length(self) -> int:
        """Minutes on the wall clock from start to end."""
        return self.end - self.start if self.end >= self.start else self.end - self.start + _DAY


Week = tuple[
    tuple[Window, ...],
    tuple[Window, ...],
    tuple[Window, ...],
    tuple[Window, ...],
    tuple[Window, ...],
    tuple[Window, ...],
    tuple[Window, ...],
]


@dataclass(frozen=True, slots=True)
class Holidays:
    """Local dates: `yearly` as (month, day), `dates` in full, `shortened` with the windows that replace the day's.

    A shortened date is never closed by the other two. The mapping is not to be changed once it is here.
    """

    yearly: frozenset[tuple[int, int]] = frozenset()
    dates: frozenset[date] = frozenset()
    shortened: Mapping[date, tuple[Window, ...]] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((self.yearly, self.dates, frozenset(self.shortened.items())))


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours as the desk writes them. `holidays_too` opens on holidays; `always` is 24/7.

    `text` is how the admin wrote them, for letters and tables. `timezone` and `holidays` are set only where the hours
    name their own.
    """

    text: str
    week: Week
    holidays_too: bool = False
    always: bool = False
    timezone: str | None = None
    holidays: Holidays | None = None


@dataclass(frozen=True, slots=True)
class Calendar:
    """Opening hours on one clock: what a due time is computed with, and what a ticket pins (DOMAIN S13)."""

    timezone: str
    week: Week
    holidays: Holidays = Holidays()
    always: bool = False

    def windows_on(self, day: date) -> tuple[Window, ...]:
        """The windows that begin on this local date (DOMAIN S8)."""
        if day in self.holidays.shortened:
            return self.holidays.shortened[day]
        if day in self.holidays.dates or (day.month, day.day) in self.holidays.yearly:
            return ()
        return self.week[day.weekday()]


def calendar_for(hours: Hours, *, timezone: str, holidays: Holidays) -> Calendar:
    """These hours in this zone and with these holidays, or with their own if they name any (DOMAIN S8).

    Hours that ignore holidays get none.
    """
    ignores_holidays = hours.holidays_too or hours.always
    closed = holidays if hours.holidays is None else hours.holidays
    return Calendar(
        timezone=hours.timezone or timezone,
        week=hours.week,
        holidays=Holidays() if ignores_holidays else closed,
        always=hours.always,
    )


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """The clock of an IANA zone; ValueError if nobody keeps one of that name."""
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        raise ValueError(f"unknown time zone {name!r:.60}") from None
