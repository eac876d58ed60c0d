"""Tickets."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from mailintake.domain.decision import NewTicket
from mailintake.domain.mail import Address
from mailintake.domain.progress import Progress
from mailintake.domain.target import Traits
from mailintake.domain.ticket import IN_WORK, Hold, Status, Ticket
from mailintake.storage.tables import ticket

_NEW_TICKET = insert(ticket).returning(ticket.c.id, sort_by_parameter_order=True)


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


def _insert(connection: Connection, new: Any, rows: list[dict[str, object]]) -> list[int]:
    return list(connection.execute(new, rows).scalars()) if rows else []


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
