"""Where in all accounts somebody has a seat, and for how many people the owners are asked."""

from collections import Counter

from sqlalchemy import Connection, func, select

from mailintake.storage.tables import approval, contact


def seated_at(connection: Connection, key: str) -> list[str]:
    """The accounts that have given the person of this address key a seat, in their order."""
    wanted = select(contact.c.account).where(contact.c.key == key, contact.c.removed_at.is_(None))
    return list(connection.execute(wanted.order_by(contact.c.id)).scalars())


def waiting(connection: Connection) -> Counter[str]:
    """How many people of each account wait for its owner's word."""
    wanted = select(approval.c.account, func.count().label("people")).where(approval.c.state == "pending")
    return Counter({row.account: row.people for row in connection.execute(wanted.group_by(approval.c.account))})
