"""What the desk does to a ticket: answer, sort, move, escalate, merge, split, forgive (DOMAIN S12, S16, S17)."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from mailintake.domain import history
from mailintake.domain.decision import NewTicket, Notice
from mailintake.domain.mail import Address
from mailintake.domain.progress import Happening, What, opened
from mailintake.domain.target import Traits
from mailintake.domain.terms import Terms
from mailintake.domain.ticket import Hold, Status, Ticket
from mailintake.errors import UsageError
from mailintake.intake import endings, letters, spending, wording
from mailintake.intake.happenings import Standing, happen, new_clocks, standing
from mailintake.intake.policy import Policy
from mailintake.intake.recipients import desk_agents
from mailintake.storage import clocks, journal, outbox, quota, terms, tickets
from mailintake.storage import messages as mails

FINAL = frozenset({Status.CLOSED, Status.MERGED})
VOID = frozenset({Status.SPAM, Status.REFUSED})
QUALITY = "quality-control"
LOW_RATING = 2
MOVES = frozenset({Status.OPEN, Status.WAITING, Status.HOLD, Status.SOLVED, Status.CLOSED, Status.SPAM, Status.REFUSED})


def answer(connection: Connection, ticket_id: int, policy: Policy, *, by: str, now: datetime) -> bool:
    """The customer has been answered by a person, by whatever way. False if there is no such ticket."""
    happening = Happening(What.DESK_ANSWERED, now)
    return happen(connection, ticket_id, happening, policy, now=now, detail={"by": by}) is not None


def sort(
    connection: Connection, ticket_id: int, policy: Policy, *, said: dict[str, str], by: str, now: datetime
) -> bool:
    """The ticket gets other traits, named in `said`; its clocks follow (S12). UsageError for what the desk has not.

    A topic brings its own level and priority along, and a category keeps the priority within its range, unless `said`
    says otherwise.
    """
    before = standing(connection, ticket_id, policy)
    if before is None:
        return False
    _refuse_final(before.ticket)
    _sort_as(connection, before, policy.sorted(before.progress.traits, said), policy, by=by, now=now)
    return True


def restore(
    connection: Connection, ticket_id: int, policy: Policy, *, was: Mapping[str, str], by: str, now: datetime
) -> bool:
    """The ticket gets these traits back, and keeps all others; "" is none. False if there is no such ticket."""
    before = standing(connection, ticket_id, policy)
    if before is None:
        return False
    _refuse_final(before.ticket)
    _sort_as(connection, before, replace(before.progress.traits, **was), policy, by=by, now=now)
    return True


def _sort_as(
    connection: Connection, before: Standing, traits: Traits, policy: Policy, *, by: str, now: datetime
) -> None:
    if traits == before.progress.traits:
        return
    happening = Happening(What.SORTED, now, traits=traits)
    happen(connection, before.ticket.id, happening, policy, now=now, detail={"by": by})
    if traits.topic != before.progress.traits.topic:
        spending.respend(connection, before.ticket, traits, policy, now=now)


def move(
    connection: Connection,
    ticket_id: int,
    policy: Policy,
    *,
    to: Status,
    hold: Hold = Hold.NONE,
    by: str,
    now: datetime,
) -> bool:
    """The ticket gets another status. UsageError where that cannot be: what is closed or merged stays so."""
    before = standing(connection, ticket_id, policy)
    if before is None:
        return False
    _refuse_final(before.ticket)
    if to not in MOVES:
        raise UsageError(f"no ticket is moved to {to.value}")
    if to is Status.SOLVED and not policy.desk.solved:
        to = Status.CLOSED
    hold = (hold or Hold.EXTERNAL) if to is Status.HOLD else Hold.NONE
    if (to, hold) != (before.progress.status, before.progress.hold):
        happening = Happening(What.MOVED, now, status=to, hold=hold)
        happen(connection, ticket_id, happening, policy, now=now, detail={"by": by}, pending="")
        if to in VOID:
            quota.give_back(connection, ticket_id, now=now)
        elif before.progress.status in VOID:
            quota.take_again(connection, ticket_id)
        if to in {Status.SOLVED, Status.CLOSED}:
            endings.tell(connection, before.ticket, to, policy, now=now)
    return True


def escalate(connection: Connection, ticket_id: int, policy: Policy, *, to: str = "", by: str, now: datetime) -> bool:
    """The ticket goes one level up, or to the level named, and its people are told (S17).

    On the top level the leads are told again. UsageError where the desk has no levels, or not this one.
    """
    before = standing(connection, ticket_id, policy)
    if before is None:
        return False
    _refuse_final(before.ticket)
    was = before.progress.traits.level
    level = to or policy.level_above(was)
    if to and to not in {each.key for each in policy.desk.levels}:
        raise UsageError(f"the desk has no level {to}")
    if not policy.desk.levels:
        raise UsageError("the desk has no levels")
    after = before.progress
    if level and level != was:
        happening = Happening(What.ESCALATED, now, traits=replace(before.progress.traits, level=level))
        after = happen(connection, ticket_id, happening, policy, now=now, detail={"by": by}) or after
    else:
        journal.record(
            connection, "escalated", at=now, ticket_id=ticket_id, detail={"by": by, "level": was, "top": True}
        )
    ticket = replace(before.ticket, traits=after.traits)
    tell = ("team",) if level and level != was else ("lead",)
    words = wording.escalated(ticket, after, policy, was=was, why=by)
    number = journal.latest(connection, ticket_id)
    notices = (
        Notice("escalated", Address(agent.address, agent.name), words | {"timezone": policy.zone_for(agent)},
               policy.language_for(agent))
        for agent in desk_agents(ticket, tell, policy, at=now)
    )  # fmt: skip
    event = f"ticket {ticket_id}: escalated {number}"
    new = [
        letters.letter(each, policy, event=event, mailbox=ticket.mailbox, ticket_id=ticket_id, now=now)
        for each in notices
    ]
    outbox.add(connection, new, now=now)
    return True


def merge(connection: Connection, ticket_id: int, policy: Policy, *, into: int, by: str, now: datetime) -> bool:
    """The ticket's conversation goes on in another; its own clocks are void (S16). UsageError where that cannot be."""
    before, target = standing(connection, ticket_id, policy), tickets.get(connection, into)
    if before is None or target is None:
        return False
    _refuse_final(before.ticket)
    if into == ticket_id or target.status in {Status.MERGED, Status.SPAM, Status.REFUSED}:
        raise UsageError(f"ticket {ticket_id} cannot be merged into ticket {into}")
    if target.account != before.ticket.account:
        raise UsageError(f"ticket {into} is another customer's")
    happening = Happening(What.MOVED, now, status=Status.MERGED)
    happen(connection, ticket_id, happening, policy, now=now, detail={"by": by, "into": into}, parent=into)
    quota.give_back(connection, ticket_id, now=now)
    mails.move(connection, mails.ids(connection, ticket_id), to=into)
    journal.record(connection, "merged-in", at=now, ticket_id=into, detail={"by": by, "from": ticket_id})
    return True


