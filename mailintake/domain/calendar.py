"""The arithmetic of working time (DOMAIN S4 to S9)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Window:
    """Half-open opening time in minutes from local midnight: `start` 0..1439, `end` 1..1440.

    An end at or before the start lies on the next day, and the window belongs to the day it begins on.
    """

    start: int
    end: int


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
    """Local dates: `yearly` as (month, day), `dates` in full, `shortened` with the windows that replace the day's."""

    yearly: frozenset[tuple[int, int]] = frozenset()
    dates: frozenset[date] = frozenset()
    shortened: Mapping[date, tuple[Window, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours as the desk writes them. `holidays_too` opens on holidays; `always` is 24/7.

    `text` is how the admin wrote them, for letters and tables. `timezone` is set only where the hours name their own.
    """

    text: str
    week: Week
    holidays_too: bool = False
    always: bool = False
    timezone: str | None = None


@dataclass(frozen=True, slots=True)
class Calendar:
    """Opening hours on one clock: what a due time is computed with, and what a ticket pins (DOMAIN S13)."""

    timezone: str
    week: Week
    holidays: Holidays = Holidays()
    always: bool = False
