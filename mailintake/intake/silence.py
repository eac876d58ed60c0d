"""Somebody has seen the reminder: the clocks go on, and nobody is reminded of them until something new happens."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from mailintake.domain.reminder import StepKind, ladder
from mailintake.intake.happenings import Standing
from mailintake.intake.policy import Policy
from mailintake.storage import clocks, journal


def silence(connection: Connection, found: Standing, policy: Policy, *, by: str, now: datetime) -> bool:
    """Tell nobody of the steps ahead on the clocks that run now, but for a breach still to come: that is news.

    False if there is nothing to be silent about.
    """
    running = [stored for stored in found.stored if stored.clock.is_running]
    done = clocks.steps_done(connection, [stored.id for stored in running])
    skipped: dict[int, dict[str, bool]] = {}
    for stored in running:
        rungs = [
            rung for rung in ladder(stored.clock, policy.desk.reminders) if rung.key not in done.get(stored.id, set())
        ]
        breach = next((rung.at for rung in rungs if rung.step.kind is StepKind.BREACH and rung.at > now), None)
        ahead = [rung for rung in rungs if breach is None or rung.at < breach]
        if ahead:
            skipped[stored.id] = {rung.key: False for rung in ahead}
            clocks.schedule_all(connection, [replace(stored, next_step_at=breach)])
    if not skipped:
        return False
    clocks.record_steps(connection, skipped, at=now)
    journal.record(connection, "silenced", at=now, ticket_id=found.ticket.id, detail={"by": by})
    return True
