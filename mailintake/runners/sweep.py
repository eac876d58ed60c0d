"""Once a second: which clocks have a reminder due. The scheduler only says "now"; the truth is in the database."""

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol, TypeVar

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import Connection

from mailintake.domain.reminder import Rung
from mailintake.errors import TemporaryError
from mailintake.intake import acts, endings, membership, reporting, shrinking
from mailintake.intake.policy import Policy
from mailintake.intake.reminding import Reminder, letters_for, remind
from mailintake.runners.loop import Parts
from mailintake.storage import clocks, journal, outbox, tickets
from mailintake.storage.clocks import Stored
from mailintake.storage.journal import Event

log = structlog.get_logger()

T = TypeVar("T")

BATCH = 500
TICK_SECONDS = 1
LATER = timedelta(minutes=5)
MUCH_LATER = timedelta(hours=1)


class Chore(Protocol):
    """Something to be done in batches; how many there were."""

    def __call__(self, connection: Connection, policy: Policy, *, now: datetime, limit: int) -> int: ...


class Sweep:
    """Sends what is due of every running clock: each step once, and after a pause only the newest (DOMAIN S18)."""

    name = "sweep"

    def __init__(self, parts: Parts) -> None:
        self._database = parts.database
        self._policy = parts.policy
        self._clock = parts.clock
        self._on_letters = parts.on_letters
        self._scheduler = AsyncIOScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        self.last_turn = time.monotonic()
        self._stopping = False
        self._at_work: set[asyncio.Task[object]] = set()

    def start(self) -> None:
        """Begin to tick."""
        self._scheduler.add_job(self.tick, "interval", seconds=TICK_SECONDS)
        self._scheduler.add_job(self.keep_house, "interval", minutes=1, next_run_time=self._clock())
        self._scheduler.add_job(self.look_round, "interval", hours=1, next_run_time=self._clock())
        self._scheduler.start()

    async def stop(self) -> None:
        """Tick no more, once what is under way has finished its transaction: the scheduler itself would cancel it."""
        self._stopping = True
        if self._scheduler.running:
            self._scheduler.pause()
            if self._at_work:
                await asyncio.wait(self._at_work)
            self._scheduler.shutdown(wait=False)

    async def tick(self) -> None:
        """Everything due now."""
        while await self._do(self.sweep) == BATCH:
            pass
        self.last_turn = time.monotonic()

    async def keep_house(self) -> None:
        """Every minute: what waits for a customer or an owner in vain comes to its end."""
        policy = self._policy()
        for chore in (endings.move_on, membership.expire_all):
            while await self._do(partial(self._chore, chore, policy)) == BATCH:
                pass

    def _chore(self, chore: Chore, policy: Policy, connection: Connection) -> int:
        done = chore(connection, policy, now=self._clock(), limit=BATCH)
        if done:
            self._on_letters()
        return done

    async def look_round(self) -> None:
        """Every hour: who has another plan, fewer seats, or a report to come."""
        policy, now = self._policy(), self._clock()
        await self._do(partial(shrinking.tell_owners, policy=policy, now=now))
        if policy.desk.recalculate_on_plan_change:
            for account in policy.directory.accounts.values():
                contract, _ = policy.contract_at(account, now)
                await self._do(partial(self._follow, account.key, contract.plan, policy))
        for due in reporting.due_reports(policy, now):
            await self._do(partial(reporting.send, due=due, policy=policy, now=now))
        self._on_letters()

    async def _do(self, work: Callable[[Connection], T]) -> T | None:
        """A piece of work in a transaction of its own; None where it failed, and will be tried again in its time."""
        task = asyncio.current_task()
        if self._stopping or task is None:
            return None
        self._at_work.add(task)
        try:
            return await self._database.write(work)
        except TemporaryError as error:
            log.warning("sweep waits", why=str(error))
        except Exception:
            log.exception("sweep failed")
        finally:
            self._at_work.discard(task)
        return None

    def _follow(self, account: str, plan: str, policy: Policy, connection: Connection) -> None:
        now = self._clock()
        for number in tickets.of_other_plan(connection, account, plan):
            acts.renew(connection, number, policy, at=now, by="change of plan", now=now)

    def sweep(self, connection: Connection) -> int:
        """One batch of clocks with steps due; how many there were."""
        policy, now = self._policy(), self._clock()
        due, broken = clocks.with_steps_due(connection, now=now, limit=BATCH)
        for number, ticket_id in broken:
            log.error("clock unreadable", clock=number, ticket=ticket_id)
            clocks.postpone(connection, number, until=now + MUCH_LATER)
        if not due:
            return len(broken)
        try:
            with connection.begin_nested():
                self._take(connection, due, policy, now)
        except Exception:
            log.exception("reminders go out one by one", clocks=len(due))
            self._take_singly(connection, due, policy, now)
        self._on_letters()
        return len(due) + len(broken)

    def _take(self, connection: Connection, due: Sequence[Stored], policy: Policy, now: datetime) -> None:
        """Take what is due of all these clocks, each table in one statement."""
        by_id = {ticket.id: ticket for ticket in tickets.by_id(connection, {each.ticket_id for each in due})}
        done = clocks.steps_done(connection, [each.id for each in due])
        reminders = [
            remind(each, by_id[each.ticket_id], policy, done=done.get(each.id, set()), now=now) for each in due
        ]
        clocks.record_steps(connection, {each.stored.id: each.steps for each in reminders}, at=now)
        clocks.schedule_all(connection, [each.stored for each in reminders])
        outbox.add(connection, letters_for(reminders, policy, now=now), now=now)
        taken = [(each, each.rung) for each in reminders if each.rung is not None]
        journal.record_all(connection, [_event(each, rung, now) for each, rung in taken])
        for each, rung in taken:
            if rung.step.escalate:
                acts.escalate(connection, each.ticket.id, policy, by=f"reminder: {rung.key}", now=now)
        if taken:
            log.info("reminders", clocks=len(taken))

    def _take_singly(self, connection: Connection, due: Sequence[Stored], policy: Policy, now: datetime) -> None:
        """One ticket's trouble must not cost all others their reminders."""
        for each in due:
            try:
                with connection.begin_nested():
                    self._take(connection, [each], policy, now)
            except Exception:
                log.exception("reminder failed", ticket=each.ticket_id)
                clocks.postpone(connection, each.id, until=now + LATER)


def _event(each: Reminder, rung: Rung, now: datetime) -> Event:
    detail = {"metric": each.stored.clock.metric.value, "step": rung.key, "told": list(rung.step.tell)}
    return Event("reminder", now, detail, ticket_id=each.ticket.id)