def split(
    connection: Connection, ticket_id: int, policy: Policy, *, messages: Collection[int], by: str, now: datetime
) -> int:
    """Some messages become a request of their own, counted from when the first one of the whole came (S16); its number,
    0 if there is no such ticket.

    UsageError unless they are some, and not all, of the ticket's messages.
    """
    before = standing(connection, ticket_id, policy)
    if before is None:
        return 0
    _refuse_final(before.ticket)
    of_ticket = mails.ids(connection, ticket_id)
    if not set(messages) < set(of_ticket) or not messages:
        raise UsageError(f"name some, but not all, of the messages of ticket {ticket_id}")
    ticket, traits = before.ticket, policy.first_traits()
    new = NewTicket(
        subject=ticket.subject,
        requester=ticket.requester,
        account=ticket.account,
        mailbox=ticket.mailbox,
        received_at=ticket.received_at,
        terms=before.terms,
        opening=Happening(What.OPENED, ticket.received_at, traits=traits, status=Status.NEW),
        parent=ticket_id,
    )
    number = open_ticket(connection, new, policy, now=now, detail={"by": by, "from": ticket_id})
    spending.spend(connection, number, ticket, traits, policy, now=now)
    mails.move(connection, messages, to=number)
    journal.record(connection, "split", at=now, ticket_id=ticket_id, detail={"by": by, "to": number})
    return number


