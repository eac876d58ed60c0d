"""What a mail does to the ticket it joins (DOMAIN S15, E4, E6, section 11)."""

from datetime import datetime

from sqlalchemy import Connection

from mailintake.domain.decision import Decision, Effect, Facts, Notice
from mailintake.domain.mail import Address
from mailintake.domain.progress import Happening, Progress, What
from mailintake.domain.target import Metric
from mailintake.domain.ticket import Status, Ticket
from mailintake.intake import acts, letters, membership, wording
from mailintake.intake.happenings import Standing, happen, standing
from mailintake.intake.policy import Policy
from mailintake.intake.recipients import desk_people
from mailintake.storage import approvals, outbox, quota, tickets


def take(
    connection: Connection, ticket_id: int, decision: Decision, facts: Facts, policy: Policy, *, by: int, now: datetime
) -> None:
    """Let the mail `by` have its effect, in the caller's transaction."""
    at, detail = facts.reception.at, {"mail": by}
    match decision.effect:
        case Effect.CUSTOMER_WROTE:
            before = standing(connection, ticket_id, policy)
            after = happen(connection, ticket_id, Happening(What.CUSTOMER_WROTE, at), policy, now=now, detail=detail)
            if before and after and before.progress.status is Status.SOLVED:
                _tell_of_reopening(connection, before, after, policy, now)
        case Effect.DESK_ANSWERED:
            happen(connection, ticket_id, Happening(What.DESK_ANSWERED, at), policy, now=now, detail=detail)
        case Effect.APPROVED | Effect.DECLINED:
            _owner_said(connection, ticket_id, policy, yes=decision.effect is Effect.APPROVED, by=by, now=now)
        case Effect.QUOTE_ACCEPTED:
            quota.take_again(connection, ticket_id)
            happening = Happening(What.MOVED, at, status=Status.NEW)
            after = happen(connection, ticket_id, happening, policy, now=now, detail=detail, pending="")
            found = tickets.get(connection, ticket_id)
            if found and after:
                _acknowledge(connection, found, after, policy, at=at, now=now)
        case Effect.QUOTE_DECLINED:
            happening = Happening(What.MOVED, at, status=Status.REFUSED)
            happen(connection, ticket_id, happening, policy, now=now, detail=detail, pending="")
        case Effect.RATED:
            acts.rate(connection, ticket_id, policy, rating=decision.rating, by=f"mail {by}", now=now)
        case Effect.KEPT:
            pass


def _owner_said(connection: Connection, ticket_id: int, policy: Policy, *, yes: bool, by: int, now: datetime) -> None:
    ticket = tickets.get(connection, ticket_id)
    key = policy.key(ticket.requester.address) if ticket else None
    if ticket is None or key is None:
        return
    found = approvals.pending(connection, [(ticket.account, key)]).get((ticket.account, key))
    if found is None:
        return
    if yes:
        if membership.approve(connection, policy, found, by=f"mail {by}", now=now) is membership.Outcome.OVER_LIMIT:
            _tell_of_limit(connection, ticket, policy, by=by, now=now)
    else:
        membership.decline(connection, policy, found, by=f"mail {by}", now=now)


def _tell_of_limit(connection: Connection, ticket: Ticket, policy: Policy, *, by: int, now: datetime) -> None:
    """The owner said yes, but meanwhile somebody else took the last seat."""
    account = policy.directory.accounts[ticket.account]
    contract, _ = policy.contract_at(account, now)
    limit = policy.seats(account, contract, ()).limit
    words = {
        "desk": policy.desk.name,
        "account": account.name,
        "sender": ticket.requester.address,
        "subject": ticket.subject,
        "seats_used": limit,
        "seats": limit,
    }
    notice = Notice("owner-over-limit", Address(account.owner or ""), words, policy.language_of(account, None))
    letter = letters.letter(notice, policy, event=f"mail {by}: over the limit", mailbox=ticket.mailbox)
    outbox.add(connection, [letter], now=now)


def _acknowledge(
    connection: Connection, ticket: Ticket, after: Progress, policy: Policy, *, at: datetime, now: datetime
) -> None:
    account = policy.directory.accounts.get(ticket.account)
    if account is None:
        return
    contract, _ = policy.contract_at(account, ticket.received_at)
    first = next((clock for clock in after.clocks if clock.metric is Metric.FIRST_RESPONSE), None)
    words = wording.promised(first, ticket.traits, policy, at=at) | {
        "desk": policy.desk.name,
        "subject": ticket.subject,
        "name": ticket.requester.name,
        "account": account.name,
        "plan": ticket.plan,
        "timezone": policy.zone_of(account, contract),
        "ticket": ticket.id,
    }
    notice = Notice("acknowledged", Address(ticket.requester.address), words, policy.language_of(account, None))
    event = f"ticket {ticket.id}: quote accepted"
    outbox.add(
        connection, [letters.letter(notice, policy, event=event, mailbox=ticket.mailbox, ticket_id=ticket.id)], now=now
    )


def _tell_of_reopening(
    connection: Connection, before: Standing, after: Progress, policy: Policy, now: datetime
) -> None:
    ticket = before.ticket
    clock = next((each for each in after.clocks if each.metric is Metric.NEXT_RESPONSE and each.is_running), None)
    words = wording.reopened(ticket, clock, policy)
    event = f"ticket {ticket.id}: reopened after {ticket.status_since.isoformat()}"
    new = [
        letters.letter(
            Notice("reopened", person, words, policy.desk.languages[0]),
            policy,
            event=event,
            mailbox=ticket.mailbox,
            ticket_id=ticket.id,
        )
        for person in desk_people(ticket, ("assignee",), policy)
    ]
    outbox.add(connection, new, now=now)
