"""Mailboxes we empty: who works on each, how it goes, and a ledger of every mail ever seen in it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Column, Connection, Row, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from mailintake.domain.mailbox import GONE, Ended, Found, Place, Selected
from mailintake.storage.conflict import insert_or_ignore
from mailintake.storage.tables import mailbox, mailbox_folder, mailbox_mail, outbox

LEASE = timedelta(seconds=45)  # with the time to notice it, a dead host's mailboxes are taken over within 60 s

TAKEN = "taken"
KNOWN = "known"
TOO_LARGE = "too_large"
FAILING = "failing"
OUTCOMES = (TAKEN, KNOWN, TOO_LARGE, FAILING)


@dataclass(frozen=True, slots=True)
class Line:
    """What the ledger says of one mail. `ended` is what was done with it on the server, None while that is to do."""

    found: Found
    outcome: str
    digest: str | None = None
    reason: str = ""
    spool_id: int | None = None
    ended: Ended | None = None


# ---- who works on it


def lease(connection: Connection, name: str, *, holder: str, now: datetime, by_force: bool = False) -> bool:
    """Take or renew the right to work on a mailbox for as long as LEASE; False while somebody else has it.

    `by_force` is for the start of the only daemon there can be: whoever has it is dead.
    """
    connection.execute(insert_or_ignore(connection, mailbox), {"name": name})
    free = or_(mailbox.c.locked_by.is_(None), mailbox.c.locked_by == holder, mailbox.c.locked_until < now)
    mine = (mailbox.c.name == name, *([] if by_force else [free]))
    values = {"locked_by": holder, "locked_until": now + LEASE}
    return connection.execute(update(mailbox).where(*mine).values(**values)).rowcount == 1


def release(connection: Connection, name: str, *, holder: str) -> None:
    """Let another host have it at once."""
    mine = (mailbox.c.name == name, mailbox.c.locked_by == holder)
    connection.execute(update(mailbox).where(*mine).values(locked_by=None, locked_until=None))


# ---- how it goes


def note_look(connection: Connection, name: str, *, now: datetime) -> datetime | None:
    """All that was there is in hand: whatever troubled us is over. Since when it did, None if nothing."""
    since: datetime | None = _of(connection, name, mailbox.c.trouble_since)
    _note(connection, name, looked_at=now, trouble=None, trouble_since=None)
    return since


def note_token(connection: Connection, name: str, *, expires_at: datetime | None) -> None:
    """Until when (UTC) the token holds that let us in, None where there is none."""
    _note(connection, name, token_expires_at=expires_at)


def note_trouble(connection: Connection, name: str, text: str, *, now: datetime) -> datetime:
    """Why we cannot work on it now; since when we cannot."""
    since: datetime = _of(connection, name, mailbox.c.trouble_since) or now
    _note(connection, name, trouble=text, trouble_since=since)
    return since


def note_audit(connection: Connection, name: str, *, unaccounted: int, now: datetime) -> int:
    """How many mails on the server nobody can account for; how many there were at the audit before."""
    before = _of(connection, name, mailbox.c.unaccounted) or 0
    _note(connection, name, audited_at=now, unaccounted=unaccounted)
    return int(before)


def is_told(connection: Connection, events: Collection[str], *, since: datetime) -> bool:
    """Whether a letter about any of these events has been queued since then."""
    wanted = select(outbox.c.id).where(outbox.c.event.in_(list(events)), outbox.c.created_at >= since)
    return connection.execute(wanted.limit(1)).first() is not None


def note_folder(connection: Connection, place: Place, selected: Selected, *, now: datetime) -> int | None:
    """What the server said of a folder; the UIDVALIDITY that it had before, None for a folder never seen."""
    mine = (mailbox_folder.c.mailbox == place.mailbox, mailbox_folder.c.folder == place.folder)
    before: int | None = connection.execute(select(mailbox_folder.c.validity).where(*mine)).scalar()
    values = {
        "validity": place.validity,
        "next_uid": selected.next_uid,
        "messages": selected.messages,
        "seen_at": now,
    }
    new = {"mailbox": place.mailbox, "folder": place.folder, **values}
    connection.execute(insert_or_ignore(connection, mailbox_folder), new)
    connection.execute(update(mailbox_folder).where(*mine).values(**values))
    return before


def status(connection: Connection) -> list[Row[Any]]:
    """One row for each mailbox ever worked on."""
    return list(connection.execute(select(*mailbox.c).order_by(mailbox.c.name)))


def folders(connection: Connection, name: str) -> list[Row[Any]]:
    """One row for each folder of it ever opened."""
    wanted = select(*mailbox_folder.c).where(mailbox_folder.c.mailbox == name)
    return list(connection.execute(wanted.order_by(mailbox_folder.c.folder)))


def counts(connection: Connection, name: str) -> dict[str, int]:
    """How many mails the ledger has of each outcome."""
    wanted = select(mailbox_mail.c.outcome, func.count().label("mails")).where(mailbox_mail.c.mailbox == name)
    found = {row.outcome: row.mails for row in connection.execute(wanted.group_by(mailbox_mail.c.outcome))}
    return {outcome: found.get(outcome, 0) for outcome in OUTCOMES}


# ---- the ledger


def write_down(connection: Connection, place: Place, lines: Sequence[Line], *, now: datetime) -> None:
    """Write lines into the ledger, over those of the same numbers."""
    rows = [
        {
            "mailbox": place.mailbox,
            "folder": place.folder,
            "validity": place.validity,
            "uid": line.found.uid,
            "size": line.found.size,
            "internal_at": line.found.at,
            "digest": line.digest,
            "outcome": line.outcome,
            "reason": line.reason,
            "spool_id": line.spool_id,
            "ended": line.ended,
            "at": now,
        }
        for line in lines
    ]
    if rows:
        connection.execute(_upsert(connection.dialect.name), rows)


def end(connection: Connection, place: Place, uids: Iterable[int], ended: Ended) -> None:
    """Note what was done with these on the server."""
    for some in _portions(uids):
        mine = (*_at(place), mailbox_mail.c.uid.in_(some))
        connection.execute(update(mailbox_mail).where(*mine).values(ended=ended))


def forget(connection: Connection, place: Place, uids: Iterable[int]) -> None:
    """The server has given these numbers to other mails."""
    for some in _portions(uids):
        connection.execute(delete(mailbox_mail).where(*_at(place), mailbox_mail.c.uid.in_(some)))


def lines(connection: Connection, place: Place, *, first: int, last: int) -> dict[int, Line]:
    """What the ledger knows of the UIDs from `first` to `last`."""
    wanted = select(*mailbox_mail.c).where(*_at(place), mailbox_mail.c.uid.between(first, last))
    return {row.uid: _line(row) for row in connection.execute(wanted)}


def known(connection: Connection, place: Place, digests: Collection[str]) -> set[str]:
    """Which of these contents were taken out of this mailbox under another UIDVALIDITY."""
    wanted = select(mailbox_mail.c.digest).where(
        mailbox_mail.c.mailbox == place.mailbox,
        mailbox_mail.c.digest.in_(list(digests)),
        mailbox_mail.c.folder == place.folder,
        mailbox_mail.c.validity != place.validity,
        mailbox_mail.c.outcome.in_((TAKEN, KNOWN)),
    )
    return set(connection.execute(wanted).scalars())


def prune(connection: Connection, name: str, *, before: datetime) -> int:
    """Drop lines of mails that left the server before then; how many there were."""
    old = (mailbox_mail.c.mailbox == name, mailbox_mail.c.ended.in_(GONE), mailbox_mail.c.at < before)
    return int(connection.execute(delete(mailbox_mail).where(*old)).rowcount)


def _of(connection: Connection, name: str, column: Column[Any]) -> Any:
    return connection.execute(select(column).where(mailbox.c.name == name)).scalar()


def _note(connection: Connection, name: str, **values: object) -> None:
    connection.execute(update(mailbox).where(mailbox.c.name == name).values(**values))


def _at(place: Place) -> tuple[Any, ...]:
    return (
        mailbox_mail.c.mailbox == place.mailbox,
        mailbox_mail.c.folder == place.folder,
        mailbox_mail.c.validity == place.validity,
    )


def _portions(uids: Iterable[int], size: int = 500) -> Iterable[list[int]]:
    every = list(uids)
    return (every[start : start + size] for start in range(0, len(every), size))


@cache
def _upsert(dialect: str) -> Any:
    new = (sqlite if dialect == "sqlite" else postgresql).insert(mailbox_mail)
    keys = [column.name for column in mailbox_mail.primary_key]
    changed = {column.name: new.excluded[column.name] for column in mailbox_mail.c if column.name not in keys}
    return new.on_conflict_do_update(index_elements=keys, set_=changed)


def _line(row: Row[Any]) -> Line:
    found = Found(row.uid, row.size, row.internal_at)
    return Line(found, row.outcome, row.digest, row.reason, row.spool_id, row.ended)
