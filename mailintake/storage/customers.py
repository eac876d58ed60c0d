"""Contacts who took a seat by writing, or were given one by command; those of the file stay in the file."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from mailintake.domain.decision import Enrolled
from mailintake.storage.conflict import insert_or_ignore
from mailintake.storage.tables import contact

_ENROLLED = (
    select(contact.c.account, contact.c.key, contact.c.address, contact.c.name, contact.c.role, contact.c.removed_at)
    .where(contact.c.account.in_(bindparam("accounts", expanding=True)))
    .order_by(contact.c.id)
)


def enrolled(connection: Connection, accounts: Collection[str]) -> dict[str, tuple[Enrolled, ...]]:
    """The enrolled contacts of each of these accounts, in the order they came; those removed as well."""
    found: dict[str, list[Enrolled]] = {account: [] for account in accounts}
    for row in connection.execute(_ENROLLED, {"accounts": accounts}):
        found[row.account].append(Enrolled(*row))
    return {account: tuple(people) for account, people in found.items()}


def enrol(connection: Connection, new: Enrolled, *, spool_id: int | None = None, now: datetime) -> None:
    """Give somebody a seat; who had one before and was removed is the last in the order now."""
    mine = (contact.c.account == new.account, contact.c.key == new.key, contact.c.removed_at.is_not(None))
    back = {"removed_at": None, "enrolled_at": now, "spool_id": spool_id, "role": new.role, "name": new.name}
    if connection.execute(update(contact).where(*mine).values(**back)).rowcount:
        return
    row = {"account": new.account, "key": new.key, "address": new.address, "name": new.name, "role": new.role,
           "enrolled_at": now, "spool_id": spool_id}  # fmt: skip
    connection.execute(insert_or_ignore(connection, contact), row)


def remove(connection: Connection, account: str, key: str, *, now: datetime) -> bool:
    """Take a seat away; False if nobody of this key has one."""
    mine = (contact.c.account == account, contact.c.key == key, contact.c.removed_at.is_(None))
    return connection.execute(update(contact).where(*mine).values(removed_at=now)).rowcount == 1


def listing(connection: Connection, account: str) -> list[dict[str, Any]]:
    """All who ever took a seat of an account, oldest first."""
    wanted = select(*contact.c).where(contact.c.account == account).order_by(contact.c.id)
    return [dict(row._mapping) for row in connection.execute(wanted)]
