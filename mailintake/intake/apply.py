"""Write decisions down, all of them in the caller's transaction, each table in one statement."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from mailintake.domain import sla
from mailintake.domain.decision import Decision, Effect, Facts, Outcome
from mailintake.domain.mail import ParsedMessage
from mailintake.domain.sla import Metric
from mailintake.domain.ticket import Status
from mailintake.intake import letters
from mailintake.intake.policy import Policy
from mailintake.storage import clocks, customers, journal, outbox, spool, tickets
from mailintake.storage.clocks import NewClock
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
    mails = _with_tickets(connection, judged, now)
    for mail in mails:
        if mail.decision.enrol is not None:
            customers.enrol(connection, mail.decision.enrol, spool_id=mail.entry.id, now=now)
    tickets.add_messages(connection, list(_messages(mails)))
    clocks.start_all(connection, list(_clocks(mails, policy)))
    for mail in mails:
        if mail.decision.ticket_id is not None:
            _move(connection, mail.decision.ticket_id, mail.decision.effect, mail.facts)
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


def _with_tickets(connection: Connection, mails: Sequence[Judged], now: datetime) -> list[Judged]:
    # First of all, since everything else names the ticket.
    wanted = [(new, mail.facts.reception.at) for mail in mails if (new := mail.decision.new_ticket)]
    numbers = iter(tickets.open_tickets(connection, wanted, now=now))
    return [
        replace(mail, ticket_id=next(numbers) if mail.decision.new_ticket else mail.decision.ticket_id)
        for mail in mails
    ]


def _messages(mails: Sequence[Judged]) -> Iterator[NewMessage]:
    for mail in mails:
        if mail.ticket_id is not None:
            kind, received_at = mail.decision.screening.kind, mail.facts.reception.at
            yield NewMessage(mail.ticket_id, mail.entry.id, mail.facts.message, kind, received_at)


def _clocks(mails: Sequence[Judged], policy: Policy) -> Iterator[NewClock]:
    for mail in mails:
        new = mail.decision.new_ticket
        if new is not None and new.promise is not None and mail.ticket_id is not None:
            rungs = sla.ladder(new.promise, policy.desk.reminders)
            yield NewClock(mail.ticket_id, new.promise, rungs[0].at if rungs else None)


def _move(connection: Connection, ticket_id: int, effect: Effect, facts: Facts) -> None:
    if effect is Effect.DESK_ANSWERED:
        clocks.stop(connection, ticket_id, Metric.FIRST_RESPONSE, at=facts.reception.at)
        tickets.set_status(connection, ticket_id, Status.WAITING)
    elif effect is Effect.CUSTOMER_WROTE:
        tickets.reopen_if_waiting(connection, ticket_id)


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
        yield Event(decision.outcome.value, now, described, number, mail.ticket_id)


def _settlements(mails: Sequence[Judged]) -> Iterator[Settlement]:
    for mail in mails:
        decision = mail.decision
        key = None if decision.reason == "duplicate" else mail.content_key
        yield Settlement(mail.entry, decision.outcome, decision.reason, mail.ticket_id, key)
