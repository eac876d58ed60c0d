"""What becomes of the tickets of somebody about whom an owner has decided, and the letters that say so (DOMAIN E4)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from mailintake.domain.customer import Account, Contract
from mailintake.domain.decision import Notice
from mailintake.domain.mail import Address, Kind, Screening
from mailintake.domain.progress import Happening, Progress, What
from mailintake.domain.target import Metric
from mailintake.domain.ticket import Status, Ticket
from mailintake.domain.trust import Verdict
from mailintake.entitlement.quota import Spent
from mailintake.intake import acts, letters, telling, wording
from mailintake.intake.happenings import happen
from mailintake.intake.policy import Policy
from mailintake.intake.recipients import desk_agents
from mailintake.notices.restraint import withhold
from mailintake.storage import messages, outbox, quota, spool, tickets
from mailintake.storage.quota import Ledger

_HOUR = timedelta(hours=1)


def waiting(connection: Connection, policy: Policy, *, account: str, key: str) -> list[Ticket]:
    """The tickets with which somebody waits for the owner's word, oldest first."""
    found = tickets.pending_of(connection, account)
    return [ticket for ticket in found if policy.key(ticket.requester.address) == key]


def accept(
    connection: Connection, policy: Policy, found: Sequence[Ticket], account: Account, *, by: str, now: datetime
) -> None:
    """These become new tickets, counted from now (DOMAIN S2); their sender is told of each."""
    for ticket in found:
        happening = Happening(What.MOVED, now, status=Status.NEW)
        after = happen(connection, ticket.id, happening, policy, now=now, detail={"by": by}, pending="")
        assert after is not None, "it was found in this transaction"
        words = {"ticket": ticket.id} | _accepted(connection, policy, ticket, account, after, now=now)
        _tell(connection, policy, ticket, "approved", words, event=f"ticket {ticket.id}: approved", now=now)
        _tell_desk(connection, policy, ticket, after, now=now)


def quote_accepted(
    connection: Connection, policy: Policy, ticket_id: int, *, by: str, at: datetime, now: datetime
) -> None:
    """The customer pays for a request beyond the plan: it is new, counted from their word (DOMAIN S2)."""
    happening = Happening(What.MOVED, at, status=Status.NEW)
    after = happen(connection, ticket_id, happening, policy, now=now, detail={"by": by}, pending="")
    ticket = tickets.get(connection, ticket_id)
    account = policy.directory.accounts.get(ticket.account) if ticket else None
    if ticket is None or after is None or account is None:
        return
    words = {"ticket": ticket.id} | _accepted(connection, policy, ticket, account, after, now=at)
    _tell(connection, policy, ticket, "acknowledged", words, event=f"ticket {ticket.id}: quote accepted", now=now)
    _tell_desk(connection, policy, ticket, after, now=now)


def _tell_desk(connection: Connection, policy: Policy, ticket: Ticket, after: Progress, *, now: datetime) -> None:
    """The desk hears of the ticket only now."""
    first = next(iter(messages.of_ticket(connection, ticket.id)), None)
    words: dict[str, object] = {
        "text": first["reply_text"] if first else "",
        "attachments": [each["filename"] for each in first["attachments"]] if first else [],
        "priority_meaning": policy.meaning_of(after.traits.priority),
        "claimed_priority": ticket.claimed_priority,
        "category": after.traits.category,
        "topic": after.traits.topic,
        "level": policy.label_of(after.traits.level),
        "language": ticket.language,
    }
    agents = desk_agents(ticket, ("assignee",), policy, at=now)
    event = f"ticket {ticket.id}: new ticket"
    new = telling.to_desk("new-ticket", ticket, after, agents, words, policy, event=event, now=now)
    outbox.add(connection, new, now=now)


