"""A ticket: one request of one customer."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailintake.domain.mail import Address

LARGEST_NUMBER = 2**31 - 1
"""Of a ticket, a mail or a letter: what every database holds."""


class Status(StrEnum):
    """Where a ticket stands (DOMAIN section 11)."""

    NEW = "new"
    OPEN = "open"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as stored. `account` and `plan` are keys of the configuration it was opened under; instants are UTC."""

    id: int
    subject: str
    status: Status
    requester: Address
    account: str
    plan: str
    priority: str
    mailbox: str
    received_at: datetime
    opened_at: datetime
