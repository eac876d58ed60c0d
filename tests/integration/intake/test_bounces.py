"""A letter that does not arrive is heard of at the desk, and an address that takes none gets none by itself."""

from itertools import count
from typing import Any

import pytest

from mailintake.domain.ticket import Status
from mailintake.storage.engine import Database
from tests import dsn
from tests.builders import DESK
from tests.integration.intake.conversation import ANA, BEN, EVE, IVO, MARIA, NOBODY, Conversation, Sent, bare

DELAYED: dict[str, Any] = {"action": "delayed", "code": "4.4.1", "said": "451 4.4.1 no answer from the host"}
_numbers = count(1)


@pytest.fixture
def told(database: Database) -> Conversation:
    """An answer of Maria's has just left."""
    found = Conversation(database)
    found.says(MARIA, "Please switch it off and on again.")
    return found


def comes_back(told: Conversation, letter: Sent | None = None, *, server: str = "postfix", to: str | None = None,
               **said: str) -> list[Sent]:  # fmt: skip
    """A server says that a letter did not arrive, the newest answer if none is named; what follows."""
    letter = letter or next(each for each in reversed(told.outside()) if each.template == "answer")
    to = letter.draft.return_path if to is None else to
    return told.send(dsn.report(server, letter.mail, to=to, number=next(_numbers), **said), "", to=to, trust=NOBODY)


@pytest.mark.parametrize("server", dsn.SERVERS)
def test_the_desk_hears_that_an_answer_did_not_arrive(told: Conversation, server: str) -> None:
    comes_back(told, server=server)
    assert told.on_ticket() == told.ticket
    assert told.parts() == ["customer", "answer", "bounce"]
    assert told.told() == [("bounced", "maria@desk.example")]
    (letter,) = told.left
    assert (letter.said["address"], letter.said["hard"], letter.said["code"], letter.said["bounces"]) == (
        "ana@bakery.example",
        True,
        "5.1.1",
        1,
    )
    assert "550 5.1.1 no such user here" in letter.text
    assert told.shown().status is Status.WAITING


@pytest.mark.parametrize("server", dsn.SERVERS)
def test_a_report_that_names_our_letter_is_known_wherever_it_goes(told: Conversation, server: str) -> None:
    comes_back(told, server=server, to=DESK)
    assert (told.on_ticket(), told.parts()[-1]) == (told.ticket, "bounce")
    assert told.told() == [("bounced", "maria@desk.example")]


def test_a_letter_that_is_nobody_s_ticket_is_the_team_s(told: Conversation) -> None:
    told.orders("#assign support")
    comes_back(told)
    assert told.told() == [("bounced", "ivo@desk.example"), ("bounced", "maria@desk.example")]


@pytest.mark.parametrize("server", dsn.SERVERS)
def test_a_forged_report_does_nothing(told: Conversation, server: str) -> None:
    letter = told.letters_to(ANA)[-1]
    wrong = str(letter.mail["Message-ID"]).replace(".", ".a", 1)[:-1]
    letter.mail.replace_header("Message-ID", wrong + ">")
    for to in (DESK, f"support+{told.ticket}.aaaaaaaaaaaaaaaaaaa@desk.example"):
        assert comes_back(told, letter, server=server, to=to) == []
        assert told.on_ticket() == 0
    assert told.parts() == ["customer", "answer"]


def test_an_answer_to_the_bounce_address_is_no_word_of_the_customer_s(told: Conversation) -> None:
    """The address of a report has a token that opens no ticket to anybody."""
    letter = told.letters_to(ANA)[-1]
    letter.mail.replace_header("Reply-To", letter.draft.return_path)
    del letter.mail["Message-ID"]
    letter.mail["Message-ID"] = "<1@elsewhere.example>"
    letter.mail.replace_header("Subject", "Oven")
    told.says(EVE, "Let me in.", answers=letter)
    assert told.on_ticket() == 0


@pytest.mark.parametrize("server", dsn.SERVERS)
def test_a_delay_is_kept_and_told_to_nobody(told: Conversation, server: str) -> None:
    assert comes_back(told, server=server, **DELAYED) == []
    assert told.parts()[-1] == "bounce"
    assert told.journal("bounced") == []


def test_a_letter_given_up_for_now_does_not_count(told: Conversation) -> None:
    for _ in range(4):
        comes_back(told, code="4.2.2", said="452 4.2.2 the mailbox is full")
    assert [each["bounces"] for each in told.journal("bounced")] == [0, 0, 0, 0]


def test_an_address_that_never_takes_letters_gets_none_by_itself(told: Conversation) -> None:
    for _ in range(3):
        comes_back(told)
    assert [(each["bounces"], each["marked"]) for each in told.journal("bounced")] == [
        (1, False),
        (2, False),
        (3, True),
    ]
    told.orders("#solved", answers=told.letters_to(MARIA)[0])
    assert [each.to for each in told.left] == ["maria@desk.example"]
    assert told.withheld() == ["letters to this address do not arrive"]
    told.orders("#reopen\n\nPerhaps this arrives.")
    assert ("answer", "ana@bakery.example") in told.told()


def test_who_writes_gets_letters_again(told: Conversation) -> None:
    for _ in range(3):
        comes_back(told)
    told.says(ANA, "I was away.", answers=told.letters_to(ANA)[0])
    told.orders("#solved")
    assert ("solved", "ana@bakery.example") in told.told()
    comes_back(told)
    assert told.journal("bounced")[-1]["bounces"] == 1


def test_two_of_three_do_not_count_when_something_arrived_between(told: Conversation) -> None:
    comes_back(told)
    comes_back(told)
    told.says(ANA, "I was away.", answers=told.letters_to(ANA)[0])
    comes_back(told)
    assert not told.journal("bounced")[-1]["marked"]


def test_fifty_reports_a_day_make_one_letter(told: Conversation) -> None:
    letters = [each for _ in range(50) for each in comes_back(told)]
    assert [(each.template, each.to) for each in letters] == [("bounced", "maria@desk.example")]
    assert len(told.journal("bounced")) == 50
    told.now = told.now.replace(hour=0) + (told.now.replace(hour=23) - told.now.replace(hour=0)) * 2
    assert [each.template for each in comes_back(told)] == ["bounced"]


def test_the_letter_about_it_cannot_come_back(told: Conversation) -> None:
    (letter,) = comes_back(told)
    assert letter.draft.return_path == ""
    assert letter.mail["Auto-Submitted"] == "auto-generated"
    comes_back(told, letter, to=DESK)
    assert told.left == []  # Ivo has nothing to do with it, and Maria's address is the one that fails
    assert told.parts()[-1] == "bounce"


def test_an_agent_whose_letters_fail_is_not_told_but_colleagues_are(told: Conversation) -> None:
    told.orders("#assign support")
    letter = told.letters_to(IVO)[-1]
    comes_back(told, letter, to=DESK)
    assert told.told() == [("bounced", "maria@desk.example")]


def test_the_report_of_a_watcher_s_letter_names_the_watcher(told: Conversation) -> None:
    told.orders("#cc add ben@bakery.example", answers=told.letters_to(MARIA)[0])
    told.says(MARIA, "And clean it.", answers=told.letters_to(MARIA)[0])
    (to_ben,) = [each for each in told.left if each.to == bare(BEN)]
    assert comes_back(told, to_ben)[0].said["address"] == "ben@bakery.example"
