"""Quotas of the desks that have them, at given times, on both databases (DOMAIN E6)."""

import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest

from mailintake.domain.customer import Contact
from mailintake.domain.decision import Outcome
from mailintake.domain.quota import Limit, Period
from mailintake.domain.ticket import Status
from mailintake.intake import acts
from mailintake.intake.judge import judge
from mailintake.parsing.parser import parse
from mailintake.storage import raw, spool
from mailintake.storage.engine import Database
from mailintake.storage.spool import Entry
from tests.builders import a_delivery, a_mail
from tests.integration.intake.example import Example, at

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

ANA, BOJAN = "ana@novak.example", "bojan@novak.example"  # B2Bee standard: five a month, two a day
CENE = "cene@vinar.example"  # basic: one a month
HOA, MINH = "hoa@saomai.example", "minh@saomai.example"  # Creatio basic: five a contract year in three topics
LJUBLJANA, SAIGON, NEW_YORK = "Europe/Ljubljana", "Asia/Ho_Chi_Minh", "America/New_York"


@pytest.fixture
def b2bee(database: Database) -> Example:
    return Example(database, "b2bee")


@pytest.fixture
def creatio(database: Database) -> Example:
    return Example(database, "creatio")


def days(*written: str) -> list[date]:
    return [date.fromisoformat(each) for each in written]


# B2Bee


def test_the_third_credit_of_a_day_waits_until_the_next_local_midnight(b2bee: Example) -> None:
    monday = at(LJUBLJANA, "2026-03-09", "09:30")
    first, second, third = (b2bee.ask(ANA, monday + n * HOUR) for n in range(3))
    assert [each.outcome for each in (first, second, third)] == ["opened"] * 3
    assert b2bee.due(first.ticket) == at(LJUBLJANA, "2026-03-10", "08:30")
    assert b2bee.ticket(third.ticket).status is Status.NEW
    assert b2bee.ticket(third.ticket).received_at == monday + 2 * HOUR
    (clock,) = b2bee.clocks(third.ticket).values()
    assert clock.started == at(LJUBLJANA, "2026-03-10", "00:00")
    assert clock.due == at(LJUBLJANA, "2026-03-10", "16:00")  # eight hours from eight o'clock
    assert b2bee.spends("novak") == days("2026-03-09", "2026-03-09", "2026-03-10")
    assert b2bee.told(to=ANA) == ["acknowledged", "acknowledged", "day-full"]
    letter = b2bee.the_letter("day-full")
    assert "10. marec 2026" in letter
    assert "16:00" in letter


def test_what_waits_fills_the_day_it_waits_for(b2bee: Example) -> None:
    monday = at(LJUBLJANA, "2026-03-09", "09:00")
    opened = [b2bee.ask(ANA, monday + n * HOUR) for n in range(5)]
    assert b2bee.spends("novak") == days("2026-03-09", "2026-03-09", "2026-03-10", "2026-03-10", "2026-03-11")
    started = [next(iter(b2bee.clocks(each.ticket).values())).started for each in opened[2:]]
    assert started == [at(LJUBLJANA, day, "00:00") for day in ("2026-03-10", "2026-03-10", "2026-03-11")]


def test_the_sixth_of_a_month_is_quoted_and_has_no_clock_until_the_yes(b2bee: Example) -> None:
    for day in range(9, 14):
        assert b2bee.ask(ANA, at(LJUBLJANA, f"2026-03-{day:02}")).outcome == "opened"
    sixth = b2bee.ask(BOJAN, at(LJUBLJANA, "2026-03-16"))
    assert (sixth.outcome, b2bee.ticket(sixth.ticket).status) == ("opened", Status.PENDING)
    assert b2bee.clocks(sixth.ticket) == {}
    assert len(b2bee.spends("novak")) == 5
    letter = b2bee.the_letter("quota-used-up", to=BOJAN)
    assert "5 od 5" in letter
    assert "1. april 2026" in letter
    assert "YES" in letter
    assert b2bee.told(to=ANA)[-1] == "owner-quota-used-up"

    yes = at(LJUBLJANA, "2026-03-17", "09:00")
    assert b2bee.reply(sixth.ticket, BOJAN, yes, "Da, se strinjam.").outcome == "joined"
    assert b2bee.ticket(sixth.ticket).status is Status.NEW
    assert b2bee.due(sixth.ticket) == at(LJUBLJANA, "2026-03-17", "17:00")
    assert b2bee.spends("novak")[-1] == date(2026, 3, 16)
    assert "17:00" in b2bee.the_letter("acknowledged", to=BOJAN)


