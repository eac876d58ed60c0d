"""Accounts as the command line shows them: who their people are, what they pay for, and what they have used."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from mailintake.cli.common import print_table, zone_shown
from mailintake.domain.customer import Account, Contact, Contract
from mailintake.domain.decision import Enrolled
from mailintake.entitlement.contract import Force
from mailintake.entitlement.quota import Spent
from mailintake.entitlement.seats import Seats
from mailintake.intake.policy import Policy
from mailintake.storage.approvals import Approval
from mailintake.storage.quota import Ledger

_FORCE = {Force.IN_FORCE: "in force", Force.NOT_STARTED: "not begun", Force.EXPIRED: "ended"}
_USAGE = ("unit", "period", "used", "limit", "over", "from", "to", "next")


class State(StrEnum):
    """What a person is to the account. IN_FILE has enrolled, but is listed by now: what the file says counts."""

    SEAT = "seat"
    OVER_LIMIT = "over-limit"
    SUSPENDED = "suspended"
    REMOVED = "removed"
    IN_FILE = "in-file"


class Source(StrEnum):
    """How somebody became a contact: listed in the file, by a mail of theirs, or by a command of an admin's."""

    FILE = "file"
    MAIL = "mail"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Person:
    """A contact of an account, wherever that is written.

    `since` is the local day on which that began; `kept_until` is how long the seat of somebody who was removed stays
    empty.
    """

    account: str
    contact: Contact
    source: Source
    state: State
    since: date | None
    kept_until: datetime | None = None

    def as_json(self) -> dict[str, object]:
        """For programs."""
        return {
            "address": self.contact.address,
            "name": self.contact.name,
            "aliases": list(self.contact.also),
            "role": self.contact.role,
            "source": self.source.value,
            "state": self.state.value,
            "since": _iso(self.since),
            "seat_kept_until": self.kept_until,
        }

    @property
    def state_text(self) -> str:
        """`over limit`, or how long a removed person's seat stays empty."""
        kept = f", seat kept until {self.kept_until:%Y-%m-%d}" if self.kept_until else ""
        return self.state.value.replace("-", " ") + kept


@dataclass(frozen=True, slots=True)
class Roll:
    """An account at an instant: its contract, its seats, and its people in the order in which they hold these."""

    account: Account
    contract: Contract
    force: Force
    seats: Seats
    people: tuple[Person, ...]

    @property
    def contacts(self) -> int:
        """How many people would be allowed to write, were there seats enough."""
        return sum(each.state in {State.SEAT, State.OVER_LIMIT} for each in self.people)

    def seats_text(self) -> str:
        """`1 of 2`, `5 of any`; and how many have none."""
        over = sum(each.state is State.OVER_LIMIT for each in self.people)
        text = f"{self.seats.used} of {'any' if self.seats.limit is None else self.seats.limit}"
        return f"{text}, {over} over" if over else text


def roll(account: Account, rows: Iterable[Mapping[str, Any]], policy: Policy, *, at: datetime) -> Roll:
    """The account at `at`, with these rows of `customers.listing`."""
    contract, force = policy.contract_at(account, at)
    come = [row for row in rows if row["enrolled_at"] <= at]
    enrolled = [_enrolled(row, at) for row in come]
    seats = policy.seats(account, contract, policy.holders(enrolled, at=at))
    seated = frozenset(seats.holders if seats.limit is None else seats.holders[: seats.limit])

    def state_of(key: str) -> State:
        return State.SEAT if key in seated else State.OVER_LIMIT

    people = [
        Person(
            account.key,
            contact,
            Source.FILE,
            _unseated(contact) or state_of(policy.key(contact.address) or ""),
            contact.since,
        )
        for contact in account.contacts
    ]
    zone = ZoneInfo(policy.zone_of(account, contract))
    people += [
        _from_database(row, one, policy, zone, state=state_of(one.key), at=at)
        for row, one in zip(come, enrolled, strict=True)
    ]
    return Roll(account, contract, force, seats, tuple(people))


def ledgers(account: Account, policy: Policy, *, at: datetime) -> list[Ledger]:
    """What must be known of the account's spends to say what it has used in the periods around `at`."""
    contract, _ = policy.contract_at(account, at)
    found = policy.allowances(account, contract)
    return [Ledger(account.key, each.unit.key, each.looks_back_to(at)) for each in found]


def usage(
    found: Roll, spent: Mapping[Ledger, Mapping[date, int]], policy: Policy, *, at: datetime
) -> list[dict[str, object]]:
    """A line for each limit: what of it is used in the period around `at`; days are local ones, `to` the last."""
    by_unit = {ledger.unit: Spent(days) for ledger, days in spent.items()}
    return [
        {
            "unit": each.unit.key,
            "period": span.limit.period.value,
            "used": used,
            "limit": span.limit.count,
            "left": max(0, span.limit.count - used),
            "over": max(0, used - span.limit.count),
            "from": span.start.isoformat(),
            "to": (span.end - timedelta(days=1)).isoformat(),
            "next": span.end.isoformat(),
        }
        for each in policy.allowances(found.account, found.contract)
        for span in each.spans_on(each.day_of(at))
        for used in [by_unit[each.unit.key].within(span)]
    ]


