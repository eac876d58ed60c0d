"""A ticket: one request of one customer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailintake.domain.mail import Address
from mailintake.domain.target import Traits

LARGEST_NUMBER = 2**31 - 1
"""Of a ticket, a mail or a letter: what every database holds."""


class Status(StrEnum):
    """Where a ticket stands (DOMAIN section 11)."""

    PENDING = "pending"
    NEW = "new"
    OPEN = "open"
    WAITING = "waiting"
    HOLD = "hold"
    SOLVED = "solved"
    CLOSED = "closed"
    MERGED = "merged"
    SPAM = "spam"
    REFUSED = "refused"


class Ball(StrEnum):
    """Whose turn it is: the ball decides the clock."""

    DESK = "desk"
    CUSTOMER = "customer"
    THIRD_PARTY = "third party"
    NOBODY = "nobody"


BALL: Mapping[Status, Ball] = {
    Status.PENDING: Ball.CUSTOMER,
    Status.NEW: Ball.DESK,
    Status.OPEN: Ball.DESK,
    Status.WAITING: Ball.CUSTOMER,
    Status.HOLD: Ball.THIRD_PARTY,
    Status.SOLVED: Ball.CUSTOMER,
    Status.CLOSED: Ball.NOBODY,
    Status.MERGED: Ball.NOBODY,
    Status.SPAM: Ball.NOBODY,
    Status.REFUSED: Ball.NOBODY,
}


IN_WORK = frozenset({Status.PENDING, Status.NEW, Status.OPEN, Status.WAITING, Status.HOLD})
"""Statuses of tickets on which somebody still has something to do."""


class Hold(StrEnum):
    """For whom a ticket on hold waits; NONE otherwise."""

    NONE = ""
    INTERNAL = "internal"
    EXTERNAL = "external"


class Part(StrEnum):
    """What a mail is on its ticket: only CUSTOMER and ANSWER are part of what the customer may see."""

    CUSTOMER = "customer"
    ANSWER = "answer"
    NOTE = "note"
    STRANGER = "stranger"
    UNVERIFIED = "unverified"
    AUTOMATIC = "automatic"
    BOUNCE = "bounce"
    OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as stored. `account` and `plan` are keys of the configuration it was opened under; instants are UTC.

    `status_since` is when the present status was entered. `terms` is the digest of the terms it keeps, None for a
    ticket that was opened before terms were kept. `follows` is the closed ticket whose conversation it continues,
    `parent` the one it was split from or merged into. `pending` is for what it waits: `approval`, `quote` or "".
    `claimed_priority` is the sender's word. `rating` is the customer's. `assignee` and `team` are keys of the
    configuration, "" for nobody. `link` is what later mails of the same alarm have in common. `twin` is the ticket that
    the same mail opened in another mailbox.
    """

    id: int
    subject: str
    status: Status
    requester: Address
    account: str
    plan: str
    traits: Traits
    mailbox: str
    received_at: datetime
    opened_at: datetime
    status_since: datetime
    hold: Hold = Hold.NONE
    terms: str | None = None
    follows: int | None = None
    parent: int | None = None
    pending: str = ""
    queue: str = ""
    claimed_priority: str = ""
    rating: int | None = None
    assignee: str = ""
    team: str = ""
    tags: tuple[str, ...] = ()
    language: str = ""
    link: str = ""
    twin: int | None = None