def open_ticket(
    connection: Connection, new: NewTicket, policy: Policy, *, now: datetime, detail: dict[str, object]
) -> int:
    """Open a ticket that no mail opens by itself; its number."""
    progress, digest = opened(new.opening, new.terms), terms.of_terms(new.terms).digest
    terms.pin(connection, [new.terms])
    (number,) = tickets.open_tickets(connection, [(new, progress, digest)], now=now)
    clocks.start_all(connection, new_clocks(number, progress.clocks, policy.desk.reminders))
    said = {"history": history.to_json(replace(new.opening, terms=digest)), **detail}
    journal.record(connection, "opened", at=now, ticket_id=number, detail=said)
    return number


def forgive(connection: Connection, ticket_id: int, policy: Policy, *, by: str, now: datetime) -> bool:
    """The desk does not count the breaches there are so far (S12)."""
    return happen(connection, ticket_id, Happening(What.FORGIVEN, now), policy, now=now, detail={"by": by}) is not None


def waive(connection: Connection, ticket_id: int, *, by: str, now: datetime) -> bool:
    """What the ticket took of a quota is given back (E6). False if it took nothing."""
    if not quota.give_back(connection, ticket_id, now=now):
        return False
    journal.record(connection, "waived", at=now, ticket_id=ticket_id, detail={"by": by})
    return True


def rate(connection: Connection, ticket_id: int, policy: Policy, *, rating: int, by: str, now: datetime) -> None:
    """The customer rates how the ticket went; a low rating opens a case in the quality queue, or goes to the one there
    is.
    """
    before = standing(connection, ticket_id, policy)
    if before is None:
        return
    tickets.rate(connection, ticket_id, rating)
    journal.record(connection, "rated", at=now, ticket_id=ticket_id, detail={"by": by, "rating": rating})
    if rating > LOW_RATING:
        return
    case = tickets.quality_case(connection, ticket_id, QUALITY)
    if case is None:
        ticket = before.ticket
        new = NewTicket(
            subject=ticket.subject,
            requester=ticket.requester,
            account=ticket.account,
            mailbox=ticket.mailbox,
            received_at=now,
            terms=Terms(before.terms.plan, {}, before.terms.rules),
            opening=Happening(What.OPENED, now, traits=policy.first_traits(), status=Status.NEW),
            queue=QUALITY,
            follows=ticket_id,
        )
        case = open_ticket(connection, new, policy, now=now, detail={"by": by, "rating": rating})
    journal.record(connection, "low rating", at=now, ticket_id=case, detail={"of": ticket_id, "rating": rating})


def renew(
    connection: Connection, ticket_id: int, policy: Policy, *, at: datetime | None = None, by: str, now: datetime
) -> bool:
    """The ticket falls under what its customer is promised by today's configuration (S13), as S12 says.

    The contract is that in force when the ticket came, or the one at `at`. False if there is no such ticket, or
    nothing changes for it.
    """
    before = standing(connection, ticket_id, policy)
    if before is None:
        return False
    found = policy.terms_of(before.ticket, at=at)
    digest = terms.of_terms(found).digest
    if digest == before.ticket.terms:
        return False
    terms.pin(connection, [found])
    happening = Happening(What.RENEWED, now, terms=digest)
    return happen(connection, ticket_id, happening, policy, now=now, detail={"by": by}, plan=found.plan) is not None


def _refuse_final(ticket: Ticket) -> None:
    if ticket.status in FINAL:
        raise UsageError(f"ticket {ticket.id} is {ticket.status.value}, and stays so")
