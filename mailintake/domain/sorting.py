"""What a desk sorts its tickets by: priorities, categories, topics and levels (DOMAIN section 8)."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Priority:
    """A priority and what it means; of a desk's priorities the most urgent stands first."""

    key: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Category:
    """A sort of request. `priorities` are those it may have, the most urgent first; all of the desk's, if not said."""

    key: str
    priorities: tuple[str, ...]
    meaning: str = ""


class Support(StrEnum):
    """How far a topic is supported."""

    FULL = "full"
    ADVICE = "advice"
    QUOTED = "quoted"
    ELSEWHERE = "elsewhere"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Topic:
    """What a request is about.

    `level` and `priority` are those a ticket gets with it, "" for none of its own. `only_for` is the attribute a
    contact must have, `plans` are the plans it comes with (None: every one). `note` is for letters. After the contract
    has ended such a request is still taken in where `after_contract_end` says so.
    """

    key: str
    meaning: str = ""
    level: str = ""
    priority: str = ""
    support: Support = Support.FULL
    only_for: str = ""
    plans: frozenset[str] | None = None
    note: str = ""
    after_contract_end: bool = False


@dataclass(frozen=True, slots=True)
class Level:
    """A rung of the ladder of service; the bottom one stands first."""

    key: str
    label: str
