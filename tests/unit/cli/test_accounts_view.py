"""What an account is at an instant: its seats, its people, and what it has used."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from mailintake.cli import account_view
from mailintake.cli.account_view import Roll, Source, State, roll
from mailintake.config.desk import Senders
from mailintake.domain.customer import Account, Contact, Contract, Plan
from mailintake.domain.quota import Limit, Period, Unit
from mailintake.intake.policy import Policy
from mailintake.storage.quota import Ledger
from tests.builders import MONDAY_TEN, a_policy, an_account

DAY = timedelta(days=1)


def enrolled(
    address: str, *, at: datetime = MONDAY_TEN, removed: datetime | None = None, **more: Any
) -> dict[str, Any]:
    """A row of the database."""
    row = {"account": "bakery", "key": address, "address": address, "name": "", "role": "user", "spool_id": None}
    return {**row, "enrolled_at": at, "removed_at": removed, **more}


def of(account: Account, *rows: dict[str, Any], at: datetime = MONDAY_TEN, policy: Policy | None = None) -> Roll:
    return roll(account, rows, policy or a_policy(account), at=at)


def states(found: Roll) -> list[tuple[str, State]]:
    return [(each.contact.address.partition("@")[0], each.state) for each in found.people]


def test_those_of_the_file_hold_their_seats_before_those_of_the_database() -> None:
    found = of(an_account(), enrolled("ben@bakery.example", spool_id=7), enrolled("carl@bakery.example"))
    assert states(found) == [("ana", State.SEAT), ("ben", State.SEAT), ("carl", State.OVER_LIMIT)]
    assert [each.source for each in found.people] == [Source.FILE, Source.MAIL, Source.COMMAND]
    assert (found.seats_text(), found.contacts) == ("2 of 2, 1 over", 3)


def test_the_suspended_and_the_removed_of_the_file_hold_none() -> None:
    gone = Contact("ron@bakery.example", suspended=True, removed=True)
    account = an_account(contacts=(Contact("sam@bakery.example", suspended=True), gone, Contact("ana@bakery.example")))
    found = of(account)
    assert states(found) == [("sam", State.SUSPENDED), ("ron", State.REMOVED), ("ana", State.SEAT)]
    assert found.seats_text() == "1 of 2"


def test_whom_the_file_lists_by_now_is_what_the_file_says() -> None:
    account = an_account(contacts=(Contact("ana@bakery.example", also=("ben@bakery.example",)),))
    found = of(account, enrolled("ben@bakery.example"))
    assert states(found) == [("ana", State.SEAT), ("ben", State.IN_FILE)]
    assert (found.seats.used, found.contacts) == (1, 1)


def test_a_seat_that_is_kept_empty_says_until_when() -> None:
    policy = a_policy(senders=Senders(seat_cooldown=30 * DAY))
    row = enrolled("ben@bakery.example", removed=MONDAY_TEN + DAY)
    found = of(policy.directory.accounts["bakery"], row, at=MONDAY_TEN + 2 * DAY, policy=policy)
    ben = found.people[1]
    assert (ben.state_text, ben.since) == ("removed, seat kept until 2026-04-09", date(2026, 3, 10))
    assert (found.seats.used, found.contacts) == (2, 1)
    later = of(policy.directory.accounts["bakery"], row, at=MONDAY_TEN + 31 * DAY, policy=policy)
    assert (later.people[1].state_text, later.seats.used) == ("removed", 1)


def test_at_an_earlier_instant_who_came_later_is_not_there_yet_and_who_left_later_still_is() -> None:
    rows = (
        enrolled("ben@bakery.example", removed=MONDAY_TEN + DAY),
        enrolled("carl@bakery.example", at=MONDAY_TEN + DAY),
    )
    account = an_account()
    assert states(of(account, *rows, at=MONDAY_TEN)) == [("ana", State.SEAT), ("ben", State.SEAT)]
    later = of(account, *rows, at=MONDAY_TEN + 2 * DAY)
    assert states(later) == [("ana", State.SEAT), ("ben", State.REMOVED), ("carl", State.SEAT)]


def test_a_day_is_the_one_in_the_account_s_zone() -> None:
    row = enrolled("ben@bakery.example", at=datetime(2026, 3, 9, 23, 30, tzinfo=UTC))
    assert of(an_account(), row, at=MONDAY_TEN + DAY).people[1].since == date(2026, 3, 10)


def test_without_limit_everybody_has_a_seat() -> None:
    policy = a_policy(an_account(everybody=True), plans={"basic": Plan("basic", None)})
    rows = [enrolled(f"{name}@bakery.example") for name in "abc"]
    found = of(policy.directory.accounts["bakery"], *rows, policy=policy)
    assert {each.state for each in found.people} == {State.SEAT}
    assert found.seats_text() == "4 of any"


def counted(account: Account, *limits: Limit) -> Policy:
    plans = {"basic": Plan("basic", 2, quota={"credits": limits})}
    return a_policy(account, plans=plans, units={"credits": Unit("credits")})


def used(policy: Policy, spent: dict[date, int], at: datetime) -> list[dict[str, object]]:
    found = of(policy.directory.accounts["bakery"], at=at, policy=policy)
    (ledger,) = account_view.ledgers(found.account, policy, at=at)
    assert ledger.since <= min(spent)
    return account_view.usage(found, {Ledger("bakery", "credits", ledger.since): spent}, policy, at=at)


def test_each_limit_is_measured_over_its_own_days() -> None:
    policy = counted(an_account(), Limit(5, Period.MONTH), Limit(2, Period.DAY))
    spent = {date(2026, 3, 1): 2, date(2026, 3, 9): 3}
    month, day = used(policy, spent, MONDAY_TEN)
    assert month == {
        "unit": "credits", "period": "month", "used": 5, "limit": 5, "left": 0, "over": 0,
        "from": "2026-03-01", "to": "2026-03-31", "next": "2026-04-01",
    }  # fmt: skip
    assert (day["used"], day["left"], day["over"], day["from"], day["next"]) == (3, 0, 1, "2026-03-09", "2026-03-10")


def test_a_contract_s_month_begins_on_its_own_day() -> None:
    account = an_account(contracts=(Contract("basic", begins=date(2026, 1, 15)),))
    (line,) = used(counted(account, Limit(5, Period.CONTRACT_MONTH)), {date(2026, 2, 15): 1}, MONDAY_TEN)
    assert (line["from"], line["to"], line["next"], line["left"]) == ("2026-02-15", "2026-03-14", "2026-03-15", 4)


def test_what_is_not_counted_has_no_line() -> None:
    policy = a_policy()
    assert account_view.usage(of(policy.directory.accounts["bakery"]), {}, policy, at=MONDAY_TEN) == []


@pytest.mark.parametrize(
    ("begins", "ends", "text"),
    [
        (date(2026, 1, 1), date(2026, 12, 31), "2026-01-01..2026-12-31"),
        (date(2026, 1, 1), None, "2026-01-01.."),
        (None, date(2026, 12, 31), "..2026-12-31"),
        (None, None, "always"),
    ],
)
def test_the_days_of_a_contract(begins: date | None, ends: date | None, text: str) -> None:
    assert account_view.days(Contract("basic", begins=begins, ends=ends)) == text