def test_who_declines_the_price_has_a_refused_ticket_and_nothing_spent(b2bee: Example) -> None:
    b2bee.ask(CENE, at(LJUBLJANA, "2026-03-09"))
    quoted = b2bee.ask(CENE, at(LJUBLJANA, "2026-03-10"))
    unclear = b2bee.reply(quoted.ticket, CENE, at(LJUBLJANA, "2026-03-11"), "How much would that be?")
    assert (unclear.outcome, b2bee.ticket(quoted.ticket).status) == ("joined", Status.PENDING)
    b2bee.reply(quoted.ticket, CENE, at(LJUBLJANA, "2026-03-12"), "No, thank you.")
    assert (b2bee.ticket(quoted.ticket).status, b2bee.ticket(quoted.ticket).pending) == (Status.REFUSED, "")
    assert b2bee.spends("vinar") == days("2026-03-09")


def test_somebody_else_s_yes_accepts_no_price(b2bee: Example) -> None:
    b2bee.ask(CENE, at(LJUBLJANA, "2026-03-09"))
    quoted = b2bee.ask(CENE, at(LJUBLJANA, "2026-03-10"))
    stranger = b2bee.reply(quoted.ticket, "eve@elsewhere.example", at(LJUBLJANA, "2026-03-11"), "Yes")
    assert (stranger.outcome, stranger.reason, stranger.ticket) == ("joined", "stranger", quoted.ticket)
    assert b2bee.reply(quoted.ticket, ANA, at(LJUBLJANA, "2026-03-11"), "Yes").ticket != quoted.ticket
    assert b2bee.ticket(quoted.ticket).status is Status.PENDING


def test_a_critical_request_passes_a_full_day_and_a_month_used_up(b2bee: Example) -> None:
    monday = at(LJUBLJANA, "2026-03-09", "08:00")
    for n in range(2):
        b2bee.ask(ANA, monday + n * HOUR)
    third = b2bee.ask(ANA, monday + 2 * HOUR, subject="[Critical] Nothing works")
    assert b2bee.ticket(third.ticket).claimed_priority == "critical"
    assert b2bee.ticket(third.ticket).traits.priority == "minor"  # the desk decides
    assert next(iter(b2bee.clocks(third.ticket).values())).started == monday + 2 * HOUR
    assert len(b2bee.spends("novak")) == 2
    b2bee.ask(CENE, monday)
    again = b2bee.ask(CENE, monday + DAY, subject="Critical: the till does not open")
    assert b2bee.ticket(again.ticket).status is Status.NEW
    assert b2bee.told(to=CENE) == ["acknowledged", "acknowledged"]


def test_a_critical_request_spends_what_is_left(b2bee: Example) -> None:
    b2bee.ask(CENE, at(LJUBLJANA, "2026-03-09"), subject="[Critical] Nothing works")
    assert b2bee.spends("vinar") == days("2026-03-09")
    assert b2bee.ask(CENE, at(LJUBLJANA, "2026-03-10")).ticket
    assert b2bee.told(to=CENE)[-1] == "quota-used-up"


def test_a_reply_costs_nothing_even_when_all_is_used_up(b2bee: Example) -> None:
    first = b2bee.ask(CENE, at(LJUBLJANA, "2026-03-09"))
    for day in (10, 11):
        assert b2bee.reply(first.ticket, CENE, at(LJUBLJANA, f"2026-03-{day}"), "Still so.").outcome == "joined"
    b2bee.act(acts.move, first.ticket, at(LJUBLJANA, "2026-03-12"), to=Status.SOLVED)
    again = b2bee.reply(first.ticket, CENE, at(LJUBLJANA, "2026-03-13"), "It stops again at the same line.")
    assert (again.ticket, b2bee.ticket(first.ticket).status) == (first.ticket, Status.OPEN)
    assert b2bee.spends("vinar") == days("2026-03-09")


