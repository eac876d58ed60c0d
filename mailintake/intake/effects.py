"""What a mail does to the ticket it joins (DOMAIN S15, E4, E6, section 11)."""

from datetime import datetime

from sqlalchemy import Connection

from mailintake.domain.decision import Decision, Effect, Facts, Notice
from mailintake.domain.mail import Address
from mailintake.domain.progress import Happening, What
from mailintake.domain.ticket import Status, Ticket
from mailintake.intake import acts, admission, agency, hearing, letters, membership
from mailintake.intake.happenings import happen, standing
from mailintake.intake.policy import Policy
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
            if before and after:
                hearing.customer(connection, before, after, facts, policy, by=by, now=now)
        case Effect.WORKED:
            assert decision.work is not None, "an agent's mail says what to do"
            agency.work(connection, ticket_id, decision.work, facts, policy, by=by, now=now)
        case Effect.NOTED:
            hearing.noted(connection, ticket_id, decision.part, facts, policy, now=now)
        case Effect.BOUNCED:
            hearing.bounced(connection, ticket_id, facts, policy, now=now)
        case Effect.APPROVED | Effect.DECLINED:
            _owner_said(connection, ticket_id, policy, yes=decision.effect is Effect.APPROVED, by=by, now=now)
        case Effect.QUOTE_ACCEPTED:
            quota.take_again(connection, ticket_id)
            admission.quote_accepted(connection, policy, ticket_id, by=f"mail {by}", at=at, now=now)
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
    letter = letters.letter(notice, policy, event=f"mail {by}: over the limit", mailbox=ticket.mailbox, now=now)
    outbox.add(connection, [letter], now=now)
