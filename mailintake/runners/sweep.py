"""Once a second: which clocks have a reminder due. The scheduler only says "now"; the truth is in the database."""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import Connection

from mailintake.domain.reminder import Rung
from mailintake.errors import TemporaryError
from mailintake.intake import acts
from mailintake.intake.policy import Policy
from mailintake.intake.reminding import Reminder, letters_for, remind
from mailintake.runners.loop import Parts
from mailintake.storage import clocks, journal, outbox, tickets
from mailintake.storage.clocks import Stored
from mailintake.storage.journal import Event

log = structlog.get_logger()

BATCH = 500
TICK_SECONDS = 1
LATER = timedelta(minutes=5)
MUCH_LATER = timedelta(hours=1)


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

    def start(self) -> None:
        """Begin to tick."""
        self._scheduler.add_job(self.tick, "interval", seconds=TICK_SECONDS)
        self._scheduler.add_job(self.renew, "interval", hours=1, next_run_time=self._clock())
        self._scheduler.start()

    def stop(self) -> None:
        """Tick no more; a sweep under way finishes in its transaction."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def tick(self) -> None:
        """Everything due now."""
        try:
            while await self._database.write(self.sweep) == BATCH:
                pass
        except TemporaryError as error:
            log.warning("sweep waits", why=str(error))
        except Exception:
            log.exception("sweep failed")
        self.last_turn = time.monotonic()

    async def renew(self) -> None:
        """Tickets of customers who have another plan by now, where the desk wants them to follow (DOMAIN S13)."""
        policy = self._policy()
        if not policy.desk.recalculate_on_plan_change:
            return
        for account in policy.directory.accounts.values():
            contract, _ = policy.contract_at(account, self._clock())
            follow = partial(self._follow, account.key, contract.plan, policy)
            try:
                await self._database.write(follow)
            except TemporaryError as error:
                log.warning("tickets keep their old plan for now", account=account.key, why=str(error))

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
