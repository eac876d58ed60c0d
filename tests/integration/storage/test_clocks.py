"""Clocks are kept with the calendar they were promised under."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func, select, update

from mailintake.domain import sla
from mailintake.domain.hours import Holidays
from mailintake.domain.sla import Clock
from mailintake.domain.target import Counting, Metric, Selector, Target, Traits, resolved
from mailintake.domain.terms import ClockRules, Terms
from mailintake.intake import acts
from mailintake.storage import clocks, terms
from mailintake.storage.clocks import NewClock, Stored
from mailintake.storage.engine import Database
from mailintake.storage.tables import calendar
from tests.builders import MONDAY_TEN, a_new_ticket, a_policy, a_row

DUE = datetime(2026, 3, 9, 13, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def a_holiday_target() -> Target:
    holidays = Holidays(yearly=frozenset({(12, 25)}), dates=frozenset({date(2026, 4, 6)}))
    row = a_row(text="incident/high: 4h", selector=Selector(frozenset({"high"}), frozenset({"incident"})))
    return resolved(row, timezone="Europe/Ljubljana", holidays=holidays)


def a_ticket(database: Database) -> int:
    with database.writing() as connection:
        new = a_new_ticket(terms=Terms("basic", {}))
        return acts.open_ticket(connection, new, a_policy(), now=MONDAY_TEN, detail={})


def kept(database: Database, clock: Clock) -> Stored:
    """A clock of a new ticket, written and read again."""
    number = a_ticket(database)
    with database.writing() as connection:
        clocks.start_all(connection, [NewClock(number, clock, DUE - HOUR)])
    return found(database, number)


def found(database: Database, number: int) -> Stored:
    with database.reading() as connection:
        (stored,) = clocks.of_tickets(connection, [number])
    return stored


def test_a_clock_comes_back_with_its_target_and_calendar(database: Database) -> None:
    clock = sla.start(Metric.FIRST_RESPONSE, a_holiday_target(), at=MONDAY_TEN)
    stored = kept(database, clock)
    assert (stored.clock, stored.next_step_at) == (clock, DUE - HOUR)


def test_a_clock_without_a_promise_comes_back_without_one(database: Database) -> None:
    clock = sla.start(Metric.RESOLUTION, None, at=MONDAY_TEN, number=3)
    assert kept(database, clock).clock == clock


def test_pauses_and_everything_else_that_moved_are_kept(database: Database) -> None:
    clock = sla.start(Metric.RESOLUTION, a_holiday_target(), at=MONDAY_TEN)
    stored = kept(database, clock)
    moved = sla.retarget(clock, replace(a_holiday_target(), minutes=60, counting=Counting.WALL), at=MONDAY_TEN + HOUR)
    moved = sla.pause(sla.resume(sla.pause(moved, at=MONDAY_TEN + HOUR), at=DUE), at=DUE + HOUR)
    moved = replace(moved, breached_at=DUE, forgiven=True)
    with database.writing() as connection:
        clocks.save_all(connection, [replace(stored, clock=moved, next_step_at=None)])
    after = found(database, stored.ticket_id)
    assert (after.id, after.clock, after.next_step_at) == (stored.id, moved, None)


def test_tickets_of_one_desk_share_one_calendar(database: Database) -> None:
    for _ in range(2):
        kept(database, sla.start(Metric.FIRST_RESPONSE, a_holiday_target(), at=MONDAY_TEN))
    with database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(calendar)).scalar() == 1


def test_clocks_whose_next_step_is_due_are_found(database: Database) -> None:
    clock = sla.start(Metric.FIRST_RESPONSE, a_holiday_target(), at=MONDAY_TEN)
    due = kept(database, clock)
    with database.writing() as connection:
        clocks.start_all(connection, [NewClock(due.ticket_id, replace(clock, round=2), None)])
        clocks.start_all(connection, [NewClock(due.ticket_id, replace(clock, round=3), DUE)])
        assert clocks.with_steps_due(connection, now=DUE - HOUR, limit=10) == ([due], [])


def test_a_clock_in_a_zone_that_has_vanished_is_named_and_stops_no_other(database: Database) -> None:
    clock = sla.start(Metric.FIRST_RESPONSE, a_holiday_target(), at=MONDAY_TEN)
    healthy, broken = kept(database, clock), a_ticket(database)
    elsewhere = replace(a_holiday_target(), calendar=replace(a_holiday_target().calendar, timezone="Europe/Vilnius"))
    with database.writing() as connection:
        clocks.start_all(connection, [NewClock(broken, replace(clock, target=elsewhere), DUE - HOUR)])
        vanished = update(calendar).where(calendar.c.digest == terms.of_calendar(elsewhere.calendar).digest)
        connection.execute(vanished.values(snapshot={"timezone": "Europe/Atlantis", "hours": {}}))
        stored, unreadable = clocks.with_steps_due(connection, now=DUE, limit=10)
        assert (stored, [ticket for _, ticket in unreadable]) == ([healthy], [broken])


def test_terms_come_back_as_they_were(database: Database) -> None:
    wanted = Terms(
        "basic",
        {
            Metric.FIRST_RESPONSE: (a_holiday_target(), resolved(a_row(None), timezone="UTC", holidays=Holidays())),
            Metric.RESOLUTION: (replace(a_holiday_target(), soft=True),),
        },
        ClockRules(from_start=True, internal_stops=True),
    )
    with database.writing() as connection:
        terms.pin(connection, [wanted])
        terms.pin(connection, [wanted])
    digest = terms.of_terms(wanted).digest
    with database.reading() as connection:
        assert terms.get(connection, [digest]) == {digest: wanted}
    assert wanted.target(Metric.RESOLUTION, Traits("high", "incident")) is not None
