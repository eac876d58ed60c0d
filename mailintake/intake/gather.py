"""Ask the database all that must be known to judge one mail."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import Connection

from mailintake.domain.customer import Account, NewSender
from mailintake.domain.decision import Enrolled, Facts, Thread
from mailintake.domain.mail import ParsedMessage
from mailintake.domain.tag import Claim, Via, claims
from mailintake.domain.ticket import Ticket
from mailintake.intake.policy import Policy
from mailintake.storage import customers, outbox, spool, tickets
from mailintake.storage.engine import exclusively
from mailintake.storage.spool import Entry

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
REFUSALS = ("unknown-sender", "not-authorised", "over-limit", "contract-expired", "not-started", "redirect")
OWNER_REFUSALS = ("owner-not-authorised", "owner-over-limit")
MAX_CLAIMS = 16


def gather(connection: Connection, entry: Entry, message: ParsedMessage, policy: Policy, *, now: datetime) -> Facts:
    """All facts about a mail. Where a seat may be taken, the account is locked until the transaction ends."""
    sender = message.from_
    key = policy.key(sender.address) if sender else None
    account = policy.account_of(key) if key else None
    enrolled: tuple[Enrolled, ...] = ()
    if key and account and policy.contact(key) is None:
        if policy.desk.senders.new_at_known_domain is NewSender.SEAT:
            exclusively(connection, f"seats of {account.key}")
        enrolled = customers.enrolled(connection, account.key)
    is_contact = bool(key and (policy.contact(key) or any(one.key == key for one in enrolled)))
    return Facts(
        now=now,
        reception=entry.reception,
        envelope=entry.envelope,
        message=message,
        is_released=entry.released,
        duplicate_of=spool.known_content(connection, content_key(entry, message, policy)),
        threads=_threads(connection, entry, message, policy, key),
        enrolled=enrolled,
        letters_last_hour=outbox.count_since(connection, sender.address, since=now - HOUR) if sender else 0,
        refused_today=not is_contact and sender is not None
        and outbox.told_since(connection, sender.address, REFUSALS, since=now - DAY) > 0,
        owner_told_today=not is_contact and _owner_told(connection, account, now),
    )  # fmt: skip


def content_key(entry: Entry, message: ParsedMessage, policy: Policy) -> str:
    """What makes two deliveries the same mail: the same content for the same mailboxes, by whatever way."""
    mailboxes = {found.address.lower() for to in entry.envelope.recipients if (found := policy.mailbox(to))}
    return hashlib.sha256("\n".join((message.content_key, *sorted(mailboxes))).encode()).hexdigest()


def _threads(
    connection: Connection, entry: Entry, message: ParsedMessage, policy: Policy, key: str | None
) -> tuple[Thread, ...]:
    ids = [each for each in (message.in_reply_to, *message.references) if each]
    addresses = (*entry.envelope.recipients, *(each.address for each in (*message.to, *message.cc)))
    verified: dict[int, Claim] = {}
    for count, claim in enumerate(claims(message.subject, ids, addresses)):
        if count >= MAX_CLAIMS:
            break
        if policy.tagger.verifies(claim):
            verified.setdefault(claim.ticket_id, claim)
    if not verified:
        return ()
    order = list(Via)
    found = [
        Thread(
            ticket_id=ticket.id,
            status=ticket.status,
            account=ticket.account,
            requester=ticket.requester.address,
            via=verified[ticket.id].via,
            is_participant=key is not None and _takes_part(connection, ticket, policy, key),
        )
        for ticket in tickets.by_id(connection, verified)
    ]
    return tuple(sorted(found, key=lambda thread: order.index(thread.via)))


def _takes_part(connection: Connection, ticket: Ticket, policy: Policy, key: str) -> bool:
    # The one who asked, and whoever may ask for the same account; copies in To and Cc make nobody a participant.
    if policy.key(ticket.requester.address) == key:
        return True
    listed = policy.contact(key)
    if listed is not None:
        return listed[0].key == ticket.account
    return any(one.key == key for one in customers.enrolled(connection, ticket.account))


def _owner_told(connection: Connection, account: Account | None, now: datetime) -> bool:
    if account is None or account.owner is None:
        return False
    return outbox.told_since(connection, account.owner, OWNER_REFUSALS, since=now - DAY) > 0
