"""How tickets come to their end, or do not: what is asked, waited, rated and thanked for (DOMAIN section 11)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mailintake.config.request import Request
from mailintake.domain.sla import ClockState
from mailintake.domain.target import Metric
from mailintake.domain.ticket import Status
from mailintake.intake import acts
from mailintake.storage import messages, tables
from mailintake.storage.engine import Database
from tests.integration.intake.example import Example, at

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)

IVAN, PETRO = "ivan@zavod.example", "petro@procrm.example"
CONTROL = "control@procrm.example"
ANDREW = "andrew@baker.example"
NOON = at("Europe/Kyiv", "2026-03-09", "12:00")


@pytest.fixture
def procrm(database: Database) -> Example:
    """ProCRM, which asks for a rating, reminds who does not answer, and closes."""
    return Example(database, "procrm")


@pytest.fixture
def beesender(database: Database) -> Example:
    return Example(database, "beesender")


def a_case(desk: Example) -> int:
    """A ticket that Petro has answered."""
    ticket = desk.ask(IVAN, NOON, to=CONTROL).ticket
    assert desk.answer(ticket, PETRO, NOON + HOUR).ticket == ticket
    assert desk.ticket(ticket).status is Status.WAITING
    return ticket


def solved(desk: Example) -> int:
    """The same, solved an hour later."""
    ticket = a_case(desk)
    desk.act(acts.move, ticket, NOON + 2 * HOUR, to=Status.SOLVED)
    return ticket


def quality_cases(desk: Example) -> list[int]:
    """Tickets in the queue of quality control that no mail opened."""
    wanted = tables.ticket.select().where(tables.ticket.c.follows.is_not(None)).order_by(tables.ticket.c.id)
    with desk.database.reading() as connection:
        return [row.id for row in connection.execute(wanted) if row.queue == "quality-control"]


# What is missing


def test_what_is_missing_is_asked_for_and_the_clock_goes_on(beesender: Example) -> None:
    found = beesender.ask(ANDREW, at("UTC", "2026-03-09", "08:00"), text="Help!")
    assert beesender.told(to=ANDREW) == ["acknowledged", "need-more-info"]
    letter = beesender.the_letter("need-more-info")
    assert "what happens now, and what should happen" in letter
    assert "the promised time goes on" in letter
    assert beesender.due(found.ticket) == at("UTC", "2026-03-09", "12:00")


def test_where_the_desk_says_so_the_clock_stands_until_the_answer(beesender: Example) -> None:
    wanted = beesender.policy.desk.request
    assert isinstance(wanted, Request)
    beesender.set_desk(request=replace(wanted, when_missing="ask-and-pause"))
    start = at("UTC", "2026-03-09", "08:00")
    found = beesender.ask(ANDREW, start, text="Help!")
    assert beesender.due(found.ticket) is None
    assert "stands still until we have your answer" in beesender.the_letter("need-more-info")
    beesender.reply(found.ticket, ANDREW, start + 3 * HOUR, "The chat window stays empty; it should show the chats.")
    assert beesender.due(found.ticket) == start + 7 * HOUR  # four hours, of which none was used
    assert beesender.told(to=ANDREW) == ["acknowledged", "need-more-info"]


def test_where_nothing_is_missing_nothing_is_asked_for(beesender: Example) -> None:
    beesender.ask(ANDREW, NOON, text="The chat window stays empty. See https://screens.example/42 for a recording.")
    assert beesender.told(to=ANDREW) == ["acknowledged"]
    assert set(beesender.told()) == {"acknowledged", "new-ticket"}


# Nobody answers


def test_who_does_not_answer_is_reminded_once_and_then_the_ticket_is_closed(procrm: Example) -> None:
    ticket = a_case(procrm)
    answered = NOON + HOUR
    for moment in (answered + 3 * DAY - MINUTE, answered + 3 * DAY, answered + 3 * DAY + MINUTE, answered + 9 * DAY):
        procrm.keep_house(moment)
    assert procrm.told(to=IVAN)[-1] == "waiting-reminder"
    assert procrm.told(to=IVAN).count("waiting-reminder") == 1
    assert "19" in procrm.the_letter("waiting-reminder")  # March, when it closes
    assert procrm.ticket(ticket).status is Status.WAITING
    procrm.keep_house(answered + 10 * DAY)
    procrm.keep_house(answered + 11 * DAY)
    assert procrm.ticket(ticket).status is Status.CLOSED
    assert procrm.told(to=IVAN)[-1] == "closed"
    again = procrm.reply(ticket, IVAN, answered + 11 * DAY, "It happens again with every new deal.")
    assert (again.ticket != ticket, procrm.ticket(again.ticket).follows) == (True, ticket)
    assert procrm.told(to=IVAN)[-2:] == ["follows", "need-more-info"]


def test_an_answer_ends_the_waiting(procrm: Example) -> None:
    ticket = a_case(procrm)
    procrm.reply(ticket, IVAN, NOON + 2 * DAY, "I have tried, and it is the same with every new deal.")
    procrm.keep_house(NOON + 20 * DAY)
    assert procrm.ticket(ticket).status is Status.OPEN
    assert "waiting-reminder" not in procrm.told()
    # each waiting has a reminder of its own
    procrm.answer(ticket, PETRO, NOON + 20 * DAY)
    procrm.keep_house(NOON + 23 * DAY)
    assert procrm.told().count("waiting-reminder") == 1


def test_after_a_long_stop_who_should_have_been_reminded_and_closed_is_closed(procrm: Example) -> None:
    ticket = a_case(procrm)
    procrm.keep_house(NOON + 30 * DAY)
    procrm.keep_house(NOON + 30 * DAY + MINUTE)
    assert procrm.ticket(ticket).status is Status.CLOSED
    assert procrm.told(to=IVAN).count("closed") == 1
    assert "waiting-reminder" not in procrm.told()


# Solved


def test_a_solved_ticket_asks_how_it_was_and_says_until_when_it_reopens(procrm: Example) -> None:
    ticket = solved(procrm)
    letter = procrm.the_letter("solved", to=IVAN)
    assert "14" in letter  # March: five days
    assert "1" in letter
    assert "5" in letter
    reply = procrm.reply(ticket, IVAN, NOON + 2 * DAY, "It happens again with every new deal, since this morning.")
    assert (reply.ticket, procrm.ticket(ticket).status) == (ticket, Status.OPEN)
    assert procrm.told(to=PETRO)[-1] == "customer-wrote"
    assert "solved" in procrm.letters("customer-wrote", to=PETRO)[-1].text.lower(), "what it was until now"


def test_a_solved_ticket_is_closed_after_its_window_without_a_word(procrm: Example) -> None:
    ticket = solved(procrm)
    procrm.keep_house(NOON + 2 * HOUR + 5 * DAY - MINUTE)
    assert procrm.ticket(ticket).status is Status.SOLVED
    procrm.keep_house(NOON + 2 * HOUR + 5 * DAY)
    assert procrm.ticket(ticket).status is Status.CLOSED
    assert procrm.told(to=IVAN)[-1] == "solved"


@pytest.mark.parametrize(
    "text",
    [
        "Thank you!",
        "Thanks a lot",
        "Спасибо большое!",
        "Thank you very much!\n\nBest regards,\nIvan",
        "Спасибо, Петро!",
        "Дякую!\n\nІван Завод",
    ],
)
def test_thanks_open_nothing_again(procrm: Example, text: str) -> None:
    ticket = solved(procrm)
    name = "Іван Завод" if "Іван" in text else "Ivan Zavod"
    reply = procrm.reply(ticket, f"{name} <{IVAN}>", NOON + DAY, text)
    assert (reply.ticket, procrm.ticket(ticket).status) == (ticket, Status.SOLVED)
    with procrm.database.reading() as connection:
        assert len(messages.of_ticket(connection, ticket)) == 3


def test_thanks_with_a_question_open_it_again(procrm: Example) -> None:
    ticket = solved(procrm)
    procrm.reply(ticket, IVAN, NOON + DAY, "Thank you! But how do I do the same for leads?")
    assert procrm.ticket(ticket).status is Status.OPEN


@pytest.mark.parametrize(("text", "rating"), [("5", 5), ("4/5, thank you", 4), ("★★★", 3)])
def test_a_rating_is_recorded_and_opens_nothing_again(procrm: Example, text: str, rating: int) -> None:
    ticket = solved(procrm)
    procrm.reply(ticket, IVAN, NOON + DAY, text)
    assert (procrm.ticket(ticket).rating, procrm.ticket(ticket).status) == (rating, Status.SOLVED)
    assert quality_cases(procrm) == []


def test_a_low_rating_opens_one_quality_case(procrm: Example) -> None:
    ticket = solved(procrm)
    for hour, text in enumerate(("2", "1")):
        procrm.reply(ticket, IVAN, NOON + DAY + hour * HOUR, text)
    assert procrm.ticket(ticket).rating == 1
    (case,) = quality_cases(procrm)
    assert procrm.ticket(case).status is Status.NEW
    assert (procrm.ticket(case).follows, procrm.ticket(case).mailbox) == (ticket, CONTROL)
    assert procrm.ticket(ticket).status is Status.SOLVED


def test_a_number_on_a_ticket_at_work_is_no_rating(procrm: Example) -> None:
    ticket = a_case(procrm)
    procrm.reply(ticket, IVAN, NOON + DAY, "5")
    assert (procrm.ticket(ticket).rating, procrm.ticket(ticket).status) == (None, Status.OPEN)


def test_a_desk_without_solved_closes_and_a_reply_opens_another(database: Database) -> None:
    owox = Example(database, "owox")
    monday = at("UTC", "2026-03-09", "08:00")
    ticket = owox.ask("anna@shop.example", monday).ticket
    owox.answer(ticket, "iryna@owox.example", monday + HOUR)
    assert owox.clocks(ticket)[Metric.FIRST_RESPONSE].state is ClockState.MET
    owox.act(acts.move, ticket, monday + HOUR, to=Status.SOLVED)
    assert owox.ticket(ticket).status is Status.CLOSED
    thanks = owox.reply(ticket, "anna@shop.example", monday + 2 * HOUR, "Спасибо!")
    assert (thanks.ticket, owox.ticket(ticket).status) == (ticket, Status.CLOSED)
    again = owox.reply(ticket, "anna@shop.example", monday + 2 * HOUR, "The report is empty again today.")
    assert owox.ticket(again.ticket).follows == ticket


# Machines


def test_an_answering_machine_opens_tickets_but_gets_only_so_many_letters(beesender: Example) -> None:
    start = at("UTC", "2026-03-09", "08:00")
    for number in range(30):
        found = beesender.ask(ANDREW, start + number * MINUTE, subject=f"Out of office {number}", text="I am away.")
        assert found.outcome == "opened"
    assert len(beesender.told(to=ANDREW)) == beesender.policy.letters_per_address_hour == 5
    with beesender.database.reading() as connection:
        kept = connection.execute(tables.spool.select()).all()
    assert {row.outcome for row in kept} == {"opened"}
    assert len(kept) == 30


def test_a_machine_that_says_so_opens_nothing(beesender: Example) -> None:
    for number in range(3):
        subject = f"Out of office {number}"
        found = beesender.ask(ANDREW, NOON, subject=subject, text="I am away.", Auto_Submitted="auto-replied")
        assert (found.outcome, found.ticket) == ("ignored", 0)
    ticket = beesender.ask(ANDREW, NOON).ticket
    found = beesender.reply(ticket, ANDREW, NOON + HOUR, "I am away.", Auto_Submitted="auto-replied")
    assert (found.outcome, found.ticket) == ("joined", ticket)
    assert beesender.told(to=ANDREW) == ["acknowledged", "need-more-info"]
    assert "customer-wrote" not in beesender.told(), "an automatic answer is kept and moves nothing"
