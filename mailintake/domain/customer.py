"""Who buys support: plans, accounts with their contract, and the contacts who may write."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from mailintake.domain.sla import TargetRow


class NewSender(StrEnum):
    """What becomes of a new sender at a known domain (DOMAIN E4)."""

    REFUSE = "refuse"
    SEAT = "seat"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is promised. `contacts` is how many may open tickets, None for everybody at the domains (`any`)."""

    key: str
    contacts: int | None
    first_response: tuple[TargetRow, ...]
    price: str = ""
    archived: bool = False
    channels: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Contract:
    """A plan in force for whole local days of the account, `begins` to `ends` inclusive (DOMAIN S14)."""

    plan: str
    begins: date | None = None
    ends: date | None = None
    region: str | None = None
    contacts: int | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody who may open tickets; with aliases still one seat (DOMAIN E3)."""

    address: str
    name: str = ""
    also: tuple[str, ...] = ()
    role: str = "user"
    attributes: Mapping[str, bool] = field(default_factory=dict)
    suspended: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """A customer. `everybody` means `contacts: any`: whoever writes from the domains is a contact."""

    key: str
    name: str
    domains: tuple[str, ...]
    contract: Contract
    contacts: tuple[Contact, ...] = ()
    everybody: bool = False
    owner: str | None = None
    timezone: str | None = None
    language: str | None = None