def row(found: Roll, *, waiting: int) -> dict[str, object]:
    """An account in a list."""
    return {
        "account": found.account.key,
        "name": found.account.name,
        "plan": found.contract.plan,
        "contract": found.force.value,
        "from": _iso(found.contract.begins),
        "to": _iso(found.contract.ends),
        "seats_used": found.seats.used,
        "seats": found.seats.limit,
        "contacts": found.contacts,
        "waiting": waiting,
    }


def full(found: Roll, policy: Policy, waiting: Sequence[Approval]) -> dict[str, object]:
    """All there is to know of an account but what it has used."""
    account = found.account
    return row(found, waiting=len(waiting)) | {
        "owner": account.owner,
        "timezone": policy.zone_of(account, found.contract),
        "language": policy.language_of(account, None),
        "domains": list(account.domains),
        "contracts": [_contract_as_json(each, found) for each in account.contracts],
        "people": [each.as_json() for each in found.people],
        "approvals": [
            {"address": each.address, "name": each.name, "asked_at": each.asked_at, "expires_at": each.expires_at}
            for each in waiting
        ],
    }


def show_list(found: Iterable[tuple[Roll, int]]) -> None:
    """Print a table of accounts."""
    rows = (
        (each.account.key, each.account.name, each.contract.plan, days(each.contract), _FORCE[each.force],
         each.seats_text(), each.contacts, waiting)
        for each, waiting in found
    )  # fmt: skip
    columns = ("account", "name", "plan", "days", "contract", "seats", "contacts", "waiting")
    print_table(columns, rows, empty="No accounts.")


def show(found: Roll, policy: Policy, waiting: Sequence[Approval]) -> None:
    """Print an account and its people."""
    print_table(("", ""), _facts(found, policy), empty="")
    print()
    contracts = (
        (each.plan, days(each), each.region, f"{each.grace_days} days" if each.grace_days else None,
         _FORCE[found.force] if each is found.contract else "")
        for each in found.account.contracts
    )  # fmt: skip
    print_table(("contract", "days", "region", "grace", "now"), contracts, empty="")
    print()
    people = (
        ([each.contact.address, *each.contact.also], each.contact.name, each.contact.role, each.source.value,
         each.state_text, each.since)
        for each in found.people
    )  # fmt: skip
    print_table(("contact", "name", "role", "source", "state", "since"), people, empty="No contacts.")
    if waiting:
        print()
        asked = ((each.address, each.name, each.asked_at, each.expires_at) for each in waiting)
        print_table(("waits for approval", "name", "since", "until"), asked, empty="")


def show_usage(lines: Sequence[Mapping[str, object]], plan: str) -> None:
    """Print what is used of each limit."""
    cells = ([line[name] for name in _USAGE] for line in lines)
    print_table(_USAGE, cells, empty=f"Nothing is counted under {plan}.")


def days(contract: Contract) -> str:
    """`2026-01-01..2026-12-31`, open at the end that it does not name; `always`."""
    return f"{contract.begins or ''}..{contract.ends or ''}" if contract.begins or contract.ends else "always"


def _facts(found: Roll, policy: Policy) -> Iterator[tuple[str, object]]:
    account = found.account
    yield "account", account.key
    yield "name", account.name
    yield "owner", account.owner
    yield "zone", zone_shown(policy.zone_of(account, found.contract))
    yield "language", policy.language_of(account, None)
    yield "domains", list(account.domains)
    yield "seats", found.seats_text()


def _contract_as_json(contract: Contract, found: Roll) -> dict[str, object]:
    return {
        "plan": contract.plan,
        "from": _iso(contract.begins),
        "to": _iso(contract.ends),
        "region": contract.region,
        "grace_days": contract.grace_days,
        "decides": contract is found.contract,
    }


def _unseated(contact: Contact) -> State | None:
    if contact.removed:
        return State.REMOVED
    return State.SUSPENDED if contact.suspended else None


def _from_database(
    row: Mapping[str, Any], one: Enrolled, policy: Policy, zone: ZoneInfo, *, state: State, at: datetime
) -> Person:
    contact = Contact(one.address, one.name, role=one.role)
    source = Source.COMMAND if row["spool_id"] is None else Source.MAIL
    since, kept_until = row["enrolled_at"], None
    if policy.contact(one.key):
        state = State.IN_FILE
    elif one.removed_at is not None:
        state, since = State.REMOVED, one.removed_at
        until = one.removed_at + (policy.desk.senders.seat_cooldown or timedelta(0))
        kept_until = until if until > at else None
    return Person(one.account, contact, source, state, since.astimezone(zone).date(), kept_until)


def _enrolled(row: Mapping[str, Any], at: datetime) -> Enrolled:
    removed = row["removed_at"] if row["removed_at"] and row["removed_at"] <= at else None
    return Enrolled(row["account"], row["key"], row["address"], row["name"], row["role"], removed)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
