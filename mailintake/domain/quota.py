"""What a plan gives a limited number of: the units, and how many in which time (DOMAIN E6)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Period(StrEnum):
    """A time over which a limit counts, in the account's zone; the contract's periods begin on its own days."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    CONTRACT_MONTH = "contract-month"
    YEAR = "year"
    CONTRACT_YEAR = "contract-year"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` in each `period`."""

    count: int
    period: Period


@dataclass(frozen=True, slots=True)
class Spend:
    """One of a unit to be spent on a local day of the account; `overage` is beyond what the plan gives.

    `reserved`: it is not spent before the customer says yes to its price.
    """

    unit: str
    day: date
    overage: bool = False
    reserved: bool = False


class WhenUsedUp(StrEnum):
    """What becomes of a request for which nothing is left."""

    REFUSE = "refuse"
    QUOTE = "quote"
    WAIT = "wait"
    ACCEPT = "accept"


@dataclass(frozen=True, slots=True)
class Unit:
    """What new requests spend, such as credits.

    `topics` are those that spend it, None for every request. `when_day_is_full` is never QUOTE. A request of a
    priority in `never_stops` spends what is left and passes where nothing is.
    """

    key: str
    topics: frozenset[str] | None = None
    when_used_up: WhenUsedUp = WhenUsedUp.REFUSE
    when_day_is_full: WhenUsedUp = WhenUsedUp.WAIT
    never_stops: frozenset[str] = frozenset()
