"""The mails on tickets, and the index of their attachments."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from mailintake.domain.mail import Address, Kind, ParsedMessage
from mailintake.domain.ticket import Part
from mailintake.domain.trust import UNKNOWN, Authentication
from mailintake.storage.tables import attachment, message

LONGEST_THREAD = 22
MOST_WORDS = 50

_NEW = insert(message).returning(message.c.id, sort_by_parameter_order=True)


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A mail to be put on a ticket."""

    ticket_id: int
    spool_id: int
    mail: ParsedMessage
    kind: Kind
    received_at: datetime
    part: Part = Part.CUSTOMER
    authentication: Authentication = UNKNOWN


def add_all(connection: Connection, new: Sequence[NewMessage]) -> None:
    """Put mails on their tickets."""
    rows = [
        {
            "ticket_id": each.ticket_id,
            "spool_id": each.spool_id,
            "kind": each.kind.value,
            "received_at": each.received_at,
            "part_played": each.part.value,
            "verdict": each.authentication.verdict.value,
            "verdict_why": each.authentication.why,
            **_words(each.mail),
        }
        for each in new
    ]
    numbers = list(connection.execute(_NEW, rows).scalars()) if rows else []
    _index_attachments(connection, zip(numbers, (each.mail for each in new), strict=True))


def reread(connection: Connection, spool_id: int, mail: ParsedMessage) -> None:
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
        "protection": mail.protection or "",
        "thread": thread_of(mail),
    }


def thread_of(mail: ParsedMessage) -> list[str]:
    """The Message-IDs before this mail, and its own: what an answer refers to (RFC 5322, 3.6.4). The first is kept, and
    the last few."""
    earlier = mail.references or ((mail.in_reply_to,) if mail.in_reply_to else ())
    ids = [*earlier, *([mail.message_id] if mail.message_id else [])]
    return ids if len(ids) <= LONGEST_THREAD else [ids[0], *ids[1 - LONGEST_THREAD :]]


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


def ids(connection: Connection, ticket_id: int) -> list[int]:
    """The numbers of a ticket's messages, oldest first."""
    wanted = select(message.c.id).where(message.c.ticket_id == ticket_id).order_by(message.c.id)
    return list(connection.execute(wanted).scalars())


def move(connection: Connection, message_ids: Iterable[int], *, to: int) -> None:
    """Put messages on another ticket."""
    connection.execute(update(message).where(message.c.id.in_(list(message_ids))).values(ticket_id=to))


def thread(connection: Connection, ticket_id: int) -> list[str]:
    """The Message-IDs up to the customer's newest mail on a ticket, to which an answer refers."""
    wanted = select(message.c.thread).where(message.c.ticket_id == ticket_id, message.c.part_played == Part.CUSTOMER)
    return connection.execute(wanted.order_by(message.c.id.desc()).limit(1)).scalar() or []


def public_words(connection: Connection, ticket_ids: Collection[int]) -> list[str]:
    """What customers wrote on these tickets, and what was answered: the newest first, and not too many."""
    public = message.c.part_played.in_([Part.CUSTOMER.value, Part.ANSWER.value])
    wanted = select(message.c.reply_text).where(message.c.ticket_id.in_(ticket_ids), public)
    return list(connection.execute(wanted.order_by(message.c.id.desc()).limit(MOST_WORDS)).scalars())


def set_part(connection: Connection, spool_id: int, part: Part) -> None:
    """What a mail turned out to be on its ticket."""
    connection.execute(update(message).where(message.c.spool_id == spool_id).values(part_played=part.value))


def last_words(connection: Connection, ticket_id: int) -> str:
    """What the customer wrote last on a ticket, "" for nothing."""
    wanted = select(message.c.reply_text).where(
        message.c.ticket_id == ticket_id, message.c.part_played == Part.CUSTOMER
    )
    return connection.execute(wanted.order_by(message.c.id.desc()).limit(1)).scalar() or ""


def of_ticket(connection: Connection, ticket_id: int) -> list[dict[str, Any]]:
    """The messages of a ticket, oldest first, each with its attachments."""
    wanted = select(*message.c).where(message.c.ticket_id == ticket_id).order_by(message.c.id)
    found = [dict(row._mapping) for row in connection.execute(wanted)]
    files = select(*attachment.c).where(attachment.c.message_id.in_([each["id"] for each in found]))
    by_message: dict[int, list[dict[str, Any]]] = {}
    for row in connection.execute(files.order_by(attachment.c.message_id, attachment.c.number)):
        by_message.setdefault(row.message_id, []).append(dict(row._mapping))
    return [each | {"attachments": by_message.get(each["id"], [])} for each in found]
