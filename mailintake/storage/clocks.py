"""The clocks of tickets, and the reminders already sent."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from mailintake.domain.calendar import Calendar
from mailintake.domain.sla import Clock, ClockState
from mailintake.domain.target import Counting, Metric, Target
from mailintake.storage import terms
from mailintake.storage.tables import clock, reminder


@dataclass(frozen=True, slots=True)
class Stored:
    """A clock under its number, and when its next reminder is due."""

    id: int
    ticket_id: int
    clock: Clock
    next_step_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewClock:
    """A clock to be started."""

    ticket_id: int
    clock: Clock
    next_step_at: datetime | None


_NEW = insert(clock)
_SAVE = (
    update(clock)
    .where(clock.c.id == bindparam("number"))
    .values(
        {
            name: bindparam(name)
            for name in ("state", "row", "minutes", "counting", "soft", "hours", "selector", "calendar", "counted_from",
                         "pauses", "due_at", "stopped_at", "breached_at", "forgiven", "next_step_at")
        }
    )
)  # fmt: skip
_SCHEDULE = (
    update(clock)
    .where(clock.c.id == bindparam("number"))
    .values(next_step_at=bindparam("next_step_at"), breached_at=bindparam("breached_at"))
)


def start_all(connection: Connection, new: Sequence[NewClock]) -> None:
    """Start clocks; their calendars are kept as they are now."""
    if not new:
        return
    _pin(connection, (each.clock for each in new))
    connection.execute(
        _NEW,
        [
            {
                "ticket_id": each.ticket_id,
                "metric": each.clock.metric.value,
                "round": each.clock.round,
                "started_at": each.clock.started,
                **_values(each.clock),
                "next_step_at": each.next_step_at,
            }
            for each in new
        ],
    )


def save_all(connection: Connection, changed: Sequence[Stored]) -> None:
    """Write clocks as they are now."""
    if changed:
        _pin(connection, (each.clock for each in changed))
        rows = [{"number": each.id, **_values(each.clock), "next_step_at": each.next_step_at} for each in changed]
        connection.execute(_SAVE, rows)


def with_steps_due(connection: Connection, *, now: datetime, limit: int) -> tuple[list[Stored], list[tuple[int, int]]]:
    """Running clocks whose next reminder is due, the longest overdue first; locked until the transaction ends.

    Beside them the numbers, with their tickets', of those that cannot be read any more: a zone may have vanished.
    """
    due = (
        select(*clock.c)
        .where(clock.c.state == ClockState.RUNNING.value, clock.c.next_step_at <= now)
        .order_by(clock.c.next_step_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = connection.execute(due).all()
    try:
        return _stored(connection, rows), []
    except ValueError:
        found: list[Stored] = []
        broken: list[tuple[int, int]] = []
        for row in rows:
            try:
                found += _stored(connection, [row])
            except ValueError:
                broken.append((row.id, row.ticket_id))
        return found, broken


def postpone(connection: Connection, number: int, *, until: datetime) -> None:
    """Look at this clock again later."""
    connection.execute(update(clock).where(clock.c.id == number).values(next_step_at=until))


def steps_done(connection: Connection, clock_ids: Iterable[int]) -> dict[int, set[str]]:
    """The steps already recorded, by clock."""
    wanted = select(reminder.c.clock_id, reminder.c.step).where(reminder.c.clock_id.in_(list(clock_ids)))
    done: dict[int, set[str]] = {}
    for row in connection.execute(wanted):
        done.setdefault(row.clock_id, set()).add(row.step)
    return done


def record_steps(connection: Connection, steps: Mapping[int, Mapping[str, bool]], *, at: datetime) -> None:
    """Record steps by clock, each with whether it was sent or overtaken."""
    rows = [
        {"clock_id": clock_id, "step": step, "at": at, "sent": sent}
        for clock_id, taken in steps.items()
        for step, sent in taken.items()
    ]
    if rows:
        connection.execute(insert(reminder), rows)


def schedule_all(connection: Connection, stored: Sequence[Stored]) -> None:
    """Set when the next steps are due, and the breaches there are by now."""
    if stored:
        rows = [
            {"number": each.id, "next_step_at": each.next_step_at, "breached_at": each.clock.breached_at}
            for each in stored
        ]
        connection.execute(_SCHEDULE, rows)


def of_tickets(connection: Connection, ticket_ids: Iterable[int]) -> list[Stored]:
    """The clocks of several tickets, in the order in which they were started."""
    wanted = select(*clock.c).where(clock.c.ticket_id.in_(list(ticket_ids))).order_by(clock.c.id)
    return _stored(connection, connection.execute(wanted).all())


def _pin(connection: Connection, clocks: Iterable[Clock]) -> None:
    calendars = {each.target.calendar for each in clocks if each.target is not None}
    terms.pin_calendars(connection, map(terms.of_calendar, calendars))


def _values(each: Clock) -> dict[str, object]:
    target = each.target
    return {
        "state": each.state.value,
        "row": target.text if target else "",
        "minutes": target.minutes if target else None,
        "counting": (target.counting if target else Counting.OPEN).value,
        "soft": target.soft if target else False,
        "hours": target.hours if target else "",
        "selector": terms.selector_document(target.selector) if target else None,
        "calendar": terms.of_calendar(target.calendar).digest if target else None,
        "counted_from": each.counted_from,
        "pauses": [[_text(begin), _text(end)] for begin, end in each.pauses],
        "due_at": each.due,
        "stopped_at": each.stopped_at,
        "breached_at": each.breached_at,
        "forgiven": each.forgiven,
    }


def _stored(connection: Connection, rows: Sequence[Row[Any]]) -> list[Stored]:
    digests = {row.calendar for row in rows if row.calendar}
    calendars = terms.calendars_by(connection, digests) if digests else {}
    return [Stored(row.id, row.ticket_id, _clock(row, calendars), row.next_step_at) for row in rows]


def _clock(row: Row[Any], calendars: Mapping[str, Calendar]) -> Clock:
    return Clock(
        metric=Metric(row.metric),
        target=_target(row, calendars),
        started=row.started_at,
        counted_from=row.counted_from,
        due=row.due_at,
        pauses=tuple((datetime.fromisoformat(begin), end and datetime.fromisoformat(end)) for begin, end in row.pauses),
        round=row.round,
        state=ClockState(row.state),
        stopped_at=row.stopped_at,
        breached_at=row.breached_at,
        forgiven=row.forgiven,
    )


def _target(row: Row[Any], calendars: Mapping[str, Calendar]) -> Target | None:
    if row.calendar is None:
        return None
    return Target(
        text=row.row,
        selector=terms.selector_of(row.selector or {}),
        minutes=row.minutes,
        counting=Counting(row.counting),
        soft=row.soft,
        hours=row.hours,
        calendar=calendars[row.calendar],
    )


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat()
