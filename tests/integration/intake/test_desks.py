"""Who may open a ticket at the five desks, about what, and what everybody is told (DOMAIN E1 to E5)."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from mailintake.domain.customer import Contact, Contract, NewSender
from mailintake.domain.ticket import Status
from mailintake.errors import UsageError
from mailintake.intake import acts
from mailintake.storage.engine import Database
from tests.integration.intake.example import Example, at

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)

LJUBLJANA, KYIV, SAIGON = "Europe/Ljubljana", "Europe/Kyiv", "Asia/Ho_Chi_Minh"
MONDAY = at(LJUBLJANA, "2026-03-09")


@pytest.fixture
def beesender(database: Database) -> Example:
    return Example(database, "beesender")


@pytest.fixture
def b2bee(database: Database) -> Example:
    return Example(database, "b2bee")


@pytest.fixture
def owox(database: Database) -> Example:
    return Example(database, "owox")


@pytest.fixture
def procrm(database: Database) -> Example:
    return Example(database, "procrm")


@pytest.fixture
def creatio(database: Database) -> Example:
    return Example(database, "creatio")


ANDREW, MIA, IRIS = "andrew@baker.example", "mia@baker.example", "iris@advice.example"
TOM = "tom@harbour.example"
ANA = "ana@novak.example"
HOA, MINH = "hoa@saomai.example", "minh@saomai.example"
LAN, HUY = "lan@bienxanh.example", "huy@bienxanh.example"


# Who


def test_a_person_who_is_not_registered_is_not_authorised_and_the_owner_hears_of_it(b2bee: Example) -> None:
    found = b2bee.ask("Zala Kos <zala@novak.example>", MONDAY, text="Dober dan, izvoz se ustavi na polovici datoteke.")
    assert (found.outcome, found.reason) == ("refused", "over-limit")  # two of two are taken
    assert b2bee.told() == ["over-limit", "owner-over-limit"]
    assert "zala@novak.example" in b2bee.the_letter("owner-over-limit", to=ANA)
    one_left = b2bee.policy.directory.accounts["novak"].contacts[:1]
    b2bee.set_account("novak", contacts=one_left)
    found = b2bee.ask("vid@novak.example", MONDAY)
    assert (found.outcome, found.reason) == ("refused", "not-authorised")
    assert b2bee.told()[2:] == ["not-authorised", "owner-not-authorised"]
    assert b2bee.spends("novak") == []


def test_a_stranger_is_told_nothing_of_any_account(b2bee: Example) -> None:
    found = b2bee.ask("eve@elsewhere.example", MONDAY)
    assert (found.outcome, found.reason) == ("refused", "unknown-sender")
    letter = b2bee.the_letter("unknown-sender", to="eve@elsewhere.example")
    assert "Novak" not in letter
    assert b2bee.told() == ["unknown-sender"]


def test_the_third_person_of_a_basic_plan_is_over_the_limit(beesender: Example) -> None:
    # Harbour's first contract is basic: Tom and Iris have both of its seats.
    found = beesender.ask("ann@harbour.example", at("UTC", "2026-06-29"))
    assert (found.outcome, found.reason) == ("refused", "over-limit")
    letter = beesender.the_letter("owner-over-limit", to=TOM)
    assert "2 of 2" in letter
    assert "ann@harbour.example" in letter
    # from July on it is premium, with fifteen: the owner is asked
    found = beesender.ask("ann@harbour.example", at("UTC", "2026-07-01"))
    assert (found.outcome, beesender.ticket(found.ticket).pending) == ("opened", "approval")


def test_after_a_downgrade_the_first_listed_keep_their_seats_and_the_owner_is_told_once(beesender: Example) -> None:
    people = tuple(Contact(f"p{n:02}@harbour.example", role="administrator") for n in range(1, 16))
    contracts = (
        Contract("premium", region="gmt+2", begins=date(2026, 1, 1), ends=date(2026, 6, 30)),
        Contract("basic", region="gmt+2", begins=date(2026, 7, 1), ends=date(2027, 6, 30)),
    )
    beesender.set_account("harbour", contacts=people, contracts=contracts)
    june, july = at("UTC", "2026-06-30"), at("UTC", "2026-07-01")
    beesender.keep_house(june)
    assert beesender.ask("p15@harbour.example", june).outcome == "opened"
    for hour in range(3):
        beesender.keep_house(july + hour * HOUR)
    assert beesender.told(to=TOM) == ["owner-seats-shrunk"]
    letter = beesender.the_letter("owner-seats-shrunk")
    suspended = [f"p{n:02}@harbour.example" for n in range(3, 16)]
    places = [letter.index(each) for each in suspended]
    assert places == sorted(places)
    assert "p02@harbour.example" not in letter
    outcomes = [beesender.ask(each.address, july + DAY).reason for each in people]
    assert outcomes == ["", ""] + ["over-limit"] * 13
    # nobody is deleted: the ticket of one who has no seat any more is still their own
    assert (
        beesender.reply(1, "p15@harbour.example", july + DAY, "It is better since this morning, but slow.").ticket == 1
    )


@pytest.mark.parametrize(("new_sender", "becomes"), [(NewSender.ASK, "pending"), (NewSender.SEAT, "new")])
def test_a_desk_may_ask_or_give_away_a_free_seat(beesender: Example, new_sender: NewSender, becomes: str) -> None:
    senders = replace(beesender.policy.desk.senders, new_at_known_domain=new_sender)
    beesender.set_desk(senders=senders)
    found = beesender.ask("zoe@baker.example", MONDAY)
    assert beesender.ticket(found.ticket).status is Status(becomes)


def test_a_removed_contact_answers_on_an_own_ticket_but_opens_none(b2bee: Example) -> None:
    first = b2bee.ask("bojan@novak.example", MONDAY)
    ana, bojan = b2bee.policy.directory.accounts["novak"].contacts
    b2bee.set_account("novak", contacts=(ana, replace(bojan, suspended=True, removed=True)))
    assert (
        b2bee.reply(first.ticket, bojan.address, MONDAY + HOUR, "Here is the file you asked for.").ticket
        == first.ticket
    )
    assert b2bee.ask(bojan.address, MONDAY + 2 * HOUR).reason == "not-authorised"
    b2bee.act(acts.move, first.ticket, MONDAY + 3 * HOUR, to=Status.CLOSED)
    late = b2bee.reply(first.ticket, bojan.address, MONDAY + DAY, "It stops again at the same line.")
    assert (late.outcome, late.reason) == ("refused", "not-authorised")
    b2bee.set_desk(senders=replace(b2bee.policy.desk.senders, removed_may_reply=False))
    second = b2bee.ask(ANA, MONDAY + DAY)
    assert b2bee.reply(second.ticket, bojan.address, MONDAY + DAY, "And here is mine.").outcome == "refused"


def test_a_seat_given_up_stays_empty_for_as_long_as_the_desk_says(beesender: Example) -> None:
    senders = replace(beesender.policy.desk.senders, new_at_known_domain=NewSender.SEAT, seat_cooldown=30 * DAY)
    beesender.set_desk(senders=senders)
    account = beesender.policy.directory.accounts["baker-shop"]
    beesender.set_account("baker-shop", contracts=(replace(account.contracts[0], contacts=4),))
    assert beesender.ask("zoe@baker.example", MONDAY).outcome == "opened"
    assert beesender.operate("accounts-remove-contact", 0, MONDAY, account="baker-shop", address="zoe@baker.example")
    assert beesender.ask("yan@baker.example", MONDAY + 29 * DAY).reason == "over-limit"
    assert beesender.ask("yan@baker.example", MONDAY + 31 * DAY).outcome == "opened"


def test_a_person_whom_an_admin_added_writes_from_wherever_they_are(beesender: Example) -> None:
    # A free-mail address belongs to no account's domain; the admin has said whose it is.
    assert beesender.ask("zoe@freemail.example", MONDAY).reason == "unknown-sender"
    assert beesender.operate("accounts-add-contact", 0, MONDAY, account="baker-shop", address="zoe@freemail.example")
    found = beesender.ask("zoe@freemail.example", MONDAY + HOUR)
    assert (found.outcome, found.reason) == ("opened", "")
    assert beesender.ticket(found.ticket).account == "baker-shop"
    assert beesender.operate(
        "accounts-remove-contact", 0, MONDAY + DAY, account="baker-shop", address="zoe@freemail.example"
    )
    assert (
        beesender.reply(found.ticket, "zoe@freemail.example", MONDAY + DAY, "It is still so, sorry.").outcome
        == "joined"
    )
    assert beesender.ask("zoe@freemail.example", MONDAY + DAY).outcome == "refused"


def test_a_consultant_of_two_customers_takes_part_in_the_tickets_of_both(beesender: Example) -> None:
    july = at("UTC", "2026-07-06")
    mine = beesender.ask(IRIS, july)
    assert beesender.ticket(mine.ticket).account == "baker-shop"  # preferred
    theirs = beesender.ask(TOM, july)
    joined = beesender.reply(theirs.ticket, IRIS, july + HOUR, "I have looked at it with Tom: it is the same here.")
    assert (joined.outcome, joined.ticket) == ("joined", theirs.ticket)
    assert beesender.reply(theirs.ticket, ANDREW, july + HOUR, "What is this about?").ticket != theirs.ticket


def test_everybody_at_the_domain_may_write_and_nobody_else(owox: Example) -> None:
    at_work = at(KYIV, "2026-03-09", "12:00")
    for who in ("anna@shop.example", "boris@shop.example", "vera@pharmacy.example", "lesya@kyiv.pharmacy.example"):
        assert owox.ask(who, at_work).outcome == "opened", who
    assert owox.ask("eve@notpharmacy.example", at_work).reason == "unknown-sender"
    first = owox.ticket(1)
    assert (
        owox.reply(first.id, "boris@shop.example", at_work + HOUR, "I can see it too, from my own machine.").ticket == 1
    )


# Contracts


def test_a_contract_s_end_in_local_days_and_its_days_of_grace(beesender: Example) -> None:
    # Baker's Shop: to 2026-12-31, and fourteen days more, on the clock of UTC+2.
    last = at("UTC", "2027-01-14", "21:59")
    assert beesender.ask(ANDREW, last).outcome == "opened"
    over = beesender.ask(ANDREW, last + timedelta(minutes=1), processed=last + DAY)
    assert (over.outcome, over.reason) == ("refused", "contract-expired")
    assert "31 December 2026" in beesender.the_letter("contract-expired", to=ANDREW)
    # who is no contact does not learn of it
    stranger = beesender.ask("zoe@baker.example", last + HOUR)
    assert stranger.outcome == "refused"
    assert "2026" not in beesender.letters(to="zoe@baker.example")[-1].text
    # replies go on
    assert beesender.reply(1, ANDREW, last + DAY, "It is still so this morning.").ticket == 1


def test_a_mail_received_in_time_is_in_time_however_late_it_is_judged(beesender: Example) -> None:
    last = at("UTC", "2027-01-14", "21:59")
    found = beesender.ask(ANDREW, last, processed=last + 5 * DAY)
    assert (found.outcome, beesender.ticket(found.ticket).received_at) == ("opened", last)


def test_a_contract_that_has_not_begun(b2bee: Example) -> None:
    found = b2bee.ask("cene@vinar.example", at(LJUBLJANA, "2026-02-28", "23:59"))
    assert (found.outcome, found.reason) == ("refused", "not-started")
    assert "1. marec 2026" in (text := b2bee.the_letter("not-started")) or "1 March 2026" in text
    assert b2bee.ask("cene@vinar.example", at(LJUBLJANA, "2026-03-01", "00:00")).outcome == "opened"


def test_an_expired_licence_is_taken_in_after_the_end_from_a_contact_only(beesender: Example) -> None:
    after = at("UTC", "2027-02-01")
    found = beesender.ask(ANDREW, after, subject="[Topic: licence-expired] All operators are locked out")
    assert found.outcome == "opened"
    assert beesender.ticket(found.ticket).traits.priority == "P1"
    assert beesender.ask("zoe@baker.example", after, subject="[Topic: licence-expired] Locked out").outcome == "refused"


def test_archived_plans_live_on_for_the_contracts_that_have_them(owox: Example) -> None:
    april = at("UTC", "2026-04-27", "07:00")  # Monday, 9:00 at UTC+2
    old = owox.ask("vera@pharmacy.example", april)
    assert owox.ticket(old.ticket).plan == "cost-data-archive"
    assert owox.due(old.ticket) == april + DAY + 4 * HOUR  # twelve hours of eight a day
    new = owox.ask("vera@pharmacy.example", at("UTC", "2026-05-04", "07:00"))
    assert owox.ticket(new.ticket).plan == "enterprise"
    assert owox.due(new.ticket) == at("UTC", "2026-05-04", "09:00")


# What about


def test_ordinary_users_questions_come_with_the_higher_plans(beesender: Example) -> None:
    june, july = at("UTC", "2026-06-29"), at("UTC", "2026-07-06")
    harbour = beesender.policy.directory.accounts["harbour"]
    beesender.set_account("harbour", contacts=(harbour.contacts[0], Contact("ann@harbour.example", "Ann")))
    found = beesender.ask("ann@harbour.example", june)
    assert (found.outcome, found.reason) == ("refused", "not-covered")
    assert "administrator" in beesender.the_letter("not-covered", to="ann@harbour.example").lower()
    assert beesender.ask("ann@harbour.example", july).outcome == "opened"
    assert beesender.ask(TOM, june).outcome == "opened"


@pytest.mark.parametrize(
    ("sender", "topic", "reason"),
    [
        (HOA, "development", "not-covered"),  # neither certified nor premium
        (LAN, "development", "not-covered"),  # premium, not certified
        (HUY, "development", ""),
        (HUY, "marketplace", "not-covered"),  # elsewhere
        (HOA, "administration", ""),
    ],
)
def test_topics_are_for_those_named(creatio: Example, sender: str, topic: str, reason: str) -> None:
    found = creatio.ask(sender, at(SAIGON, "2026-03-09"), subject=f"[Topic: {topic}] Câu hỏi")
    assert (found.outcome, found.reason) == ("refused" if reason else "opened", reason)
    assert len(creatio.told(to=sender)) == 1


def test_a_certified_developer_s_topic_comes_with_its_plan_only(creatio: Example) -> None:
    people = (Contact(HOA, attributes={"certified-developer": True}),)
    creatio.set_account("sao-mai", contacts=people)
    found = creatio.ask(HOA, at(SAIGON, "2026-03-09"), subject="[Topic: development] Câu hỏi")
    assert (found.outcome, found.reason) == ("refused", "not-covered")


def test_what_is_quoted_or_elsewhere_is_said_so(b2bee: Example, creatio: Example) -> None:
    quoted = b2bee.ask(ANA, MONDAY, subject="[Topic: development] A new report")
    assert (quoted.outcome, quoted.reason) == ("refused", "not-covered")
    assert "list price" in b2bee.the_letter("not-covered", to=ANA)
    elsewhere = creatio.ask(HUY, MONDAY, subject="[Topic: marketplace] A plugin")
    assert elsewhere.reason == "not-covered"
    assert "marketplace" in creatio.the_letter("not-covered", to=HUY)
    assert b2bee.spends("novak") == []


def test_a_topic_that_is_not_supported_is_for_an_agent_to_refuse(beesender: Example) -> None:
    found = beesender.ask(ANDREW, MONDAY, subject="[Topic: changed-packages] It stopped after our change")
    assert (found.outcome, beesender.ticket(found.ticket).status) == ("opened", Status.NEW)
    assert ["scope", "refused", "changed-packages"] in beesender.trace(found.mail)


# How urgent


def test_a_look_alike_priority_is_known_clamped_by_its_category_and_recorded(beesender: Example) -> None:
    subject = "[\N{CYRILLIC CAPITAL LETTER ER}1, request] How do licences work?"
    found = beesender.ask(ANDREW, MONDAY, subject=subject)
    ticket = beesender.ticket(found.ticket)
    assert (ticket.traits.category, ticket.traits.priority, ticket.claimed_priority) == ("request", "P3", "P3")
    assert any(line[:2] == ["claim", "priority P1"] for line in beesender.trace(found.mail))
    found = beesender.ask(ANDREW, MONDAY, subject="[\N{CYRILLIC CAPITAL LETTER ER}1] Nothing works at all")
    ticket = beesender.ticket(found.ticket)
    assert (ticket.traits.priority, ticket.claimed_priority) == ("P3", "P1")  # an agent decides


def test_where_the_sender_decides_the_clock_follows(beesender: Example) -> None:
    beesender.set_desk(sender_decides_priority=True)
    found = beesender.ask(ANDREW, at("UTC", "2026-03-09", "08:00"), subject="[P1] Nothing works at all")
    assert beesender.ticket(found.ticket).traits.priority == "P1"
    assert beesender.due(found.ticket) == at("UTC", "2026-03-09", "09:00")
    found = beesender.ask(ANDREW, at("UTC", "2026-03-09", "08:00"), subject="[P1, request] How do licences work?")
    assert beesender.ticket(found.ticket).traits.priority == "P3"


# Which way


def test_mail_to_a_desk_that_takes_none_is_sent_the_right_way_and_control_opens_a_case(procrm: Example) -> None:
    now = at(KYIV, "2026-03-09", "12:00")
    text = "Здравствуйте, после обновления портала не открывается карточка сделки, что делать?"
    found = procrm.ask("ivan@zavod.example", now, to="support@procrm.example", text=text)
    assert (found.outcome, found.reason, found.ticket) == ("refused", "redirect", 0)
    assert "Bitrix24" in procrm.the_letter("redirect", to="ivan@zavod.example")
    found = procrm.ask("ivan@zavod.example", now, to="control@procrm.example", text=text)
    assert (found.outcome, procrm.ticket(found.ticket).queue) == ("opened", "quality-control")


def promoted(desk: Example, mail: int, now: datetime) -> int:
    """The ticket of a refused mail that an agent takes in."""
    assert desk.operate("mail-promote", mail, now)
    (result,) = desk.work_off(now)
    assert (result.mail, result.outcome) == (mail, "opened"), result
    return result.ticket


def test_an_agent_takes_in_a_redirected_mail_and_its_clock_counts_from_then(procrm: Example) -> None:
    received, now = at(KYIV, "2026-03-09", "12:00"), at(KYIV, "2026-03-10", "11:00")
    found = procrm.ask("ivan@zavod.example", received, to="support@procrm.example")
    ticket = promoted(procrm, found.mail, now)
    assert procrm.ticket(ticket).received_at == received
    (clock,) = procrm.clocks(ticket).values()
    assert (clock.started, clock.due) == (now, now + 2 * HOUR)
    assert procrm.told(to="ivan@zavod.example") == ["redirect", "acknowledged", "need-more-info"]
    assert "10 марта 2026" in (letter := procrm.the_letter("acknowledged"))
    assert "13:00" in letter
    checks = [line[0] for line in procrm.trace(found.mail)]
    assert "promoted" in checks
    written = [line[1] for line in procrm.trace(found.mail) if line[0] == "letter"]
    assert written == ["acknowledged", "need-more-info"]


def test_a_refused_mail_is_taken_in_once_and_no_other_is(procrm: Example) -> None:
    now = at(KYIV, "2026-03-09", "12:00")
    refused = procrm.ask("ivan@zavod.example", now, to="support@procrm.example")
    opened = procrm.ask("ivan@zavod.example", now, to="control@procrm.example")
    promoted(procrm, refused.mail, now)
    for mail in (refused.mail, opened.mail, 99):
        assert not procrm.operate("mail-promote", mail, now)


@pytest.mark.parametrize(
    ("sender", "subject", "reason"),
    [
        ("vid@novak.example", "The export stops", "over-limit"),
        (ANA, "[Topic: development] A new report", "not-covered"),
    ],
)
def test_an_agent_may_overrule_every_refusal(b2bee: Example, sender: str, subject: str, reason: str) -> None:
    found = b2bee.ask(sender, MONDAY, subject=subject)
    assert found.reason == reason
    ticket = promoted(b2bee, found.mail, MONDAY + HOUR)
    assert (b2bee.ticket(ticket).status, b2bee.ticket(ticket).account) == (Status.NEW, "novak")
    assert b2bee.spends("novak") == [date(2026, 3, 9)]
    assert b2bee.ask(sender, MONDAY + 2 * HOUR, subject=subject).reason == reason, "it was for this one mail"


def test_what_a_quota_refused_is_taken_in_as_overage(creatio: Example) -> None:
    for _ in range(5):
        creatio.ask(HOA, MONDAY, subject="[Topic: processes] Câu hỏi")
    found = creatio.ask(HOA, MONDAY, subject="[Topic: processes] Câu hỏi")
    assert found.reason == "quota-used-up"
    ticket = promoted(creatio, found.mail, MONDAY + DAY)
    assert creatio.ticket(ticket).status is Status.NEW
    assert len(creatio.spends("sao-mai")) == 6


def test_after_the_end_of_a_contract_an_agent_may_be_obliging(beesender: Example) -> None:
    after = at("UTC", "2027-02-01")
    found = beesender.ask(ANDREW, after)
    assert found.reason == "contract-expired"
    assert beesender.ticket(promoted(beesender, found.mail, after + HOUR)).plan == "business"


def test_whoever_is_nobody_s_customer_is_given_an_account_first(beesender: Example) -> None:
    found = beesender.ask("zoe@freemail.example", MONDAY)
    with pytest.raises(UsageError, match=r"zoe@freemail\.example is nobody's customer"):
        beesender.operate("mail-promote", found.mail, MONDAY)
    assert beesender.work_off(MONDAY) == []
    beesender.operate("accounts-add-contact", 0, MONDAY, account="baker-shop", address="zoe@freemail.example")
    assert beesender.ticket(promoted(beesender, found.mail, MONDAY + HOUR)).account == "baker-shop"
