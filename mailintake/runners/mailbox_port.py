"""What a runner needs of a mailbox on another server, of the door, and of the ledger."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from sqlalchemy import Connection

from mailintake.domain.mail import Address, Envelope, Reception
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

    def end(self, uids: Sequence[int], *, copied: bool = False) -> Ended:
        """Do with these what the configuration says; `copied` are in the folder to move to already."""

    @property
    def has_move(self) -> bool:
        """Whether a mail is moved in one step, so that it is never in both folders."""

    def wait(self, seconds: float) -> None:
        """Return when there may be news."""

    @property
    def has_idle(self) -> bool:
        """Whether it can be waited for news."""

    @property
    def token_expires_at(self) -> datetime | None:
        """Until when (UTC) the token holds that let us in, None without one."""

    def interrupt(self) -> None:
        """Break off, from another thread."""

    def close(self) -> None:
        """Say goodbye."""


@dataclass(slots=True)
class State:
    """How it goes with a mailbox since this daemon started: whether it is logged in, when it was last seen to the end,
    how many mails the last audit could not account for (None before the first), how many were taken in, and until when
    our token holds, if we have one. Instants in UTC."""

    name: str
    connected: bool = False
    looked_at: datetime | None = None
    unaccounted: int | None = None
    fetched: int = 0
    token_expires_at: datetime | None = None


class Accept(Protocol):
    """The door."""

    def __call__(
        self, body: Body, envelope: Envelope, reception: Reception, *, note: Note | None = None
    ) -> Awaitable[str]:
        """Commit a mail and, in the same transaction, a note."""


@dataclass(frozen=True, slots=True)
class House:
    """The daemon as a mailbox's thread sees it; everything here may be called from there and waits for the answer.

    `largest` is in bytes; `admin` is told by mail of trouble that lasts, None for nobody.
    """

    database: Database
    accept: Accept
    new_body: Callable[[], Body]
    clock: Callable[[], datetime]
    loop: asyncio.AbstractEventLoop
    largest: int
    admin: Address | None = None

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a writing transaction; its value after the commit."""
        return asyncio.run_coroutine_threadsafe(self.database.write(work), self.loop).result()

    def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a reading transaction."""
        with self.database.reading() as connection:
            return work(connection)

    def accepting(self, mails: Sequence[tuple[Body, Envelope, Reception, Note]]) -> "Future[None]":
        """Commit mails with their notes, as few commits as can be; what comes back raises what the first raised."""

        async def together() -> None:
            coming = [self.accept(body, envelope, reception, note=note) for body, envelope, reception, note in mails]
            for answer in await asyncio.gather(*coming, return_exceptions=True):
                if isinstance(answer, BaseException):
                    raise answer

        return asyncio.run_coroutine_threadsafe(together(), self.loop)
