"""From the spool to tickets: claim, parse in the cage, decide and write down."""

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Protocol

import structlog
from sqlalchemy import Connection

from mailintake.domain.decision import Outcome
from mailintake.domain.mail import ParsedMessage
from mailintake.domain.trust import Authentication, Verdict
from mailintake.errors import MailintakeError, PermanentError, TemporaryError
from mailintake.intake.apply import Judged, reread
from mailintake.intake.inquiry import inquire
from mailintake.intake.judge import judge
from mailintake.runners.cage import Cage, Poison
from mailintake.runners.loop import Parts, Runner
from mailintake.storage import journal, raw, spool
from mailintake.storage.spool import Entry, LeaseLost

log = structlog.get_logger()

BATCH = 32
PATIENCE = 0.05  # seconds in which more mails may come to share a commit
IN_FLIGHT = 64
IN_FLIGHT_BYTES = 32 << 20
MOST_EVALUATED = 256
LARGEST_EVALUATED = 26 << 20
IDLE = 5.0
RETRY = timedelta(seconds=2)
CRASHES = 5
NO_FAULT_OF_ITS_OWN = timedelta(seconds=30)
BY_HEADERS = "read by its headers alone: the body takes the parser down"


Claimed = tuple[
    list[Entry], dict[str, bytes], float
]  # with the bytes of small ones, and seconds until there may be more


class Evaluate(Protocol):
    """Finds out about the author of a mail by DNS; never raises."""

    async def __call__(
        self, content: bytes, *, peer: str, helo: str, return_path: str, author_domain: str
    ) -> Authentication: ...


class Unforeseen(PermanentError):
    """A fault of ours that this mail brings out."""


@dataclass(frozen=True, slots=True)
class Read:
    """A mail with what came of reading it: a message, or why there is none; and what we know of its sender."""

    entry: Entry
    message: ParsedMessage | None
    trouble: MailintakeError | None = None
    authentication: Authentication | None = None