def test_a_ticket_that_follows_a_closed_one_is_a_new_request(b2bee: Example) -> None:
    first = b2bee.ask(CENE, at(LJUBLJANA, "2026-03-09"))
    b2bee.act(acts.move, first.ticket, at(LJUBLJANA, "2026-03-10"), to=Status.CLOSED)
    again = b2bee.reply(first.ticket, CENE, at(LJUBLJANA, "2026-03-11"), "It stops again at the same line.")
    found = b2bee.ticket(again.ticket)
    assert (found.follows, found.status, found.pending) == (first.ticket, Status.PENDING, "quote")


def test_spam_gives_the_credit_back_to_its_day(b2bee: Example) -> None:
    first = b2bee.ask(CENE, at(LJUBLJANA, "2026-03-31"))
    b2bee.act(acts.move, first.ticket, at(LJUBLJANA, "2026-04-01"), to=Status.SPAM)
    assert b2bee.spends("vinar") == []
    b2bee.ask(CENE, at(LJUBLJANA, "2026-04-01", "11:00"))
    assert b2bee.ticket(b2bee.ask(CENE, at(LJUBLJANA, "2026-04-02")).ticket).status is Status.PENDING


def test_a_merged_request_gives_its_credit_back(b2bee: Example) -> None:
    first, second = b2bee.ask(ANA, at(LJUBLJANA, "2026-03-09")), b2bee.ask(ANA, at(LJUBLJANA, "2026-03-10"))
    b2bee.act(acts.merge, second.ticket, at(LJUBLJANA, "2026-03-10", "11:00"), into=first.ticket)
    assert b2bee.spends("novak") == days("2026-03-09")


# Creatio


def test_the_sixth_process_question_of_the_contract_year_is_refused_and_an_administration_question_passes(
    creatio: Example,
) -> None:
    topics = ("processes", "ui-logic", "analytics", "processes", "processes")
    for number, topic in enumerate(topics):
        asked = creatio.ask(HOA, at(SAIGON, f"2026-{4 + number:02}-10"), subject=f"[Topic: {topic}] Câu hỏi")
        assert asked.outcome == "opened"
    words = "Xin chào, tôi muốn hỏi về quy trình phê duyệt hợp đồng của công ty chúng tôi."
    sixth = creatio.ask(MINH, at(SAIGON, "2027-02-28", "23:59"), subject="[Topic: processes] Câu hỏi", text=words)
    assert (sixth.outcome, sixth.reason, sixth.ticket) == ("refused", "quota-used-up", 0)
    letter = creatio.the_letter("quota-used-up", to=MINH)
    assert "5 trên 5 trong năm hợp đồng này" in letter
    assert "Thứ Hai, 1 tháng 3, 2027" in letter
    assert creatio.ask(MINH, at(SAIGON, "2027-02-28"), subject="[Topic: administration] Câu hỏi").outcome == "opened"
    assert creatio.ask(MINH, at(SAIGON, "2027-02-28"), subject="Câu hỏi khác").outcome == "opened"
    assert len(creatio.spends("sao-mai")) == 5


def test_a_request_sorted_into_a_limited_topic_spends_and_sorted_away_gives_back(creatio: Example) -> None:
    asked = creatio.ask(HOA, at(SAIGON, "2026-04-10"))
    later = at(SAIGON, "2026-04-11")
    creatio.act(acts.sort, asked.ticket, later, said={"topic": "processes"})
    assert creatio.spends("sao-mai") == days("2026-04-10")
    creatio.act(acts.sort, asked.ticket, later, said={"topic": "analytics"})
    assert creatio.spends("sao-mai") == days("2026-04-10")
    creatio.act(acts.sort, asked.ticket, later, said={"topic": "administration"})
    assert creatio.spends("sao-mai") == []
    for _ in range(5):
        creatio.ask(HOA, later, subject="[Topic: processes] Câu hỏi")
    creatio.act(acts.sort, asked.ticket, later, said={"topic": "processes"})
    assert len(creatio.spends("sao-mai")) == 5
    assert creatio.ticket(asked.ticket).status is Status.NEW  # an agent decides


# Days and months end where the account is


