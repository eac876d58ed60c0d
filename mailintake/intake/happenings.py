"""Something happens to a ticket: its status and clocks move, and the journal keeps what they moved for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from mailintake.domain import history
from mailintake.domain.progress import Happening, Progress, advance, replayed
from mailintake.domain.reminder import Step, ladder
from mailintake.domain.sla import Clock
from mailintake.domain.terms import Terms
from mailintake.domain.ticket import Status, Ticket
from mailintake.intake.policy import Policy
from mailintake.storage import clocks, journal, terms, tickets
from mailintake.storage.clocks import NewClock, Stored


@dataclass(frozen=True, slots=True)
class Standing:
    """A ticket, what it was promised, where it stands, and the same clocks as stored."""

    ticket: Ticket
    terms: Terms
    progress: Progress
    stored: tuple[Stored, ...]


def standing(connection: Connection, ticket_id: int, policy: Policy) -> Standing | None:
    """Where a ticket stands; it is locked until the transaction ends. None if there is none."""
    found = tickets.progress_of(connection, ticket_id)
    if found is None:
        return None
    ticket, progress = found
    stored = tuple(clocks.of_tickets(connection, [ticket_id]))
    progress = Progress(
        progress.status,
        progress.traits,
        progress.hold,
        progress.asked,
        progress.answered_at,
        tuple(each.clock for each in stored),
    )
    kept = terms.get(connection, [ticket.terms]) if ticket.terms else {}
    return Standing(ticket, kept.get(ticket.terms or "") or policy.terms_of(ticket), progress, stored)


def happen(
    connection: Connection,
    ticket_id: int,
    happening: Happening,
    policy: Policy,
    *,
    now: datetime,
    detail: Mapping[str, object] | None = None,
    **changed: object,
) -> Progress | None:
    """Let it happen, in the caller's transaction; where the ticket stands then, None if there is no such ticket.

    `detail` goes into the journal beside the happening itself, `changed` are other columns of the ticket.
    """
    before = standing(connection, ticket_id, policy)
    if before is None:
        return None
    in_force = before.terms
    if happening.terms is not None:
        in_force = terms.get(connection, [happening.terms])[happening.terms]
        changed["terms"] = happening.terms
    after = advance(before.progress, happening, in_force)
    if after.status is not before.progress.status:
        changed |= {"status_since": happening.at, "next_move_at": next_move(after.status, happening.at, policy)}
    write(connection, before, after, policy.desk.reminders, **changed)
    line = {"history": history.to_json(happening), **(detail or {})}
    journal.record(connection, happening.what.value, at=now, ticket_id=ticket_id, detail=line)
    return after


def next_move(status: Status, since: datetime, policy: Policy) -> datetime | None:
    """When a ticket that has stood like this `since` is to be looked at, if nothing happens (DOMAIN section 11)."""
    closing = policy.desk.closing
    if status is Status.SOLVED:
        return since + closing.reopen_within
    wait = closing.waiting_remind or closing.waiting_close
    return since + wait if status is Status.WAITING and wait else None


def write(connection: Connection, before: Standing, after: Progress, steps: Sequence[Step], **changed: object) -> None:
    """Write down where a ticket stands now, its clocks too."""
    ticket_id = before.ticket.id
    tickets.save(connection, ticket_id, after, **changed)
    numbers = {(each.clock.metric, each.clock.round): each for each in before.stored}
    moved = [
        (old.id, clock)
        for clock in after.clocks
        if (old := numbers.get((clock.metric, clock.round))) and old.clock != clock
    ]
    done = clocks.steps_done(connection, [number for number, _ in moved]) if moved else {}
    clocks.save_all(
        connection,
        [
            Stored(number, ticket_id, clock, _next_step(clock, steps, done.get(number, set())))
            for number, clock in moved
        ],
    )
    new = [clock for clock in after.clocks if (clock.metric, clock.round) not in numbers]
    clocks.start_all(connection, new_clocks(ticket_id, new, steps))


def new_clocks(ticket_id: int, started: Sequence[Clock], steps: Sequence[Step]) -> list[NewClock]:
    """Clocks to be started, each with the time of its first reminder."""
    return [NewClock(ticket_id, clock, _next_step(clock, steps, set())) for clock in started]


def replay(connection: Connection, ticket_id: int) -> Progress | None:
    """Where a ticket must stand by its journal alone; None for one that was opened before the journal kept it all."""
    told = [line["detail"].get("history") for line in journal.of_ticket(connection, ticket_id)]
    happenings = [history.from_json(each) for each in told if each]
    if not happenings or happenings[0].terms is None:
        return None
    kept = terms.get(connection, {each.terms for each in happenings if each.terms})
    in_force, under = kept[happenings[0].terms], []
    for happening in happenings:
        in_force = kept[happening.terms] if happening.terms else in_force
        under.append((happening, in_force))
    return replayed(under)


def _next_step(clock: Clock, steps: Sequence[Step], done: set[str]) -> datetime | None:
    return next((rung.at for rung in ladder(clock, steps) if rung.key not in done), None)
