"""Reminders at their steps, each once, the newest only after a pause (DOMAIN S18)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mailintake.domain import sla
from mailintake.domain.customer import Account
from mailintake.domain.sla import Metric, TargetRow
from mailintake.intake.policy import Policy
from mailintake.runners.loop import Parts
from mailintake.runners.sweep import Sweep
from mailintake.storage import clocks, outbox, tickets
from mailintake.storage.engine import Database
from tests.builders import MONDAY_TEN, OFFICE, a_new_ticket, a_policy

POLICY = a_policy()
THREE_QUARTERS = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
DUE = datetime(2026, 3, 9, 13, 0, tzinfo=UTC)


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = MONDAY_TEN

    def __call__(self) -> datetime:
        return self.now


class Desk:
    """A desk with one ticket due at 13:00 UTC."""

    def __init__(self, database: Database, *, soft: bool = False, policy: Policy = POLICY) -> None:
        self.database = database
        self.clock = Clock()
        self.woken = 0
        self.sweeper = Sweep(Parts(database, lambda: policy, self.clock, self.wake))
        row = TargetRow("else: 4h", None, 240, OFFICE, soft=soft)
        promise = sla.promise(Metric.FIRST_RESPONSE, row, started=MONDAY_TEN, timezone="Europe/Ljubljana",
                              holidays=POLICY.desk.holidays)  # fmt: skip
        first = sla.ladder(promise, POLICY.desk.reminders)[0].at
        with database.writing() as connection:
            self.ticket = tickets.open_ticket(connection, a_new_ticket(), received_at=MONDAY_TEN, now=MONDAY_TEN)
            clocks.start(connection, self.ticket, promise, next_step_at=first)

    def wake(self) -> None:
        self.woken += 1

    def sweep(self, at: datetime) -> list[str]:
        """What was sent until now, oldest first."""
        self.clock.now = at
        with self.database.writing() as connection:
            self.sweeper.sweep(connection)
        with self.database.reading() as connection:
            rows = outbox.listing(connection, states=["queued"], limit=100)
        return [row["template"] for row in reversed(rows)]


def test_nothing_is_sent_before_its_time(database: Database) -> None:
    desk = Desk(database)
    assert desk.sweep(THREE_QUARTERS - timedelta(seconds=1)) == []
    assert desk.woken == 0


def test_each_step_is_sent_once(database: Database) -> None:
    desk = Desk(database)
    for _ in range(3):
        assert desk.sweep(THREE_QUARTERS) == ["reminder"]
    assert desk.sweep(DUE) == ["reminder"]
    for _ in range(3):
        assert desk.sweep(DUE + timedelta(seconds=1)) == ["reminder", "breach"]


@pytest.mark.parametrize("pause", [timedelta(minutes=10), timedelta(hours=3), timedelta(days=2)])
def test_after_a_pause_only_the_newest_step_is_sent(database: Database, pause: timedelta) -> None:
    desk = Desk(database)
    assert desk.sweep(DUE + pause) == ["breach"]
    assert desk.sweep(DUE + pause + timedelta(hours=1)) == ["breach"]


def test_a_clock_that_jumps_back_repeats_nothing(database: Database) -> None:
    desk = Desk(database)
    assert desk.sweep(THREE_QUARTERS) == ["reminder"]
    assert desk.sweep(THREE_QUARTERS - timedelta(hours=2)) == ["reminder"]
    assert desk.sweep(THREE_QUARTERS) == ["reminder"]


def test_a_met_clock_reminds_nobody(database: Database) -> None:
    desk = Desk(database)
    with database.writing() as connection:
        clocks.stop(connection, desk.ticket, Metric.FIRST_RESPONSE, at=MONDAY_TEN)
    assert desk.sweep(DUE + timedelta(days=1)) == []


def test_the_breach_is_recorded_with_its_due(database: Database) -> None:
    desk = Desk(database)
    desk.sweep(DUE + timedelta(hours=1))
    with database.reading() as connection:
        clock = clocks.of_ticket(connection, desk.ticket, Metric.FIRST_RESPONSE)
    assert clock is not None
    assert clock.breached_at == DUE


def test_a_soft_target_reminds_and_is_never_breached(database: Database) -> None:
    desk = Desk(database, soft=True)
    assert desk.sweep(THREE_QUARTERS) == ["reminder"]
    desk.sweep(DUE + timedelta(hours=1))
    with database.reading() as connection:
        clock = clocks.of_ticket(connection, desk.ticket, Metric.FIRST_RESPONSE)
    assert clock is not None
    assert clock.breached_at is None


async def test_the_scheduler_only_says_now(database: Database) -> None:
    desk = Desk(database)
    desk.clock.now = THREE_QUARTERS
    await desk.sweeper.tick()
    assert desk.woken == 1
    assert desk.sweep(THREE_QUARTERS) == ["reminder"]


class Accounts(dict[str, Account]):
    """The desk's customers, one of whom nothing can be asked about."""

    def get(self, key: str, default: Any = None) -> Any:
        """RuntimeError for the mill."""
        if key == "mill":
            raise RuntimeError("something unforeseen")
        return super().get(key, default)


def test_trouble_with_one_ticket_costs_no_other_its_reminder(database: Database) -> None:
    policy = replace(POLICY, directory=replace(POLICY.directory, accounts=Accounts(POLICY.directory.accounts)))
    desk = Desk(database, policy=policy)
    with database.writing() as connection:
        found = clocks.of_ticket(connection, desk.ticket, Metric.FIRST_RESPONSE)
        assert found is not None
        other = tickets.open_ticket(connection, a_new_ticket(account="mill"), received_at=MONDAY_TEN, now=MONDAY_TEN)
        clocks.start(connection, other, found.promise, next_step_at=MONDAY_TEN)
    assert desk.sweep(THREE_QUARTERS) == ["reminder"]
    assert desk.sweep(DUE + timedelta(seconds=1)) == ["reminder", "breach"]
