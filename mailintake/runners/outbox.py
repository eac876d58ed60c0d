"""Letters leave: oldest first, each claimed, written, handed over and marked."""

import asyncio
import hashlib
import time
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from mailintake.domain.letter import Draft, Enclosure, Letter
from mailintake.domain.mail import Address
from mailintake.errors import DeliveryDown, LetterDeferred, MailintakeError, TemplateError, TemporaryError
from mailintake.notices.compose import Composer, Words
from mailintake.runners import enclosing
from mailintake.runners.loop import Runner
from mailintake.storage import outbox
from mailintake.storage.engine import Database
from mailintake.storage.outbox import NewLetter, Queued

log = structlog.get_logger()

BATCH = 16
PATIENCE = 60.0  # seconds for a batch: what its lease leaves over is the longest wait for one letter
IDLE = 5.0
HOUR = timedelta(hours=1)
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)


@dataclass(slots=True)
class Handled:
    """What became of the letters claimed last: sent (with their text), failed or to be tried again, not tried because
    time was up or all is down. `broken` tells the admin of templates that did not render."""

    sent: dict[int, str] = field(default_factory=dict)
    broken: list[NewLetter] = field(default_factory=list)
    later: list[tuple[Queued, MailintakeError]] = field(default_factory=list)
    rest: Sequence[Queued] = ()
    down: DeliveryDown | None = None


