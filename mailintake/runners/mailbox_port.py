"""What a runner needs of a mailbox on another server, of the door, and of the ledger."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from sqlalchemy import Connection

from mailintake.domain.mail import Envelope, Reception
from mailintake.domain.mailbox import Ended, Found, Selected
from mailintake.storage.body import Body
from mailintake.storage.engine import Database

T = TypeVar("T")
Note = Callable[[Connection, int], None]


class Session(Protocol):
    """A conversation with the server, as `transports.imap.Session` has it."""

    def select(self, folder: str, *, only_look: bool = False) -> Selected:
        """Open a folder."""

    def uids(self, first: int) -> list[int]:
        """What lies in it, from this UID on, in ascending order."""

    def found(self, uids: Sequence[int]) -> list[Found]:
        """Size and date; what vanished is left out."""

    def small(self, uids: Sequence[int]) -> dict[int, bytes]:
        """The bytes of small mails."""

    def large(self, uid: int, body: Body, *, limit: int) -> bool:
        """Write a mail into a body; False if it vanished."""

    def end(self, uids: Sequence[int]) -> Ended:
        """Do with these what the configuration says."""

    def wait(self, seconds: float) -> None:
        """Return when there may be news."""

    @property
    def has_idle(self) -> bool:
        """Whether it can be waited for news."""

    def interrupt(self) -> None:
        """Break off, from another thread."""

    def close(self) -> None:
        """Say goodbye."""


class Accept(Protocol):
    """The door."""

    def __call__(
        self, body: Body, envelope: Envelope, reception: Reception, *, note: Note | None = None
    ) -> Awaitable[str]:
        """Commit a mail and, in the same transaction, a note."""


@dataclass(frozen=True, slots=True)
class House:
    """The daemon as a mailbox's thread sees it; everything here may be called from there and waits for the answer."""

    database: Database
    accept: Accept
    new_body: Callable[[], Body]
    clock: Callable[[], datetime]
    loop: asyncio.AbstractEventLoop
    largest: int

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a writing transaction; its value after the commit."""
        return asyncio.run_coroutine_threadsafe(self.database.write(work), self.loop).result()

    def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a reading transaction."""
        with self.database.reading() as connection:
            return work(connection)

    def accept_all(self, mails: Sequence[tuple[Body, Envelope, Reception, Note]]) -> None:
        """Commit mails with their notes, as few commits as can be. Raises what the first that failed raised."""

        async def together() -> None:
            coming = [self.accept(body, envelope, reception, note=note) for body, envelope, reception, note in mails]
            for answer in await asyncio.gather(*coming, return_exceptions=True):
                if isinstance(answer, BaseException):
                    raise answer

        asyncio.run_coroutine_threadsafe(together(), self.loop).result()
