"""A letter of ours: first what it shall say, then the bytes that leave."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from mailintake.domain.mail import Address


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes with a letter: a part of a stored mail, by its MIME path (see `mail.Attachment`).

    `size` counts decoded bytes.
    """

    spool_id: int
    part: str
    filename: str
    content_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Draft:
    """All that is needed to write a letter. It never changes between attempts, so neither does the Message-ID.

    `context` holds the template's words: strings, numbers, booleans, None; instants as ISO 8601 UTC text. `tag` goes
    into the subject ("" for a letter about no ticket). `automatic` is the value of Auto-Submitted (RFC 3834, 5),
    None for a letter that a person wrote. `reply_to` is where answers are wanted, None for the sender's own address.
    `return_path` is where bounces go, "" for nowhere, as befits an automatic letter.
    """

    template: str
    language: str
    sender: Address
    recipient: Address
    message_id: str
    automatic: Literal["auto-replied", "auto-generated"] | None
    context: Mapping[str, object] = field(default_factory=dict)
    tag: str = ""
    reply_to: str | None = None
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    return_path: str = ""
    attachments: tuple[Enclosure, ...] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """A finished letter to one recipient. `return_path` "" is the null one; lines of `content` end in CRLF."""

    message_id: str
    return_path: str
    recipient: str
    content: bytes
