"""Mails on their way through the door: one group is committed while the next is fetched."""

from concurrent.futures import Future
from functools import partial

import structlog

from mailintake.config.fetch import Fetch
from mailintake.domain.mailbox import Place
from mailintake.runners.mailbox_fetch import Bodies, close
from mailintake.runners.mailbox_mail import envelope_of, note_of, reception_of
from mailintake.runners.mailbox_port import House
from mailintake.storage import mailboxes
from mailintake.storage.mailboxes import Line

log = structlog.get_logger()


class Commits:
    """For one portion of mails of one folder. What is in `committed` is ours, and only that may be ended."""

    def __init__(self, fetch: Fetch, house: House, place: Place) -> None:
        self.committed: list[int] = []
        self._fetch = fetch
        self._house = house
        self._place = place
        self._under_way: tuple[Future[None], Bodies] | None = None

    def put(self, bodies: Bodies) -> None:
        """Begin to commit these, as soon as those before are: never more than two groups are held in memory.

        Raises whatever became of those before.
        """
        try:
            self.settle()
            if bodies:
                self._under_way = self._begin(bodies), bodies
        except BaseException:
            close(bodies)
            raise

    def settle(self) -> None:
        """Wait for what is under way. Raises StorageBusy or OutOfSpace: then none of it counts as ours."""
        if self._under_way is None:
            return
        (coming, bodies), self._under_way = self._under_way, None
        try:
            coming.result()
        finally:
            close(bodies)
        self.committed += [each.uid for each, _ in bodies]
        log.info("mailbox mails", mailbox=self._place.mailbox, folder=self._place.folder, taken=len(bodies))

    def abandon(self) -> None:
        """Wait for what is under way, whatever becomes of it: its bytes are still being read."""
        if self._under_way is not None:
            (coming, bodies), self._under_way = self._under_way, None
            coming.exception()
            close(bodies)

    def _begin(self, bodies: Bodies) -> "Future[None]":
        place, now = self._place, self._house.clock()
        digests = {body.digest for _, body in bodies}
        known = self._house.read(partial(mailboxes.known, place=place, digests=digests))
        old = [
            Line(each, mailboxes.KNOWN, body.digest, "taken in before the server numbered its mails anew")
            for each, body in bodies
            if body.digest in known
        ]
        new = [(each, body) for each, body in bodies if body.digest not in known]
        if old:
            log.info("mailbox mails known", mailbox=place.mailbox, folder=place.folder, known=len(old))
            self._house.write(partial(mailboxes.write_down, place=place, lines=old, now=now))
        return self._house.accepting(
            [
                (
                    body,
                    envelope_of(body, self._fetch),
                    reception_of(each, place, self._fetch, now=now),
                    note_of(each, body, place, self._fetch, now=now),
                )
                for each, body in new
            ]
        )
