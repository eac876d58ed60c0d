"""Where in all accounts somebody has a seat, and for how many people the owners are asked."""

from collections import Counter
from collections.abc import Collection

from sqlalchemy import Connection, func, select

from mailintake.storage.tables import approval, contact


def homes(connection: Connection, keys: Collection[str]) -> dict[str, list[str]]:
    """By address key the accounts that have given these people a seat, in the order in which they did."""
    found: dict[str, list[str]] = {key: [] for key in keys}
    wanted = select(contact.c.key, contact.c.account).where(
        contact.c.key.in_(list(keys)), contact.c.removed_at.is_(None)
    )
    for row in connection.execute(wanted.order_by(contact.c.id)):
        found[row.key].append(row.account)
    return found


def waiting(connection: Connection) -> Counter[str]:
    """How many people of each account wait for its owner's word."""
    wanted = select(approval.c.account, func.count().label("people")).where(approval.c.state == "pending")
    return Counter({row.account: row.people for row in connection.execute(wanted.group_by(approval.c.account))})
