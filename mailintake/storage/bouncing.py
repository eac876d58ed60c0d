"""Addresses at which letters of ours do not arrive."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from mailintake.storage.tables import bouncing

# every mail asks, and to build a statement costs more than to run it
_COUNTS = select(bouncing.c.reader, bouncing.c.hard).where(bouncing.c.reader.in_(bindparam("readers", expanding=True)))


def note(connection: Connection, reader: str, *, reason: str, now: datetime) -> int:
    """A letter to this reader will never arrive; how many did not, one after the other."""
    mine = bouncing.c.reader == reader
    again = update(bouncing).where(mine).values(hard=bouncing.c.hard + 1, last_at=now, reason=reason)
    if (count := connection.execute(again.returning(bouncing.c.hard)).scalar()) is not None:
        return int(count)
    connection.execute(insert(bouncing).values(reader=reader, hard=1, last_at=now, reason=reason))
    return 1


def forget(connection: Connection, readers: Collection[str]) -> None:
    """These have written to us, so they read their mail."""
    if readers:
        connection.execute(delete(bouncing).where(bouncing.c.reader.in_(list(readers))))


def counts(connection: Connection, readers: Collection[str]) -> Counter[str]:
    """How many letters in a row did not reach each of these readers."""
    if not readers:
        return Counter()
    return Counter({row.reader: row.hard for row in connection.execute(_COUNTS, {"readers": list(readers)})})
