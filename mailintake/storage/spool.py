"""Every accepted delivery, from the door until something final became of it."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, select, update

from mailintake.domain.decision import Outcome
from mailintake.domain.mail import Envelope, Reception
from mailintake.errors import TemporaryError
from mailintake.storage.claiming import claiming
from mailintake.storage.conflict import insert_or_ignore
from mailintake.storage.tables import spool

LEASE = timedelta(seconds=60)


class LeaseLost(TemporaryError):
    """Somebody else has claimed this entry since; what was done with it must be undone."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What the door writes down of a mail."""

    digest: str
    size: int
    envelope: Envelope
    reception: Reception

    @property
    def key(self) -> str:
        """The same bytes to the same recipients from the same source are the same delivery.

        Not so if somebody vouches for one and nobody for the other: the latter may be a forger's (SECURITY T14).
        """
        parts = (
            self.digest,
            self.reception.source_key,
            *["unverified"][self.reception.trusted :],
            *sorted(map(str.lower, self.envelope.recipients)),
        )
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Entry:
    """A delivery in the spool. `attempts` counts claims, the present one included, and fences it."""

    id: int
    digest: str
    size: int
    envelope: Envelope
    reception: Reception
    state: str
    attempts: int
    headers_only: bool
    released: bool
    outcome: str | None
    reason: str | None
    ticket_id: int | None


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of an entry. The `content_key` is None where another entry has brought the same content before.

    `content` is what it shares with the same mail in another mailbox, None where that counts for nothing.
    """

    entry: Entry
    outcome: Outcome
    reason: str
    ticket_id: int | None
    content_key: str | None
    content: str | None = None


# Statements of every mail's way are built once: that costs more than running them.
_WAITS = spool.c.state == "waiting"
_CLAIM = {False: claiming(spool, _WAITS, spool.c.attempts == 0), True: claiming(spool, _WAITS, spool.c.attempts > 0)}
_KNOWN_CONTENT = select(spool.c.content_key, spool.c.id).where(
    spool.c.content_key.in_(bindparam("keys", expanding=True))
)
_SETTLE = (
    update(spool)
    .where(spool.c.id == bindparam("number"), spool.c.state == "waiting", spool.c.attempts == bindparam("claim"))
    .values(state=bindparam("becomes"))
)


def add(connection: Connection, deliveries: Sequence[Delivery]) -> dict[str, int]:
    """Write deliveries down; spool ids by delivery key, those of earlier identical deliveries included."""
    rows = [
        {
            "delivery_key": delivery.key,
            "digest": delivery.digest,
            "size": delivery.size,
            "return_path": delivery.envelope.return_path,
            "recipients": list(delivery.envelope.recipients),
            "transport": delivery.reception.transport,
            "trusted": delivery.reception.trusted,
            "peer": delivery.reception.peer,
            "helo": delivery.reception.helo,
            "source_key": delivery.reception.source_key,
            "received_at": delivery.reception.at,
            "state": "waiting",
            "attempts": 0,
            "next_attempt_at": delivery.reception.at,
            "headers_only": False,
            "released": False,
        }
        for delivery in deliveries
    ]
    new = insert_or_ignore(connection, spool, spool.c.delivery_key, spool.c.id)
    ids: dict[str, int] = {row.delivery_key: row.id for row in connection.execute(new, rows)}
    if known := [row["delivery_key"] for row in rows if row["delivery_key"] not in ids]:
        wanted = select(spool.c.delivery_key, spool.c.id).where(spool.c.delivery_key.in_(known))
        ids |= {row.delivery_key: row.id for row in connection.execute(wanted)}
    return ids


def claim(connection: Connection, *, now: datetime, limit: int, tried_before: bool = False) -> list[Entry]:
    """Take entries that wait, oldest first, for as long as LEASE.

    Fresh ones and those tried before are claimed apart, so that a mail that once went wrong holds nobody up. The
    attempt counts from here, before anything is tried: a crash counts too.
    """
    claimed = connection.execute(_CLAIM[tried_before], {"now": now, "until": now + LEASE, "most": limit})
    return sorted(map(_entry, claimed), key=lambda entry: entry.id)


def next_attempt(connection: Connection) -> datetime | None:
    """When the next entry that was tried before may be claimed, None when there is none."""
    again = (spool.c.state == "waiting", spool.c.attempts > 0)
    return connection.execute(select(func.min(spool.c.next_attempt_at)).where(*again)).scalar()


def settle_all(connection: Connection, settlements: Sequence[Settlement], *, now: datetime) -> None:
    """Write down what became of entries; HELD and QUARANTINED wait for a person. LeaseLost if any claim ran out."""
    rows = [
        {
            "number": each.entry.id,
            "claim": each.entry.attempts,
            "becomes": "quarantined" if each.outcome in {Outcome.HELD, Outcome.QUARANTINED} else "settled",
            "outcome": each.outcome.value,
            "reason": each.reason,
            "ticket_id": each.ticket_id,
            "content_key": each.content_key,
            "content": each.content,
            "settled_at": now,
        }
        for each in settlements
    ]
    if rows and connection.execute(_SETTLE, rows).rowcount != len(rows):
        numbers = ", ".join(str(each.entry.id) for each in settlements)
        raise LeaseLost(f"claimed by another meanwhile: mail {numbers}")


def settle(
    connection: Connection,
    entry: Entry,
    *,
    outcome: Outcome,
    reason: str,
    ticket_id: int | None,
    content_key: str | None,
    now: datetime,
) -> None:
    """Write down what became of one entry."""
    settle_all(connection, [Settlement(entry, outcome, reason, ticket_id, content_key)], now=now)


def postpone(connection: Connection, entry: Entry, *, until: datetime, reason: str, headers_only: bool = False) -> None:
    """Try again later, with the header block alone if the body proved poisonous."""
    _fenced(connection, entry, next_attempt_at=until, reason=reason, headers_only=entry.headers_only or headers_only)


def put_off(connection: Connection, entry: Entry, *, until: datetime, reason: str) -> None:
    """Undo a claim that came to nothing through no fault of the mail: the try does not count."""
    _fenced(connection, entry, next_attempt_at=until, reason=reason, attempts=entry.attempts - 1)


def recover(connection: Connection, *, now: datetime) -> None:
    """End every lease: for the start of the only daemon there can be."""
    connection.execute(
        update(spool).where(spool.c.state == "waiting", spool.c.next_attempt_at <= now + LEASE, spool.c.attempts > 0)
        .values(next_attempt_at=now)
    )  # fmt: skip


def quarantine(connection: Connection, number: int, *, reason: str) -> None:
    """Put an entry that was settled just now before a person all the same."""
    values = {"state": "quarantined", "outcome": Outcome.QUARANTINED.value, "reason": reason}
    connection.execute(update(spool).where(spool.c.id == number, spool.c.state == "settled").values(**values))


def retry(connection: Connection, number: int, *, now: datetime) -> bool:
    """Take an entry out of quarantine to be read again in full; False if it is not there.

    It counts as tried before, so that it keeps nobody waiting.
    """
    return _leave_quarantine(connection, number, next_attempt_at=now, headers_only=False, released=False)


def release(connection: Connection, number: int, *, now: datetime) -> bool:
    """Let an entry in quarantine through: what held it no longer counts; False if it is not there."""
    return _leave_quarantine(connection, number, next_attempt_at=now, released=True)


def _leave_quarantine(connection: Connection, number: int, **values: object) -> bool:
    there = (spool.c.id == number, spool.c.state == "quarantined")
    values |= {"state": "waiting", "attempts": 1, "outcome": None, "content_key": None, "settled_at": None}
    return connection.execute(update(spool).where(*there).values(**values)).rowcount == 1


def get(connection: Connection, number: int) -> Entry | None:
    """One entry, or None."""
    row = connection.execute(select(*spool.c).where(spool.c.id == number)).first()
    return _entry(row) if row else None


def quarantined(connection: Connection) -> list[Entry]:
    """What waits for a person, oldest first."""
    return [_entry(row) for row in connection.execute(_all().where(spool.c.state == "quarantined"))]


def unfinished(connection: Connection) -> int:
    """How many entries wait to be worked on."""
    return connection.execute(select(func.count()).where(spool.c.state == "waiting")).scalar_one()


def known_content(connection: Connection, content_keys: Collection[str]) -> dict[str, int]:
    """The entries that brought these contents before, by content key."""
    return {row.content_key: row.id for row in connection.execute(_KNOWN_CONTENT, {"keys": content_keys})}


def tickets_of_content(connection: Connection, contents: Collection[str]) -> dict[str, int]:
    """By content the first ticket that the same mail opened, in whatever mailbox."""
    if not contents:
        return {}
    wanted = select(spool.c.content, func.min(spool.c.ticket_id).label("number")).where(
        spool.c.content.in_(list(contents)), spool.c.outcome == Outcome.OPENED.value
    )
    return {row.content: row.number for row in connection.execute(wanted.group_by(spool.c.content))}


def _all() -> Select[Any]:
    return select(*spool.c).order_by(spool.c.id)


def _fenced(connection: Connection, entry: Entry, **values: object) -> None:
    mine = (spool.c.id == entry.id, spool.c.state == "waiting", spool.c.attempts == entry.attempts)
    if connection.execute(update(spool).where(*mine).values(**values)).rowcount != 1:
        raise LeaseLost(f"mail {entry.id} was claimed by another")


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        id=row.id,
        digest=row.digest,
        size=row.size,
        envelope=Envelope(row.return_path, tuple(row.recipients)),
        reception=Reception(row.transport, row.received_at, row.trusted, row.peer, row.helo, row.source_key),
        state=row.state,
        attempts=row.attempts,
        headers_only=row.headers_only,
        released=row.released,
        outcome=row.outcome,
        reason=row.reason,
        ticket_id=row.ticket_id,
    )
