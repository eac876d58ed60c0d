"""Ask the database all that must be known to judge mails, in as few questions as possible.

Several mails are asked about together. What becomes of one may bear on another: they come from one sender, ask for
seats of one account, or bring one content twice. Such mails must not be judged side by side (`independent`).
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import Connection

from mailintake.domain.customer import Account, Contact, NewSender
from mailintake.domain.decision import Asked, Enrolled, Facts, Returned, Thread
from mailintake.domain.mail import ParsedMessage
from mailintake.domain.tag import Claim, Via, Worth, claims
from mailintake.domain.ticket import Ticket
from mailintake.domain.trust import UNKNOWN, Authentication, Verdict
from mailintake.intake.policy import Policy
from mailintake.intake.proving import Proved, holders_of, prove
from mailintake.parsing import own_letters
from mailintake.storage import approvals, bouncing, customers, members, outbox, participants, quota, spool, tickets
from mailintake.storage.engine import exclusively
from mailintake.storage.participants import Participant
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
    sender may have or take a seat, None for listed contacts and strangers. `claims` are those to belong to tickets,
    none of them proved yet; `holder` is for whom the sender's own tokens are made. `ledgers` are what may be spent, by
    unit. `rivals` are the content keys that make the mail a duplicate, its own among them. `content` is what it shares
    with the same mail in another mailbox, "" where that counts for nothing.
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
    claims: tuple[Claim, ...]
    holder: str = ""
    content: str = ""
    authentication: Authentication = UNKNOWN
    ledgers: Mapping[str, Ledger] = field(default_factory=dict)

    @property
    def ties(self) -> frozenset[object]:
        """What it shares with mails that must not be judged beside it."""
        shared: list[object] = [*self.rivals, *(claim.ticket_id for claim in self.claims)]
        if self.content:
            shared.append(f"content {self.content}")
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


def inquire(
    entry: Entry,
    message: ParsedMessage,
    policy: Policy,
    *,
    homes: Mapping[str, str] | None = None,
    own: Authentication | None = None,
) -> Inquiry:
    """What must be asked about a mail; `homes` are those of senders from elsewhere, as `homes_of` finds them, `own` is
    what we found out about the sender by ourselves."""
    sender = message.from_
    key = policy.key(sender.address) if sender else None
    listed = policy.contact(key) if key else None
    account = policy.account_of(key) if key and not listed else None
    if account is None and not listed and key and homes:
        account = policy.directory.accounts.get(homes.get(key, ""))
    authentication = policy.authenticate(message, entry.reception, own=own)
    content_key, *others = _content_keys(entry, message, policy, authentication)
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
        claims=_claims(entry, message),
        holder=policy.holder(sender.address) if sender else "",
        content=message.content_key if policy.desk.same_mail == "linked" else "",
        authentication=authentication,
        ledgers=_ledgers(customer, entry.reception.at, policy) if customer else {},
    )


def independent(inquiries: Iterable[Inquiry]) -> Iterator[list[Inquiry]]:
    """The mails in their order, cut so that no two of one part bear on each other."""
    part: list[Inquiry] = []
    taken: set[object] = set()
    for inquiry in inquiries:
        ties = inquiry.ties
        if inquiry.claims:  # whom an owner or an agent lets in may have a mail beside it
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
    bounces = bouncing.among(connection, readers, least=policy.desk.senders.bounces)
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
            message=_parted(inquiry.message, [text for _, text in written]),
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
            is_bouncing=inquiry.reader in bounces,
            letters=tuple(text for to, text in written if works and policy.agent_at(to)),
            known=_public(connection, proved, on_record, written, policy) if works else (),
        )

    return [facts(inquiry) for inquiry in inquiries]


def _public(
    connection: Connection,
    proved: Proved,
    on_record: Mapping[int, Ticket],
    written: Sequence[tuple[str, str]],
    policy: Policy,
) -> tuple[str, ...]:
    """What the customers of the tickets concerned have read or written."""
    own = tickets.public_words(connection, {on_record[number].id for number in on_record.keys() & proved.numbers})
    return (*own, *(text for to, text in written if policy.agent_at(to) is None))


def _letters_of(connection: Connection, proved: Proved, on_record: Mapping[int, Ticket]) -> list[tuple[str, str]]:
    """What our letters about the tickets concerned said and to whom, the newest first."""
    concerned = on_record.keys() & proved.numbers
    return outbox.texts_of(connection, concerned | {on_record[number].id for number in concerned}) if concerned else []


def _parted(message: ParsedMessage, ours: Sequence[str]) -> ParsedMessage:
    """The mail; where it quotes a letter of ours, new words and quoted ones are told apart by that letter."""
    parted = own_letters.split(message.text, ours) if ours and message.text else None
    if parted is None:
        return message
    return replace(message, reply_text=parted.reply, quoted=parted.quoted, signature=parted.signature)


def _content_keys(
    entry: Entry, message: ParsedMessage, policy: Policy, authentication: Authentication
) -> tuple[str, ...]:
    """The mail's own content key, and then any other under which it may be known already.

    The same content is the same mail, by whatever way it came and in whatever order, unless the desk keeps a ticket for
    each mailbox (`same_mail`). But a copy for which nobody vouches must not stand in the way of the real one (SECURITY
    T14); the other way round it is a replay.
    """
    mailboxes = {found.address.lower() for to in entry.envelope.recipients if (found := policy.mailbox(to))}
    if policy.desk.same_mail == "primary":
        mailboxes = set()
    content = "\n".join((message.content_key, *sorted(mailboxes)))
    vouched_for = hashlib.sha256(content.encode()).hexdigest()
    if authentication.verdict is Verdict.PASS:
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


def _asked(proved: Proved, on_record: Mapping[int, Ticket]) -> Asked | None:
    ticket = on_record.get(proved.approves) if proved.approves else None
    return Asked(ticket.id, ticket.account, ticket.requester.address) if ticket else None


def _returned(proved: Proved, on_record: Mapping[int, Ticket], policy: Policy) -> Returned | None:
    if proved.returned is None or proved.returned[0] not in on_record:
        return None
    number, holder = proved.returned
    return Returned(on_record[number].id, policy.reader_of(holder))


def _claims(entry: Entry, message: ParsedMessage) -> tuple[Claim, ...]:
    original = message.report.original_message_id if message.report else None
    ids = [each for each in (original, message.in_reply_to, *message.references) if each]
    addresses = (*entry.envelope.recipients, *(each.address for each in (*message.to, *message.cc)))
    found = islice(claims(message.subject, ids, addresses), MAX_CLAIMS)
    return tuple(dict.fromkeys(found))


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
