"""A mailbox on another server, emptied by a thread of its own for as long as this daemon holds its lease."""

import asyncio
import contextlib
import random
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import Connection

from mailintake.config.fetch import Fetch
from mailintake.errors import MailintakeError
from mailintake.runners.mailbox_audit import audit
from mailintake.runners.mailbox_port import House, Session, State
from mailintake.runners.mailbox_round import Round
from mailintake.runners.mailbox_trouble import UNREACHABLE, Trouble, kind_of
from mailintake.storage import mailboxes

log = structlog.get_logger()

RENEW_SECONDS = 12.0
STUCK_SECONDS = 180.0  # a thread that shows no sign of life for so long does not keep the lease
SHORTEST_PAUSE = 1.0
SHORTEST_PAUSE_REFUSED = 30.0  # a server may lock out who tries a wrong password too often
LONGEST_PAUSE = 300.0
AUDIT_SECONDS = 3600.0
FIRST_AUDIT_SECONDS = 300.0
SIGN_OF_LIFE_SECONDS = 60.0
LINES_KEPT = timedelta(days=30)


class Mailbox:
    """`holder` names this daemon among all on the database; `only_daemon` says that there can be no other.

    `state` may be read at any time, from any thread.
    """

    def __init__(
        self,
        fetch: Fetch,
        house: House,
        *,
        connect: Callable[[Fetch], Session],
        holder: str,
        only_daemon: bool,
    ) -> None:
        self.name = fetch.name
        self._fetch = fetch
        self._house = house
        self._connect = connect
        self._holder = holder
        self._only_daemon = only_daemon
        self._stopping = threading.Event()
        self._lost = threading.Event()
        self._lost.set()
        self._session: Session | None = None
        self._alive_at = time.monotonic()
        self._next_audit = time.monotonic() + FIRST_AUDIT_SECONDS
        self._failures = 0
        self._trouble = Trouble(fetch, house)
        self.state = State(fetch.name)
        self._is_in = False
        self._round = Round(fetch, house, stopped=self._must_end)
        self._thread = threading.Thread(target=self._run, name=f"mailbox {fetch.name}", daemon=True)
        self._keeper: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._keeper = asyncio.create_task(self._keep_lease(), name=f"lease of mailbox {self.name}")
        self._thread.start()

    async def stop(self) -> None:
        """End within a second, wherever it is: what is not committed was not done on the server either."""
        self._stopping.set()
        if self._session is not None:
            self._session.interrupt()
        await asyncio.to_thread(self._thread.join, 1.0)
        if self._keeper is not None:
            self._keeper.cancel()
        if not self._lost.is_set():
            release = partial(mailboxes.release, name=self.name, holder=self._holder)
            try:
                await self._house.database.write(release)
            except MailintakeError as error:
                log.warning("mailbox lease stays", mailbox=self.name, why=str(error))

    # ---- the lease, in the event loop

    async def _keep_lease(self) -> None:
        by_force, renewed = self._only_daemon, 0.0
        while True:
            try:
                if time.monotonic() - self._alive_at < STUCK_SECONDS:
                    started = time.monotonic()
                    if await self._house.database.write(partial(self._renew, by_force=by_force)):
                        renewed, by_force = started, False
                        self._lost.clear()
                    else:
                        self._give_up()
            except MailintakeError as error:
                log.warning("mailbox lease waits", mailbox=self.name, why=str(error))
            except Exception:
                log.exception("mailbox lease failed", mailbox=self.name)
            if time.monotonic() - renewed > mailboxes.LEASE.total_seconds() - RENEW_SECONDS:
                self._give_up()
            await asyncio.sleep(RENEW_SECONDS)

    def _renew(self, connection: Connection, *, by_force: bool) -> bool:
        return mailboxes.lease(connection, self.name, holder=self._holder, now=self._house.clock(), by_force=by_force)

    def _give_up(self) -> None:
        if not self._lost.is_set():
            log.warning("mailbox lease lost", mailbox=self.name)
        self._lost.set()

    def _must_end(self) -> bool:
        self._alive_at = time.monotonic()
        return self._stopping.is_set() or self._lost.is_set()

    # ---- the thread

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._alive_at = time.monotonic()
            if self._lost.is_set():
                self._stopping.wait(0.2)
                continue
            try:
                self._converse()
            except Exception as error:  # noqa: BLE001 - whatever it is, the mailbox is tried again
                if not self._stopping.is_set():
                    self._pause(error)

    def _converse(self) -> None:
        """One connection, from login until it breaks or we have to end."""
        self._round.start_over()
        self._is_in = False
        session = self._session = self._connect(self._fetch)
        self._is_in = self.state.connected = True
        try:
            self._note_token(session.token_expires_at)
            while not self._must_end():
                had_work = self._round.look(session)
                self.state.fetched = self._round.taken
                self._note_good_look()
                if not (had_work or self._round.try_suspects(session) or self._audit_if_due(session)):
                    self._wait(session)
        finally:
            self._session = None
            self.state.connected = False
            self.state.fetched = self._round.taken
            session.close()

    def _wait(self, session: Session) -> None:
        """Until there may be news, at the latest for the poll interval."""
        if not (self._fetch.idle and session.has_idle):
            self._sleep(self._fetch.poll_seconds)
        elif self._round.may_wait(session) and not self._must_end():
            session.wait(min(self._fetch.poll_seconds, SIGN_OF_LIFE_SECONDS))

    def _sleep(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self._must_end() and (left := until - time.monotonic()) > 0:
            self._stopping.wait(min(left, SIGN_OF_LIFE_SECONDS))

    def _note_token(self, expires_at: datetime | None) -> None:
        if expires_at != self.state.token_expires_at or not self.state.looked_at:
            self._house.write(partial(mailboxes.note_token, name=self.name, expires_at=expires_at))
        self.state.token_expires_at = expires_at

    def _note_good_look(self) -> None:
        self._failures = 0
        self._trouble.over()
        self.state.looked_at = self._house.clock()

    def _pause(self, error: Exception) -> None:
        """Say what is wrong, and wait longer each time."""
        self._failures += 1
        kind = kind_of(error, signed_in=self._is_in)
        shortest = SHORTEST_PAUSE if kind is UNREACHABLE else SHORTEST_PAUSE_REFUSED
        longest = min(LONGEST_PAUSE, shortest * 2.0 ** min(self._failures - 1, 10))
        seconds = longest * random.uniform(0.5, 1.0)  # noqa: S311 - no secret here
        with contextlib.suppress(MailintakeError):
            self._trouble.happened(error, kind, seconds=seconds)
        self._sleep(seconds)

    def _audit_if_due(self, session: Session) -> bool:
        if time.monotonic() < self._next_audit:
            return False
        self._next_audit = time.monotonic() + AUDIT_SECONDS
        found = [audit(session, self._fetch, folder, read=self._house.read) for folder in self._fetch.folders]
        for each in found:
            # what has come since the last look is no gap: the next look takes it in
            each.pending = [uid for uid in each.pending if uid <= self._round.last(each.place.folder)]
        if any(each.pending or each.contradictory for each in found):
            self._round.start_over()  # what the next look finds by comparing everything
        self._trouble.audited(found)
        self.state.unaccounted = sum(each.unaccounted for each in found)
        before = self._house.clock() - LINES_KEPT
        self._house.write(partial(mailboxes.prune, name=self.name, before=before))
        return True
