"""Once a second: which clocks have a reminder due. The scheduler only says "now"; the truth is in the database."""

import time
from datetime import datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import Connection

from mailintake.domain import sla
from mailintake.domain.agent import Team
from mailintake.domain.decision import Notice
from mailintake.domain.mail import Address
from mailintake.domain.sla import Rung
from mailintake.domain.ticket import Ticket
from mailintake.errors import TemporaryError
from mailintake.intake import letters, wording
from mailintake.intake.policy import Policy
from mailintake.runners.loop import Parts
from mailintake.storage import clocks, journal, outbox, tickets
from mailintake.storage.clocks import Clock

log = structlog.get_logger()

BATCH = 500
TICK_SECONDS = 1
LATER = timedelta(minutes=5)


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

    def sweep(self, connection: Connection) -> int:
        """One batch of clocks with steps due; how many there were."""
        policy, now = self._policy(), self._clock()
        due = clocks.with_steps_due(connection, now=now, limit=BATCH)
        by_id = {ticket.id: ticket for ticket in tickets.by_id(connection, [clock.ticket_id for clock in due])}
        for clock in due:
            try:
                with connection.begin_nested():
                    self._remind(connection, clock, by_id[clock.ticket_id], policy, now)
            except Exception:
                # one ticket's trouble must not cost all others their reminders
                log.exception("reminder failed", ticket=clock.ticket_id)
                clocks.schedule(connection, clock.id, next_step_at=now + LATER, breached_at=clock.breached_at)
        if due:
            self._on_letters()
        return len(due)

    def _remind(self, connection: Connection, clock: Clock, ticket: Ticket, policy: Policy, now: datetime) -> None:
        rungs = sla.ladder(clock.promise, policy.desk.reminders)
        done = clocks.steps_done(connection, clock.id)
        newest, overtaken, upcoming = sla.due_rungs(rungs, done=done, now=now)
        steps = {rung.key: False for rung in overtaken}
        if newest is not None:
            steps[newest.key] = True
            self._tell(connection, clock, ticket, newest, policy, now)
        clocks.record_steps(connection, clock.id, steps, at=now)
        due_at = clock.promise.due
        is_late = due_at is not None and now > due_at and not clock.promise.soft
        breached_at = clock.breached_at or (due_at if is_late else None)
        clocks.schedule(connection, clock.id, next_step_at=upcoming, breached_at=breached_at)

    def _tell(
        self, connection: Connection, clock: Clock, ticket: Ticket, rung: Rung, policy: Policy, now: datetime
    ) -> None:
        words = wording.reminder(ticket, clock.promise, policy, now=now)
        template = "breach" if words["overdue_minutes"] or now > (clock.promise.due or now) else "reminder"
        recipients = _recipients(rung.step.tell, policy)
        new = [
            letters.letter(
                Notice(template, recipient, words, policy.desk.languages[0]),
                policy,
                event=f"clock {clock.id}: {rung.key}",
                mailbox=ticket.mailbox,
                ticket_id=ticket.id,
            )
            for recipient in recipients
        ]
        outbox.add(connection, new, now=now)
        told = [recipient.address for recipient in recipients]
        detail = {"metric": clock.promise.metric.value, "step": rung.key, "told": told}
        journal.record(connection, "reminder", at=now, ticket_id=ticket.id, detail=detail)
        log.info("reminder", ticket=ticket.id, step=rung.key, told=len(told))


def _recipients(tell: tuple[str, ...], policy: Policy) -> list[Address]:
    # A ticket nobody has taken is everybody's, so `assignee` reaches the team.
    found: dict[str, Address] = {}
    for team in policy.directory.teams.values():
        for agent in _told(team, tell):
            found.setdefault(agent.address.lower(), agent)
    return list(found.values())


def _told(team: Team, tell: tuple[str, ...]) -> list[Address]:
    people = list(team.members) if {"assignee", "team"} & set(tell) else []
    if "lead" in tell and team.lead is not None:
        people.append(team.lead)
    return [Address(agent.address, agent.name) for agent in people]
