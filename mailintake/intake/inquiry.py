"""What must be asked about a mail before it can be judged.

Several mails are asked about together. What becomes of one may bear on another: they come from one sender, ask for
seats of one account, or bring one content twice. Such mails must not be judged side by side (`independent`).
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from sqlalchemy import Connection

from mailintake.domain.customer import Account
from mailintake.domain.mail import ParsedMessage
from mailintake.domain.tag import Claim, claims
from mailintake.domain.ticket import LARGEST_NUMBER
from mailintake.domain.trust import UNKNOWN, Authentication, Verdict
from mailintake.intake import handing_on
from mailintake.intake.policy import Policy
from mailintake.storage import members
from mailintake.storage.quota import Ledger
from mailintake.storage.spool import Entry

MAX_CLAIMS = 16


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A mail, and what follows from it and the policy alone: the questions to the database.

    `reader` is who would read a letter to the sender, "" without one; `owner` who would be told of a refusal, "" for
    nobody. `key` is the sender's address as compared, None without a clear sender. Where an agent hands on a mail, all
    but `key` and `holder` is its author's. `account` is where an unlisted
    sender may have or take a seat, None for listed contacts and strangers. `claims` are those to belong to tickets,
    none of them proved yet; `holder` is for whom the sender's own tokens are made. `ledgers` are what may be spent, by
    unit. `rivals` are the content keys that make the mail a duplicate, its own among them. `content` is what it shares
    with the same mail in another mailbox, "" where that counts for nothing. `lets_in`: the sender may have a word in
    what becomes of others.
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
    lets_in: bool = False

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
    people = [handing_on.author(message, policy) or message.from_ for message in messages]
    keys = {policy.key(person.address) for person in people if person}
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
    asks = handing_on.author(message, policy) or sender  # whose request it would be
    whose = policy.key(asks.address) if asks else None
    listed = policy.contact(whose) if whose else None
    account = policy.account_of(whose) if whose and not listed else None
    if account is None and not listed and whose and homes:
        account = policy.directory.accounts.get(homes.get(whose, ""))
    authentication = policy.authenticate(message, entry.reception, own=own)
    content_key, *others = _content_keys(entry, message, policy, authentication)
    customer = listed[0] if listed else account
    return Inquiry(
        entry=entry,
        message=message,
        content_key=content_key,
        rivals=(content_key, *others),
        reader=policy.reader(asks.address) if asks else "",
        owner=policy.reader(customer.owner) if customer and customer.owner else "",
        key=key,
        is_listed=listed is not None,
        account=account,
        claims=_claims(entry, message),
        holder=policy.holder(sender.address) if sender else "",
        content=message.content_key if policy.desk.same_mail == "linked" else "",
        authentication=authentication,
        lets_in=key is not None and (key in policy.agents or key in policy.owners),
        ledgers=_ledgers(customer, entry.reception.at, policy) if customer else {},
    )


def independent(inquiries: Iterable[Inquiry]) -> Iterator[list[Inquiry]]:
    """The mails in their order, cut so that no two of one part bear on each other."""
    part: list[Inquiry] = []
    taken: set[object] = set()
    for inquiry in inquiries:
        ties = inquiry.ties
        if inquiry.lets_in:  # whom an owner or an agent lets in may have a mail beside it
            if part:
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


def _claims(entry: Entry, message: ParsedMessage) -> tuple[Claim, ...]:
    original = message.report.original_message_id if message.report else None
    ids = [each for each in (original, message.in_reply_to, *message.references) if each]
    addresses = (*entry.envelope.recipients, *(each.address for each in (*message.to, *message.cc)))
    found = islice(claims(message.subject, ids, addresses), MAX_CLAIMS)
    # a larger number is no ticket's, and PostgreSQL will not look for it
    return tuple(dict.fromkeys(claim for claim in found if claim.ticket_id <= LARGEST_NUMBER))
