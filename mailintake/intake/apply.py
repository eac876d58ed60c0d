"""Write decisions down, all of them in the caller's transaction, each table in one statement."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from mailintake.domain import history
from mailintake.domain.agent import Agent
from mailintake.domain.decision import Decision, Enrolled, Facts, NewTicket, Outcome
from mailintake.domain.mail import ParsedMessage
from mailintake.domain.progress import Progress
from mailintake.domain.quota import Spend
from mailintake.domain.ticket import Part, Ticket
from mailintake.intake import agency, effects, handing_on, letters, placing, recipients, telling
from mailintake.intake.begin import begun
from mailintake.intake.happenings import new_clocks
from mailintake.intake.policy import Policy
from mailintake.intake.steps import OWNER_ANSWERS_WITHIN
from mailintake.storage import (
    approvals,
    bouncing,
    clocks,
    customers,
    journal,
    messages,
    outbox,
    participants,
    quota,
    spool,
    terms,
    tickets,
)
from mailintake.storage.journal import Event
from mailintake.storage.messages import NewMessage
from mailintake.storage.outbox import NewLetter
from mailintake.storage.spool import Entry, Settlement


@dataclass(frozen=True, slots=True)
class Judged:
    """A mail with its decision; `ticket_id` is the ticket it is on, None where there is none or none yet."""

    entry: Entry
    facts: Facts
    decision: Decision
    content_key: str
    ticket_id: int | None = None

    @property
    def message(self) -> ParsedMessage:
        """The mail as it is on its ticket: of one that an agent has handed on, the customer's own."""
        return handing_on.of_customer(self.facts.message) if self.decision.forwarded_by else self.facts.message


def apply(connection: Connection, judged: Sequence[Judged], policy: Policy, *, now: datetime) -> list[Judged]:
    """Write down what becomes of independent mails; the same with the tickets they are on now.

    LeaseLost if another took one of them over.
    """
    settled = [replace(each, decision=_placed(connection, each, policy)) for each in judged]
    placing.count(connection, [each.decision for each in settled], now=now)
    mails, opened = _with_tickets(connection, settled, policy, now)
    for mail in mails:
        if mail.decision.enrol is not None:
            customers.enrol(connection, mail.decision.enrol, spool_id=mail.entry.id, now=now)
    messages.add_all(connection, list(_messages(mails)))
    quota.spend_all(connection, list(_spends(mails)), now=now)
    for mail in mails:
        if mail.decision.ask is not None:
            _ask(connection, mail.decision.ask, now)
        if mail.decision.ticket_id is not None:
            effects.take(
                connection, mail.decision.ticket_id, mail.decision, mail.facts, policy, by=mail.entry.id, now=now
            )
        if mail.decision.forwarded_by:
            _work_beside(connection, mail, policy, now)
        if mail.ticket_id is not None:
            _let_in(connection, mail, policy, now)
    # who writes reads, it seems; a machine that answers for them does not
    bouncing.forget(
        connection, [_reader(each, policy) for each in mails if each.facts.bounces and _is_by_a_person(each)]
    )
    outbox.add(connection, [*_letters(mails, policy, now), *_told(mails, opened, policy, now)], now=now)
    journal.record_all(connection, _events(mails, policy, now))
    spool.settle_all(connection, list(_settlements(mails)), now=now)
    return mails


def reread(connection: Connection, entry: Entry, message: ParsedMessage, *, content_key: str, now: datetime) -> None:
    """A mail that is on its ticket already, by its headers alone, is read again in full: its words take their place."""
    messages.reread(connection, entry.id, message)
    journal.record(connection, "reread", at=now, spool_id=entry.id, ticket_id=entry.ticket_id, detail={})
    spool.settle(
        connection,
        entry,
        outcome=Outcome.OPENED,
        reason="",
        ticket_id=entry.ticket_id,
        content_key=content_key,
        now=now,
    )


