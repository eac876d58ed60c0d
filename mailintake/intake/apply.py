"""Write a decision down, all of it in the caller's transaction."""

from datetime import datetime

from sqlalchemy import Connection

from mailintake.domain import sla
from mailintake.domain.decision import Decision, Effect, Facts, NewTicket, Outcome
from mailintake.domain.mail import ParsedMessage
from mailintake.domain.sla import Metric
from mailintake.domain.ticket import Status
from mailintake.intake import letters
from mailintake.intake.policy import Policy
from mailintake.storage import clocks, customers, journal, spool, tickets
from mailintake.storage.spool import Entry


def apply(
    connection: Connection, entry: Entry, facts: Facts, decision: Decision, policy: Policy, *, content_key: str
) -> int | None:
    """Write down what becomes of a mail; the ticket it is on, or None. LeaseLost if another took the mail over."""
    ticket_id = decision.ticket_id
    if decision.new_ticket is not None:
        ticket_id = _open(connection, facts, decision.new_ticket, policy)
    if decision.enrol is not None:
        customers.enrol(connection, decision.enrol, spool_id=entry.id, now=facts.now)
    if ticket_id is not None:
        kind, received_at = decision.screening.kind, facts.reception.at
        tickets.add_message(connection, ticket_id, entry.id, facts.message, kind=kind, received_at=received_at)
    if decision.ticket_id is not None:
        _move(connection, decision.ticket_id, decision.effect, facts)
    for thread in facts.threads:
        if not thread.is_participant and decision.ticket_id != thread.ticket_id:
            detail = {"mail": entry.id, "via": thread.via.value}
            journal.record(connection, "stranger", at=facts.now, ticket_id=thread.ticket_id, detail=detail)
    mailbox = policy.first_mailbox(facts.envelope.recipients).address
    for notice in decision.notices:
        letters.queue(
            connection,
            notice,
            policy,
            event=f"mail {entry.id}: {notice.template}",
            mailbox=mailbox,
            now=facts.now,
            ticket_id=ticket_id,
            answers=facts.message if notice.answers else None,
            words={"ticket": ticket_id} if ticket_id else None,
        )
    journal.record(
        connection, decision.outcome.value, at=facts.now, spool_id=entry.id, ticket_id=ticket_id,
        detail=_detail(decision, policy),
    )  # fmt: skip
    spool.settle(
        connection,
        entry,
        outcome=decision.outcome,
        reason=decision.reason,
        ticket_id=ticket_id,
        content_key=None if decision.reason == "duplicate" else content_key,
        now=facts.now,
    )
    return ticket_id


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


def _open(connection: Connection, facts: Facts, new: NewTicket, policy: Policy) -> int:
    ticket_id = tickets.open_ticket(connection, new, received_at=facts.reception.at, now=facts.now)
    if new.promise is not None:
        rungs = sla.ladder(new.promise, policy.desk.reminders)
        clocks.start(connection, ticket_id, new.promise, next_step_at=rungs[0].at if rungs else None)
    return ticket_id


def _move(connection: Connection, ticket_id: int, effect: Effect, facts: Facts) -> None:
    if effect is Effect.DESK_ANSWERED:
        clocks.stop(connection, ticket_id, Metric.FIRST_RESPONSE, at=facts.reception.at)
        tickets.set_status(connection, ticket_id, Status.WAITING)
    elif effect is Effect.CUSTOMER_WROTE:
        tickets.reopen_if_waiting(connection, ticket_id)


def _detail(decision: Decision, policy: Policy) -> dict[str, object]:
    trace = [[line.check, str(line.finding), line.why] for line in decision.trace]
    return {"reason": decision.reason, "trace": trace, "policy": policy.digest}
