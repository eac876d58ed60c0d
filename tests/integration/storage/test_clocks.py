"""Clocks are kept with the calendar they were promised under."""

from datetime import UTC, date, datetime, timedelta

from mailintake.domain import sla
from mailintake.domain.hours import Holidays
from mailintake.domain.sla import ClockState, Metric, Promise, TargetRow
from mailintake.storage import clocks, tickets
from mailintake.storage.engine import Database
from tests.builders import MONDAY_TEN, OFFICE, a_new_ticket

DUE = datetime(2026, 3, 9, 13, 0, tzinfo=UTC)


def a_promise(*, soft: bool = False) -> Promise:
    holidays = Holidays(yearly=frozenset({(12, 25)}), dates=frozenset({date(2026, 4, 6)}))
    row = TargetRow("else: 4h", None, 240, OFFICE, soft=soft)
    return sla.promise(Metric.FIRST_RESPONSE, row, started=MONDAY_TEN, timezone="Europe/Ljubljana", holidays=holidays)


def started(database: Database, *, soft: bool = False) -> int:
    with database.writing() as connection:
        number = tickets.open_ticket(connection, a_new_ticket(), received_at=MONDAY_TEN, now=MONDAY_TEN)
        clocks.start(connection, number, a_promise(soft=soft), next_step_at=DUE - timedelta(hours=1))
    return number


def found(database: Database, number: int) -> clocks.Clock:
    with database.reading() as connection:
        clock = clocks.of_ticket(connection, number, Metric.FIRST_RESPONSE)
    assert clock is not None
    return clock


def test_a_promise_comes_back_with_its_calendar(database: Database) -> None:
    assert found(database, started(database)).promise == a_promise()


def test_tickets_of_one_desk_share_one_calendar(database: Database) -> None:
    assert found(database, started(database)).promise.calendar == found(database, started(database)).promise.calendar


def test_an_answer_at_the_due_instant_is_in_time(database: Database) -> None:
    number = started(database)
    with database.writing() as connection:
        assert clocks.stop(connection, number, Metric.FIRST_RESPONSE, at=DUE) is True
        assert clocks.stop(connection, number, Metric.FIRST_RESPONSE, at=DUE) is False
    clock = found(database, number)
    assert (clock.state, clock.stopped_at, clock.breached_at) == (ClockState.MET, DUE, None)


def test_a_later_answer_is_a_breach_that_stays(database: Database) -> None:
    number = started(database)
    with database.writing() as connection:
        clocks.stop(connection, number, Metric.FIRST_RESPONSE, at=DUE + timedelta(microseconds=1))
    assert found(database, number).breached_at == DUE


def test_a_soft_target_is_never_breached(database: Database) -> None:
    number = started(database, soft=True)
    with database.writing() as connection:
        clocks.stop(connection, number, Metric.FIRST_RESPONSE, at=DUE + timedelta(days=1))
    assert found(database, number).breached_at is None


def test_a_ticket_without_a_promise_has_nothing_to_stop(database: Database) -> None:
    with database.writing() as connection:
        number = tickets.open_ticket(connection, a_new_ticket(), received_at=MONDAY_TEN, now=MONDAY_TEN)
        assert clocks.stop(connection, number, Metric.FIRST_RESPONSE, at=DUE) is False
