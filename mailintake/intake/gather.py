"""Ask the database all that must be known to judge mails, in as few questions as possible.

Several mails are asked about together. What becomes of one may bear on another: they come from one sender, ask for
seats of one account, or bring one content twice. Such mails must not be judged side by side (`independent`).
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from mailintake.domain.customer import Account, NewSender
from mailintake.domain.decision import Enrolled, Facts, Thread
from mailintake.domain.mail import ParsedMessage
from mailintake.domain.tag import Claim, Via, claims
from mailintake.domain.ticket import Ticket
from mailintake.intake.policy import Policy
from mailintake.parsing import own_letters
from mailintake.storage import customers, outbox, spool, tickets
from mailintake.storage.engine import exclusively
from mailintake.storage.spool import Entry

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
REFUSALS = ("unknown-sender", "not-authorised", "over-limit", "contract-expired", "not-started", "redirect")
OWNER_REFUSALS = ("owner-not-authorised", "owner-over-limit")
MAX_CLAIMS = 16

_VIAS = list(Via)


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A mail, and what follows from it and the policy alone: the questions to the database.

    `reader` is who would read a letter to the sender, "" without one; `owner` who would be told of a refusal, "" for
    nobody. `key` is the sender's address as compared, None without a clear sender. `account` is where an unlisted
    sender may have or take a seat, None for listed contacts and strangers. `claims` are those with a true token, by
    ticket. `rivals` are the content keys that make the mail a duplicate, its own among them.
    """

    entry: Entry
    message: ParsedMessage
    content_key: str
    rivals: tuple[str, ...]
    reader: str
    owner: str
    key: str | None
    is_listed: bool
    account: Account | None
    claims: Mapping[int, Claim]

    @property
    def ties(self) -> frozenset[object]:
        """What it shares with mails that must not be judged beside it."""
        shared: list[object] = [*self.rivals, *self.claims]
        shared += [f"letters to {address}" for address in (self.reader, self.owner) if address]
        if self.account is not None and not self.account.everybody:
            shared.append(f"seats of {self.account.key}")
        return frozenset(shared)


def inquire(entry: Entry, message: ParsedMessage, policy: Policy) -> Inquiry:
    """What must be asked about a mail."""
    sender = message.from_
    key = policy.key(sender.address) if sender else None
    listed = policy.contact(key) if key else None
    account = policy.account_of(key) if key and not listed else None
    concerned = listed[0] if listed and not policy.has_seat(*listed, at=entry.reception.at) else account
    content_key, *others = _content_keys(entry, message, policy)
    return Inquiry(
        entry=entry,
        message=message,
        content_key=content_key,
        rivals=(content_key, *others),
        reader=policy.reader(sender.address) if sender else "",
        owner=policy.reader(concerned.owner) if concerned and concerned.owner else "",
        key=key,
        is_listed=listed is not None,
        account=account,
        claims=_verified(entry, message, policy),
    )


def independent(inquiries: Iterable[Inquiry]) -> Iterator[list[Inquiry]]:
    """The mails in their order, cut so that no two of one part bear on each other."""
    part: list[Inquiry] = []
    taken: set[object] = set()
    for inquiry in inquiries:
        ties = inquiry.ties
        if not taken.isdisjoint(ties):
            yield part
            part, taken = [], set()
        part.append(inquiry)
        taken |= ties
    if part:
        yield part


