"""Tickets, the messages on them, and the index of their attachments."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from mailintake.domain.decision import NewTicket
from mailintake.domain.mail import Address, Kind, ParsedMessage
from mailintake.domain.progress import Progress
from mailintake.domain.target import Traits
from mailintake.domain.ticket import IN_WORK, Hold, Part, Status, Ticket
from mailintake.domain.trust import UNKNOWN, Authentication
from mailintake.storage.tables import attachment, message, ticket

LONGEST_THREAD = 22
MOST_WORDS = 50
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
    part: Part = Part.CUSTOMER
    authentication: Authentication = UNKNOWN


def open_tickets(connection: Connection, new: Sequence[tuple[NewTicket, Progress, str]], *, now: datetime) -> list[int]:
    """Open tickets, each with where it stands and the digest of its terms; their numbers in the same order."""
    rows = [
        {
            "subject": each.subject,
            "requester_address": each.requester.address,
            "requester_name": each.requester.name,
            "account": each.account,
            "plan": each.terms.plan,
            "mailbox": each.mailbox,
            "received_at": each.received_at,
            "opened_at": now,
            "status_since": now,
            "terms": terms,
            "pending": each.pending,
            "queue": each.queue,
            "claimed_priority": each.claimed_priority,
            "follows": each.follows,
            "parent": each.parent,
            "team": each.team,
            "assignee": each.assignee,
            "tags": list(each.tags),
            "language": each.language,
            "link": each.link,
            "twin": each.twin,
            **_standing(progress),
        }
        for each, progress, terms in new
    ]
    return _insert(connection, _NEW_TICKET, rows)


def add_messages(connection: Connection, new: Sequence[NewMessage]) -> None:
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


def progress_of(connection: Connection, ticket_id: int) -> tuple[Ticket, Progress] | None:
    """A ticket and where it stands, but for its clocks; locked until the transaction ends. None if there is none."""
    row = connection.execute(select(*ticket.c).where(ticket.c.id == ticket_id).with_for_update()).first()
    if row is None:
        return None
    found = _ticket(row)
    return found, Progress(found.status, found.traits, found.hold, row.asked, row.answered_at)


def save(connection: Connection, ticket_id: int, progress: Progress, **changed: object) -> None:
    """Write where a ticket stands, but for its clocks; `changed` are other columns."""
    connection.execute(update(ticket).where(ticket.c.id == ticket_id).values(**_standing(progress), **changed))


def message_ids(connection: Connection, ticket_id: int) -> list[int]:
    """The numbers of a ticket's messages, oldest first."""
    wanted = select(message.c.id).where(message.c.ticket_id == ticket_id).order_by(message.c.id)
    return list(connection.execute(wanted).scalars())


def move_messages(connection: Connection, message_ids: Iterable[int], *, to: int) -> None:
    """Put messages on another ticket."""
    connection.execute(update(message).where(message.c.id.in_(list(message_ids))).values(ticket_id=to))


def _standing(progress: Progress) -> dict[str, object]:
    return {
        "status": progress.status.value,
        "hold": progress.hold.value,
        "asked": progress.asked,
        "answered_at": progress.answered_at,
        "priority": progress.traits.priority,
        "category": progress.traits.category,
        "topic": progress.traits.topic,
        "level": progress.traits.level,
    }


def get(connection: Connection, ticket_id: int) -> Ticket | None:
    """One ticket, or None."""
    return next(iter(by_id(connection, [ticket_id])), None)


def by_id(connection: Connection, ticket_ids: Iterable[int]) -> list[Ticket]:
    """Several tickets, in the order of their numbers."""
    wanted = select(*ticket.c).where(ticket.c.id.in_(list(ticket_ids))).order_by(ticket.c.id)
    return [_ticket(row) for row in connection.execute(wanted)]


def standing_for(connection: Connection, ticket_ids: Iterable[int]) -> dict[int, Ticket]:
    """By number the tickets that mail for these goes to: themselves, or those they were merged into."""
    leads_to = {number: number for number in ticket_ids}
    found: dict[int, Ticket] = {}
    while wanted := set(leads_to.values()) - found.keys():
        new = by_id(connection, wanted)
        found |= {ticket.id: ticket for ticket in new}
        if len(new) < len(wanted):
            leads_to = {number: at for number, at in leads_to.items() if at in found}
        for number in leads_to:
            leads_to[number] = _end_of(leads_to[number], found)
    return {number: found[at] for number, at in leads_to.items()}


