"""Letters to be sent: written in the transaction of what they tell of, sent afterwards."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, func, or_, select, update

from mailintake.domain.letter import Draft
from mailintake.storage.claiming import claiming
from mailintake.storage.conflict import insert_or_ignore
from mailintake.storage.tables import outbox

LEASE = timedelta(minutes=11)
LONGEST_TEXT = 64 * 1024
MOST_TEXTS = 50

_SHOWN = (
    outbox.c.id,
    outbox.c.state,
    outbox.c.template,
    outbox.c.recipient,
    outbox.c.ticket_id,
    outbox.c.attempts,
    outbox.c.created_at,
    outbox.c.next_attempt_at,
    outbox.c.settled_at,
    outbox.c.last_error,
    outbox.c.message_id,
)


# What people at the desk read, and what they write themselves: no flood of mail from outside may hold it up.
OF_THE_DESK = (
    *("answer", "answered", "assigned", "bounced", "breach", "customer-wrote", "digest", "encrypted", "escalated"),
    *("help", "new-ticket", "note", "receipt", "reminder", "stranger-wrote", "unverified-agent"),
)


_CLAIM = claiming(outbox, outbox.c.state == "queued")
_CLAIM_OF_THE_DESK = claiming(outbox, outbox.c.state == "queued", outbox.c.template.in_(OF_THE_DESK))
_SENT = (
    update(outbox)
    .where(outbox.c.id == bindparam("number"), outbox.c.state == "queued")
    .values(state="sent", settled_at=bindparam("at"), last_error=None, text=bindparam("words"))
)
_SINCE = (
    outbox.c.reader.in_(bindparam("readers", expanding=True)),
    outbox.c.created_at > bindparam("since"),
    outbox.c.state != "suppressed",
)
_COUNT = select(outbox.c.reader, func.count().label("letters")).where(*_SINCE).group_by(outbox.c.reader)
_TOLD = select(outbox.c.reader).where(*_SINCE, outbox.c.template.in_(bindparam("templates", expanding=True))).distinct()


@dataclass(frozen=True, slots=True)
class NewLetter:
    """A letter to be queued about an event; `suppressed` says why it must not leave.

    `reader` is whom limits count it for: one person has many addresses. Left out, the recipient's address.
    """

    draft: Draft
    event: str
    ticket_id: int | None
    suppressed: str | None = None
    reader: str = ""


@dataclass(frozen=True, slots=True)
class Queued:
    """A letter that waits to be sent, as claimed; `attempts` fences the claim."""

    id: int
    event: str
    ticket_id: int | None
    draft: Draft
    attempts: int
    created_at: datetime


def add(connection: Connection, letters: Iterable[NewLetter], *, now: datetime) -> None:
    """Queue letters, or record why they must not leave; what was told to a recipient before is left out."""
    rows = [
        {
            "event": each.event,
            "recipient": each.draft.recipient.address.lower(),
            "reader": each.reader or each.draft.recipient.address.lower(),
            "template": each.draft.template,
            "ticket_id": each.ticket_id,
            "message_id": each.draft.message_id,
            "draft": msgspec.to_builtins(each.draft),
            "state": "suppressed" if each.suppressed else "queued",
            "attempts": 0,
            "created_at": now,
            "next_attempt_at": now,
            "settled_at": now if each.suppressed else None,
            "last_error": each.suppressed,
        }
        for each in letters
    ]
    if rows:
        connection.execute(insert_or_ignore(connection, outbox), rows)


def claim(connection: Connection, *, now: datetime, limit: int, of_the_desk: bool = False) -> list[Queued]:
    """Take letters that wait, oldest first, for as long as LEASE; if need be those of the desk's own people alone."""
    statement = _CLAIM_OF_THE_DESK if of_the_desk else _CLAIM
    claimed = connection.execute(statement, {"now": now, "until": now + LEASE, "most": limit})
    return sorted(map(_queued, claimed), key=lambda letter: letter.id)


def mark_sent(connection: Connection, texts: Mapping[int, str], *, now: datetime) -> None:
    """The outgoing server has taken these, each with the text that left."""
    rows = [{"number": number, "words": text[:LONGEST_TEXT], "at": now} for number, text in texts.items()]
    if rows:
        connection.execute(_SENT, rows)


def texts_of(connection: Connection, ticket_ids: Collection[int]) -> list[tuple[str, str, str]]:
    """The kind of the newest letters about these tickets, to whom they went and what they said, so that a reply that
    quotes one can be told from it."""
    wanted = select(outbox.c.template, outbox.c.recipient, outbox.c.text).where(
        outbox.c.ticket_id.in_(ticket_ids), outbox.c.text.is_not(None)
    )
    rows = connection.execute(wanted.order_by(outbox.c.id.desc()).limit(MOST_TEXTS))
    return [(row.template, row.recipient, row.text) for row in rows]


