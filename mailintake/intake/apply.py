"""Write decisions down, all of them in the caller's transaction, each table in one statement."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from mailintake.domain import history
from mailintake.domain.decision import Decision, Enrolled, Facts, Outcome
from mailintake.domain.mail import ParsedMessage
from mailintake.domain.quota import Spend
from mailintake.intake import effects, letters
from mailintake.intake.begin import begun
from mailintake.intake.happenings import new_clocks
from mailintake.intake.policy import Policy
from mailintake.intake.steps import OWNER_ANSWERS_WITHIN
from mailintake.storage import approvals, clocks, customers, journal, outbox, quota, spool, terms, tickets
from mailintake.storage.journal import Event
from mailintake.storage.outbox import NewLetter
from mailintake.storage.spool import Entry, Settlement
from mailintake.storage.tickets import NewMessage


@dataclass(frozen=True, slots=True)
class Judged:
    """A mail with its decision; `ticket_id` is the ticket it is on, None where there is none or none yet."""

    entry: Entry
    facts: Facts
    decision: Decision
    content_key: str
    ticket_id: int | None = None


def apply(connection: Connection, judged: Sequence[Judged], policy: Policy, *, now: datetime) -> list[Judged]:
    """Write down what becomes of independent mails; the same with the tickets they are on now.

    LeaseLost if another took one of them over.
    """
    mails = _with_tickets(connection, judged, policy, now)
    for mail in mails:
        if mail.decision.enrol is not None:
            customers.enrol(connection, mail.decision.enrol, spool_id=mail.entry.id, now=now)
    tickets.add_messages(connection, list(_messages(mails)))
    quota.spend_all(connection, list(_spends(mails)), now=now)
    for mail in mails:
        if mail.decision.ask is not None:
            _ask(connection, mail.decision.ask, now)
        if mail.decision.ticket_id is not None:
            effects.take(
                connection, mail.decision.ticket_id, mail.decision, mail.facts, policy, by=mail.entry.id, now=now
            )
    outbox.add(connection, _letters(mails, policy), now=now)
    journal.record_all(connection, _events(mails, policy, now))
    spool.settle_all(connection, list(_settlements(mails)), now=now)
    return mails


def reread(connection: Connection, entry: Entry, message: ParsedMessage, *, content_key: str, now: datetime) -> None:
    """A mail that is on its ticket already, by its headers alone, is read again in full: its words take their place."""
    tickets.reread_message(connection, entry.id, message)
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


def _with_tickets(connection: Connection, mails: Sequence[Judged], policy: Policy, now: datetime) -> list[Judged]:
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
    return [
        replace(mail, ticket_id=next(numbers) if mail.decision.new_ticket else mail.decision.ticket_id)
        for mail in mails
    ]


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
            yield NewMessage(mail.ticket_id, mail.entry.id, mail.facts.message, kind, received_at)


def _letters(mails: Sequence[Judged], policy: Policy) -> Iterator[NewLetter]:
    for mail in mails:
        mailbox = policy.first_mailbox(mail.facts.envelope.recipients).address
        for notice in mail.decision.notices:
            yield letters.letter(
                notice,
                policy,
                event=f"mail {mail.entry.id}: {notice.template}",
                mailbox=mailbox,
                ticket_id=mail.ticket_id,
                answers=mail.facts.message if notice.answers else None,
                words={"ticket": mail.ticket_id} if mail.ticket_id else None,
            )


def _events(mails: Sequence[Judged], policy: Policy, now: datetime) -> Iterator[Event]:
    for mail in mails:
        decision, number = mail.decision, mail.entry.id
        for thread in mail.facts.threads:
            if not thread.is_participant and decision.ticket_id != thread.ticket_id:
                detail = {"mail": number, "via": thread.via.value}
                yield Event("stranger", now, detail, ticket_id=thread.ticket_id)
        trace = [[line.check, str(line.finding), line.why] for line in decision.trace]
        described: dict[str, object] = {"reason": decision.reason, "trace": trace, "policy": policy.digest}
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
        yield Settlement(mail.entry, decision.outcome, decision.reason, mail.ticket_id, key)
