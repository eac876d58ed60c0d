"""What keeps us from a mailbox, and that it is over: a line in the log at each change, a letter a day to the admin."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import Connection

from mailintake.config.fetch import Fetch
from mailintake.domain.letter import Draft
from mailintake.domain.mail import Address
from mailintake.domain.mailbox import Refused
from mailintake.errors import ConfigError, MailintakeError, PermanentError
from mailintake.runners.mailbox_audit import Audit
from mailintake.runners.mailbox_ends import shown
from mailintake.runners.mailbox_port import House
from mailintake.storage import mailboxes, outbox
from mailintake.storage.outbox import NewLetter

log = structlog.get_logger()

TOLD_AFTER = timedelta(minutes=15)
REMEMBERED = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of trouble, told once a day; `after` it has lasted so long."""

    word: str
    subject: str
    advice: str
    after: timedelta = TOLD_AFTER


UNREACHABLE = Kind(
    "unreachable",
    "the mailbox {name} cannot be worked on",
    "It is tried again, at least every five minutes. Until then mail stays in the mailbox.",
)
SIGN_IN = Kind(
    "sign-in",
    "the mailbox {name} does not let us in",
    "Has the password changed, or has the account been closed? It is tried again, at least every five minutes.",
)
TOKEN = Kind(
    "token",
    "the mailbox {name} gives us no token",
    "Somebody has to permit it again; it does not pass by itself.",
    after=timedelta(0),
)
GAP = Kind(
    "gap",
    "mails in the mailbox {name} are not accounted for",
    "The daemon takes in what it can. `mailintake mailbox audit {name}` says what is left.",
    after=timedelta(0),
)
BREAKS = (UNREACHABLE, SIGN_IN, TOKEN)


def kind_of(error: Exception, *, signed_in: bool) -> Kind:
    """What sort of trouble an exception is, raised before or after we were let in."""
    if signed_in:
        return UNREACHABLE
    if isinstance(error, Refused):
        return SIGN_IN
    return TOKEN if isinstance(error, PermanentError | ConfigError) else UNREACHABLE


class Trouble:
    """Of one mailbox. What was told is read from the outbox, so a restart tells nothing twice."""

    def __init__(self, fetch: Fetch, house: House) -> None:
        self._fetch = fetch
        self._house = house
        self._last = ""
        self._gap: tuple[object, ...] = ()

    def happened(self, error: Exception, kind: Kind, *, seconds: float) -> None:
        """It is tried again in so many seconds. Raises StorageBusy or OutOfSpace."""
        text = str(error) if isinstance(error, MailintakeError) else f"{type(error).__name__} (a fault of ours)"
        if self._last != f"{kind.word}: {text}":
            self._last = f"{kind.word}: {text}"
            told = {"mailbox": self._fetch.name, "kind": kind.word, "why": text, "seconds": round(seconds, 1)}
            if isinstance(error, MailintakeError):
                log.warning("mailbox waits", **told)
            else:
                log.error("mailbox failed", **told, exc_info=error)
        self._house.write(partial(self._note_trouble, kind=kind, text=text))

    def over(self) -> None:
        """All that was there is in hand. Raises StorageBusy or OutOfSpace."""
        self._house.write(self._note_look)
        if self._last:
            log.info("mailbox works again", mailbox=self._fetch.name)
            self._last = ""

    def audited(self, found: Sequence[Audit]) -> None:
        """What an audit of every folder came to. Raises StorageBusy or OutOfSpace."""
        gap = [each for each in found if each.unaccounted]
        seen = tuple((each.place, *map(tuple, (each.pending, each.failing, each.contradictory))) for each in gap)
        if seen != self._gap:
            self._gap = seen
            for each in gap:
                log.warning(
                    "mailbox mails unaccounted for",
                    mailbox=self._fetch.name,
                    folder=each.place.folder,
                    pending=shown(each.pending),
                    failing=shown(each.failing),
                    contradictory=shown(each.contradictory),
                )
            if not gap:
                log.info("mailbox mails accounted for", mailbox=self._fetch.name)
        lines = [
            f"{each.place.folder}: {word}: UID {shown(uids)}"
            for each in gap
            for word, uids in (
                ("not taken in", each.pending),
                ("cannot be fetched", each.failing),
                ("contradict what was noted", each.contradictory),
            )
            if uids
        ]
        unaccounted = sum(each.unaccounted for each in gap)
        self._house.write(partial(self._note_audit, unaccounted=unaccounted, text="\n".join(lines)))

    # ---- in a transaction

    def _note_trouble(self, connection: Connection, kind: Kind, text: str) -> None:
        now = self._house.clock()
        since = mailboxes.note_trouble(connection, self._fetch.name, text, now=now)
        if now - since >= kind.after:
            self._tell(connection, kind, f"Since {since:%Y-%m-%d %H:%M} UTC:\n\n    {text}", now=now)

    def _note_look(self, connection: Connection) -> None:
        now = self._house.clock()
        since = mailboxes.note_look(connection, self._fetch.name, now=now)
        if since is None or self._house.admin is None:
            return
        first = max(since, now - REMEMBERED).date()
        days = [first + timedelta(days=number) for number in range((now.date() - first).days + 1)]
        events = [self._event(f"{kind.word}:{day}") for kind in BREAKS for day in days]
        if mailboxes.is_told(connection, events, since=since):
            text = f"It could not be worked on since {since:%Y-%m-%d %H:%M} UTC."
            event = self._event(f"well:{since.isoformat()}")
            self._queue(connection, event, "the mailbox {name} works again", text, now=now)

    def _note_audit(self, connection: Connection, unaccounted: int, text: str) -> None:
        now = self._house.clock()
        before = mailboxes.note_audit(connection, self._fetch.name, unaccounted=unaccounted, now=now)
        if unaccounted:
            self._tell(connection, GAP, text, now=now)
        elif before:
            subject = "every mail in the mailbox {name} is accounted for again"
            event = self._event(f"whole:{now.isoformat()}")
            self._queue(connection, event, subject, f"There were {before} that were not.", now=now)

    def _tell(self, connection: Connection, kind: Kind, text: str, *, now: datetime) -> None:
        advice = kind.advice.format(name=self._fetch.name)
        more = "    mailintake mailbox status\n\nshows how it stands. This is told once a day."
        event = self._event(f"{kind.word}:{now.date()}")
        self._queue(connection, event, kind.subject, f"{text}\n\n{advice}\n\n{more}", now=now)

    def _queue(self, connection: Connection, event: str, subject: str, text: str, *, now: datetime) -> None:
        admin, sender = self._house.admin, Address(self._fetch.mailbox)
        if admin is None:
            return
        notice = Draft(
            template="admin-notice",
            language="en",
            sender=sender,
            recipient=admin,
            message_id=f"<{_digest(event, admin.address)}@{sender.domain}>",
            automatic="auto-generated",
            context={"desk": sender.address, "subject": subject.format(name=self._fetch.name), "text": text},
        )
        outbox.add(connection, [NewLetter(notice, event, None)], now=now)

    def _event(self, what: str) -> str:
        return f"mailbox:{_digest(self._fetch.name)}:{what}"


def _digest(*words: str) -> str:
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:20]
