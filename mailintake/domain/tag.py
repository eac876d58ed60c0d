"""The unguessable token that ties a mail to a ticket and to whom we wrote, and the three forms in which it travels.

    [#102.4ibmfrggzdfmztwq2lk]                        in a subject
    support+102.4ibmfrggzdfmztwq2lk@desk.example      as a reply address
    <102.4ibmfrggzdfmztwq2lk.7f3a…@desk.example>      as a Message-ID of ours

One character tells the key, two the week in which it was made, and sixteen are eighty bits of HMAC-SHA-256 over the
purpose, the ticket, the week and the holder, compared in constant time (SECURITY T04). So a token says for whom it was
made, which nobody can read from it, and it ends: with its key, or after `weeks`.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cached_property

TOKEN_LENGTH = 19
DIGITS = "abcdefghijklmnopqrstuvwxyz234567"
FIRST_WEEK = datetime(2024, 1, 1, tzinfo=UTC)
WEEK = timedelta(weeks=1)
WEEKS = len(DIGITS) ** 2  # then the count begins anew, which no token lives to see
SMALLEST_KEY = 32
_TAG = r"(?P<ticket>[1-9][0-9]{0,17})\.(?P<token>[a-z2-7]{19})"
_IN_SUBJECT = re.compile(rf"\[#{_TAG}\]", re.IGNORECASE)
_IN_RECIPIENT = re.compile(rf"\+{_TAG}@", re.IGNORECASE)
_IN_MESSAGE_ID = re.compile(rf"<{_TAG}\.[0-9a-z]{{1,64}}@", re.IGNORECASE)


class Via(StrEnum):
    """Where a token was found, the strongest first."""

    REPLY_ADDRESS = "reply address"
    MESSAGE_ID = "Message-ID"
    SUBJECT = "subject tag"


class Purpose(StrEnum):
    """What a token is good for: to write on a ticket, to have an owner's word on somebody new, to bring back a letter
    that did not arrive."""

    TICKET = "ticket"
    APPROVAL = "approval"
    BOUNCE = "bounce"


class Worth(StrEnum):
    """What a token turns out to be: made for this holder, made for another, too old, or not ours at all."""

    OWN = "own"
    OTHERS = "another's"
    EXPIRED = "expired"
    FALSE = "false"


@dataclass(frozen=True, slots=True)
class Claim:
    """A mail's claim to belong to a ticket; worth nothing until `Tagger.worth` says so."""

    ticket_id: int
    token: str
    via: Via


@dataclass(frozen=True)
class Tagger:
    """Makes and verifies tokens.

    `keys` are the desk's secret keys (at least 32 bytes each), the present one first: tokens of all are good, new ones
    are made with the first. A token lives for `weeks` after the one it was made in.
    """

    keys: tuple[bytes, ...]
    weeks: int = 104

    def __post_init__(self) -> None:
        if not self.keys or any(len(key) < SMALLEST_KEY for key in self.keys):
            raise ValueError(f"a token key has at least {SMALLEST_KEY} bytes")
        if not 1 <= self.weeks < WEEKS:
            raise ValueError(f"a token lives for 1 to {WEEKS - 1} weeks")

    @cached_property
    def _by_name(self) -> tuple[tuple[str, bytes], ...]:
        return tuple((DIGITS[hashlib.sha256(b"name of " + key).digest()[0] % 32], key) for key in self.keys)

    def mark(self, text: str) -> str:
        """Twenty hex digits that only who has the key can make of a text."""
        return hmac.new(self.keys[0], text.encode(), hashlib.sha256).hexdigest()[:20]

    def token(self, ticket_id: int, holder: str, *, at: datetime, purpose: Purpose = Purpose.TICKET) -> str:
        """Nineteen characters of lower-case base32 for this holder, made at `at`."""
        name, key = self._by_name[0]
        week = _week(at)
        return f"{name}{DIGITS[week // 32]}{DIGITS[week % 32]}{_mac(key, purpose, ticket_id, week, holder)}"

    def worth(
        self, claim: Claim, holders: Iterable[str], *, at: datetime, purpose: Purpose = Purpose.TICKET
    ) -> tuple[Worth, str]:
        """What the token is worth at `at`, and for which of the `holders` it was made, "" for none.

        OWN for the first of the holders, OTHERS for a later one. A token of none of them is FALSE, although it may be
        true: ask again with all who may have had one.
        """
        week = DIGITS.find(claim.token[1]) * 32 + DIGITS.find(claim.token[2])
        for number, holder in enumerate(holders):
            for name, key in self._by_name:
                if name == claim.token[0] and hmac.compare_digest(
                    _mac(key, purpose, claim.ticket_id, week, holder), claim.token[3:]
                ):
                    if (_week(at) - week + 1) % WEEKS > self.weeks + 1:  # another host's clock may be ahead
                        return Worth.EXPIRED, holder
                    return (Worth.OWN if number == 0 else Worth.OTHERS), holder
        return Worth.FALSE, ""

    def in_subject(self, ticket_id: int, holder: str, *, at: datetime, purpose: Purpose = Purpose.TICKET) -> str:
        """The tag for a subject: `[#102.4ibmfrggzdfmztwq2lk]`."""
        return f"[#{ticket_id}.{self.token(ticket_id, holder, at=at, purpose=purpose)}]"

    def reply_address(
        self, ticket_id: int, holder: str, mailbox: str, *, at: datetime, purpose: Purpose = Purpose.TICKET
    ) -> str:
        """The plus-address under which the holder's replies to this ticket reach `mailbox`."""
        local, _, domain = mailbox.rpartition("@")
        return f"{local}+{ticket_id}.{self.token(ticket_id, holder, at=at, purpose=purpose)}@{domain}"

    def message_id(
        self,
        ticket_id: int,
        holder: str,
        letter: str,
        domain: str,
        *,
        at: datetime,
        purpose: Purpose = Purpose.TICKET,
    ) -> str:
        """The Message-ID of a letter about this ticket; `letter` is unique per letter, lower-case hex."""
        return f"<{ticket_id}.{self.token(ticket_id, holder, at=at, purpose=purpose)}.{letter}@{domain}>"


def _week(at: datetime) -> int:
    return (at - FIRST_WEEK) // WEEK % WEEKS


def _mac(key: bytes, purpose: Purpose, ticket_id: int, week: int, holder: str) -> str:
    said = f"{purpose.value}:{ticket_id}:{week}:{holder}".encode()
    return base64.b32encode(hmac.digest(key, said, "sha256")[:10]).decode("ascii").lower()


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
