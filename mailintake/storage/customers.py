"""Contacts who took a seat by writing; those of the file stay in the file."""

from datetime import datetime

from sqlalchemy import Connection, select

from mailintake.domain.decision import Enrolled
from mailintake.storage.conflict import insert_or_ignore
from mailintake.storage.tables import contact


def enrolled(connection: Connection, account: str) -> tuple[Enrolled, ...]:
    """The enrolled contacts of an account, in the order they came."""
    wanted = select(contact.c.account, contact.c.key, contact.c.address, contact.c.name)
    rows = connection.execute(wanted.where(contact.c.account == account).order_by(contact.c.id))
    return tuple(Enrolled(*row) for row in rows)


def enrol(connection: Connection, new: Enrolled, *, spool_id: int, now: datetime) -> None:
    """Give somebody a seat."""
    row = {"account": new.account, "key": new.key, "address": new.address, "name": new.name,
           "enrolled_at": now, "spool_id": spool_id}  # fmt: skip
    connection.execute(insert_or_ignore(connection, contact), row)
