"""The one door: when accept() returns, the mail is ours and on disk."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection

from mailintake.domain.mail import Envelope, Reception
from mailintake.storage import raw, spool
from mailintake.storage.body import Body
from mailintake.storage.engine import Database
from mailintake.storage.spool import Delivery

GROUP = 100
Note = Callable[[Connection, int], None]
"""What else to write down with a mail, given its spool id. It must not fail: others share the transaction."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    deliveries: tuple[Delivery, ...]
    body: Body
    answer: asyncio.Future[int]
    note: Note | None = None


class Acceptance:
    """Writes mails to the spool, those that arrive together in one commit (group commit).

    `apart` says which recipients of a mail have one of their own each, in the order of the envelope.
    """

    def __init__(
        self,
        database: Database,
        *,
        on_arrival: Callable[[], None] = lambda: None,
        apart: Callable[[Envelope], Sequence[Envelope]] = lambda envelope: (envelope,),
    ) -> None:
        self._database = database
        self._on_arrival = on_arrival
        self._apart = apart
        self._queue: list[_Waiting] = []
        self._committer: asyncio.Task[None] | None = None

    async def accept(self, body: Body, envelope: Envelope, reception: Reception, *, note: Note | None = None) -> str:
        """Commit a sealed mail to the spool; its spool id, or the first of several. The same delivery has the same id.

        `note` is written in the same transaction.

        Raises StorageBusy or OutOfSpace: then the mail stays with the sender.
        """
        deliveries = tuple(Delivery(body.digest, body.size, each, reception) for each in self._apart(envelope))
        answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._queue.append(_Waiting(deliveries, body, answer, note))
        if self._committer is None:
            self._committer = asyncio.create_task(self._commit_all())
        return str(await answer)

    async def _commit_all(self) -> None:
        # While one group is being committed the next one gathers.
        try:
            while self._queue:
                group, self._queue = self._queue[:GROUP], self._queue[GROUP:]
                try:
                    ids = await self._database.write(partial(put, group=group))
                except Exception as error:  # noqa: BLE001 - whatever it was, each sender must hear of it
                    for waiting in group:
                        if not waiting.answer.done():
                            waiting.answer.set_exception(error)
                    continue
                for waiting in group:
                    if not waiting.answer.done():
                        waiting.answer.set_result(ids[waiting.deliveries[0].key])
                self._on_arrival()
        finally:
            self._committer = None


def put(connection: Connection, group: list[_Waiting]) -> dict[str, int]:
    """Write the bytes and the envelopes of a group; spool ids by delivery key."""
    small: dict[str, bytes] = {}
    for waiting in group:
        if waiting.body.size <= raw.PART:
            small[waiting.body.digest] = b"".join(waiting.body.slices())
        else:
            raw.put(connection, waiting.body.digest, waiting.body.slices())
    if small:
        raw.put_small(connection, small)
    ids = spool.add(connection, [delivery for waiting in group for delivery in waiting.deliveries])
    for waiting in group:
        if waiting.note is not None:
            waiting.note(connection, ids[waiting.deliveries[0].key])
    return ids


def put_one(connection: Connection, body: Body, envelope: Envelope, reception: Reception) -> int:
    """Write one mail in the caller's transaction; its spool id."""
    delivery = Delivery(body.digest, body.size, envelope, reception)
    raw.put(connection, delivery.digest, body.slices())
    return spool.add(connection, [delivery])[delivery.key]
