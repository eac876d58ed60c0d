"""Ask the database all that must be known to judge mails, in as few questions as possible."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from mailintake.domain.customer import Contact, NewSender
from mailintake.domain.decision import Asked, Enrolled, Facts, Returned, Thread
from mailintake.domain.mail import ParsedMessage
from mailintake.domain.tag import Via, Worth
from mailintake.domain.ticket import Ticket
from mailintake.intake.inquiry import Inquiry
from mailintake.intake.policy import Policy
from mailintake.intake.proving import Proved, holders_of, prove
from mailintake.parsing import own_letters
from mailintake.storage import approvals, bouncing, customers, messages, outbox, participants, quota, spool, tickets
from mailintake.storage.engine import exclusively
from mailintake.storage.participants import Participant

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ECHOES = frozenset({"unverified-agent"})
"""Letters to the desk that say again what somebody wrote in an agent's name: the agent may well say the same."""

REFUSALS = (
    "unknown-sender",
    "not-authorised",
    "over-limit",
    "contract-expired",
    "not-started",
    "not-covered",
    "quota-used-up",
    "day-full",
    "redirect",
)

_VIAS = list(Via)


def gather(connection: Connection, inquiries: Sequence[Inquiry], policy: Policy, *, now: datetime) -> list[Facts]:
    """All facts about independent mails. Where seats or units may be taken, accounts are locked until the transaction
    ends.
    """
    _lock(connection, inquiries, policy)
    known = spool.known_content(connection, [key for each in inquiries for key in each.rivals])
    claimed = {claim.ticket_id for each in inquiries for claim in each.claims}
    on_record = tickets.standing_for(connection, claimed) if claimed else {}
    holders = holders_of(connection, on_record, policy)
    taking_part = participants.of_tickets(connection, {ticket.id for ticket in on_record.values()})
    accounts = {each.account.key for each in inquiries if each.account} | {each.account for each in on_record.values()}
    enrolled = customers.enrolled(connection, accounts) if accounts else {}
    readers = [each.reader for each in inquiries if each.reader]
    letters = outbox.count_since(connection, readers, since=now - HOUR)
    refused = outbox.told_since(connection, readers, REFUSALS, since=now - DAY)
    owners = [each.owner for each in inquiries if each.owner]
    to_owners = outbox.count_since(connection, owners, since=now - HOUR) if owners else Counter[str]()
    people = [(each.account.key, each.key) for each in inquiries if each.account and each.key]
    asks = policy.desk.senders.new_at_known_domain is NewSender.ASK
    waiting = approvals.pending(connection, people) if asks else {}
    spent = quota.spent(connection, [ledger for each in inquiries for ledger in each.ledgers.values()])
    bounces = bouncing.counts(connection, readers)
    twins = spool.tickets_of_content(connection, [each.content for each in inquiries if each.content])

    def facts(inquiry: Inquiry) -> Facts:
        proved = prove(inquiry.claims, inquiry.holder, holders, inquiry.message, policy, now=now)
        written = _letters_of(connection, proved, on_record)
        works = policy.agent_of(inquiry.key or "") is not None
        colleagues = enrolled[inquiry.account.key] if inquiry.account else ()
        is_contact = inquiry.is_listed or any(one.key == inquiry.key for one in colleagues if not one.removed_at)
        return Facts(
            now=now,
            reception=inquiry.entry.reception,
            envelope=inquiry.entry.envelope,
            message=_parted(inquiry.message, [text for _, _, text in written]),
            size=inquiry.entry.size,
            is_released=inquiry.entry.released,
            duplicate_of=next((known[key] for key in inquiry.rivals if key in known), None),
            threads=_threads(inquiry, proved, on_record, taking_part, enrolled, policy),
            enrolled=colleagues,
            letters_last_hour=letters[inquiry.reader],
            refused_today=not is_contact and inquiry.reader in refused,
            letters_to_owner=to_owners[inquiry.owner],
            is_waiting=inquiry.account is not None and (inquiry.account.key, inquiry.key) in waiting,
            asked=_asked(proved, on_record),
            spent={unit: spent[ledger] for unit, ledger in inquiry.ledgers.items()},
            authentication=inquiry.authentication,
            expired=proved.expired,
            returned=_returned(proved, on_record, policy),
            twin=twins.get(inquiry.content),
            bounces=bounces[inquiry.reader],
            letters=tuple(text for kind, to, text in written if works and kind not in ECHOES and policy.agent_at(to)),
            known=_public(connection, proved, on_record, written, policy) if works else (),
        )

    return [facts(inquiry) for inquiry in inquiries]