def _with_tickets(
    connection: Connection, mails: Sequence[Judged], policy: Policy, now: datetime
) -> tuple[list[Judged], dict[int, Progress]]:
    """The mails with the tickets they are on, and where the new ones stand."""
    # First of all, since everything else names the ticket.
    new = [mail.decision.new_ticket for mail in mails if mail.decision.new_ticket]
    terms.pin(connection, [each.terms for each in new])
    standing = [begun(each) for each in new]
    rows = [(each, progress, terms.of_terms(each.terms).digest) for each, progress in zip(new, standing, strict=True)]
    ids = tickets.open_tickets(connection, rows, now=now)
    steps = policy.desk.reminders
    started = [
        clock
        for ticket_id, progress in zip(ids, standing, strict=True)
        for clock in new_clocks(ticket_id, progress.clocks, steps)
    ]
    clocks.start_all(connection, started)
    numbers = iter(ids)
    found = [
        replace(mail, ticket_id=next(numbers) if mail.decision.new_ticket else mail.decision.ticket_id)
        for mail in mails
    ]
    return found, dict(zip(ids, standing, strict=True))


def _reader(mail: Judged, policy: Policy) -> str:
    author = mail.facts.message.from_
    return policy.reader(author.address) if author else ""


def _is_by_a_person(mail: Judged) -> bool:
    return mail.decision.part is Part.CUSTOMER and mail.ticket_id is not None


def _placed(connection: Connection, mail: Judged, policy: Policy) -> Decision:
    return placing.placed(connection, mail.decision, policy, at=mail.facts.reception.at)


def _work_beside(connection: Connection, mail: Judged, policy: Policy, now: datetime) -> None:
    """What an agent has said beside the mail that they hand on."""
    said, number = mail.decision.work, mail.ticket_id
    if said is not None and number is not None:
        agency.work(connection, number, said, mail.facts, policy, by=mail.entry.id, now=now, is_new=True)


def _let_in(connection: Connection, mail: Judged, policy: Policy, now: datetime) -> None:
    """Whom a verified participant has copied in takes part from now on."""
    assert mail.ticket_id is not None, "asked for mails on tickets alone"
    for each in mail.decision.watchers:
        key = policy.key(each.address)
        by = f"mail {mail.entry.id}"
        if key and participants.add(connection, mail.ticket_id, key, each, by=by, now=now, again=False):
            detail = {"by": by, "address": each.address}
            journal.record(connection, "let in", at=now, ticket_id=mail.ticket_id, detail=detail)


def _told(
    mails: Sequence[Judged], opened: Mapping[int, Progress], policy: Policy, now: datetime
) -> Iterator[NewLetter]:
    """The desk is told of new tickets, but for those that wait for somebody's word."""
    for mail in mails:
        new, number = mail.decision.new_ticket, mail.ticket_id
        if new is None or number is None or new.pending:
            continue
        ticket = _as_ticket(new, opened[number], number, now)
        agents = recipients.desk_agents(ticket, ("assignee",), policy, at=now)
        agents = telling.others([*agents, *_notified(mail, agents, policy)], mail.decision.forwarded_by)
        told = partial(telling.to_desk, ticket=ticket, progress=opened[number], agents=agents, policy=policy, now=now)
        yield from told("new-ticket", words=mail.decision.desk_words, event=f"mail {mail.entry.id}: new ticket")
        if telling.is_hidden(mail.message):
            words = telling.encrypted(mail.message)
            yield from told("encrypted", words=words, event=f"mail {mail.entry.id}: encrypted")


def _notified(mail: Judged, told: Sequence[Agent], policy: Policy) -> Iterator[Agent]:
    """Whom rules tell beside those who look after the ticket; a plain address as if it were an agent's."""
    route, directory = mail.decision.route, policy.directory
    seen = {agent.key for agent in told}
    for name in route.notify if route else ():
        team = directory.teams.get(name)
        agent = directory.agents.get(name) or policy.agent_at(name)
        people = team.members if team else (agent or Agent(name, name),)
        for each in people:
            if each.key not in seen:
                seen.add(each.key)
                yield each


