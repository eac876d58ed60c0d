"""Stored mails, read once more in the cage and decided under two configurations; nothing is written."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from mailintake.domain.mail import ParsedMessage
from mailintake.errors import PermanentError
from mailintake.intake import replay
from mailintake.intake.policy import Policy
from mailintake.intake.replay import Replayed
from mailintake.runners.cage import Cage
from mailintake.storage import past, raw
from mailintake.storage.engine import Database
from mailintake.storage.past import Past, Seats

AT_ONCE = 100
SMALL = 256 << 10
"""Bytes of a mail that is fetched together with others; a larger one is fetched part by part, as it is read."""

GONE = "its bytes are no longer kept"


class Replay:
    """Decides mails `before` and `after`; without a policy for before, what is recorded of them takes its place."""

    def __init__(self, database: Database, cage: Cage, *, before: Policy | None, after: Policy) -> None:
        self._database = database
        self._cage = cage
        self._before = before
        self._after = after

    async def run(self, *, since: datetime) -> AsyncIterator[Replayed]:
        """All mails that came since an instant and have been decided, in the order of their numbers."""
        seats = await self._database.read(past.seats)
        last = 0
        while numbers := await self._database.read(partial(past.numbers, since=since, after=last, limit=AT_ONCE)):
            last = numbers[-1]
            known, small = await self._database.read(partial(_stored, numbers=numbers))
            tasks = {
                number: asyncio.ensure_future(self._read(mail, small.get(mail.entry.digest)))
                for number, mail in known.items()
                if mail.is_new_request
            }
            try:
                for number in numbers:
                    if number in tasks:
                        message = await tasks[number]
                        # in a thread, so that the readers get their next mails meanwhile
                        yield await asyncio.to_thread(self._decided, known[number], message, seats)
                    elif number in known:
                        yield Replayed(number, is_request=False)
                    else:
                        yield Replayed(number, trouble="it was never read")
            finally:
                for task in tasks.values():
                    task.cancel()

    async def _read(self, mail: Past, data: bytes | None) -> ParsedMessage | str:
        entry = mail.entry
        try:
            slices = self._slices(mail) if data is None else iter([data])
            return await self._cage.parse(slices, size=entry.size, headers_only=entry.headers_only)
        except KeyError:
            return GONE
        except PermanentError as error:
            return str(error)

    def _slices(self, mail: Past) -> Iterator[bytes]:
        for number in range(-(-mail.entry.size // raw.PART)):
            with self._database.reading() as connection:
                part = raw.part(connection, mail.entry.digest, number)
            yield part

    def _decided(self, mail: Past, message: ParsedMessage | str, seats: Seats) -> Replayed:
        entry = mail.entry
        if isinstance(message, str):
            return Replayed(entry.id, received_at=entry.reception.at, trouble=message)
        after = replay.under(mail, message, self._after, seats)
        before = replay.under(mail, message, self._before, seats) if self._before else replay.recorded(mail)
        return Replayed(
            entry.id,
            received_at=entry.reception.at,
            sender=message.from_.address if message.from_ else "",
            subject=message.subject,
            differences=replay.differences(before, after),
        )


def _stored(connection: Connection, *, numbers: list[int]) -> tuple[dict[int, Past], dict[str, bytes]]:
    """What is recorded of mails, and the bytes of the small ones about which rules are asked."""
    known = {each.entry.id: each for each in past.told(connection, numbers)}
    wanted = (each.entry for each in known.values() if each.is_new_request)
    return known, raw.small(connection, {entry.digest for entry in wanted if entry.size <= SMALL})
