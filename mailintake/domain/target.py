"""What a plan promises, row by row, and to which tickets each row speaks (DOMAIN sections 8 and 13)."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import StrEnum

from mailintake.domain.hours import Calendar, Holidays, Hours, calendar_for


class Metric(StrEnum):
    """What a clock measures."""

    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    RESOLUTION = "resolution"
    LEVEL_RESPONSE = "level_response"


class Counting(StrEnum):
    """Open hours, or every hour (DOMAIN S6)."""

    OPEN = "open"
    WALL = "wall"


@dataclass(frozen=True, slots=True)
class Traits:
    """What a ticket is sorted by; "" where the desk knows no such thing, or nobody has said."""

    priority: str
    category: str = ""
    topic: str = ""
    level: str = ""


@dataclass(frozen=True, slots=True)
class Selector:
    """The traits a row speaks of; None is whatever they are."""

    priorities: frozenset[str] | None = None
    categories: frozenset[str] | None = None
    topics: frozenset[str] | None = None
    levels: frozenset[str] | None = None

    def matches(self, traits: Traits) -> bool:
        """Whether the row speaks of a ticket with these traits."""
        return (
            (self.priorities is None or traits.priority in self.priorities)
            and (self.categories is None or traits.category in self.categories)
            and (self.topics is None or traits.topic in self.topics)
            and (self.levels is None or traits.level in self.levels)
        )

    def narrowed(self, other: "Selector") -> "Selector":
        """What both speak of."""
        return Selector(
            *(_both(getattr(self, each.name), getattr(other, each.name)) for each in fields(self)),
        )


EVERY_TICKET = Selector()


@dataclass(frozen=True, slots=True)
class TargetRow:
    """One row of a plan's table as the admin wrote it: within `minutes` of `hours` for the tickets of `selector`.

    `minutes` is None where the row says `none`: nothing is promised; and where it says `by contract`, with
    `by_contract`. `text` is the row as written.
    """

    text: str
    selector: Selector
    minutes: int | None
    hours: Hours
    counting: Counting = Counting.OPEN
    soft: bool = False
    by_contract: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """A row on the clock of one contract: its hours have become a calendar. `hours` is how they are written."""

    text: str
    selector: Selector
    minutes: int | None
    counting: Counting
    soft: bool
    hours: str
    calendar: Calendar


def resolved(row: TargetRow, *, timezone: str, holidays: Holidays) -> Target:
    """A row in this zone and with these holidays, which are those of the region or the desk (DOMAIN S8)."""
    return Target(
        text=row.text,
        selector=row.selector,
        minutes=row.minutes,
        counting=row.counting,
        soft=row.soft,
        hours=row.hours.text,
        calendar=calendar_for(row.hours, timezone=timezone, holidays=holidays),
    )


def with_contract(plan: Sequence[TargetRow], contract: Sequence[TargetRow]) -> tuple[TargetRow, ...]:
    """A plan's rows with what the contract says of the same metric.

    The contract's rows stand where the plan's say `by contract`; where none says so, they replace the plan's. A row
    `by contract` for which the contract has nothing promises nothing.
    """
    if contract and not any(row.by_contract for row in plan):
        return tuple(contract)
    rows: list[TargetRow] = []
    for row in plan:
        if row.by_contract:
            rows += (_narrowed(agreed, row.selector) for agreed in contract)
        rows.append(row)
    return tuple(rows)


def target_for(targets: Sequence[Target], traits: Traits) -> Target | None:
    """The first row that speaks of a ticket with these traits; None where nothing is promised."""
    found = next((target for target in targets if target.selector.matches(traits)), None)
    return found if found is not None and found.minutes is not None else None


def _narrowed(row: TargetRow, selector: Selector) -> TargetRow:
    return TargetRow(
        row.text, row.selector.narrowed(selector), row.minutes, row.hours, row.counting, row.soft, row.by_contract
    )


def _both(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    if one is None or other is None:
        return other if one is None else one
    return one & other
