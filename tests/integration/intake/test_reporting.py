"""A quarter is reported as it was, and its letter is queued once, when the quarter is over and somebody may read it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from mailintake.config.desk import Senders
from mailintake.desk.quarter import Quarter
from mailintake.desk.report import Report, Standing, Usage
from mailintake.domain.customer import Account, Contact, Contract, NewSender, Plan
from mailintake.domain.mail import Address
from mailintake.domain.progress import Happening, What
from mailintake.domain.quota import Limit, Period, Spend, Unit
from mailintake.domain.target import Metric, Traits
from mailintake.domain.ticket import Status
from mailintake.entitlement.quota import Allowance
from mailintake.errors import UsageError
from mailintake.intake import acts, reporting
from mailintake.intake.judge import judge
from mailintake.intake.operations import Order, operate
from mailintake.intake.policy import Policy
from mailintake.intake.reporting import Due
from mailintake.notices.compose import Composer
from mailintake.parsing.parser import parse
from mailintake.resources import shipped
from mailintake.storage import outbox, quota, raw, spool
from mailintake.storage.engine import Database
from mailintake.storage.reports import Spends
from tests.builders import a_delivery, a_mail, a_new_ticket, a_policy, a_row, an_account, some_terms

AUTUMN = Quarter(2026, 4)
NOVEMBER = datetime(2026, 11, 3, 9, tzinfo=UTC)  # a Tuesday, 10:00 in Ljubljana
NEW_YEAR = datetime(2026, 12, 31, 23, tzinfo=UTC)  # midnight in Ljubljana
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
CREDITS = {"credits": (Limit(5, Period.MONTH), Limit(2, Period.DAY))}


def a_customer(key: str = "bakery", **fields: object) -> Account:
    """A bakery that has been a customer all year."""
    return an_account(key, **({"contracts": (Contract("basic", begins=date(2026, 1, 1)),)} | fields))


def policy_of(*accounts: Account, reports: str = "quarterly", **fields: object) -> Policy:
    """A desk whose only plan promises reports and counts credits."""
    plan = Plan("basic", 1, {Metric.FIRST_RESPONSE: (a_row(),)}, quota=CREDITS, reports=reports)
    return a_policy(*(accounts or (a_customer(),)), plans={"basic": plan}, units={"credits": Unit("credits")}, **fields)


POLICY = policy_of()


def open_ticket(database: Database, *, at: datetime = NOVEMBER, priority: str = "normal") -> int:
    """A ticket for which a credit is spent."""
    opening = Happening(What.OPENED, at, traits=Traits(priority), status=Status.NEW)
    new = a_new_ticket(at=at, terms=some_terms(), opening=opening, requester=Address("ana@bakery.example"))
    with database.writing() as connection:
        number = acts.open_ticket(connection, new, POLICY, now=at, detail={})
        quota.spend_all(connection, [(number, "bakery", Spend("credits", at.date()))], now=at)
    return number


def answer(database: Database, number: int, at: datetime) -> None:
    with database.writing() as connection:
        assert acts.answer(connection, number, POLICY, by="test", now=at)


def reported(database: Database, policy: Policy = POLICY, *, now: datetime = NEW_YEAR) -> Report:
    account = policy.directory.accounts["bakery"]
    with database.reading() as connection:
        return reporting.report(connection, account, AUTUMN, policy, now=now)


def send(database: Database, policy: Policy = POLICY, *, now: datetime = NEW_YEAR) -> bool:
    with database.writing() as connection:
        return reporting.send(connection, Due("bakery", AUTUMN), policy, now=now)


def queued(database: Database) -> list[outbox.Queued]:
    with database.writing() as connection:
        return outbox.claim(connection, now=NEW_YEAR + 365 * DAY, limit=100)


def test_a_quarter_is_reported_as_it_was(database: Database) -> None:
    kept, broken, _running = (open_ticket(database, at=NOVEMBER + each * HOUR) for each in range(3))
    answer(database, kept, NOVEMBER + HOUR)
    answer(database, broken, NOVEMBER + DAY)
    open_ticket(database, at=NEW_YEAR)  # another quarter's
    found = reported(database, now=NOVEMBER + 3 * HOUR)
    assert (found.quarter, found.timezone, found.plans) == (AUTUMN, "Europe/Ljubljana", ("basic",))
    assert (found.until, found.is_over) == (NOVEMBER + 3 * HOUR, False)
    standings = found.figures.promised(Metric.FIRST_RESPONSE).standings
    assert standings == {Standing.MET: 1, Standing.BREACHED: 1, Standing.RUNNING: 1}
    over = reported(database)
    assert (over.until, over.is_over, over.figures.requests) == (NEW_YEAR, True, 3)
    assert over.figures.total(Standing.BREACHED) == 2


def test_usage_is_told_month_by_month_and_of_days_the_busiest(database: Database) -> None:
    for at in (NOVEMBER, NOVEMBER, NOVEMBER + DAY, NOVEMBER + 30 * DAY):
        open_ticket(database, at=at)
    *months, busiest = reported(database).usage
    assert [(each.begins, each.ends, each.used) for each in months] == [
        (date(2026, 10, 1), date(2026, 10, 31), 0),
        (date(2026, 11, 1), date(2026, 11, 30), 3),
        (date(2026, 12, 1), date(2026, 12, 31), 1),
    ]
    assert (busiest.begins, busiest.ends, busiest.used, busiest.limit) == (date(2026, 11, 3), date(2026, 11, 3), 2, 2)


def test_a_year_of_a_contract_is_counted_from_its_beginning_and_no_further_than_the_quarter() -> None:
    contract = Contract("basic", begins=date(2026, 3, 1))
    allowance = Allowance(Unit("cases"), (Limit(5, Period.CONTRACT_YEAR),), "UTC", contract.begins)
    spends = {date(2026, 2, 28): Spends(9, 0), date(2026, 3, 1): Spends(2, 0), date(2026, 12, 31): Spends(3, 1)}
    assert list(reporting.usage(allowance, contract, AUTUMN, spends)) == [
        Usage("cases", 5, Period.CONTRACT_YEAR, date(2026, 3, 1), date(2027, 2, 28), used=5, in_quarter=3, overage=1)
    ]


def test_usage_is_told_only_for_the_days_of_the_contract() -> None:
    contract = Contract("basic", begins=date(2026, 11, 15), ends=date(2026, 12, 10))
    allowance = Allowance(Unit("cases"), (Limit(5, Period.CONTRACT_MONTH),), "UTC", contract.begins)
    (only,) = reporting.usage(allowance, contract, AUTUMN, {})
    assert (only.begins, only.ends) == (date(2026, 11, 15), date(2026, 12, 14))


def test_a_month_in_which_one_contract_follows_another_is_told_once(database: Database) -> None:
    contracts = (Contract("basic", ends=date(2026, 11, 15)), Contract("basic", begins=date(2026, 11, 16)))
    months = [each for each in reported(database, policy_of(a_customer(contracts=contracts))).usage if each.limit == 5]
    assert [each.begins.month for each in months] == [10, 11, 12]


def test_mail_turned_away_is_told_with_its_reason_to_its_account_only(database: Database) -> None:
    senders = Senders(new_at_known_domain=NewSender.SEAT)
    policy = policy_of(a_customer(), a_customer("mill", contacts=(Contact("mia@mill.example"),)), senders=senders)
    mails = ["ben@bakery.example", "cy@bakery.example", "max@mill.example", "stranger@elsewhere.example"]
    with database.writing() as connection:
        for number, sender in enumerate(mails):
            mail = a_mail(sender, message_id=f"<{number}@x.example>")
            delivery = a_delivery(mail, sender=sender, at=NOVEMBER)
            raw.put(connection, delivery.digest, [mail])
            spool.add(connection, [delivery])
            (entry,) = spool.claim(connection, now=NOVEMBER, limit=1)
            (judged,) = judge(connection, [(entry, parse(mail))], policy, now=NOVEMBER)
            assert judged.decision.outcome == "refused"
    assert reported(database, policy).refusals == {"over-limit": 2}


def test_the_letter_is_queued_once_also_where_the_owner_changes(database: Database) -> None:
    assert send(database)
    assert not send(database)
    assert not send(database, policy_of(a_customer(owner="new@bakery.example")))
    assert [each.event for each in queued(database)] == ["report bakery 2026Q4"]


@pytest.mark.parametrize("language", ["en", "ru", "uk", "sl", "vi"])
def test_the_letter_renders_with_its_words_in_the_account_s_language(database: Database, language: str) -> None:
    for number in (open_ticket(database), open_ticket(database)):
        answer(database, number, NOVEMBER + number * 3 * HOUR)
    assert send(database, policy_of(a_customer(language=language)))
    (letter,) = queued(database)
    draft = letter.draft
    assert (draft.template, draft.language, draft.recipient.address) == (
        "quarterly-report",
        language,
        "owner@bakery.example",
    )
    facts = {"tickets": 2, "met": 1, "breached": 1, "year": 2026, "quarter": 4}
    assert {**draft.context, **facts} == draft.context
    assert (draft.context["begins"], draft.context["ends"]) == ("2026-10-01", "2026-12-31")
    words = Composer([shipped("templates")]).words(draft)
    assert "(credits, 2026-11)" in words.text
    assert "2026-10" in words.text


def test_no_letter_before_the_quarter_is_over_on_the_account_s_clock(database: Database) -> None:
    with pytest.raises(UsageError, match="2026Q4 is not over yet; it ends on 2026-12-31"):
        send(database, now=NEW_YEAR - timedelta(seconds=1))
    assert send(database, now=NEW_YEAR)


def test_no_letter_without_an_owner(database: Database) -> None:
    with pytest.raises(UsageError, match="account `bakery` names no owner"):
        send(database, policy_of(a_customer(owner=None)))


def test_the_operation_sends_by_name_and_says_whether_it_did(database: Database) -> None:
    words = {"account": "bakery", "quarter": "2026q4"}
    with database.writing() as connection:
        assert operate(connection, POLICY, "report-send", Order(0, words, NEW_YEAR))
        assert not operate(connection, POLICY, "report-send", Order(0, words, NEW_YEAR + DAY))


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ({}, r"there is no account ``; there is bakery, mill"),
        ({"account": "bakry", "quarter": "2026Q4"}, "there is no account `bakry`; did you mean `bakery`?"),
        ({"account": "bakery", "quarter": "2026Q5"}, "`2026Q5` is no quarter; did you mean `2026Q"),
        ({"account": "bakery", "quarter": "last"}, "`last` is no quarter; write it like `2027Q1`"),
        ({"account": "bakery", "quarter": "2027Q2"}, "2027Q2 has not begun; the latest quarter is `2027Q1`"),
    ],
)
def test_a_wrong_word_is_answered_with_the_nearest(database: Database, words: dict[str, str], why: str) -> None:
    policy = policy_of(a_customer(), a_customer("mill", contacts=()))
    with database.writing() as connection, pytest.raises(UsageError) as error:
        operate(connection, policy, "report-send", Order(0, words, NEW_YEAR))
    assert str(error.value).startswith(why)


def test_reports_fall_due_where_plan_owner_and_contract_say_so() -> None:
    later = (Contract("basic", begins=date(2027, 1, 1)),)
    accounts = (
        a_customer(),
        a_customer("ownerless", owner=None, contacts=()),
        a_customer("newcomer", contracts=later, contacts=()),
        a_customer("saigon", timezone="Asia/Ho_Chi_Minh", contacts=()),
    )
    policy = policy_of(*accounts)
    assert reporting.due_reports(policy, NEW_YEAR) == [Due("bakery", AUTUMN), Due("saigon", AUTUMN)]
    assert reporting.due_reports(policy, NEW_YEAR - timedelta(seconds=1)) == [Due("saigon", AUTUMN)]
    assert reporting.due_reports(policy, NEW_YEAR + 60 * DAY) == []
    assert reporting.due_reports(policy_of(*accounts, reports="quarterly on request"), NEW_YEAR) == []
