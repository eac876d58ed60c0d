"""Contacts who took a seat by writing; those of the file stay in the file."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, select

from mailintake.domain.decision import Enrolled
from mailintake.storage.conflict import insert_or_ignore
from mailintake.storage.tables import contact


def enrolled(connection: Connection, accounts: Collection[str]) -> dict[str, tuple[Enrolled, ...]]:
    """The enrolled contacts of each of these accounts, in the order they came."""
    wanted = select(contact.c.account, contact.c.key, contact.c.address, contact.c.name)
    found: dict[str, list[Enrolled]] = {account: [] for account in accounts}
    for row in connection.execute(wanted.where(contact.c.account.in_(accounts)).order_by(contact.c.id)):
        found[row.account].append(Enrolled(*row))
    return {account: tuple(people) for account, people in found.items()}


def enrol(connection: Connection, new: Enrolled, *, spool_id: int, now: datetime) -> None:
    """Give somebody a seat."""
    row = {"account": new.account, "key": new.key, "address": new.address, "name": new.name,
           "enrolled_at": now, "spool_id": spool_id}  # fmt: skip
    connection.execute(insert_or_ignore(connection, contact), row)