def refuse(
    connection: Connection,
    policy: Policy,
    found: Sequence[Ticket],
    *,
    event: str,
    expired: bool,
    by: str,
    now: datetime,
) -> None:
    """These are refused, and what they would have spent is given back; their sender is told once, of all."""
    for ticket in found:
        acts.move(connection, ticket.id, policy, to=Status.REFUSED, by=by, now=now)
    if found:
        _tell(connection, policy, found[0], "declined", {"expired": expired}, event=event, now=now)


def _accepted(
    connection: Connection, policy: Policy, ticket: Ticket, account: Account, after: Progress, *, now: datetime
) -> dict[str, object]:
    contract, _ = policy.contract_at(account, ticket.received_at)
    first = next((clock for clock in after.clocks if clock.metric is Metric.FIRST_RESPONSE), None)
    return {
        **wording.promised(first, after.traits, policy, at=now),
        **_allowance(connection, policy, ticket, account, contract),
        "account": account.name,
        "plan": ticket.plan,
        "timezone": policy.zone_of(account, contract),
        "channels": list(policy.desk.plans[contract.plan].channels_for(after.traits, use="open")),
    }


def _allowance(
    connection: Connection, policy: Policy, ticket: Ticket, account: Account, contract: Contract
) -> dict[str, object]:
    """What is left of the unit that the ticket has spent, in the period that has the least left."""
    units = quota.of_ticket(connection, ticket.id)
    limited = next((each for each in policy.allowances(account, contract) if each.unit.key in units), None)
    if limited is None:
        return dict.fromkeys(("quota_left", "quota_limit", "quota_unit", "quota_period"))
    ledger = Ledger(account.key, limited.unit.key, limited.looks_back_to(ticket.received_at))
    spent = Spent(quota.spent(connection, [ledger])[ledger])
    span = min(limited.spans_on(limited.day_of(ticket.received_at)), key=spent.leaves)
    return {
        "quota_left": spent.leaves(span),
        "quota_limit": span.limit.count,
        "quota_unit": limited.unit.key,
        "quota_period": span.limit.period.value,
    }


def _tell(
    connection: Connection,
    policy: Policy,
    ticket: Ticket,
    template: str,
    context: Mapping[str, object],
    *,
    event: str,
    now: datetime,
) -> None:
    """Queue an answer to the mail that the ticket began with, withheld where restraint says so."""
    message = next(iter(messages.of_ticket(connection, ticket.id)), None)
    entry = spool.get(connection, message["spool_id"]) if message else None
    if message is None or entry is None:
        return
    is_verified, reader = message["verdict"] == Verdict.PASS or entry.released, policy.reader(ticket.requester.address)
    why = withhold(
        screening=Screening(Kind(message["kind"]), ""),
        envelope=entry.envelope,
        recipient=ticket.requester,
        is_verified=is_verified,
        answer_unverified=policy.desk.senders.answer_unverified,
        letters_last_hour=outbox.count_since(connection, [reader], since=now - _HOUR)[reader],
        limit_per_hour=policy.letters_per_address_hour,
        is_refusal=False,
        refused_today=False,
        own_addresses=policy.own_addresses,
    )
    # Who wrote in somebody else's name must not choose one word of what reaches them (SECURITY T15).
    recipient = ticket.requester if is_verified else Address(ticket.requester.address)
    about = {"desk": policy.desk.name, "subject": ticket.subject if is_verified else "", "name": recipient.name}
    language = policy.language_of(policy.directory.accounts.get(ticket.account), message["language"])
    notice = Notice(template, recipient, {**about, **context}, language, suppressed=why)
    number = ticket.id if "ticket" in context else None  # a refused one is not for the sender to go on with
    new = letters.letter(notice, policy, event=event, mailbox=ticket.mailbox, ticket_id=number, now=now)
    answered = (message["message_id"],) if message["message_id"] else ()
    draft = replace(new.draft, automatic="auto-replied", in_reply_to=message["message_id"], references=answered)
    outbox.add(connection, [replace(new, draft=draft, ticket_id=ticket.id)], now=now)
