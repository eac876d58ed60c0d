"""Contacts who took a seat by writing; those of the file stay in the file."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from mailintake.domain.decision import Enrolled
from mailintake.storage.conflict import insert_or_ignore
from mailintake.storage.tables import contact

_ENROLLED = (
    select(contact.c.account, contact.c.key, contact.c.address, contact.c.name)
    .where(contact.c.account.in_(bindparam("accounts", expanding=True)))
    .order_by(contact.c.id)
)


def enrolled(connection: Connection, accounts: Collection[str]) -> dict[str, tuple[Enrolled, ...]]:
    """The enrolled contacts of each of these accounts, in the order they came."""
    found: dict[str, list[Enrolled]] = {account: [] for account in accounts}
    for row in connection.execute(_ENROLLED, {"accounts": accounts}):
        found[row.account].append(Enrolled(*row))
    return {account: tuple(people) for account, people in found.items()}


def enrol(connection: Connection, new: Enrolled, *, spool_id: int, now: datetime) -> None:
    """Give somebody a seat."""
    row = {"account": new.account, "key": new.key, "address": new.address, "name": new.name,
           "enrolled_at": now, "spool_id": spool_id}  # fmt: skip
    connection.execute(insert_or_ignore(connection, contact), row)
