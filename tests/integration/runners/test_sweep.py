"""Reminders at their steps, each once, the newest only after a pause (DOMAIN S18)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from mailintake.domain import sla
from mailintake.domain.customer import Account, Contract, Plan
from mailintake.domain.progress import Happening, What
from mailintake.domain.reminder import Step, StepKind
from mailintake.domain.sorting import Level
from mailintake.domain.target import Metric, Traits
from mailintake.domain.terms import Terms
from mailintake.domain.ticket import Status
from mailintake.intake import acts
from mailintake.intake.policy import Policy
from mailintake.runners.loop import Parts
from mailintake.runners.sweep import Sweep
from mailintake.storage import clocks, outbox
from mailintake.storage.engine import Database
from mailintake.storage.tables import calendar
from mailintake.storage.terms import of_calendar
from tests.builders import MONDAY_TEN, a_new_ticket, a_policy, a_row, a_target, an_account

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

    def __init__(self, database: Database, *, soft: bool = False, level: str = "", policy: Policy = POLICY) -> None:
        self.database = database
        self.policy = policy
        self.clock = Clock()
        self.woken = 0
        self.sweeper = Sweep(Parts(database, lambda: policy, self.clock, self.wake))
        terms = Terms("basic", {Metric.FIRST_RESPONSE: (a_target(soft=soft),)})
        opening = Happening(What.OPENED, MONDAY_TEN, traits=Traits("normal", level=level), status=Status.NEW)
        self.ticket = self.open(terms=terms, opening=opening)

    def open(self, **fields: Any) -> int:
        """One more ticket."""
        with self.database.writing() as connection:
            return acts.open_ticket(connection, a_new_ticket(**fields), self.policy, now=MONDAY_TEN, detail={})

    def clocks(self, number: int) -> list[sla.Clock]:
        """The clocks of a ticket."""
        with self.database.reading() as connection:
            return [each.clock for each in clocks.of_tickets(connection, [number])]

    def letters(self) -> list[dict[str, Any]]:
        """What waits to be sent, oldest first."""
        with self.database.reading() as connection:
            return outbox.listing(connection, states=["queued"], limit=100)[::-1]

    def wake(self) -> None:
        self.woken += 1

    def sweep(self, at: datetime) -> list[str]:
        """What was sent until now, oldest first."""
        self.clock.now = at
        with self.database.writing() as connection:
            self.sweeper.sweep(connection)
        return [row["template"] for row in self.letters()]


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
        acts.answer(connection, desk.ticket, POLICY, by="test", now=MONDAY_TEN)
    assert desk.sweep(DUE + timedelta(days=1)) == []


def test_the_breach_is_recorded_with_its_due(database: Database) -> None:
    desk = Desk(database)
    desk.sweep(DUE + timedelta(hours=1))
    (clock,) = desk.clocks(desk.ticket)
    assert clock.breached_at == DUE


def test_a_soft_target_reminds_and_is_never_breached(database: Database) -> None:
    desk = Desk(database, soft=True)
    assert desk.sweep(THREE_QUARTERS) == ["reminder"]
    desk.sweep(DUE + timedelta(hours=1))
    (clock,) = desk.clocks(desk.ticket)
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
    desk.open(account="mill")
    assert desk.sweep(THREE_QUARTERS) == ["reminder"]
    assert desk.sweep(DUE + timedelta(seconds=1)) == ["reminder", "breach"]


def test_several_reminders_for_one_person_are_one_letter(database: Database) -> None:
    desk = Desk(database)
    desk.open(subject="The other oven is cold too")
    assert desk.sweep(THREE_QUARTERS) == ["digest"]
    assert desk.sweep(DUE + timedelta(seconds=1)) == ["digest", "digest"]


def test_the_owner_is_told_of_a_breach_in_a_letter_of_their_own(database: Database) -> None:
    desk = Desk(database, policy=a_policy(reminders=(Step("breach", StepKind.BREACH, 0, ("lead", "owner")),)))
    assert desk.sweep(DUE + timedelta(seconds=1)) == ["owner-breach", "breach"]
    assert [letter["recipient"] for letter in desk.letters()] == ["owner@bakery.example", "maria@desk.example"]


def test_the_owner_is_never_told_that_a_soft_target_is_breached(database: Database) -> None:
    steps = (Step("breach", StepKind.BREACH, 0, ("lead", "owner")),)
    desk = Desk(database, soft=True, policy=a_policy(reminders=steps))
    assert desk.sweep(DUE + timedelta(seconds=1)) == ["breach"]


def test_a_reminder_escalates_and_the_new_level_has_its_own_time(database: Database) -> None:
    levels = (Level("L1", "First line"), Level("L2", "Second line"))
    steps = (Step("breach", StepKind.BREACH, 0, ("lead",), escalate=True),)
    desk = Desk(database, policy=a_policy(levels=levels, reminders=steps))
    assert desk.sweep(DUE + timedelta(seconds=1)) == ["breach", "escalated"]
    first, second = desk.clocks(desk.ticket)
    assert (first.metric, first.is_running, first.breached_at) == (Metric.FIRST_RESPONSE, True, DUE)
    assert (second.metric, second.started) == (Metric.LEVEL_RESPONSE, DUE + timedelta(seconds=1))


def test_on_the_top_level_the_lead_is_told_again(database: Database) -> None:
    steps = (Step("breach", StepKind.BREACH, 0, ("team",), escalate=True),)
    only = Level("L1", "The only line")
    desk = Desk(database, level="L1", policy=a_policy(levels=(only,), reminders=steps))
    assert desk.sweep(DUE + timedelta(seconds=1)) == ["breach", "escalated"]
    assert [clock.metric for clock in desk.clocks(desk.ticket)] == [Metric.FIRST_RESPONSE]


def test_a_clock_that_cannot_be_read_stops_no_other(database: Database) -> None:
    desk = Desk(database)
    target = a_target()
    elsewhere = replace(target, calendar=replace(target.calendar, timezone="Europe/Vilnius"))
    desk.open(terms=Terms("basic", {Metric.FIRST_RESPONSE: (elsewhere,)}))
    with database.writing() as connection:
        vanished = update(calendar).where(calendar.c.digest == of_calendar(elsewhere.calendar).digest)
        connection.execute(vanished.values(snapshot={"timezone": "Europe/Atlantis", "hours": {}}))
    assert desk.sweep(THREE_QUARTERS) == ["reminder"]
    assert desk.sweep(DUE + timedelta(seconds=1)) == ["reminder", "breach"]


def test_clock_jumps_of_two_hours_change_nothing(database: Database) -> None:
    desk = Desk(database)
    jump = timedelta(hours=2)
    sent = [desk.sweep(at) for at in (THREE_QUARTERS, THREE_QUARTERS - jump, DUE, DUE - jump, DUE)]
    assert sent == [["reminder"]] * 5
    assert desk.sweep(DUE + jump) == ["reminder", "breach"]
    assert desk.sweep(DUE) == ["reminder", "breach"]
    assert desk.sweep(DUE + jump) == ["reminder", "breach"]


@pytest.mark.parametrize(("follows", "due"), [(True, MONDAY_TEN + timedelta(hours=1)), (False, DUE)])
async def test_open_tickets_follow_a_change_of_plan_only_where_the_desk_says_so(
    database: Database, follows: bool, due: datetime
) -> None:
    plans = {"basic": POLICY.desk.plans["basic"], "premium": Plan("premium", 5, {Metric.FIRST_RESPONSE: (a_row(60),)})}
    account = an_account(contracts=(Contract("basic", ends=date(2026, 3, 8)), Contract("premium")))
    policy = a_policy(account, plans=plans, recalculate_on_plan_change=follows)
    desk = Desk(database, policy=policy)
    await desk.sweeper.look_round()
    assert [clock.due for clock in desk.clocks(desk.ticket)] == [due]
