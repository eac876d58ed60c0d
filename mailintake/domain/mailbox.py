"""A mailbox on somebody else's server: what lies in it, and what may go wrong between us and it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mailintake.errors import TemporaryError

Ended = Literal["moved", "expunged", "marked", "flagged", "left"]
GONE: frozenset[Ended] = frozenset({"moved", "expunged"})
"""Ends after which a mail is no longer in its folder."""


class MailboxDown(TemporaryError):
    """The server cannot be reached, hung up, fell silent or spoke nonsense: nothing more can be asked of it now."""


class Refused(TemporaryError):
    """The server said no to one command; the connection stands."""


@dataclass(frozen=True, slots=True)
class Place:
    """A folder as its server numbers it now. `validity` is UIDVALIDITY (RFC 3501, 2.3.1.1)."""

    mailbox: str
    folder: str
    validity: int


@dataclass(frozen=True, slots=True)
class Selected:
    """What the server says of a folder when it is opened. `next_uid` is 0 where the server does not say."""

    validity: int
    next_uid: int
    messages: int


@dataclass(frozen=True, slots=True)
class Found:
    """A mail that lies in a folder. `at` is its INTERNALDATE, None where that is no date; `size` is RFC822.SIZE."""

    uid: int
    size: int
    at: datetime | None
