"""How much waits, and how many mails ended how, cheaply enough to be asked every few seconds."""

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from mailintake.domain.decision import Outcome
from mailintake.storage.tables import journal, outbox, spool

SETTLED = timedelta(seconds=60)
"""On PostgreSQL a lower number may be committed after a higher one, but not so long after."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Mails to be worked on and letters to be sent, and since when (UTC) the oldest of each waits, None for none.

    `ended` has, for every outcome, how many mails ended so since the tally began.
    """

    mails: int
    oldest_mail_at: datetime | None
    letters: int
    oldest_letter_at: datetime | None
    ended: Mapping[str, int]


class Tally:
    """Counts from its first look on, without reading the same lines of the journal for ever."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._before: int | None = None
        self._counted: Counter[str] = Counter()
        self._mark: tuple[datetime, int] | None = None

    def look(self, connection: Connection, *, now: datetime) -> Figures:
        """How it stands."""
        mails = select(func.count(), func.min(spool.c.received_at)).where(spool.c.state == "waiting")
        letters = select(func.count(), func.min(outbox.c.created_at)).where(outbox.c.state == "queued")
        some, others = connection.execute(mails).one(), connection.execute(letters).one()
        return Figures(some[0], some[1], others[0], others[1], self._ended(connection, now))

    def _ended(self, connection: Connection, now: datetime) -> Mapping[str, int]:
        with self._lock:
            top = connection.execute(select(func.max(journal.c.id))).scalar() or 0
            if self._before is None:
                self._before = top
            mark = self._mark or (now, top)
            if now - mark[0] >= SETTLED:
                self._counted += _between(connection, self._before, mark[1])
                self._before, mark = mark[1], (now, top)
            self._mark = mark
            found = self._counted + _between(connection, self._before, top)
            return {each.value: found[each.value] for each in Outcome}


def _between(connection: Connection, before: int, last: int) -> Counter[str]:
    wanted = (
        select(journal.c.event, func.count().label("lines"))
        .where(journal.c.id > before, journal.c.id <= last, journal.c.spool_id.is_not(None))
        .group_by(journal.c.event)
    )
    return Counter({row.event: row.lines for row in connection.execute(wanted)})
