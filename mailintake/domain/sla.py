"""What is promised, by when, and which reminders go out on the way (DOMAIN S1 to S18)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailintake.domain.calendar import Calendar, Hours


class Metric(StrEnum):
    """What a clock measures."""

    FIRST_RESPONSE = "first_response"


class Counting(StrEnum):
    """Open hours, or every hour (DOMAIN S6)."""

    OPEN = "open"
    WALL = "wall"


@dataclass(frozen=True, slots=True)
class TargetRow:
    """One row of a plan's table: for these priorities (None: for every one), within `minutes` of `hours`.

    `minutes` is None where the row says `none`: nothing is promised. `text` is the row as the admin wrote it.
    """

    text: str
    priorities: frozenset[str] | None
    minutes: int | None
    hours: Hours
    counting: Counting = Counting.OPEN
    soft: bool = False


class StepKind(StrEnum):
    """The four ways to say when a reminder goes out (DOMAIN S18)."""

    PERCENT = "percent"
    BEFORE = "before"
    BREACH = "breach"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Step:
    """One reminder. `amount` is a percentage, or minutes of working time; `key` names it once per clock.

    AFTER repeats every `amount` minutes, `times` times. `tell` holds `assignee`, `team`, `lead` or `owner`.
    """

    key: str
    kind: StepKind
    amount: int
    tell: tuple[str, ...]
    times: int = 1


class ClockState(StrEnum):
    """A clock runs until it is met or cancelled; a breach is recorded beside it and stays."""

    RUNNING = "running"
    MET = "met"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Promise:
    """A target resolved for one ticket. `minutes` and `due` are None where nothing is promised."""

    metric: Metric
    row: str
    minutes: int | None
    calendar: Calendar
    hours: str
    counting: Counting
    soft: bool
    started: datetime
    due: datetime | None
