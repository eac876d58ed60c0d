"""Clocks with their promises, and the reminders already sent."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, insert, select, update

from mailintake.domain import snapshot as snapshots
from mailintake.domain.sla import ClockState, Counting, Metric, Promise
from mailintake.storage.conflict import insert_or_ignore
from mailintake.storage.tables import calendar, clock, reminder


@dataclass(frozen=True, slots=True)
class Clock:
    """A stored clock with the promise it was started for."""

    id: int
    ticket_id: int
    state: ClockState
    promise: Promise
    stopped_at: datetime | None
    breached_at: datetime | None


_NEW = insert(clock)


@dataclass(frozen=True, slots=True)
class NewClock:
    """A clock to be started."""

    ticket_id: int
    promise: Promise
    next_step_at: datetime | None


def start_all(connection: Connection, new: Sequence[NewClock]) -> None:
    """Start clocks; their calendars are pinned as they are now."""
    if not new:
        return
    pinned: dict[str, dict[str, object]] = {}
    rows = []
    for each in new:
        promise = each.promise
        snapshot = snapshots.to_json(promise.calendar)
        digest = hashlib.sha256(msgspec.json.encode(snapshot, order="sorted")).hexdigest()
        pinned[digest] = {"digest": digest, "snapshot": snapshot}
        rows.append(
            {
                "ticket_id": each.ticket_id,
                "metric": promise.metric.value,
                "state": ClockState.RUNNING.value,
                "row": promise.row,
                "minutes": promise.minutes,
                "counting": promise.counting.value,
                "soft": promise.soft,
                "hours": promise.hours,
                "calendar": digest,
                "started_at": promise.started,
                "due_at": promise.due,
                "next_step_at": each.next_step_at,
            }
        )
    connection.execute(insert_or_ignore(connection, calendar), list(pinned.values()))
    connection.execute(_NEW, rows)


def start(connection: Connection, ticket_id: int, promise: Promise, *, next_step_at: datetime | None) -> None:
    """Start one clock."""
    start_all(connection, [NewClock(ticket_id, promise, next_step_at)])


def stop(connection: Connection, ticket_id: int, metric: Metric, *, at: datetime) -> bool:
    """Meet a running clock; later than its due it is a breach too. False if none runs."""
    found = of_ticket(connection, ticket_id, metric)
    if found is None or found.state is not ClockState.RUNNING:
        return False
    late = found.promise.due is not None and at > found.promise.due and not found.promise.soft
    breached = found.breached_at or (found.promise.due if late else None)
    connection.execute(
        update(clock)
        .where(clock.c.id == found.id)
        .values(state=ClockState.MET.value, stopped_at=at, breached_at=breached, next_step_at=None)
    )
    return True


def with_steps_due(connection: Connection, *, now: datetime, limit: int) -> list[Clock]:
    """Running clocks whose next reminder is due, the longest overdue first; locked until the transaction ends."""
    due = (
        _joined()
        .where(clock.c.state == ClockState.RUNNING.value, clock.c.next_step_at <= now)
        .order_by(clock.c.next_step_at)
        .limit(limit)
        .with_for_update(skip_locked=True, of=clock)
    )
    return [_clock(row) for row in connection.execute(due)]


def steps_done(connection: Connection, clock_id: int) -> frozenset[str]:
    """The steps already recorded for a clock."""
    return frozenset(connection.execute(select(reminder.c.step).where(reminder.c.clock_id == clock_id)).scalars())


def record_steps(connection: Connection, clock_id: int, steps: Mapping[str, bool], *, at: datetime) -> None:
    """Record steps, each with whether it was sent or overtaken."""
    rows = [{"clock_id": clock_id, "step": step, "at": at, "sent": sent} for step, sent in steps.items()]
    if rows:
        connection.execute(insert(reminder), rows)


def schedule(
    connection: Connection, clock_id: int, *, next_step_at: datetime | None, breached_at: datetime | None
) -> None:
    """Set when the next step is due, and the breach if there is one by now."""
    connection.execute(
        update(clock).where(clock.c.id == clock_id).values(next_step_at=next_step_at, breached_at=breached_at)
    )


def of_ticket(connection: Connection, ticket_id: int, metric: Metric) -> Clock | None:
    """A ticket's clock of this metric, or None."""
    wanted = _joined().where(clock.c.ticket_id == ticket_id, clock.c.metric == metric.value)
    row = connection.execute(wanted).first()
    return _clock(row) if row else None


def of_tickets(connection: Connection, ticket_ids: Iterable[int]) -> list[Clock]:
    """The clocks of several tickets."""
    return [_clock(row) for row in connection.execute(_joined().where(clock.c.ticket_id.in_(list(ticket_ids))))]


def _joined() -> Any:
    return select(*clock.c, calendar.c.snapshot).join(calendar, clock.c.calendar == calendar.c.digest)


def _clock(row: Row[Any]) -> Clock:
    promise = Promise(
        metric=Metric(row.metric),
        row=row.row,
        minutes=row.minutes,
        calendar=snapshots.from_json(row.snapshot),
        hours=row.hours,
        counting=Counting(row.counting),
        soft=row.soft,
        started=row.started_at,
        due=row.due_at,
    )
    return Clock(row.id, row.ticket_id, ClockState(row.state), promise, row.stopped_at, row.breached_at)