class Outbox(Runner):
    """Hands letters to the outgoing server through `send`.

    A letter is sent at least once: if we die between the server's yes and our note of it, it goes again with the same
    Message-ID. No more than `per_hour` automatic ones leave the desk in an hour; the rest wait, but for what its own
    people write and read. A letter older than `lifetime` fails. Where a template does not render, a few plain words
    leave instead, and `admin` is told once for each fault.
    """

    name = "outbox"

    def __init__(
        self,
        database: Database,
        composer: Composer,
        *,
        send: Callable[[Letter], Awaitable[None]],
        clock: Callable[[], datetime],
        per_hour: int,
        lifetime: timedelta,
        admin: Address | None = None,
    ) -> None:
        super().__init__()
        self._database = database
        self._composer = composer
        self._send = send
        self._clock = clock
        self._per_hour = per_hour
        self._lifetime = lifetime
        self._admin = admin
        self._faults: set[str] = set()
        self._sent_at: deque[datetime] | None = None
        self._handled = Handled()

    def use(self, composer: Composer) -> None:
        """Write further letters with these templates."""
        self._composer = composer

    async def turn(self) -> float:
        """Send one batch. DeliveryDown gives the whole batch back, in its place in the queue, and slows the loop."""
        room = await self._room()
        letters, wait = await self._database.write(lambda connection: self._exchange(connection, min(BATCH, room)))
        self._handled = Handled()
        sent, later = self._handled.sent, self._handled.later
        began = time.monotonic()
        for letter in letters:
            self.last_turn = time.monotonic()  # a slow server is no stuck loop
            if self.last_turn - began > PATIENCE:
                break  # another host may soon take over what is left: it would be sent twice
            try:
                words, finished = await self._written(letter)
                await self._send(finished)
                sent[letter.id] = words.text
            except DeliveryDown as error:
                self._handled.down = error
                break
            except MailintakeError as error:
                later.append((letter, error))
            except Exception as error:
                log.exception("sending failed", letter=letter.id)
                later.append((letter, LetterDeferred(f"{type(error).__name__} while sending")))
        self._handled.rest = letters[len(sent) + len(later) :]
        self._count(sum(letter.id in sent and letter.draft.template not in outbox.OF_THE_DESK for letter in letters))
        if self._handled.down is not None:
            await self._settle()
        return wait

    async def run(self) -> None:
        """Turn until stopped, then note what was sent last."""
        await super().run()
        try:
            await self._settle()
        except TemporaryError as error:
            log.warning("letters may be sent twice", why=str(error))

    async def _settle(self) -> None:
        handled = self._handled
        await self._database.write(lambda connection: self._note(connection, handled))
        self._handled = Handled()
        if handled.down is not None:
            raise handled.down

    def _exchange(self, connection: Connection, limit: int) -> tuple[list[Queued], float]:
        # What became of the last letters, and the next ones, share a commit.
        self._note(connection, self._handled)
        return self._claim(connection, limit)

    def _claim(self, connection: Connection, limit: int) -> tuple[list[Queued], float]:
        now = self._clock()
        if letters := outbox.claim(connection, now=now, limit=max(limit, 0) or BATCH, of_the_desk=limit <= 0):
            return letters, 0
        if limit <= 0:
            return [], IDLE
        upcoming = outbox.next_attempt(connection)
        return [], IDLE if upcoming is None else min(IDLE, max(0.05, (upcoming - now).total_seconds()))

    async def _written(self, queued: Queued) -> tuple[Words, Letter]:
        draft, date = queued.draft, queued.created_at
        if not draft.attachments:
            words = self._words(draft)
            return words, self._composer.letter(draft, words, date=date)
        enclosed = await enclosing.load(self._database, draft.attachments)
        words = self._words(draft, enclosed)
        # Megabytes in base64 would keep the loop from everything else.
        return words, await asyncio.to_thread(self._composer.letter, draft, words, date=date, enclosed=enclosed)

    def _words(self, draft: Draft, enclosed: Collection[Enclosure] = ()) -> Words:
        try:
            return self._composer.words(draft, enclosed)
        except TemplateError as error:
            # A broken template must not keep a customer without an answer (I3).
            self._tell(draft, fault=str(error))
            return self._composer.fallback(draft)

    def _tell(self, draft: Draft, *, fault: str) -> None:
        """Tell the admin of a template that does not render, once for each fault, whatever restarts."""
        if fault in self._faults:
            log.warning("template broken", template=draft.template, why=fault)
            return
        self._faults.add(fault)
        log.error("template broken", template=draft.template, why=fault)
        if self._admin is not None:
            self._handled.broken.append(_notice_of_fault(draft, self._admin, fault=fault))

    def _note(self, connection: Connection, handled: Handled) -> None:
        now = self._clock()
        if handled.sent:
            outbox.mark_sent(connection, handled.sent, now=now)
        outbox.add(connection, handled.broken, now=now)
        for letter, error in handled.later:
            if isinstance(error, LetterDeferred) and now - letter.created_at < self._lifetime:
                pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (letter.attempts - 1))
                log.warning("letter deferred", letter=letter.id, why=str(error), minutes=pause.total_seconds() / 60)
                outbox.postpone(connection, letter.id, until=now + pause, why=str(error))
            else:
                log.error("letter failed", letter=letter.id, why=str(error))
                outbox.fail(connection, letter.id, why=str(error), now=now)
        for letter in handled.rest:
            if handled.down is not None and now - letter.created_at >= self._lifetime:
                outbox.fail(connection, letter.id, why=f"too old: {handled.down}", now=now)
            else:
                outbox.hand_back(connection, letter, why=str(handled.down or "no time for it yet"))

    async def _room(self) -> int:
        # Counted in memory; only a start asks the database what left in the hour before.
        now = self._clock()
        if self._sent_at is None:
            self._sent_at = deque(
                await self._database.read(lambda connection: outbox.sent_since(connection, since=now - HOUR))
            )
        while self._sent_at and self._sent_at[0] <= now - HOUR:
            self._sent_at.popleft()
        return self._per_hour - len(self._sent_at)

    def _count(self, sent: int) -> None:
        assert self._sent_at is not None
        self._sent_at += [self._clock()] * sent


def _notice_of_fault(draft: Draft, admin: Address, *, fault: str) -> NewLetter:
    """The letter to the admin; the event is made of the fault, so the outbox takes it once."""
    mark = hashlib.sha256(f"{fault}\n{admin.address}".encode()).hexdigest()[:20]
    text = (
        f"The letter {draft.template} cannot be written:\n\n    {fault}\n\n"
        "Its readers get a few plain words instead until the template is repaired.\n\n"
        "    mailintake check\n\nshows what is wrong with the templates."
    )
    notice = Draft(
        template="admin-notice",
        language="en",
        sender=draft.sender,
        recipient=admin,
        message_id=f"<{mark}@{draft.sender.address.rpartition('@')[2]}>",
        automatic="auto-generated",
        context={
            "desk": draft.sender.name or draft.sender.address,
            "subject": f"the template of {draft.template} is broken",
            "text": text,
        },
    )
    return NewLetter(notice, f"template-broken:{mark}", None)
