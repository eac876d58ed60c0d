"""What is known when a mail is judged, and what the judgement is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailintake.domain.mail import Address, Envelope, ParsedMessage, Reception, Screening
from mailintake.domain.progress import Happening
from mailintake.domain.tag import Via
from mailintake.domain.terms import Terms
from mailintake.domain.ticket import Status


class Outcome(StrEnum):
    """How an accepted mail ends; nothing ends otherwise. HELD and QUARANTINED wait for a person."""

    OPENED = "opened"
    JOINED = "joined"
    REFUSED = "refused"
    IGNORED = "ignored"
    HELD = "held"
    QUARANTINED = "quarantined"


class Effect(StrEnum):
    """What a mail does to the ticket it joins: an automatic answer is kept and moves nothing."""

    CUSTOMER_WROTE = "customer-wrote"
    DESK_ANSWERED = "desk-answered"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Line:
    """One step of the way to a decision: which check, what it found, and why."""

    check: str
    finding: str
    why: str = ""


Trace = tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Thread:
    """A ticket whose token this mail carries, and whether its sender takes part in it."""

    ticket_id: int
    status: Status
    status_since: datetime
    account: str
    requester: str
    via: Via
    is_participant: bool


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A contact who took a seat by writing (DOMAIN E4, `seat`); `key` is the address as compared (E2)."""

    account: str
    key: str
    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """All that must be asked of the database before a mail can be judged.

    `enrolled` are the enrolled contacts of the sender's account. `letters_last_hour` counts letters queued for the
    sender; `refused_today` is whether the sender had a refusal letter within a day, `owner_told_today` the same for
    the account's owner. `is_released` says that an admin let the mail through. `duplicate_of` is the spool entry that
    already brought this mail.
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
    refused_today: bool = False
    owner_told_today: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """A letter to be: which template, for whom, with which words.

    `answers` is whether it replies to the mail that is judged. `suppressed` says why it must not leave.
    """

    template: str
    recipient: Address
    context: Mapping[str, object]
    language: str
    answers: bool = False
    suppressed: str | None = None


@dataclass(frozen=True, slots=True)
class NewTicket:
    """A ticket to be opened under `terms`, with the happening it begins with.

    `received_at` is when its first mail came, which for a part of a split ticket is that of the whole (DOMAIN S16).
    """

    subject: str
    requester: Address
    account: str
    mailbox: str
    received_at: datetime
    terms: Terms
    opening: Happening
    follows: int | None = None
    parent: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a mail, and a word of the field why (`unknown-sender`, `over-limit`, …; "" needs none).

    `new_ticket` goes with OPENED, `ticket_id` with JOINED. `enrol` takes a seat in the same transaction. `effect` is
    what a joining mail does to its ticket.
    """

    outcome: Outcome
    reason: str
    screening: Screening
    trace: Trace
    new_ticket: NewTicket | None = None
    ticket_id: int | None = None
    enrol: Enrolled | None = None
    effect: Effect = Effect.CUSTOMER_WROTE
    notices: tuple[Notice, ...] = ()
