"""What the desk does about an account's people: gives and takes seats, does what owners decided (DOMAIN E3 to E5).

People whom the file lists are the file's business. Everything here concerns those who have a seat by the database:
because they wrote, because the owner agreed, or because an admin said so.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from mailintake.config.people import parse_person
from mailintake.config.shapes import nearest
from mailintake.domain.customer import Account, Contact
from mailintake.domain.decision import Enrolled
from mailintake.domain.mail import Address
from mailintake.entitlement.seats import Seats
from mailintake.errors import UsageError
from mailintake.intake import admission
from mailintake.intake.policy import Policy
from mailintake.storage import approvals, customers, journal, members, messages
from mailintake.storage.approvals import Approval
from mailintake.storage.engine import exclusively

LONGEST_NAME = 200
LONGEST_ROLE = 64


class Outcome(StrEnum):
    """What came of an approval: OVER_LIMIT has no free seat and goes on waiting, GONE was settled before or is moot."""

    APPROVED = "approved"
    OVER_LIMIT = "over-limit"
    GONE = "gone"


class NoFreeSeat(UsageError):
    """The account has no seat for one more."""


def somebody(text: str, *, name: str = "", role: str = "") -> tuple[Address, str]:
    """A person as written, `Ben Baker <ben@bakery.example>` or the address alone, and their role; `user` without one.

    `name` goes before the one in the text. UsageError for what is no address, and for more than a line.
    """
    try:
        person = parse_person(text.strip())
    except ValueError as error:
        raise UsageError(str(error)) from None
    called = _plain(name or person.name, "name", LONGEST_NAME)
    return Address(person.address, called), _plain(role, "role", LONGEST_ROLE) or "user"


def waits(connection: Connection, policy: Policy, account: Account, address: str) -> Approval:
    """The approval for which somebody waits. UsageError if nobody does under this address."""
    key = policy.key(address)
    found = approvals.of_account(connection, account.key)
    if approval := next((each for each in found if each.key == key), None):
        return approval
    hint = nearest(address, (each.address for each in found))
    raise UsageError(f"nobody waits for approval at {account.key} as {address}{hint}")


def is_new(
    policy: Policy,
    account: Account,
    people: Sequence[Enrolled],
    address: str,
    *,
    elsewhere: Collection[str],
    now: datetime,
) -> bool:
    """Whether this address may be given a seat of the account; False if it has one. UsageError where it cannot be.

    `people` are those who enrolled in the account, `elsewhere` the accounts in which the address did.
    """
    key = policy.key(address)
    if key is None:
        raise UsageError(f"`{address}` is no mail address such as ana@bakery.example")
    if policy.mailbox(address) is not None:
        raise UsageError(f"{address} is a mailbox of the desk")
    if policy.agent_of(key) is not None:
        raise UsageError(f"{address} is one of the desk's own people")
    if listed := policy.directory.contacts(key):
        return _is_not_listed(account, listed, address)
    if any(one.key == key and one.removed_at is None for one in people):
        return False
    if other := next((name for name in elsewhere if name != account.key and name in policy.directory.accounts), None):
        raise UsageError(f"{address} has a seat at {other}: remove it there first")
    seats = _seats_without(policy, account, people, key, now=now)
    if not _has_room(seats):
        raise NoFreeSeat(f"no free seat for {address}: {seats.used} of {seats.limit} at {account.key} are taken")
    return True


def add(
    connection: Connection, policy: Policy, account: Account, person: Address, *, role: str, by: str, now: datetime
) -> bool:
    """Give a person a seat; False if they have one. UsageError where that cannot be.

    Any address will do, also one outside the account's domains: whoever adds a person has said who they are. Somebody
    who waited for the owner's word is approved by this.
    """
    key = policy.key(person.address) or ""
    exclusively(connection, f"seats of {account.key}")
    people = customers.enrolled(connection, [account.key])[account.key]
    elsewhere = members.homes(connection, [key])[key]
    if not is_new(policy, account, people, person.address, elsewhere=elsewhere, now=now):
        return False
    new = Enrolled(account.key, key, person.address, person.name, role)
    _enrol(connection, new, by=by, now=now)
    asked = approvals.pending(connection, [(account.key, key)]).get((account.key, key))
    if asked is not None:
        _settle(connection, asked, state="approved", by=by, now=now)
        found = admission.waiting(connection, policy, account=account.key, key=key)
        admission.accept(connection, policy, found, account, by=by, now=now)
    return True


def remove(connection: Connection, policy: Policy, account: Account, address: str, *, by: str, now: datetime) -> None:
    """Take a seat away. UsageError for whom the file lists, and for whom nobody has given one."""
    key = policy.key(address) or ""
    if any(where.key == account.key for where, _ in policy.directory.contacts(key)):
        raise UsageError(f"{address} is listed in accounts.yaml: take it out there")
    if not customers.remove(connection, account.key, key, now=now):
        people = customers.enrolled(connection, [account.key])[account.key]
        hint = nearest(address, (one.address for one in people if one.removed_at is None))
        raise UsageError(f"{address} has no seat at {account.key}{hint}")
    detail = {"account": account.key, "address": address, "by": by}
    journal.record(connection, "removed", at=now, detail=detail)


def approve(connection: Connection, policy: Policy, found: Approval, *, by: str, now: datetime) -> Outcome:
    """The owner agrees: a seat is taken if there is one at this moment, and the tickets that waited are new from now.

    `by` says who told us so. Whom the file lists by now is what the file says.
    """
    account = policy.directory.accounts.get(found.account)
    exclusively(connection, f"seats of {found.account}")
    still = approvals.pending(connection, [(found.account, found.key)]).get((found.account, found.key))
    listed = policy.directory.contacts(found.key)
    contact = next((who for where, who in listed if where.key == found.account), None)
    if account is None or still is None or still.id != found.id or (listed and contact is None):
        return Outcome.GONE
    if contact is not None:
        has_room = policy.has_seat(account, contact, at=now)
    else:
        people = customers.enrolled(connection, [account.key])[account.key]
        has_room = _has_room(_seats_without(policy, account, people, found.key, now=now))
    if not has_room:
        return Outcome.OVER_LIMIT
    _settle(connection, found, state="approved", by=by, now=now)
    waiting = admission.waiting(connection, policy, account=account.key, key=found.key)
    if contact is None:
        spool_id = _first_mail(connection, waiting[0].id) if waiting else None
        new = Enrolled(account.key, found.key, found.address, found.name)
        _enrol(connection, new, spool_id=spool_id, by=by, now=now)
    admission.accept(connection, policy, waiting, account, by=by, now=now)
    return Outcome.APPROVED


def decline(
    connection: Connection, policy: Policy, found: Approval, *, by: str, now: datetime, expired: bool = False
) -> bool:
    """The owner does not agree, or has not answered in time: the tickets that waited are refused.

    False if it was settled before.
    """
    if not _settle(connection, found, state="expired" if expired else "declined", by=by, now=now):
        return False
    waiting = admission.waiting(connection, policy, account=found.account, key=found.key)
    event = f"approval {found.id}: declined"
    admission.refuse(connection, policy, waiting, event=event, expired=expired, by=by, now=now)
    return True


def expire_all(connection: Connection, policy: Policy, *, now: datetime, limit: int) -> int:
    """Decline those that have waited in vain, at most `limit`; how many there were."""
    found = approvals.expired(connection, now=now, limit=limit)
    for each in found:
        decline(connection, policy, each, by="time", now=now, expired=True)
    return len(found)


def _is_not_listed(account: Account, listed: Sequence[tuple[Account, Contact]], address: str) -> bool:
    contact = next((who for where, who in listed if where.key == account.key), None)
    if contact is None:
        raise UsageError(f"{address} is listed in accounts.yaml, for {listed[0][0].key}")
    if contact.suspended:
        state = "removed" if contact.removed else "suspended"
        raise UsageError(f"{address} is listed in accounts.yaml as {state}: change it there")
    return False


def _seats_without(policy: Policy, account: Account, people: Sequence[Enrolled], key: str, *, now: datetime) -> Seats:
    """The account's seats but for this person's own, which is not kept empty for long enough to keep them out (E5)."""
    contract, _ = policy.contract_at(account, now)
    return policy.seats(account, contract, policy.holders((one for one in people if one.key != key), at=now))


def _has_room(seats: Seats) -> bool:
    return seats.limit is None or len(seats.holders) < seats.limit


def _enrol(connection: Connection, new: Enrolled, *, spool_id: int | None = None, by: str, now: datetime) -> None:
    customers.enrol(connection, new, spool_id=spool_id, now=now)
    detail = {"account": new.account, "address": new.address, "role": new.role, "by": by}
    journal.record(connection, "enrolled", at=now, spool_id=spool_id, detail=detail)


def _settle(connection: Connection, found: Approval, *, state: str, by: str, now: datetime) -> bool:
    if not approvals.settle(connection, found.id, state=state, now=now):
        return False
    detail = {"account": found.account, "address": found.address, "by": by}
    if state == "expired":
        journal.record(connection, "declined", at=now, detail=detail | {"expired": True})
    else:
        journal.record(connection, state, at=now, detail=detail)
    return True


def _first_mail(connection: Connection, ticket_id: int) -> int | None:
    return next((message["spool_id"] for message in messages.of_ticket(connection, ticket_id)), None)


def _plain(text: str, what: str, longest: int) -> str:
    text = text.strip()
    if not text.isprintable() or len(text) > longest:
        raise UsageError(f"a {what} is one line of at most {longest} characters")
    return text
