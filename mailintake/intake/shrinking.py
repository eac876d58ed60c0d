"""An account has more contacts than seats, as after a change of plan: its owner is told once (DOMAIN E5)."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from mailintake.domain.customer import Account, Contract
from mailintake.domain.decision import Enrolled, Notice
from mailintake.domain.mail import Address
from mailintake.intake import letters
from mailintake.intake.policy import Policy
from mailintake.storage import customers, outbox
from mailintake.storage.outbox import NewLetter


def tell_owners(connection: Connection, policy: Policy, *, now: datetime) -> None:
    """Queue a letter to each owner whose contacts are too many; who was told of the same before is not told again."""
    accounts = [each for each in policy.directory.accounts.values() if each.owner and not each.everybody]
    enrolled = customers.enrolled(connection, {each.key for each in accounts}) if accounts else {}
    found = (_letter(each, enrolled[each.key], policy, now) for each in accounts)
    outbox.add(connection, [letter for letter in found if letter is not None], now=now)


def _letter(account: Account, enrolled: Sequence[Enrolled], policy: Policy, now: datetime) -> NewLetter | None:
    contract, _ = policy.contract_at(account, now)
    suspended = _suspended(account, contract, enrolled, policy, now)
    if not suspended or not account.owner:
        return None
    seats = policy.seats(account, contract, ()).limit
    words = {
        "desk": policy.desk.name,
        "account": account.name,
        "plan": contract.plan,
        "seats": seats,
        "suspended": suspended,
    }
    who = hashlib.sha256("\n".join(suspended).encode()).hexdigest()[:16]
    return letters.letter(
        Notice("owner-seats-shrunk", Address(account.owner), words, policy.language_of(account, None)),
        policy,
        event=f"seats of {account.key}: {contract.plan}, {seats}, {who}"[:96],
        mailbox=policy.desk.mailboxes[0].address,
        now=now,
    )


def _suspended(
    account: Account, contract: Contract, enrolled: Sequence[Enrolled], policy: Policy, now: datetime
) -> list[str]:
    """The addresses of those behind the last seat, in the order in which they are listed."""
    seats = policy.seats(account, contract, policy.holders(enrolled, at=now))
    if seats.limit is None:
        return []
    written = {policy.key(each.address): each.address for each in account.contacts}
    written |= {one.key: one.address for one in enrolled}
    return [written.get(key, key) for key in seats.holders[seats.limit :]]
