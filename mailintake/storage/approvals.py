"""Who waits for the word of an account's owner (DOMAIN E4, `ask`)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, insert, select, tuple_, update

from mailintake.storage.tables import approval


@dataclass(frozen=True, slots=True)
class Approval:
    """Somebody new at a customer's domain, about whom the owner was asked; `key` is the address as compared (E2)."""

    id: int
    account: str
    key: str
    address: str
    name: str
    asked_at: datetime
    expires_at: datetime


def pending(connection: Connection, people: Collection[tuple[str, str]]) -> dict[tuple[str, str], Approval]:
    """Of these, by account and key, those about whom the owner has been asked and has not answered."""
    if not people:
        return {}
    wanted = select(*approval.c).where(
        approval.c.state == "pending", tuple_(approval.c.account, approval.c.key).in_(list(people))
    )
    return {(each.account, each.key): each for each in map(_approval, connection.execute(wanted))}


def of_account(connection: Connection, account: str) -> list[Approval]:
    """All of an account that wait, the longest waiting first."""
    wanted = select(*approval.c).where(approval.c.state == "pending", approval.c.account == account)
    return [_approval(row) for row in connection.execute(wanted.order_by(approval.c.id))]


def ask(
    connection: Connection, *, account: str, key: str, address: str, name: str, now: datetime, expires_at: datetime
) -> int:
    """Begin to wait for the owner's word."""
    row = {"account": account, "key": key, "address": address, "name": name, "state": "pending",
           "asked_at": now, "expires_at": expires_at}  # fmt: skip
    number: int = connection.execute(insert(approval).returning(approval.c.id), row).scalar_one()
    return number


def settle(connection: Connection, number: int, *, state: str, now: datetime) -> bool:
    """The end of waiting: `approved`, `declined` or `expired`. False if it had ended before."""
    waiting = (approval.c.id == number, approval.c.state == "pending")
    return connection.execute(update(approval).where(*waiting).values(state=state, settled_at=now)).rowcount == 1


def expired(connection: Connection, *, now: datetime, limit: int) -> list[Approval]:
    """Those that have waited in vain."""
    wanted = (
        select(*approval.c)
        .where(approval.c.state == "pending", approval.c.expires_at <= now)
        .order_by(approval.c.expires_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [_approval(row) for row in connection.execute(wanted)]


def _approval(row: Row[tuple[object, ...]]) -> Approval:
    return Approval(row.id, row.account, row.key, row.address, row.name, row.asked_at, row.expires_at)
