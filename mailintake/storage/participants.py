"""Who takes part in a ticket beside the one who asked and the desk; it grows by acts of those who may alone (I7)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from mailintake.domain.mail import Address
from mailintake.storage.conflict import insert_or_ignore
from mailintake.storage.tables import participant


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody who was let in; `key` is the address as compared."""

    ticket_id: int
    key: str
    address: Address


def of_tickets(connection: Connection, ticket_ids: Collection[int]) -> dict[int, tuple[Participant, ...]]:
    """Who takes part in each of these tickets now, in the order in which they were let in."""
    found: dict[int, list[Participant]] = {number: [] for number in ticket_ids}
    if not found:
        return {}
    wanted = select(participant).where(participant.c.ticket_id.in_(list(found)), participant.c.removed_at.is_(None))
    for row in connection.execute(wanted.order_by(participant.c.added_at, participant.c.key)):
        found[row.ticket_id].append(Participant(row.ticket_id, row.key, Address(row.address, row.name)))
    return {number: tuple(people) for number, people in found.items()}


def add(
    connection: Connection,
    ticket_id: int,
    key: str,
    address: Address,
    *,
    by: str,
    now: datetime,
    again: bool = True,
) -> bool:
    """Let somebody in; False if they take part already. Who was let go comes back only if `again` is said."""
    mine = (participant.c.ticket_id == ticket_id, participant.c.key == key)
    back = {"removed_at": None, "added_by": by, "added_at": now, "address": address.address, "name": address.name}
    came_back = update(participant).where(*mine, participant.c.removed_at.is_not(None)).values(**back)
    if again and connection.execute(came_back).rowcount:
        return True
    row = back | {"ticket_id": ticket_id, "key": key}
    new = insert_or_ignore(connection, participant, participant.c.key)
    return connection.execute(new, [row]).first() is not None


def remove(connection: Connection, ticket_id: int, key: str, *, now: datetime) -> bool:
    """Let somebody go; False if they take no part."""
    mine = (participant.c.ticket_id == ticket_id, participant.c.key == key, participant.c.removed_at.is_(None))
    return connection.execute(update(participant).where(*mine).values(removed_at=now)).rowcount == 1