@pytest.mark.parametrize("zone", [SAIGON, NEW_YORK])
def test_days_and_months_are_those_of_the_received_time_in_the_account_s_zone(b2bee: Example, zone: str) -> None:
    b2bee.set_account("novak", timezone=zone)
    late, early = at(zone, "2026-03-31", "23:59"), at(zone, "2026-04-01", "00:00")
    processed = early + 3 * DAY  # the daemon was down meanwhile
    for _ in range(2):
        b2bee.ask(ANA, late, processed=processed)
    b2bee.ask(ANA, early, processed=processed)
    assert b2bee.spends("novak") == days("2026-03-31", "2026-03-31", "2026-04-01")
    waits = b2bee.ask(ANA, late, processed=processed)
    assert next(iter(b2bee.clocks(waits.ticket).values())).started == early
    assert b2bee.spends("novak")[-1] == date(2026, 4, 1)


@pytest.mark.parametrize("zone", [SAIGON, NEW_YORK])
def test_a_month_used_up_is_over_at_the_account_s_midnight(b2bee: Example, zone: str) -> None:
    b2bee.set_account("vinar", timezone=zone)
    b2bee.ask(CENE, at(zone, "2026-03-02"))
    now = at(zone, "2026-04-05")
    late = b2bee.ask(CENE, at(zone, "2026-03-31", "23:59"), processed=now)
    assert b2bee.ticket(late.ticket).pending == "quote"
    early = b2bee.ask(CENE, at(zone, "2026-04-01", "00:00"), processed=now)
    assert (b2bee.ticket(early.ticket).pending, b2bee.ticket(early.ticket).status) == ("", Status.NEW)


def test_a_contract_year_begins_on_its_own_day(creatio: Example) -> None:
    # Sao Mai's contract began on 1 March, in Saigon; another of five years keeps the anniversary.
    account = creatio.policy.directory.accounts["sao-mai"]
    (contract,) = account.contracts
    creatio.set_account("sao-mai", contracts=(replace(contract, ends=date(2031, 2, 28)),))
    for _ in range(5):
        creatio.ask(HOA, at(SAIGON, "2027-02-28", "23:59"), subject="[Topic: processes] Câu hỏi")
    now = at(SAIGON, "2027-03-05")
    late = creatio.ask(HOA, at(SAIGON, "2027-02-28", "23:59"), subject="[Topic: processes] Một", processed=now)
    early = creatio.ask(HOA, at(SAIGON, "2027-03-01", "00:00"), subject="[Topic: processes] Hai", processed=now)
    assert (late.outcome, early.outcome) == ("refused", "opened")


# Races


def test_twenty_at_once_for_the_last_credit_spend_exactly_one(b2bee: Example) -> None:
    b2bee.set_account("vinar", contacts=tuple(Contact(f"person{n}@vinar.example") for n in range(20)))
    plan = b2bee.policy.desk.plans["basic"]
    many = replace(plan, contacts=None, quota={"credits": (Limit(1, Period.MONTH),)})
    b2bee.set_desk(plans={**b2bee.policy.desk.plans, "basic": many})
    now = at(LJUBLJANA, "2026-03-09")
    entries: list[tuple[Entry, bytes]] = []
    with b2bee.database.writing() as connection:
        for n in range(20):
            mail = a_mail(f"person{n}@vinar.example", message_id=f"<{n}@vinar.example>")
            delivery = a_delivery(
                mail, sender=f"person{n}@vinar.example", recipients=("support@b2bee.example",), at=now
            )
            raw.put(connection, delivery.digest, [mail])
            spool.add(connection, [delivery])
            entries += [(entry, mail) for entry in spool.claim(connection, now=now, limit=1)]
    verdicts: list[tuple[Outcome, str]] = []
    start = threading.Barrier(4)

    def race(mine: int) -> None:
        start.wait()
        for entry, mail in entries[mine::4]:
            with b2bee.database.writing() as connection:
                (judged,) = judge(connection, [(entry, parse(mail))], b2bee.policy, now=now)
            new = judged.decision.new_ticket
            verdicts.append((judged.decision.outcome, new.pending if new else "-"))

    racers = [threading.Thread(target=race, args=(mine,)) for mine in range(4)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert sorted(verdicts) == [(Outcome.OPENED, "")] + [(Outcome.OPENED, "quote")] * 19
    assert b2bee.spends("vinar") == days("2026-03-09")
