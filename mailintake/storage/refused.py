"""Mail that was refused: it stays in the spool, and a person may take it in all the same (DOMAIN E1)."""

from datetime import datetime

from sqlalchemy import Connection, select, update

from mailintake.domain.decision import Outcome
from mailintake.storage import spool
from mailintake.storage.spool import Entry
from mailintake.storage.tables import spool as table

_REFUSED = (table.c.state == "settled", table.c.outcome == Outcome.REFUSED.value)


def latest(connection: Connection, *, limit: int) -> list[Entry]:
    """The newest of them, newest first."""
    numbers = select(table.c.id).where(*_REFUSED).order_by(table.c.id.desc()).limit(limit)
    found = (spool.get(connection, number) for number in connection.execute(numbers).scalars().all())
    return [entry for entry in found if entry is not None]


def take_in(connection: Connection, number: int, *, now: datetime) -> bool:
    """Let one be judged once more, by somebody who knows that it is taken in; False if none of this number was refused.

    It waits with its old outcome: no other mail that waits has one. It counts as tried before, so that it keeps nobody
    waiting.
    """
    again = {"state": "waiting", "attempts": 1, "next_attempt_at": now, "content_key": None, "settled_at": None}
    return connection.execute(update(table).where(table.c.id == number, *_REFUSED).values(**again)).rowcount == 1


def is_taken_in(entry: Entry) -> bool:
    """Whether this entry waits because a person takes it in."""
    return entry.state == "waiting" and entry.outcome == Outcome.REFUSED.value