def _public(
    connection: Connection,
    proved: Proved,
    on_record: Mapping[int, Ticket],
    written: Sequence[tuple[str, str, str]],
    policy: Policy,
) -> tuple[str, ...]:
    """What the customers of the tickets concerned have read or written."""
    own = messages.public_words(connection, {on_record[number].id for number in on_record.keys() & proved.numbers})
    return (*own, *(text for _, to, text in written if policy.agent_at(to) is None))


def _letters_of(connection: Connection, proved: Proved, on_record: Mapping[int, Ticket]) -> list[tuple[str, str, str]]:
    """What our letters about the tickets concerned said and to whom, the newest first."""
    concerned = on_record.keys() & proved.numbers
    return outbox.texts_of(connection, concerned | {on_record[number].id for number in concerned}) if concerned else []


def _parted(message: ParsedMessage, ours: Sequence[str]) -> ParsedMessage:
    """The mail; where it quotes a letter of ours, new words and quoted ones are told apart by that letter."""
    parted = own_letters.split(message.text, ours) if ours and message.text else None
    if parted is None:
        return message
    return replace(message, reply_text=parted.reply, quoted=parted.quoted, signature=parted.signature)


def _lock(connection: Connection, inquiries: Sequence[Inquiry], policy: Policy) -> None:
    seats: set[str] = set()
    if policy.desk.senders.new_at_known_domain is not NewSender.REFUSE:
        seats = {each.account.key for each in inquiries if each.account and not each.account.everybody}
    spends = {ledger.account for each in inquiries for ledger in each.ledgers.values()}
    # in one order everywhere, so that two hosts cannot wait for each other
    names = {f"seats of {key}" for key in seats} | {f"quota of {key}" for key in spends}
    names |= {f"content {each.content}" for each in inquiries if each.content}  # so that the second knows its twin
    for name in sorted(names, reverse=True):
        exclusively(connection, name)


def _asked(proved: Proved, on_record: Mapping[int, Ticket]) -> Asked | None:
    ticket = on_record.get(proved.approves) if proved.approves else None
    return Asked(ticket.id, ticket.account, ticket.requester.address) if ticket else None


def _returned(proved: Proved, on_record: Mapping[int, Ticket], policy: Policy) -> Returned | None:
    if proved.returned is None or proved.returned[0] not in on_record:
        return None
    number, holder = proved.returned
    return Returned(on_record[number].id, policy.reader_of(holder))


def _threads(
    inquiry: Inquiry,
    proved: Proved,
    on_record: Mapping[int, Ticket],
    taking_part: Mapping[int, tuple[Participant, ...]],
    enrolled: Mapping[str, tuple[Enrolled, ...]],
    policy: Policy,
) -> tuple[Thread, ...]:
    found = [
        Thread(
            ticket_id=ticket.id,
            status=ticket.status,
            status_since=ticket.status_since,
            account=ticket.account,
            requester=ticket.requester.address,
            via=claim.via,
            is_participant=_takes_part(ticket, policy, inquiry, enrolled)
            or any(one.key == inquiry.key for one in taking_part.get(ticket.id, ())),
            pending=ticket.pending,
            worth=worth,
        )
        for number, (claim, worth, _) in sorted(proved.claims.items())
        if (ticket := on_record.get(number))
    ]
    return tuple(sorted(found, key=lambda thread: (thread.worth is not Worth.OWN, _VIAS.index(thread.via))))


def _takes_part(ticket: Ticket, policy: Policy, inquiry: Inquiry, enrolled: Mapping[str, tuple[Enrolled, ...]]) -> bool:
    # The one who asked, and whoever may ask for the same account; copies in To and Cc make nobody a participant.
    key = inquiry.key
    if key is None:
        return False
    listed = policy.directory.contacts(key)
    here = next((contact for account, contact in listed if account.key == ticket.account), None)
    if policy.key(ticket.requester.address) == key:
        return policy.desk.senders.removed_may_reply or not _is_removed(key, here, enrolled[ticket.account])
    if listed:
        account = policy.directory.accounts.get(ticket.account)
        at = inquiry.entry.reception.at
        return account is not None and here is not None and policy.has_seat(account, here, at=at)
    account = policy.account_of(key)
    if account is not None and account.everybody:
        return account.key == ticket.account
    return any(one.key == key for one in enrolled[ticket.account] if not one.removed_at)


def _is_removed(key: str, listed: Contact | None, enrolled: Iterable[Enrolled]) -> bool:
    if listed is not None:
        return listed.removed
    return any(one.key == key and one.removed_at for one in enrolled)
