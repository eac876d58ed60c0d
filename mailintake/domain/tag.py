"""The unguessable token that ties a mail to a ticket, and the three forms in which it travels.

    [#102.mfrggzdfmztwq2lk]                        in a subject
    support+102.mfrggzdfmztwq2lk@desk.example      as a reply address
    <102.mfrggzdfmztwq2lk.7f3a…@desk.example>      as a Message-ID of ours

Eighty bits of HMAC-SHA-256 over the ticket's number, compared in constant time (SECURITY T04).
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

TOKEN_LENGTH = 16
_TAG = r"(?P<ticket>[1-9][0-9]{0,17})\.(?P<token>[a-z2-7]{16})"
_IN_SUBJECT = re.compile(rf"\[#{_TAG}\]", re.IGNORECASE)
_IN_RECIPIENT = re.compile(rf"\+{_TAG}@", re.IGNORECASE)
_IN_MESSAGE_ID = re.compile(rf"<{_TAG}\.[0-9a-z]{{1,64}}@", re.IGNORECASE)


class Via(StrEnum):
    """Where a token was found, the strongest first."""

    REPLY_ADDRESS = "reply address"
    MESSAGE_ID = "Message-ID"
    SUBJECT = "subject tag"


class Purpose(StrEnum):
    """What a token is good for: to take part in a ticket, or to have an owner's word on somebody new."""

    TICKET = "ticket"
    APPROVAL = "approval"


@dataclass(frozen=True, slots=True)
class Claim:
    """A mail's claim to belong to a ticket; worth nothing until `Tagger.verifies` it."""

    ticket_id: int
    token: str
    via: Via


@dataclass(frozen=True, slots=True)
class Tagger:
    """Makes and verifies tokens with the desk's secret key (at least 32 bytes)."""

    key: bytes

    def __post_init__(self) -> None:
        if len(self.key) < 32:
            raise ValueError("a token key has at least 32 bytes")

    def token(self, ticket_id: int, purpose: Purpose = Purpose.TICKET) -> str:
        """Sixteen characters of lower-case base32."""
        digest = hmac.new(self.key, b"%s:%d" % (purpose.value.encode(), ticket_id), hashlib.sha256).digest()
        return base64.b32encode(digest[:10]).decode("ascii").lower()

    def verifies(self, claim: Claim, purpose: Purpose = Purpose.TICKET) -> bool:
        """Whether the token is the ticket's own, for this purpose."""
        return hmac.compare_digest(self.token(claim.ticket_id, purpose), claim.token)

    def in_subject(self, ticket_id: int, purpose: Purpose = Purpose.TICKET) -> str:
        """The tag for a subject: `[#102.mfrggzdfmztwq2lk]`."""
        return f"[#{ticket_id}.{self.token(ticket_id, purpose)}]"

    def reply_address(self, ticket_id: int, mailbox: str, purpose: Purpose = Purpose.TICKET) -> str:
        """The plus-address under which replies to this ticket reach `mailbox`."""
        local, _, domain = mailbox.rpartition("@")
        return f"{local}+{ticket_id}.{self.token(ticket_id, purpose)}@{domain}"

    def message_id(self, ticket_id: int, letter: str, domain: str, purpose: Purpose = Purpose.TICKET) -> str:
        """The Message-ID of a letter about this ticket; `letter` is unique per letter, lower-case hex."""
        return f"<{ticket_id}.{self.token(ticket_id, purpose)}.{letter}@{domain}>"


def claims(subject: str, message_ids: Iterable[str], recipients: Iterable[str]) -> Iterator[Claim]:
    """Every claim in a mail's subject, In-Reply-To and References, and envelope or header recipients."""
    for recipient in recipients:
        if match := _IN_RECIPIENT.search(recipient):
            yield _claim(match, Via.REPLY_ADDRESS)
    for message_id in message_ids:
        if match := _IN_MESSAGE_ID.match(message_id):
            yield _claim(match, Via.MESSAGE_ID)
    for match in _IN_SUBJECT.finditer(subject):
        yield _claim(match, Via.SUBJECT)


def _claim(match: re.Match[str], via: Via) -> Claim:
    return Claim(int(match["ticket"]), match["token"].lower(), via)


def without_tag(subject: str) -> str:
    """The subject without any ticket tag, spaces tidied."""
    return " ".join(_IN_SUBJECT.sub(" ", subject).split())


def plain_recipient(address: str) -> str:
    """The mailbox behind a reply address of ours; any other address as it is."""
    return _IN_RECIPIENT.sub("@", address)