def gather(connection: Connection, inquiries: Sequence[Inquiry], policy: Policy, *, now: datetime) -> list[Facts]:
    """All facts about independent mails. Where seats may be taken, accounts are locked until the transaction ends."""
    if policy.desk.senders.new_at_known_domain is NewSender.SEAT:
        # in one order everywhere, so that two hosts cannot wait for each other
        for account in sorted({each.account.key for each in inquiries if each.account and not each.account.everybody}):
            exclusively(connection, f"seats of {account}")
    known = spool.known_content(connection, [key for each in inquiries for key in each.rivals])
    claimed = {ticket_id for each in inquiries for ticket_id in each.claims}
    on_record = tickets.standing_for(connection, claimed) if claimed else {}
    accounts = {each.account.key for each in inquiries if each.account} | {each.account for each in on_record.values()}
    enrolled = customers.enrolled(connection, accounts) if accounts else {}
    readers = [each.reader for each in inquiries if each.reader]
    letters = outbox.count_since(connection, readers, since=now - HOUR)
    refused = outbox.told_since(connection, readers, REFUSALS, since=now - DAY)
    owners = [each.owner for each in inquiries if each.owner]
    owners_told = outbox.told_since(connection, owners, OWNER_REFUSALS, since=now - DAY) if owners else set()

    def facts(inquiry: Inquiry) -> Facts:
        people = enrolled[inquiry.account.key] if inquiry.account else ()
        is_contact = inquiry.is_listed or any(one.key == inquiry.key for one in people)
        return Facts(
            now=now,
            reception=inquiry.entry.reception,
            envelope=inquiry.entry.envelope,
            message=_parted(connection, inquiry, on_record),
            is_released=inquiry.entry.released,
            duplicate_of=next((known[key] for key in inquiry.rivals if key in known), None),
            threads=_threads(inquiry, on_record, enrolled, policy),
            enrolled=people,
            letters_last_hour=letters[inquiry.reader],
            refused_today=not is_contact and inquiry.reader in refused,
            owner_told_today=inquiry.owner in owners_told,
        )

    return [facts(inquiry) for inquiry in inquiries]


def _parted(connection: Connection, inquiry: Inquiry, on_record: Mapping[int, Ticket]) -> ParsedMessage:
    """The mail; where it quotes a letter of ours, new words and quoted ones are told apart by that letter."""
    message = inquiry.message
    concerned = {number for number in inquiry.claims if number in on_record}
    if not concerned or not message.text:
        return message
    ours = outbox.texts_of(connection, concerned | {on_record[number].id for number in concerned})
    parted = own_letters.split(message.text, ours) if ours else None
    if parted is None:
        return message
    return replace(message, reply_text=parted.reply, quoted=parted.quoted, signature=parted.signature)


def _content_keys(entry: Entry, message: ParsedMessage, policy: Policy) -> tuple[str, ...]:
    """The mail's own content key, and then any other under which it may be known already.

    The same content for the same mailboxes is the same mail, by whatever way it came. But a copy for which nobody
    vouches must not stand in the way of the real one (SECURITY T14); the other way round it is a replay.
    """
    mailboxes = {found.address.lower() for to in entry.envelope.recipients if (found := policy.mailbox(to))}
    content = "\n".join((message.content_key, *sorted(mailboxes)))
    vouched_for = hashlib.sha256(content.encode()).hexdigest()
    if entry.reception.trusted:
        return (vouched_for,)
    return hashlib.sha256(f"{content}\nunverified".encode()).hexdigest(), vouched_for


def _verified(entry: Entry, message: ParsedMessage, policy: Policy) -> dict[int, Claim]:
    ids = [each for each in (message.in_reply_to, *message.references) if each]
    addresses = (*entry.envelope.recipients, *(each.address for each in (*message.to, *message.cc)))
    verified: dict[int, Claim] = {}
    for count, claim in enumerate(claims(message.subject, ids, addresses)):
        if count >= MAX_CLAIMS:
            break
        if policy.tagger.verifies(claim):
            verified.setdefault(claim.ticket_id, claim)
    return verified


def _threads(
    inquiry: Inquiry,
    on_record: Mapping[int, Ticket],
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
            is_participant=_takes_part(ticket, policy, inquiry, enrolled),
        )
        for number, claim in sorted(inquiry.claims.items())
        if (ticket := on_record.get(number))
    ]
    return tuple(sorted(found, key=lambda thread: _VIAS.index(thread.via)))


def _takes_part(ticket: Ticket, policy: Policy, inquiry: Inquiry, enrolled: Mapping[str, tuple[Enrolled, ...]]) -> bool:
    # The one who asked, and whoever may ask for the same account; copies in To and Cc make nobody a participant.
    key = inquiry.key
    if key is None:
        return False
    if policy.key(ticket.requester.address) == key:
        return True
    listed = policy.contact(key)
    if listed is not None:
        return listed[0].key == ticket.account and policy.has_seat(*listed, at=inquiry.entry.reception.at)
    account = policy.account_of(key)
    if account is not None and account.everybody:
        return account.key == ticket.account
    return any(one.key == key for one in enrolled[ticket.account])
