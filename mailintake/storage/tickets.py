"""Tickets, the messages on them, and the index of their attachments."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from mailintake.domain.decision import NewTicket
from mailintake.domain.mail import Address, Kind, ParsedMessage
from mailintake.domain.ticket import Status, Ticket
from mailintake.storage.tables import attachment, message, ticket

_NEW_TICKET = insert(ticket).returning(ticket.c.id, sort_by_parameter_order=True)
_NEW_MESSAGE = insert(message).returning(message.c.id, sort_by_parameter_order=True)


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A mail to be put on a ticket."""

    ticket_id: int
    spool_id: int
    mail: ParsedMessage
    kind: Kind
    received_at: datetime


def open_tickets(connection: Connection, new: Sequence[tuple[NewTicket, datetime]], *, now: datetime) -> list[int]:
    """Open tickets, each with the time its mail was received; their numbers in the same order."""
    rows = [
        {
            "subject": each.subject,
            "status": Status.NEW.value,
            "requester_address": each.requester.address,
            "requester_name": each.requester.name,
            "account": each.account,
            "plan": each.plan,
            "priority": each.priority,
            "mailbox": each.mailbox,
            "received_at": received_at,
            "opened_at": now,
        }
        for each, received_at in new
    ]
    return _insert(connection, _NEW_TICKET, rows)


def open_ticket(connection: Connection, new: NewTicket, *, received_at: datetime, now: datetime) -> int:
    """Open one ticket; its number."""
    return open_tickets(connection, [(new, received_at)], now=now)[0]


def add_messages(connection: Connection, new: Sequence[NewMessage]) -> None:
    """Put mails on their tickets."""
    rows = [
        {
            "ticket_id": each.ticket_id,
            "spool_id": each.spool_id,
            "kind": each.kind.value,
            "received_at": each.received_at,
            **_words(each.mail),
        }
        for each in new
    ]
    numbers = _insert(connection, _NEW_MESSAGE, rows)
    _index_attachments(connection, zip(numbers, (each.mail for each in new), strict=True))


def _insert(connection: Connection, new: Any, rows: list[dict[str, object]]) -> list[int]:
    return list(connection.execute(new, rows).scalars()) if rows else []


def reread_message(connection: Connection, spool_id: int, mail: ParsedMessage) -> None:
    """Put a better reading in the place of an earlier one of the same mail."""
    changed = update(message).where(message.c.spool_id == spool_id).values(**_words(mail)).returning(message.c.id)
    number = connection.execute(changed).scalar_one()
    connection.execute(delete(attachment).where(attachment.c.message_id == number))
    _index_attachments(connection, [(number, mail)])


def _words(mail: ParsedMessage) -> dict[str, object]:
    author = mail.from_ or Address("")
    return {
        "author_address": author.address,
        "author_name": author.name,
        "message_id": mail.message_id,
        "subject": mail.subject,
        "reply_text": mail.reply_text,
        "quoted": mail.quoted,
        "signature": mail.signature,
        "language": mail.language,
    }


def _index_attachments(connection: Connection, mails: Iterable[tuple[int, ParsedMessage]]) -> None:
    rows = [
        {
            "message_id": message_number,
            "number": index,
            "part": item.part,
            "filename": item.filename,
            "content_type": item.content_type,
            "size": item.size,
            "inline": item.inline,
            "sha256": item.sha256,
        }
        for message_number, mail in mails
        for index, item in enumerate(mail.attachments, 1)
    ]
    if rows:
        connection.execute(insert(attachment), rows)


def set_status(connection: Connection, ticket_id: int, status: Status) -> None:
    """Move a ticket."""
    connection.execute(update(ticket).where(ticket.c.id == ticket_id).values(status=status.value))


def reopen_if_waiting(connection: Connection, ticket_id: int) -> None:
    """The customer wrote: a ticket that waited for it is open again."""
    waiting = (ticket.c.id == ticket_id, ticket.c.status == Status.WAITING.value)
    connection.execute(update(ticket).where(*waiting).values(status=Status.OPEN.value))


def get(connection: Connection, ticket_id: int) -> Ticket | None:
    """One ticket, or None."""
    return next(iter(by_id(connection, [ticket_id])), None)


def by_id(connection: Connection, ticket_ids: Iterable[int]) -> list[Ticket]:
    """Several tickets, in the order of their numbers."""
    wanted = select(*ticket.c).where(ticket.c.id.in_(list(ticket_ids))).order_by(ticket.c.id)
    return [_ticket(row) for row in connection.execute(wanted)]


def latest(connection: Connection, *, limit: int) -> list[Ticket]:
    """The newest tickets, newest first."""
    return [_ticket(row) for row in connection.execute(select(*ticket.c).order_by(ticket.c.id.desc()).limit(limit))]


def messages(connection: Connection, ticket_id: int) -> list[dict[str, Any]]:
    """The messages of a ticket, oldest first, each with its attachments."""
    wanted = select(*message.c).where(message.c.ticket_id == ticket_id).order_by(message.c.id)
    found = [dict(row._mapping) for row in connection.execute(wanted)]
    files = select(*attachment.c).where(attachment.c.message_id.in_([each["id"] for each in found]))
    by_message: dict[int, list[dict[str, Any]]] = {}
    for row in connection.execute(files.order_by(attachment.c.message_id, attachment.c.number)):
        by_message.setdefault(row.message_id, []).append(dict(row._mapping))
    return [each | {"attachments": by_message.get(each["id"], [])} for each in found]


def _ticket(row: Row[Any]) -> Ticket:
    return Ticket(
        id=row.id,
        subject=row.subject,
        status=Status(row.status),
        requester=Address(row.requester_address, row.requester_name),
        account=row.account,
        plan=row.plan,
        priority=row.priority,
        mailbox=row.mailbox,
        received_at=row.received_at,
        opened_at=row.opened_at,
    )