class Intake(Runner):
    """Works on fresh mail, many at a time, or, with `tried_before`, on what went wrong once, one at a time.

    The two never wait for each other, so a mail that takes its reader down delays no other. `tries` is how often the
    parser may die of a mail before it goes to quarantine.
    """

    def __init__(
        self,
        parts: Parts,
        cage: Cage,
        *,
        tries: int,
        on_postponed: Callable[[], None] = lambda: None,
        tried_before: bool = False,
        evaluate: Evaluate | None = None,
    ) -> None:
        super().__init__()
        self.name = "second-chance" if tried_before else "intake"
        self._database = parts.database
        self._policy = parts.policy
        self._clock = parts.clock
        self._on_letters = parts.on_letters
        self._cage = cage
        self._tries = tries
        self._on_postponed = on_postponed
        self._tried_before = tried_before
        self._evaluate = evaluate
        self._evaluating = 0
        self._limit = 1 if tried_before else BATCH
        self._most = 1 if tried_before else IN_FLIGHT
        self._reading: dict[asyncio.Task[None], int] = {}
        self._ready: list[Read] = []
        self._last_commit = 0.0

    async def turn(self) -> float:
        """Write down what was read and take in new mail, in one commit, and leave the reading to tasks of its own."""
        worth_waiting = self._last_commit + PATIENCE - time.monotonic()
        if self._reading and len(self._ready) < BATCH and worth_waiting > 0:
            return worth_waiting
        batch = self._ready[:BATCH]
        # a sender's DNS that takes its time keeps nobody else waiting
        under_way = len(self._reading) - min(self._evaluating, MOST_EVALUATED) + len(self._ready) - len(batch)
        has_room = under_way <= self._most // 2 and sum(self._reading.values()) <= IN_FLIGHT_BYTES
        if not batch and not has_room:
            return IDLE
        judged, (claimed, small, wait) = await self._database.write(
            lambda connection: self._exchange(connection, batch, has_room=has_room)
        )
        self._last_commit = time.monotonic()
        self._written(batch, judged)
        for entry in claimed:
            task = asyncio.create_task(self._read(entry, small.pop(entry.digest, None)))
            self._reading[task] = entry.size
            task.add_done_callback(self._done)
        return 0 if claimed or self._ready else wait

    async def run(self) -> None:
        """Turn until stopped, then finish what is being read."""
        await super().run()
        await asyncio.gather(*self._reading, return_exceptions=True)
        try:
            while batch := self._ready[:BATCH]:
                judged = await self._database.write(partial(self._write_down, batch=batch))
                self._written(batch, judged)
        except TemporaryError as error:
            log.warning("mails will be read once more", why=str(error))

    def _exchange(self, connection: Connection, batch: list[Read], *, has_room: bool) -> tuple[list[Judged], Claimed]:
        judged = self._write_down(connection, batch) if batch else []
        return judged, self._claim(connection) if has_room else ([], {}, IDLE)

    def _written(self, batch: list[Read], judged: list[Judged]) -> None:
        # Only now: what could not be written stays ready, so that trouble with the database costs nothing but time.
        del self._ready[: len(batch)]
        for mail in judged:
            said = {"reason": mail.decision.reason, "ticket": mail.ticket_id}
            told = {word: value for word, value in said.items() if value}
            log.info(mail.decision.outcome.value, mail=mail.entry.id, **told)
        if batch:
            self._on_letters()
        if any(read.message is None for read in batch):
            self._on_postponed()

    def _done(self, task: asyncio.Task[None]) -> None:
        del self._reading[task]
        self.wake()

    def _claim(self, connection: Connection) -> Claimed:
        now = self._clock()
        claimed = spool.claim(connection, now=now, limit=self._limit, tried_before=self._tried_before)
        if claimed:
            return claimed, raw.small(connection, (each.digest for each in claimed if each.size <= raw.PART)), 0
        upcoming = spool.next_attempt(connection) if self._tried_before else None
        return [], {}, IDLE if upcoming is None else min(IDLE, max(0.05, (upcoming - now).total_seconds()))

    async def _read(self, entry: Entry, data: bytes | None) -> None:
        slices = self._slices(entry) if data is None else [data]
        try:
            message = await self._cage.parse(slices, size=entry.size, headers_only=entry.headers_only)
            self._ready.append(Read(entry, message, authentication=await self._authenticate(entry, message, data)))
        except MailintakeError as error:
            self._ready.append(Read(entry, None, error))
        except Exception as error:
            log.exception("reading failed", mail=entry.id)
            self._ready.append(Read(entry, None, Unforeseen(f"{type(error).__name__} while reading")))

    async def _authenticate(self, entry: Entry, message: ParsedMessage, data: bytes | None) -> Authentication | None:
        """What DNS says of the sender, for mail that came to us directly."""
        if self._evaluate is None or entry.reception.trusted or message.from_ is None:
            return None
        if entry.size > LARGEST_EVALUATED:
            return Authentication(Verdict.NONE, why="the mail is too large to be evaluated")
        self._evaluating += 1
        try:
            content = data if data is not None else await asyncio.to_thread(b"".join, self._slices(entry))
            return await self._evaluate(
                content,
                peer=entry.reception.peer,
                helo=entry.reception.helo,
                return_path=entry.envelope.return_path,
                author_domain=message.from_.domain,
            )
        finally:
            self._evaluating -= 1

    def _slices(self, entry: Entry) -> Iterator[bytes]:
        for number in range(-(-entry.size // raw.PART)):
            with self._database.reading() as connection:
                part = raw.part(connection, entry.digest, number)
            yield part

    def _write_down(self, connection: Connection, batch: list[Read]) -> list[Judged]:
        """All together; if that fails, one by one, so that trouble with one mail is no other's."""
        try:
            with connection.begin_nested():
                return self._settle(connection, batch)
        except Exception:  # noqa: BLE001 - each is tried again, and then it is told
            return [mail for read in batch for mail in self._write_down_alone(connection, read)]

    def _write_down_alone(self, connection: Connection, read: Read) -> list[Judged]:
        try:
            with connection.begin_nested():
                return self._settle(connection, [read])
        except LeaseLost as error:
            log.warning("lease lost", mail=read.entry.id, why=str(error))
        except TemporaryError:
            raise
        except Exception as error:
            log.exception("deciding failed", mail=read.entry.id)
            with connection.begin_nested():
                trouble = Unforeseen(f"{type(error).__name__} while deciding")
                self._give_up_or_postpone(connection, Read(read.entry, None, trouble))
        return []

    def _settle(self, connection: Connection, batch: list[Read]) -> list[Judged]:
        policy, now = self._policy(), self._clock()
        new = [(read.entry, read.message) for read in batch if read.message and read.entry.ticket_id is None]
        found = {read.entry.id: read.authentication for read in batch if read.authentication}
        judged = judge(connection, new, policy, now=now, found=found)
        for read in batch:
            if read.message is None:
                self._give_up_or_postpone(connection, read)
            elif read.entry.ticket_id is not None:
                key = inquire(read.entry, read.message, policy).content_key
                reread(connection, read.entry, read.message, content_key=key, now=now)
            if read.message and read.entry.headers_only and not read.entry.released:
                spool.quarantine(connection, read.entry.id, reason=BY_HEADERS)
        return judged

    def _give_up_or_postpone(self, connection: Connection, read: Read) -> None:
        entry, trouble, now = read.entry, read.trouble, self._clock()
        reason = str(trouble)
        if isinstance(trouble, TemporaryError):
            log.warning("put off", mail=entry.id, reason=reason)
            spool.put_off(connection, entry, until=now + NO_FAULT_OF_ITS_OWN, reason=reason)
            return
        poisonous = isinstance(trouble, Poison)
        limit = self._tries if poisonous else CRASHES if isinstance(trouble, Unforeseen) else 1
        if entry.attempts >= limit:
            log.warning("quarantined", mail=entry.id, reason=reason, attempts=entry.attempts)
            detail = {"reason": reason, "attempts": entry.attempts}
            journal.record(connection, Outcome.QUARANTINED.value, at=now, spool_id=entry.id, detail=detail)
            spool.settle(connection, entry, outcome=Outcome.QUARANTINED, reason=reason, ticket_id=entry.ticket_id,
                         content_key=None, now=now)  # fmt: skip
            return
        log.warning("postponed", mail=entry.id, reason=reason, attempts=entry.attempts)
        until = now + RETRY * 2 ** (entry.attempts - 1)
        spool.postpone(connection, entry, until=until, reason=reason, headers_only=poisonous)
