"""What is known when a mail is judged, and what the judgement is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from mailintake.domain.letter import Enclosure
from mailintake.domain.mail import Address, Envelope, ParsedMessage, Reception, Screening
from mailintake.domain.progress import Happening
from mailintake.domain.quota import Spend
from mailintake.domain.routing import Assign, Route
from mailintake.domain.tag import Via, Worth
from mailintake.domain.terms import Terms
from mailintake.domain.ticket import Part, Status
from mailintake.domain.trust import UNKNOWN, Authentication
from mailintake.domain.work import Work


class Outcome(StrEnum):
    """How an accepted mail ends; nothing ends otherwise. HELD and QUARANTINED wait for a person."""

    OPENED = "opened"
    JOINED = "joined"
    REFUSED = "refused"
    IGNORED = "ignored"
    HELD = "held"
    QUARANTINED = "quarantined"


class Effect(StrEnum):
    """What a mail does to the ticket it joins: an automatic answer is kept and moves nothing.

    APPROVED and DECLINED are an owner's word about somebody new, QUOTE_… the customer's about the price. WORKED is an
    agent's mail with what it says to do. A NOTED mail is for the desk alone: from a stranger, or from nobody knows
    whom. BOUNCED brings back a letter of ours.
    """

    CUSTOMER_WROTE = "customer-wrote"
    APPROVED = "approved"
    DECLINED = "declined"
    QUOTE_ACCEPTED = "quote-accepted"
    QUOTE_DECLINED = "quote-declined"
    RATED = "rated"
    KEPT = "kept"
    WORKED = "worked"
    NOTED = "noted"
    BOUNCED = "bounced"


@dataclass(frozen=True, slots=True)
class Line:
    """One step of the way to a decision: which check, what it found, and why."""

    check: str
    finding: str
    why: str = ""


Trace = tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Thread:
    """A ticket whose token this mail carries, and whether its sender takes part in it.

    `worth` says for whom the token was made. `pending` says for what a pending ticket waits: `approval` or `quote`.
    """

    ticket_id: int
    status: Status
    status_since: datetime
    account: str
    requester: str
    via: Via
    is_participant: bool
    pending: str = ""
    worth: Worth = Worth.OWN


@dataclass(frozen=True, slots=True)
class Asked:
    """A ticket whose owner-only token this mail carries: somebody new, about whom an account's owner was asked."""

    ticket_id: int
    account: str
    address: str


@dataclass(frozen=True, slots=True)
class Returned:
    """A letter of ours that this mail says did not arrive: on which ticket, to whom it went."""

    ticket_id: int
    reader: str


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A contact who took a seat by writing (DOMAIN E4, `seat`); `key` is the address as compared (E2).

    `removed_at` is None while the seat is theirs.
    """

    account: str
    key: str
    address: str
    name: str = ""
    role: str = "user"
    removed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that must be asked of the database before a mail can be judged.

    `enrolled` are the enrolled contacts of the sender's account. `letters_last_hour` counts letters queued for the
    sender, `letters_to_owner` for the account's owner; `refused_today` is whether the sender had a refusal letter
    within a day. `is_waiting`: the owner has been asked about the sender. `asked` is what an owner may have answered.
    `spent` are the account's spends by unit and local day. `is_released` says that an admin let the mail through.
    `duplicate_of` is the spool entry that already brought this mail, `twin` the ticket that it opened in another
    mailbox. `authentication` is what is known of the sender. `expired` are tickets whose tokens are too old. `returned`
    is the letter that a bounce brings back. `bounces` counts letters in a row that did
    not reach the sender. Where the
    sender is an agent, `letters` are what ours to the desk about the tickets concerned said, `known` what their
    customers have read and written. `size` is the raw mail's in bytes.
    """

    now: datetime
    reception: Reception
    envelope: Envelope
    message: ParsedMessage
    is_released: bool = False
    duplicate_of: int | None = None
    threads: tuple[Thread, ...] = ()
    enrolled: tuple[Enrolled, ...] = ()
    letters_last_hour: int = 0
    letters_to_owner: int = 0
    refused_today: bool = False
    is_waiting: bool = False
    asked: Asked | None = None
    spent: Mapping[str, Mapping[date, int]] = field(default_factory=dict)
    authentication: Authentication = UNKNOWN
    expired: tuple[int, ...] = ()
    returned: Returned | None = None
    twin: int | None = None
    bounces: int = 0
    letters: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    size: int = 0


@dataclass(frozen=True, slots=True)
class Notice:
    """A letter to be: which template, for whom, with which words.

    `answers` is whether it replies to the mail that is judged. `suppressed` says why it must not leave. What is named
    in `once` is told once, whatever mail it is about. `asks_owner`: an answer to it is the owner's word. `written_by`
    is the name beside the desk's address on a letter that a person wrote, with `enclosures`. `thread` are the
    Message-IDs before it.
    """

    template: str
    recipient: Address
    context: Mapping[str, object]
    language: str
    answers: bool = False
    suppressed: str | None = None
    once: str = ""
    asks_owner: bool = False
    written_by: str = ""
    thread: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()


@dataclass(frozen=True, slots=True)
class NewTicket:
    """A ticket to be opened under `terms`, with the happenings it begins with: `opening`, and `asked` where information
    is missing and the clock waits for it. `pending` is for what it waits, `claimed_priority` what the sender claims.

    `received_at` is when its first mail came, which for a part of a split ticket is that of the whole (DOMAIN S16). It
    goes to whom `assign` finds. If a ticket of the same `link` is there that came `within` that time, none is opened.
    """

    subject: str
    requester: Address
    account: str
    mailbox: str
    received_at: datetime
    terms: Terms
    opening: Happening
    asked: Happening | None = None
    pending: str = ""
    queue: str = ""
    claimed_priority: str = ""
    spends: tuple[Spend, ...] = ()
    follows: int | None = None
    parent: int | None = None
    team: str = ""
    assignee: str = ""
    tags: tuple[str, ...] = ()
    language: str = ""
    link: str = ""
    twin: int | None = None
    assign: Assign | None = None
    within: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a mail, and a word of the field why (`unknown-sender`, `over-limit`, …; "" needs none).

    `new_ticket` goes with OPENED, `ticket_id` with JOINED. `enrol` takes a seat in the same transaction, `ask` begins
    to wait for the owner's word about somebody. `effect` is what a joining mail does to its ticket, `rating` goes with
    RATED, `work` with WORKED. `part` is what the mail is on its ticket. `watchers` are let in to take part.
    `desk_words` go into the letter that tells the desk of a new ticket. `route` is what the rules said. `forwarded_by`
    is the agent who sent on a customer's mail.
    """

    outcome: Outcome
    reason: str
    screening: Screening
    trace: Trace
    new_ticket: NewTicket | None = None
    ticket_id: int | None = None
    enrol: Enrolled | None = None
    ask: Enrolled | None = None
    effect: Effect = Effect.CUSTOMER_WROTE
    rating: int = 0
    notices: tuple[Notice, ...] = ()
    part: Part = Part.CUSTOMER
    work: Work | None = None
    watchers: tuple[Address, ...] = ()
    desk_words: Mapping[str, object] = field(default_factory=dict)
    route: Route | None = None
    forwarded_by: str = ""
