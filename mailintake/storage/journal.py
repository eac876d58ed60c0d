"""What happened, in order, to every mail and ticket."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, insert, select

from mailintake.storage.tables import journal


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
    row = {"at": at, "event": event, "spool_id": spool_id, "ticket_id": ticket_id, "detail": dict(detail)}
    connection.execute(insert(journal), row)


def of_ticket(connection: Connection, ticket_id: int) -> list[dict[str, object]]:
    """The lines of a ticket, oldest first."""
    wanted = select(journal.c.at, journal.c.event, journal.c.spool_id, journal.c.detail)
    rows = connection.execute(wanted.where(journal.c.ticket_id == ticket_id).order_by(journal.c.id))
    return [dict(row._mapping) for row in rows]


def of_mail(connection: Connection, spool_id: int) -> list[dict[str, object]]:
    """The lines of a mail, oldest first."""
    wanted = select(journal.c.at, journal.c.event, journal.c.ticket_id, journal.c.detail)
    rows = connection.execute(wanted.where(journal.c.spool_id == spool_id).order_by(journal.c.id))
    return [dict(row._mapping) for row in rows]
