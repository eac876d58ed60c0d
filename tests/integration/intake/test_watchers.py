"""Who is let in to take part in a ticket, by whom, and what they get to read (I7)."""

import pytest

from mailintake.domain.ticket import Status
from mailintake.storage.engine import Database
from tests import clients
from tests.builders import DESK
from tests.integration.intake.conversation import ANA, BEN, EVE, FAIL, MARIA, MIA, NOBODY, Conversation, bare

EVA = "Eva Baker <eva@bakery.example>"
INSIDE = {"receipt", "note", "customer-wrote", "answered", "assigned", "new-ticket", "stranger-wrote", "bounced"}


@pytest.fixture
def told(database: Database) -> Conversation:
    return Conversation(database)


def test_who_is_copied_in_by_a_verified_customer_takes_part(told: Conversation) -> None:
    number = told.ask(ANA, cc=[BEN, EVE])
    assert told.watchers(number) == ["ben@bakery.example", "eve@elsewhere.example"]
    told.says(MARIA, "It is mended.")
    assert sorted(each.to for each in told.left) == [
        "ana@bakery.example",
        "ben@bakery.example",
        "eve@elsewhere.example",
    ]
    assert {each.template for each in told.left} == {"answer"}


def test_a_reply_to_all_lets_in_later(told: Conversation) -> None:
    told.says(MARIA, "It is mended.")
    told.says(ANA, "Thank you. Ben asks how.", cc=[BEN])
    assert told.watchers() == ["ben@bakery.example"]


def test_whom_an_agent_has_let_go_no_reply_to_all_brings_back(told: Conversation) -> None:
    number = told.ask(ANA, cc=[BEN])
    told.says(MARIA, "#cc remove ben@bakery.example", answers=told.letters_to(MARIA)[-1])
    told.says(ANA, "And Ben asks how.", cc=[BEN], answers=told.letters_to(ANA)[-1])
    assert told.watchers(number) == []
    told.says(MARIA, "#cc add ben@bakery.example", answers=told.letters_to(MARIA)[-1])
    assert told.watchers(number) == ["ben@bakery.example"]


def test_the_desk_and_its_people_are_no_watchers(told: Conversation) -> None:
    number = told.ask(ANA, cc=[MARIA, DESK, ANA])
    assert told.watchers(number) == []


@pytest.mark.parametrize("trust", [NOBODY, FAIL], ids=["unverified", "forged"])
def test_nobody_is_let_in_by_whom_nobody_vouches_for(told: Conversation, trust: object) -> None:
    told.says(ANA, "Write to Eve as well.", cc=[EVE], trust=NOBODY if trust is NOBODY else FAIL)
    assert told.watchers() == []
    told.says(MARIA, "It is mended.", answers=told.letters_to(MARIA)[0])
    assert told.letters_to(EVE) == []


def test_a_stranger_lets_nobody_in(told: Conversation) -> None:
    told.says(EVE, "I am new.", cc=[MIA], answers=told.letters_to(ANA)[0])
    assert told.parts() == ["customer", "stranger"]
    assert told.watchers() == []


def test_a_crowd_is_let_in_up_to_a_number(told: Conversation) -> None:
    number = told.ask(ANA, cc=[f"guest{each}@bakery.example" for each in range(30)])
    assert len(told.watchers(number)) == 10


def test_what_a_watcher_writes_joins(told: Conversation) -> None:
    told.orders("#cc add ben@bakery.example")
    told.says(MARIA, "It is mended.", answers=told.letters_to(MARIA)[0])
    told.says(BEN, "Not quite.", answers=told.letters_to(BEN)[-1])
    assert (told.on_ticket(), told.parts()[-1]) == (told.ticket, "customer")
    assert told.shown().status is Status.OPEN
    assert ("customer-wrote", "maria@desk.example") in told.told()


def test_a_watcher_from_elsewhere_joins_with_their_own_letter_only(told: Conversation) -> None:
    told.orders("#cc add eve@elsewhere.example")
    told.says(MARIA, "It is mended.", answers=told.letters_to(MARIA)[0])
    told.says(EVE, "Not quite.", answers=told.letters_to(EVE)[-1])
    assert told.parts()[-1] == "customer"
    told.send(clients.gmail(EVE, "Hello?", to=DESK, subject="Hello"), EVE)
    assert told.end() == ("refused", "unknown-sender")


def test_who_was_let_go_is_a_stranger_again(told: Conversation) -> None:
    told.orders("#cc add eve@elsewhere.example")
    told.says(MARIA, "It is mended.", answers=told.letters_to(MARIA)[0])
    told.orders("#cc remove eve@elsewhere.example", answers=told.letters_to(MARIA)[0])
    letters = len(told.letters_to(EVE))
    told.says(EVE, "Not quite.", answers=told.letters_to(EVE)[-1])
    assert told.parts()[-1] == "stranger"
    told.says(MARIA, "Did it help?", answers=told.letters_to(MARIA)[0])
    assert len(told.letters_to(EVE)) == letters


def test_watchers_read_answers_and_nothing_else(told: Conversation) -> None:
    told.orders("#cc add ben@bakery.example")
    told.orders("#note The door opens to sesame.")
    told.says(ANA, "Is it mended?", answers=told.letters_to(ANA)[0])
    told.says(EVE, "Let me in.", answers=told.letters_to(ANA)[0])
    told.orders("#assign ivo\n#hold external", answers=told.letters_to(MARIA)[0])
    told.orders("#solved\n\nIt is mended.", answers=told.letters_to(MARIA)[0])
    assert [each.template for each in told.letters_to(BEN)] == ["answer"]
    assert INSIDE.isdisjoint(each.template for each in told.outside())
    assert not any("sesame" in each.everything for each in told.outside())


def test_each_has_a_token_of_their_own(told: Conversation) -> None:
    told.orders("#cc add ben@bakery.example\n#cc add eva@bakery.example")
    told.says(MARIA, "It is mended.", answers=told.letters_to(MARIA)[0])
    addresses = {str(each.mail["Reply-To"]) for each in told.left if each.template == "answer"}
    assert len(addresses) == 3
    assert {each.to for each in told.left} == {bare(ANA), bare(BEN), bare(EVA)}
    for each in told.left:
        assert [other for other in addresses if other in each.everything] == [str(each.mail["Reply-To"])]
