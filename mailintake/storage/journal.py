"""What happened, in order, to every mail and ticket."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from mailintake.storage.tables import journal

_NEW = insert(journal)


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the journal."""

    event: str
    at: datetime
    detail: Mapping[str, object]
    spool_id: int | None = None
    ticket_id: int | None = None


def record_all(connection: Connection, events: Iterable[Event]) -> None:
    """Add lines."""
    rows = [
        {
            "at": each.at,
            "event": each.event,
            "spool_id": each.spool_id,
            "ticket_id": each.ticket_id,
            "detail": dict(each.detail),
        }
        for each in events
    ]
    if rows:
        connection.execute(_NEW, rows)


def record(
    connection: Connection,
    event: str,
    *,
    at: datetime,
    spool_id: int | None = None,
    ticket_id: int | None = None,
    detail: Mapping[str, object],
) -> None:
    """Add one line."""
    record_all(connection, [Event(event, at, detail, spool_id, ticket_id)])


def of_ticket(connection: Connection, ticket_id: int) -> list[dict[str, Any]]:
    """The lines of a ticket, oldest first."""
    wanted = select(journal.c.at, journal.c.event, journal.c.spool_id, journal.c.detail)
    rows = connection.execute(wanted.where(journal.c.ticket_id == ticket_id).order_by(journal.c.id))
    return [dict(row._mapping) for row in rows]


def of_mail(connection: Connection, spool_id: int) -> list[dict[str, Any]]:
    """The lines of a mail, oldest first."""
    wanted = select(journal.c.at, journal.c.event, journal.c.ticket_id, journal.c.detail)
    rows = connection.execute(wanted.where(journal.c.spool_id == spool_id).order_by(journal.c.id))
    return [dict(row._mapping) for row in rows]


def latest(connection: Connection, ticket_id: int) -> int:
    """The number of a ticket's last line, 0 without any."""
    return connection.execute(select(func.max(journal.c.id)).where(journal.c.ticket_id == ticket_id)).scalar() or 0
