"""What a mail is: the envelope it came in, the bytes, and what was understood of them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox with the name shown beside it. `address` is `local@domain`, never with a display name."""

    address: str
    name: str = ""

    @property
    def domain(self) -> str:
        """What stands behind the last @, as written."""
        return self.address.rpartition("@")[2]

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>" if self.name else self.address


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the transport said, apart from the headers. An empty return path is the null one (RFC 5321, 4.5.5)."""

    return_path: str
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reception:
    """How and when a mail reached us.

    `at` is our own side's time in UTC (DOMAIN S1). `trusted` says that the transport vouches for the sender: our
    own MTA stands in front and has verified it. `source_key` tells apart deliveries that are the same bytes on purpose
    (an IMAP mailbox's UID); empty for transports without such a thing.
    """

    transport: str
    at: datetime
    trusted: bool = False
    peer: str = ""
    helo: str = ""
    source_key: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """An index entry into the raw mail; `part` is the MIME path such as "2.1", `size` the decoded bytes."""

    filename: str
    content_type: str
    size: int
    inline: bool
    content_id: str | None
    sha256: str
    part: str


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What a bounce or a delay notice says of one recipient (RFC 3464). `status` is an enhanced code or ""."""

    recipient: str
    status: str
    action: str
    diagnostic: str
    original_message_id: str | None


@dataclass(frozen=True, slots=True)
class Invitation:
    """A calendar invitation (RFC 5546) in short; instants in UTC, or None where the calendar names none."""

    method: str
    summary: str
    start: datetime | None
    end: datetime | None
    organiser: str
    attendees: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Forwarded:
    """The header block of a mail that was forwarded inside another."""

    from_: Address | None
    subject: str
    date: datetime | None


@dataclass(frozen=True, slots=True)
class Attached:
    """The one mail that another carries as an attachment. `author` is None unless it names exactly one; `text` is cut
    where the mail is long."""

    author: Address | None
    subject: str
    date: datetime | None
    text: str


@dataclass(frozen=True, slots=True)
class ParsedMessage:
    """A mail as people read it.

    No field holds NUL, lone surrogates or, in header fields, line breaks: every one may go into a database column or
    a log line as it is. `headers` keeps the fields that screening looks at, names in lower case, values unfolded and
    undecoded, in order of appearance. `from_` is None unless the mail names exactly one author unambiguously; what it
    named otherwise is in `authors`. `text` is what the sender sent as text; `reply_text`, `quoted` and `signature`
    part it without losing a non-space character. `content_key` is the SHA-256 of the mail without what transports add
    on the way. `protection` names what signs or hides the mail (`pgp-signed`, `smime-encrypted`, …), None for
    nothing. `text_is_plain`: every word of `text` stands in a text/plain part, and what begins like a command shows in
    the HTML beside it as well (SECURITY T20). `attached` is the one mail among the attachments, whoever wrote it; None
    for none, and for several.
    """

    message_id: str | None
    from_: Address | None
    authors: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str
    date: datetime | None
    in_reply_to: str | None
    references: tuple[str, ...]
    text: str
    html: str | None
    reply_text: str
    quoted: str
    signature: str
    language: str | None
    attachments: tuple[Attachment, ...]
    headers: tuple[tuple[str, str], ...]
    content_key: str
    report: DeliveryReport | None = None
    calendar: Invitation | None = None
    forwarded: Forwarded | None = None
    defects: tuple[str, ...] = ()
    protection: str | None = None
    text_is_plain: bool = True
    attached: Attached | None = None

    def header(self, name: str) -> str | None:
        """The first field of this name (lower case), or None."""
        return next((value for field, value in self.headers if field == name), None)


class Kind(StrEnum):
    """What sort of mail this is."""

    MESSAGE = "message"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    DELAYED = "delayed"
    READ_RECEIPT = "read_receipt"
    LIST = "list"
    BULK = "bulk"
    COMPLAINT = "complaint"
    CHALLENGE = "challenge"
    CALENDAR = "calendar"
    LOOP = "loop"


@dataclass(frozen=True, slots=True)
class Screening:
    """What kind of mail this is, by which mark, and what may follow: open a ticket, be answered."""

    kind: Kind
    reason: str
    may_open: bool = True
    may_be_answered: bool = True