def _end_of(number: int, known: Mapping[int, Ticket]) -> int:
    """Where the mergers that are known lead from here; no ticket is ever merged into one that was merged itself."""
    seen = {number}
    while (ticket := known.get(number)) and ticket.status is Status.MERGED:
        if ticket.parent is None or ticket.parent in seen:
            break
        number = ticket.parent
        seen.add(number)
    return number


def pending_of(connection: Connection, account: str) -> list[Ticket]:
    """An account's tickets that wait for its owner's word, oldest first."""
    wanted = select(*ticket.c).where(
        ticket.c.account == account, ticket.c.status == Status.PENDING.value, ticket.c.pending == "approval"
    )
    return [_ticket(row) for row in connection.execute(wanted.order_by(ticket.c.id))]


def moves_due(connection: Connection, *, now: datetime, limit: int) -> list[Ticket]:
    """Tickets that have stood still for so long that something is to be done about it."""
    due = select(*ticket.c).where(ticket.c.next_move_at <= now).order_by(ticket.c.next_move_at).limit(limit)
    return [_ticket(row) for row in connection.execute(due.with_for_update(skip_locked=True))]


def set_next_move(connection: Connection, ticket_id: int, at: datetime | None) -> None:
    """When to look at a ticket again."""
    connection.execute(update(ticket).where(ticket.c.id == ticket_id).values(next_move_at=at))


def assign(connection: Connection, ticket_id: int, *, assignee: str, team: str | None = None) -> None:
    """Give a ticket to somebody, "" for nobody; None leaves its team."""
    values = {"assignee": assignee} | ({} if team is None else {"team": team})
    connection.execute(update(ticket).where(ticket.c.id == ticket_id).values(**values))


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


def in_work_of(connection: Connection, agents: Collection[str]) -> Counter[str]:
    """How many tickets each of these agents has in work."""
    in_work = ticket.c.status.in_([status.value for status in IN_WORK])
    wanted = select(ticket.c.assignee, func.count().label("tickets")).where(ticket.c.assignee.in_(agents), in_work)
    return Counter({row.assignee: row.tickets for row in connection.execute(wanted.group_by(ticket.c.assignee))})


def linked(connection: Connection, links: Collection[str], *, since: datetime) -> dict[str, int]:
    """By link the newest ticket in work that has it and came since then."""
    in_work = ticket.c.status.in_([status.value for status in IN_WORK])
    wanted = select(ticket.c.link, func.max(ticket.c.id).label("number")).where(
        ticket.c.link.in_(links), in_work, ticket.c.received_at >= since
    )
    return {row.link: row.number for row in connection.execute(wanted.group_by(ticket.c.link))}


def rate(connection: Connection, ticket_id: int, rating: int) -> None:
    """Record the customer's rating."""
    connection.execute(update(ticket).where(ticket.c.id == ticket_id).values(rating=rating))


def quality_case(connection: Connection, ticket_id: int, queue: str) -> int | None:
    """The case in this queue that follows a ticket, if there is one in work."""
    in_work = ticket.c.status.in_([status.value for status in IN_WORK])
    wanted = select(ticket.c.id).where(ticket.c.follows == ticket_id, ticket.c.queue == queue, in_work)
    return connection.execute(wanted.order_by(ticket.c.id)).scalars().first()


def of_other_plan(connection: Connection, account: str, plan: str) -> list[int]:
    """The numbers of an account's tickets in work that were opened under another plan than this."""
    in_work = ticket.c.status.in_([status.value for status in IN_WORK])
    wanted = select(ticket.c.id).where(ticket.c.account == account, ticket.c.plan != plan, in_work)
    return list(connection.execute(wanted.order_by(ticket.c.id)).scalars())


def latest(connection: Connection, *, limit: int, besides: Iterable[Status] = ()) -> list[Ticket]:
    """The newest tickets, newest first, but for those of the statuses `besides`."""
    wanted = select(*ticket.c).order_by(ticket.c.id.desc()).limit(limit)
    without = [status.value for status in besides]
    rows = connection.execute(wanted.where(ticket.c.status.not_in(without)) if without else wanted)
    return [_ticket(row) for row in rows]


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
        traits=Traits(row.priority, row.category, row.topic, row.level),
        mailbox=row.mailbox,
        received_at=row.received_at,
        opened_at=row.opened_at,
        status_since=row.status_since,
        hold=Hold(row.hold),
        terms=row.terms,
        follows=row.follows,
        parent=row.parent,
        pending=row.pending,
        queue=row.queue,
        claimed_priority=row.claimed_priority,
        rating=row.rating,
        assignee=row.assignee,
        team=row.team,
        tags=tuple(row.tags),
        language=row.language,
        link=row.link,
        twin=row.twin,
    )