def _as_ticket(new: NewTicket, progress: Progress, number: int, now: datetime) -> Ticket:
    """The ticket as it was just written down."""
    return Ticket(
        id=number,
        subject=new.subject,
        status=progress.status,
        requester=new.requester,
        account=new.account,
        plan=new.terms.plan,
        traits=progress.traits,
        mailbox=new.mailbox,
        received_at=new.received_at,
        opened_at=now,
        status_since=now,
        queue=new.queue,
        team=new.team,
        assignee=new.assignee,
        tags=new.tags,
        language=new.language,
    )


def _spends(mails: Sequence[Judged]) -> Iterator[tuple[int, str, Spend]]:
    for mail in mails:
        new = mail.decision.new_ticket
        if new is not None and mail.ticket_id is not None:
            yield from ((mail.ticket_id, new.account, each) for each in new.spends)


def _ask(connection: Connection, person: Enrolled, now: datetime) -> None:
    approvals.ask(
        connection,
        account=person.account,
        key=person.key,
        address=person.address,
        name=person.name,
        now=now,
        expires_at=now + OWNER_ANSWERS_WITHIN,
    )


def _messages(mails: Sequence[Judged]) -> Iterator[NewMessage]:
    for mail in mails:
        if mail.ticket_id is not None:
            kind, received_at = mail.decision.screening.kind, mail.facts.reception.at
            yield NewMessage(
                mail.ticket_id,
                mail.entry.id,
                mail.message,
                kind,
                received_at,
                mail.decision.part,
                mail.facts.authentication,
            )


def _letters(mails: Sequence[Judged], policy: Policy, now: datetime) -> Iterator[NewLetter]:
    for mail in mails:
        mailbox = policy.mailbox_of(mail.facts.message, mail.facts.envelope).address
        for notice in mail.decision.notices:
            yield letters.letter(
                notice,
                policy,
                event=f"mail {mail.entry.id}: {notice.template}",
                mailbox=mailbox,
                now=now,
                ticket_id=mail.ticket_id,
                answers=mail.message if notice.answers else None,
                words={"ticket": mail.ticket_id} if mail.ticket_id else None,
            )


def _events(mails: Sequence[Judged], policy: Policy, now: datetime) -> Iterator[Event]:
    for mail in mails:
        decision, number = mail.decision, mail.entry.id
        for thread in mail.facts.threads:
            if not thread.is_participant and decision.ticket_id != thread.ticket_id:
                detail = {"mail": number, "via": thread.via.value, "token": thread.worth.value}
                yield Event("stranger", now, detail, ticket_id=thread.ticket_id)
        trace = [[line.check, str(line.finding), line.why] for line in decision.trace]
        described: dict[str, object] = {"reason": decision.reason, "trace": trace, "policy": policy.digest}
        if decision.route is not None and (decision.route.rules or decision.route.shadow):
            described |= {"rules": list(decision.route.rules), "shadow": list(decision.route.shadow)}
        if decision.new_ticket is not None:
            opening = replace(decision.new_ticket.opening, terms=terms.of_terms(decision.new_ticket.terms).digest)
            described["history"] = history.to_json(opening)
        yield Event(decision.outcome.value, now, described, number, mail.ticket_id)
        if decision.new_ticket is not None and decision.new_ticket.asked is not None:
            asked = {"history": history.to_json(decision.new_ticket.asked)}
            yield Event(decision.new_ticket.asked.what.value, now, asked, ticket_id=mail.ticket_id)


def _settlements(mails: Sequence[Judged]) -> Iterator[Settlement]:
    for mail in mails:
        decision = mail.decision
        key = None if decision.reason == "duplicate" else mail.content_key
        content = mail.facts.message.content_key if decision.new_ticket else None
        yield Settlement(mail.entry, decision.outcome, decision.reason, mail.ticket_id, key, content)