def recipients_of(connection: Connection, ticket_ids: Iterable[int]) -> dict[int, list[str]]:
    """By ticket all to whom a letter about it was queued."""
    found: dict[int, list[str]] = {}
    wanted = select(outbox.c.ticket_id, outbox.c.recipient).where(outbox.c.ticket_id.in_(list(ticket_ids))).distinct()
    for row in connection.execute(wanted):
        found.setdefault(row.ticket_id, []).append(row.recipient)
    return found


def fail(connection: Connection, number: int, *, why: str, now: datetime) -> None:
    """The outgoing server will never take this one; it stays listed."""
    _settle(connection, [number], state="failed", settled_at=now, last_error=why)


def postpone(connection: Connection, number: int, *, until: datetime, why: str) -> None:
    """Try this one again later."""
    _settle(connection, [number], next_attempt_at=until, last_error=why)


def hand_back(connection: Connection, letter: Queued, *, why: str) -> None:
    """Undo a claim that came to nothing through no fault of the letter: it keeps its place in the queue."""
    _settle(connection, [letter.id], attempts=letter.attempts - 1, next_attempt_at=letter.created_at, last_error=why)


def recover(connection: Connection, *, now: datetime) -> None:
    """End every lease: for the start of the only daemon there can be."""
    leased = (outbox.c.state == "queued", outbox.c.attempts > 0, outbox.c.next_attempt_at <= now + LEASE)
    connection.execute(update(outbox).where(*leased).values(next_attempt_at=outbox.c.created_at))


def requeue(connection: Connection, number: int, *, now: datetime) -> bool:
    """Give a failed letter another life; False if there is no such failed letter."""
    changed = connection.execute(
        update(outbox)
        .where(outbox.c.id == number, or_(outbox.c.state == "failed", outbox.c.state == "queued"))
        .values(state="queued", attempts=0, next_attempt_at=now, created_at=now, settled_at=None)
    )
    return changed.rowcount == 1


def next_attempt(connection: Connection) -> datetime | None:
    """When the next letter may leave, None when none waits."""
    return connection.execute(select(func.min(outbox.c.next_attempt_at)).where(outbox.c.state == "queued")).scalar()


def count_since(connection: Connection, readers: Collection[str], *, since: datetime) -> Counter[str]:
    """How many letters to each of these readers were queued since then."""
    rows = connection.execute(_COUNT, {"readers": readers, "since": since})
    return Counter({row.reader: row.letters for row in rows})


def sent_since(connection: Connection, *, since: datetime) -> list[datetime]:
    """When letters queued since then left the desk, but for those of its own people, in order."""
    wanted = select(outbox.c.settled_at).where(
        outbox.c.created_at > since, outbox.c.state == "sent", outbox.c.template.not_in(OF_THE_DESK)
    )
    return list(connection.execute(wanted.order_by(outbox.c.settled_at)).scalars())


def told_since(
    connection: Connection, readers: Collection[str], templates: Collection[str], *, since: datetime
) -> set[str]:
    """Which of these readers had a letter of these kinds queued since then."""
    told = {"readers": readers, "templates": templates, "since": since}
    return set(connection.execute(_TOLD, told).scalars())


def listing(connection: Connection, *, states: Iterable[str], limit: int) -> list[dict[str, Any]]:
    """Letters in these states, newest first."""
    wanted = select(*_SHOWN).where(outbox.c.state.in_(list(states))).order_by(outbox.c.id.desc()).limit(limit)
    return [dict(row._mapping) for row in connection.execute(wanted)]


def of_ticket(connection: Connection, ticket_id: int) -> list[dict[str, Any]]:
    """The letters about a ticket, oldest first."""
    wanted = select(*_SHOWN).where(outbox.c.ticket_id == ticket_id).order_by(outbox.c.id)
    return [dict(row._mapping) for row in connection.execute(wanted)]


def _settle(connection: Connection, ids: Iterable[int], **values: object) -> None:
    connection.execute(update(outbox).where(outbox.c.id.in_(list(ids)), outbox.c.state == "queued").values(**values))


def _queued(row: Row[Any]) -> Queued:
    draft = msgspec.convert(row.draft, Draft, strict=False)
    return Queued(row.id, row.event, row.ticket_id, draft, row.attempts, row.created_at)
