"""Ask the database all that must be known to judge mails, in as few questions as possible.

Several mails are asked about together. What becomes of one may bear on another: they come from one sender, ask for
seats of one account, or bring one content twice. Such mails must not be judged side by side (`independent`).
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from mailintake.domain.customer import Account, Contact, NewSender
from mailintake.domain.decision import Asked, Enrolled, Facts, Thread
from mailintake.domain.mail import ParsedMessage
from mailintake.domain.tag import Claim, Purpose, Via, claims
from mailintake.domain.ticket import Ticket
from mailintake.intake.policy import Policy
from mailintake.parsing import own_letters
from mailintake.storage import approvals, customers, members, outbox, quota, spool, tickets
from mailintake.storage.engine import exclusively
from mailintake.storage.quota import Ledger
from mailintake.storage.spool import Entry

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
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
MAX_CLAIMS = 16

_VIAS = list(Via)


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A mail, and what follows from it and the policy alone: the questions to the database.

    `reader` is who would read a letter to the sender, "" without one; `owner` who would be told of a refusal, "" for
    nobody. `key` is the sender's address as compared, None without a clear sender. `account` is where an unlisted
    sender may have or take a seat, None for listed contacts and strangers. `claims` are those with a true token, by
    ticket; `approves` is the ticket whose owner-only token it carries. `ledgers` are what may be spent, by unit.
    `rivals` are the content keys that make the mail a duplicate, its own among them.
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
    approves: int | None = None
    ledgers: Mapping[str, Ledger] = field(default_factory=dict)

    @property
    def ties(self) -> frozenset[object]:
        """What it shares with mails that must not be judged beside it."""
        shared: list[object] = [*self.rivals, *self.claims]
        shared += [f"letters to {address}" for address in (self.reader, self.owner) if address]
        if self.account is not None and not self.account.everybody:
            shared.append(f"seats of {self.account.key}")
        shared += [f"quota of {ledger.account}" for ledger in self.ledgers.values()]
        return frozenset(shared)


def homes_of(connection: Connection, messages: Iterable[ParsedMessage], policy: Policy) -> dict[str, str]:
    """By address key the accounts in which those were given a seat whose addresses alone do not say whose they are."""
    keys = {policy.key(message.from_.address) for message in messages if message.from_}
    strange = [key for key in keys if key and policy.account_of(key) is None]
    return {key: names[0] for key, names in members.homes(connection, strange).items() if names} if strange else {}


def inquire(entry: Entry, message: ParsedMessage, policy: Policy, *, homes: Mapping[str, str] | None = None) -> Inquiry:
    """What must be asked about a mail; `homes` are those of senders from elsewhere, as `homes_of` finds them."""
    sender = message.from_
    key = policy.key(sender.address) if sender else None
    listed = policy.contact(key) if key else None
    account = policy.account_of(key) if key and not listed else None
    if account is None and not listed and key and homes:
        account = policy.directory.accounts.get(homes.get(key, ""))
    content_key, *others = _content_keys(entry, message, policy)
    verified, approves = _verified(entry, message, policy)
    customer = listed[0] if listed else account
    return Inquiry(
        entry=entry,
        message=message,
        content_key=content_key,
        rivals=(content_key, *others),
        reader=policy.reader(sender.address) if sender else "",
        owner=policy.reader(customer.owner) if customer and customer.owner else "",
        key=key,
        is_listed=listed is not None,
        account=account,
        claims=verified,
        approves=approves,
        ledgers=_ledgers(customer, entry.reception.at, policy) if customer else {},
    )


def independent(inquiries: Iterable[Inquiry]) -> Iterator[list[Inquiry]]:
    """The mails in their order, cut so that no two of one part bear on each other."""
    part: list[Inquiry] = []
    taken: set[object] = set()
    for inquiry in inquiries:
        ties = inquiry.ties
        if inquiry.approves:  # whom it lets in may have a mail beside it
            yield part
            yield [inquiry]
            part, taken = [], set()
            continue
        if not taken.isdisjoint(ties):
            yield part
            part, taken = [], set()
        part.append(inquiry)
        taken |= ties
    if part:
        yield part


def _ledgers(account: Account, at: datetime, policy: Policy) -> dict[str, Ledger]:
    contract, _ = policy.contract_at(account, at)
    return {
        each.unit.key: Ledger(account.key, each.unit.key, each.looks_back_to(at))
        for each in policy.allowances(account, contract)
    }


def gather(connection: Connection, inquiries: Sequence[Inquiry], policy: Policy, *, now: datetime) -> list[Facts]:
    """All facts about independent mails. Where seats or units may be taken, accounts are locked until the transaction
    ends.
    """
    _lock(connection, inquiries, policy)
    known = spool.known_content(connection, [key for each in inquiries for key in each.rivals])
    claimed = {ticket_id for each in inquiries for ticket_id in each.claims}
    claimed |= {each.approves for each in inquiries if each.approves}
    on_record = tickets.standing_for(connection, claimed) if claimed else {}
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

    def facts(inquiry: Inquiry) -> Facts:
        colleagues = enrolled[inquiry.account.key] if inquiry.account else ()
        is_contact = inquiry.is_listed or any(one.key == inquiry.key for one in colleagues if not one.removed_at)
        return Facts(
            now=now,
            reception=inquiry.entry.reception,
            envelope=inquiry.entry.envelope,
            message=_parted(connection, inquiry, on_record),
            is_released=inquiry.entry.released,
            duplicate_of=next((known[key] for key in inquiry.rivals if key in known), None),
            threads=_threads(inquiry, on_record, enrolled, policy),
            enrolled=colleagues,
            letters_last_hour=letters[inquiry.reader],
            refused_today=not is_contact and inquiry.reader in refused,
            letters_to_owner=to_owners[inquiry.owner],
            is_waiting=inquiry.account is not None and (inquiry.account.key, inquiry.key) in waiting,
            asked=_asked(inquiry, on_record),
            spent={unit: spent[ledger] for unit, ledger in inquiry.ledgers.items()},
        )

    return [facts(inquiry) for inquiry in inquiries]


def _parted(connection: Connection, inquiry: Inquiry, on_record: Mapping[int, Ticket]) -> ParsedMessage:
    """The mail; where it quotes a letter of ours, new words and quoted ones are told apart by that letter."""
    message = inquiry.message
    concerned = on_record.keys() & {*inquiry.claims, *([inquiry.approves] if inquiry.approves else [])}
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


def _lock(connection: Connection, inquiries: Sequence[Inquiry], policy: Policy) -> None:
    seats: set[str] = set()
    if policy.desk.senders.new_at_known_domain is not NewSender.REFUSE:
        seats = {each.account.key for each in inquiries if each.account and not each.account.everybody}
    spends = {ledger.account for each in inquiries for ledger in each.ledgers.values()}
    # in one order everywhere, so that two hosts cannot wait for each other
    for name in sorted([f"seats of {key}" for key in seats] + [f"quota of {key}" for key in spends], reverse=True):
        exclusively(connection, name)


def _asked(inquiry: Inquiry, on_record: Mapping[int, Ticket]) -> Asked | None:
    ticket = on_record.get(inquiry.approves) if inquiry.approves else None
    return Asked(ticket.id, ticket.account, ticket.requester.address) if ticket else None


def _verified(entry: Entry, message: ParsedMessage, policy: Policy) -> tuple[dict[int, Claim], int | None]:
    ids = [each for each in (message.in_reply_to, *message.references) if each]
    addresses = (*entry.envelope.recipients, *(each.address for each in (*message.to, *message.cc)))
    verified: dict[int, Claim] = {}
    approves: int | None = None
    for count, claim in enumerate(claims(message.subject, ids, addresses)):
        if count >= MAX_CLAIMS:
            break
        if policy.tagger.verifies(claim):
            verified.setdefault(claim.ticket_id, claim)
        elif approves is None and policy.tagger.verifies(claim, Purpose.APPROVAL):
            approves = claim.ticket_id
    return verified, approves


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
            pending=ticket.pending,
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
