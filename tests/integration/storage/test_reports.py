"""A quarter is read from what is stored: by received time, on the account's own days, whole and only its own."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection, update

from mailintake.desk.quarter import Quarter
from mailintake.domain.mail import Address
from mailintake.domain.progress import Happening, What
from mailintake.domain.quota import Spend
from mailintake.domain.target import Metric, Traits
from mailintake.domain.ticket import Status
from mailintake.intake import acts
from mailintake.storage import quota, reports, terms
from mailintake.storage.engine import Database
from mailintake.storage.tables import calendar
from tests.builders import a_new_ticket, a_policy, a_target, some_terms

MOMENT, HOUR = timedelta(microseconds=1), timedelta(hours=1)
AUTUMN = Quarter(2026, 4)
SINCE, UNTIL = AUTUMN.bounds("UTC")
NOVEMBER = datetime(2026, 11, 3, 9, tzinfo=UTC)


def open_ticket(database: Database, *, at: datetime = NOVEMBER, account: str = "bakery", zone: str = "") -> int:
    """A ticket received at `at`; its clock ticks in another zone than usual if that is named."""
    promised = some_terms()
    if zone:
        target = a_target()
        elsewhere = replace(target, calendar=replace(target.calendar, timezone=zone))
        promised = replace(promised, targets={Metric.FIRST_RESPONSE: (elsewhere,)})
    opening = Happening(What.OPENED, at, traits=Traits("normal"), status=Status.NEW)
    new = a_new_ticket(at=at, account=account, terms=promised, opening=opening, requester=Address("ana@bakery.example"))
    with database.writing() as connection:
        return acts.open_ticket(connection, new, a_policy(), now=at, detail={})


def numbers(database: Database, quarter: Quarter = AUTUMN, zone: str = "UTC", account: str = "bakery") -> list[int]:
    """The tickets of a quarter, as stored."""
    since, until = quarter.bounds(zone)
    with database.reading() as connection:
        return [each.id for each, _ in reports.tickets_of(connection, account, since=since, until=until)]


@pytest.mark.parametrize(
    ("zone", "begins"),
    [
        ("Asia/Ho_Chi_Minh", datetime(2026, 9, 30, 17, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 10, 1, 4, tzinfo=UTC)),
    ],
)
def test_a_ticket_belongs_to_the_quarter_of_its_account_s_clock_by_received_time(
    database: Database, zone: str, begins: datetime
) -> None:
    last, first = open_ticket(database, at=begins - MOMENT), open_ticket(database, at=begins)
    assert (numbers(database, AUTUMN.previous, zone), numbers(database, AUTUMN, zone)) == ([last], [first])


def test_tickets_come_whole_with_their_clocks_and_without_those_of_others(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "_SLICE", 2)
    mine = [open_ticket(database) for _ in range(5)]
    open_ticket(database, account="mill")
    with database.reading() as connection:
        found = list(reports.tickets_of(connection, "bakery", since=SINCE, until=UNTIL))
    assert [ticket.id for ticket, _ in found] == mine
    assert [[clock.metric for clock in clocks or ()] for _, clocks in found] == [[Metric.FIRST_RESPONSE]] * 5


def test_a_clock_that_cannot_be_read_costs_only_its_own_ticket(database: Database) -> None:
    healthy, broken = open_ticket(database), open_ticket(database, zone="Europe/Vilnius")
    gone = replace(a_target().calendar, timezone="Europe/Vilnius")
    with database.writing() as connection:
        vanished = update(calendar).where(calendar.c.digest == terms.of_calendar(gone).digest)
        connection.execute(vanished.values(snapshot={"timezone": "Europe/Atlantis", "hours": {}}))
    with database.reading() as connection:
        found = {
            ticket.id: clocks for ticket, clocks in reports.tickets_of(connection, "bakery", since=SINCE, until=UNTIL)
        }
    assert found[broken] is None
    assert len(found[healthy] or ()) == 1


def test_spends_are_added_up_by_day_without_those_given_back(database: Database) -> None:
    day = date(2026, 11, 3)
    with database.writing() as connection:
        one, two, three, other = (open_in(connection, account) for account in ("bakery", "bakery", "bakery", "mill"))
        credit, over = Spend("credits", day), Spend("credits", day, overage=True)
        reserved = Spend("cases", day, reserved=True)
        early = Spend("cases", date(2026, 9, 30))
        new = [(one, "bakery", credit), (two, "bakery", over), (three, "bakery", credit), (other, "mill", credit)]
        quota.spend_all(connection, [*new, (one, "bakery", reserved), (two, "bakery", early)], now=NOVEMBER)
        quota.give_back(connection, three, now=NOVEMBER)
        found = reports.spends(connection, "bakery", since=date(2026, 10, 1), until=date(2027, 1, 1))
    assert found == {"credits": {day: reports.Spends(2, 1)}}


def open_in(connection: Connection, account: str) -> int:
    """A ticket in a transaction that is under way."""
    new = a_new_ticket(account=account)
    return acts.open_ticket(connection, new, a_policy(), now=NOVEMBER, detail={})
