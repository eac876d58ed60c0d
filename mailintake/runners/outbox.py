"""Letters leave: oldest first, each claimed, written, handed over and marked."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from mailintake.domain.letter import Letter
from mailintake.errors import DeliveryDown, LetterDeferred, MailintakeError, TemplateError
from mailintake.notices.compose import Composer
from mailintake.runners.loop import Runner
from mailintake.storage import outbox
from mailintake.storage.engine import Database
from mailintake.storage.outbox import Queued

log = structlog.get_logger()

BATCH = 16
IDLE = 5.0
HOUR = timedelta(hours=1)
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)


class Outbox(Runner):
    """Hands letters to the outgoing server through `send`.

    A letter is sent at least once: if we die between the server's yes and our note of it, it goes again with the same
    Message-ID. No more than `per_hour` leave in an hour; the rest wait. A letter older than `lifetime` fails.
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
    ) -> None:
        super().__init__()
        self._database = database
        self._composer = composer
        self._send = send
        self._clock = clock
        self._per_hour = per_hour
        self._lifetime = lifetime
        self._sent_at: list[datetime] | None = None

    async def turn(self) -> float:
        """Send one batch. DeliveryDown gives the whole batch back, in its place in the queue, and slows the loop."""
        room = await self._room()
        if room <= 0:
            return IDLE
        letters, wait = await self._database.write(lambda connection: self._claim(connection, min(BATCH, room)))
        if not letters:
            return wait
        sent: list[int] = []
        later: list[tuple[Queued, MailintakeError]] = []
        down: DeliveryDown | None = None
        for letter in letters:
            try:
                await self._send(self._written(letter))
                sent.append(letter.id)
            except DeliveryDown as error:
                down = error
                break
            except MailintakeError as error:
                later.append((letter, error))
        rest = letters[len(sent) + len(later) :]
        await self._database.write(lambda connection: self._note(connection, sent, later, rest, down))
        self._count(len(sent))
        if down is not None:
            raise down
        return 0

    def _claim(self, connection: Connection, limit: int) -> tuple[list[Queued], float]:
        now = self._clock()
        if letters := outbox.claim(connection, now=now, limit=limit):
            return letters, 0
        upcoming = outbox.next_attempt(connection)
        return [], IDLE if upcoming is None else min(IDLE, max(0.05, (upcoming - now).total_seconds()))

    def _written(self, letter: Queued) -> Letter:
        try:
            return self._composer.compose(letter.draft, date=letter.created_at)
        except TemplateError as error:
            # A broken template must not keep a customer without an answer (I3).
            log.warning("template broken", template=letter.draft.template, why=str(error))
            return self._composer.fallback(letter.draft, date=letter.created_at)

    def _note(
        self,
        connection: Connection,
        sent: list[int],
        later: list[tuple[Queued, MailintakeError]],
        rest: list[Queued],
        down: DeliveryDown | None,
    ) -> None:
        now = self._clock()
        if sent:
            outbox.mark_sent(connection, sent, now=now)
        for letter, error in later:
            if isinstance(error, LetterDeferred) and now - letter.created_at < self._lifetime:
                pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (letter.attempts - 1))
                log.warning("letter deferred", letter=letter.id, why=str(error), minutes=pause.total_seconds() / 60)
                outbox.postpone(connection, letter.id, until=now + pause, why=str(error))
            else:
                log.error("letter failed", letter=letter.id, why=str(error))
                outbox.fail(connection, letter.id, why=str(error), now=now)
        for letter in rest:
            if now - letter.created_at >= self._lifetime:
                outbox.fail(connection, letter.id, why=f"too old: {down}", now=now)
            else:
                outbox.hand_back(connection, letter, why=str(down))

    async def _room(self) -> int:
        # Counted in memory; only a start asks the database what left in the hour before.
        now = self._clock()
        if self._sent_at is None:
            self._sent_at = await self._database.read(
                lambda connection: outbox.sent_since(connection, since=now - HOUR)
            )
        self._sent_at = [at for at in self._sent_at if at > now - HOUR]
        return self._per_hour - len(self._sent_at)

    def _count(self, sent: int) -> None:
        assert self._sent_at is not None
        self._sent_at += [self._clock()] * sent
