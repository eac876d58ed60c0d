"""Who buys support: plans, accounts with their contracts, and the contacts who may write."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from mailintake.domain.hours import Hours
from mailintake.domain.quota import Limit
from mailintake.domain.target import Metric, Selector, TargetRow, Traits


class NewSender(StrEnum):
    """What becomes of a new sender at a known domain (DOMAIN E4)."""

    REFUSE = "refuse"
    ASK = "ask"
    SEAT = "seat"


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """Ways to reach the desk for the tickets of `selector`. `use` is `open`, `talk` or "" for both."""

    selector: Selector
    channels: tuple[str, ...]
    use: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is promised. `contacts` is how many may open tickets, None for everybody at the domains (`any`).

    `hours` are those a contract's own figures count in unless they name others. `answers` are the roles whose
    questions are answered, None for everybody's. `ahead`: its tickets stand before those of other plans in a queue.
    """

    key: str
    contacts: int | None
    targets: Mapping[Metric, tuple[TargetRow, ...]] = field(default_factory=dict)
    hours: Hours | None = None
    quota: Mapping[str, tuple[Limit, ...]] = field(default_factory=dict)
    answers: tuple[str, ...] | None = None
    channels: tuple[ChannelRow, ...] = ()
    price: str = ""
    archived: bool = False
    ahead: bool = False
    reports: str = ""
    extras: tuple[str, ...] = ()

    def channels_for(self, traits: Traits, *, use: str = "") -> tuple[str, ...]:
        """The ways open to a ticket with these traits: of the rows for each use, the first that speaks of it."""
        found: dict[str, None] = {}
        for each in dict.fromkeys(row.use for row in self.channels):
            if use and each and each != use:
                continue
            rows = (row for row in self.channels if row.use == each and row.selector.matches(traits))
            if row := next(rows, None):
                found |= dict.fromkeys(row.channels)
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Contract:
    """A plan in force for whole local days of the account, `begins` to `ends` inclusive (DOMAIN S14).

    For `grace_days` after the end new requests are still taken in. What else it says stands in the place of what the
    plan says: `contacts`, `targets`, `quota`, None or absent where it says nothing.
    """

    plan: str
    begins: date | None = None
    ends: date | None = None
    region: str | None = None
    grace_days: int = 0
    contacts: int | None = None
    targets: Mapping[Metric, tuple[TargetRow, ...]] = field(default_factory=dict)
    quota: Mapping[str, tuple[Limit, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody who may open tickets; with aliases still one seat (DOMAIN E3).

    `prefer`: of several accounts that list the address, this one is meant (E2). Whoever is `removed` is suspended as
    well. `since` is the day from which the seat is theirs.
    """

    address: str
    name: str = ""
    also: tuple[str, ...] = ()
    role: str = "user"
    attributes: Mapping[str, bool] = field(default_factory=dict)
    suspended: bool = False
    removed: bool = False
    prefer: bool = False
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """A customer. `everybody` means `contacts: any`: whoever writes from the domains is a contact.

    `contracts` follow each other in time and do not overlap; there is at least one.
    """

    key: str
    name: str
    domains: tuple[str, ...]
    contracts: tuple[Contract, ...]
    contacts: tuple[Contact, ...] = ()
    everybody: bool = False
    owner: str | None = None
    timezone: str | None = None
    language: str | None = None
