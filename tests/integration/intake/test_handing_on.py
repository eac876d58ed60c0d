"""What a customer wrote to an agent becomes a ticket when the agent hands it on: the customer's, not the agent's."""

import pytest

from mailintake.domain.ticket import Status
from mailintake.storage.engine import Database
from tests import clients
from tests.builders import DESK
from tests.integration.intake.conversation import (
    ANA,
    BEN,
    DESK_FILE,
    EVE,
    FAIL,
    INBOX,
    IVO,
    MARIA,
    NOBODY,
    Conversation,
    Sent,
    a_desk_of,
    bare,
)

TEXT = "Dear Maria,\nthe scales show nothing.\n\nAna"
WORDS = "She rang as well.\nShe is in a hurry."


@pytest.fixture
def told(database: Database) -> Conversation:
    return Conversation(database)


def hands_on(told: Conversation, words: str = "#new", *, style: str = "gmail-en", author: str = ANA, to: str = DESK,
             text: str = TEXT, subject: str = "Scales", by: str = MARIA, **more: object) -> list[Sent]:  # fmt: skip
    """An agent hands on a mail."""
    raw = clients.forwarded(style, by, words, to=to, author=author, subject=subject, text=text)
    return told.send(raw, by, **more)  # type: ignore[arg-type]  # the trust in it


@pytest.mark.parametrize("style", clients.FORWARDS)
@pytest.mark.parametrize("words", ["#new", f"#new\n\n{WORDS}"], ids=["alone", "with words"])
def test_a_mail_handed_on_is_its_author_s_request(told: Conversation, style: str, words: str) -> None:
    hands_on(told, words, style=style)
    number = told.on_ticket()
    ticket = told.shown(number)
    assert number != told.ticket
    assert (ticket.requester.address, ticket.requester.name) == ("ana@bakery.example", "Ana Baker")
    assert (ticket.account, ticket.subject, ticket.status) == ("bakery", "Scales", Status.NEW)
    assert told.told()[0] == ("acknowledged", "ana@bakery.example")
    (for_ivo,) = [each for each in told.left if each.template == "new-ticket"]
    assert for_ivo.to == bare(IVO)
    assert "the scales show nothing" in for_ivo.text
    assert for_ivo.said["trust"] == ""  # nobody vouches for Ana but Maria
    receipt = told.receipt()
    assert (receipt.done, receipt.said["withheld"], receipt.said["tickets"][0]["ticket"]) == (["#new"], "", number)
    assert [each["text"] for each in told.journal("note", number)] == ([WORDS] if "rang" in words else [])
    assert not any("rang" in each.everything or "#new" in each.everything for each in told.outside())


@pytest.mark.parametrize("words", ["", WORDS])
def test_where_agents_forward_no_command_is_needed(told: Conversation, words: str) -> None:
    hands_on(told, words, to=INBOX)
    number = told.on_ticket()
    assert told.shown(number).requester.address == "ana@bakery.example"
    assert [each["text"] for each in told.journal("note", number)] == ([words] if words else [])
    assert told.receipt().said["tickets"][0]["ticket"] == number


def test_a_mail_that_is_attached_is_handed_on_too(told: Conversation) -> None:
    raw = clients.attached(MARIA, f"#new\n\n{WORDS}", to=DESK, author=ANA, subject="Scales", text=TEXT)
    told.send(raw, MARIA)
    number = told.on_ticket()
    assert (told.shown(number).requester.address, told.shown(number).subject) == ("ana@bakery.example", "Scales")
    assert told.journal("note", number)[0]["text"] == WORDS
    (for_ivo,) = [each for each in told.left if each.template == "new-ticket"]
    assert "the scales show nothing" in for_ivo.text
    assert "She rang" not in for_ivo.text


def test_other_orders_beside_it_are_about_the_new_ticket(told: Conversation) -> None:
    hands_on(told, "#new\n#priority high\n#assign ivo")
    ticket = told.shown(told.on_ticket())
    assert (ticket.traits.priority, ticket.assignee) == ("high", "ivo")
    assert told.receipt().done == ["#new", "#priority high", "#assign ivo"]
    assert told.shown().assignee == ""


def test_the_customer_goes_on_with_the_desk(told: Conversation) -> None:
    hands_on(told)
    number = told.on_ticket()
    told.says(ANA, "It shows nothing at all.", answers=told.letters_to(ANA)[-1])
    assert (told.on_ticket(), told.parts(number)) == (number, ["customer", "customer"])
    told.says(MARIA, "Change the battery.", answers=told.letters_to(MARIA)[-1])
    answer = told.letters_to(ANA)[-1]
    assert answer.template == "answer"
    assert MARIA.partition("<")[2].strip(">") not in answer.everything
    assert told.parts(number) == ["customer", "customer", "answer"]


def test_neither_seat_nor_quota_keeps_it_out(database: Database) -> None:
    told = Conversation(database, a_desk_of(DESK_FILE.replace("100 per month", "1 per month")))
    assert told.ask(ANA) == 0  # her own second one
    hands_on(told)
    assert told.shown(told.on_ticket()).account == "bakery"
    hands_on(told, author=BEN)  # no contact
    assert told.shown(told.on_ticket()).requester.address == "ben@bakery.example"
    assert told.units() == 3


def test_nobody_s_customer_waits_for_a_person_and_the_agent_hears_why(told: Conversation) -> None:
    hands_on(told, author=EVE)
    assert told.end() == ("held", "unknown-sender")
    assert told.on_ticket() == 0
    assert told.letters_to(EVE) == []
    receipt = told.receipt()
    assert receipt.refused == {"#new": "not-allowed"}
    assert "eve@elsewhere.example" in receipt.text


@pytest.mark.parametrize("author", [IVO, MARIA, f"Desk <{DESK}>"])
def test_the_desk_s_own_people_ask_nothing(told: Conversation, author: str) -> None:
    hands_on(told, author=author)
    assert told.end() == ("held", "unclear-forward")
    assert told.receipt().said["withheld"] == "no-recipient"


def test_a_mail_that_forwards_nothing_opens_nothing(told: Conversation) -> None:
    told.send(clients.gmail(MARIA, "#new\n\nPlease open one.", to=DESK, subject="Scales"), MARIA)
    assert told.end() == ("held", "unclear-forward")


def test_what_is_mistyped_above_a_forwarded_mail_opens_nothing(told: Conversation) -> None:
    hands_on(told, "#nots\nShe never pays.", to=INBOX)
    assert told.end() == ("held", "not-understood")
    assert told.receipt().said["unknown"]
    assert not any("never pays" in each.everything for each in told.outside())


@pytest.mark.parametrize("trust", [NOBODY, FAIL], ids=["unverified", "forged"])
@pytest.mark.parametrize("to", [DESK, INBOX])
def test_who_only_claims_to_be_an_agent_hands_on_nothing(told: Conversation, trust: object, to: str) -> None:
    hands_on(told, to=to, trust=trust)
    assert told.end()[0] == "held"
    assert told.left == []


def test_a_customer_hands_on_nothing(told: Conversation) -> None:
    hands_on(told, "#new", by=ANA, author="Mia Miller <mia@mill.example>")
    assert told.shown(told.on_ticket()).requester.address == "ana@bakery.example"


def test_what_is_handed_on_has_no_authority(told: Conversation) -> None:
    told.says(MARIA, "It is mended.")
    tag = str(told.letters_to(MARIA)[0].mail["Subject"])
    hands_on(told, text=f"#close\n#assign ivo\n\nThis is about {tag}.", subject="#close")
    number = told.on_ticket()
    assert number != told.ticket
    assert (told.shown(number).status, told.shown(number).assignee) == (Status.NEW, "")
    assert told.shown().status is Status.WAITING
    assert told.receipt().done == ["#new"]


def test_a_letter_of_ours_that_is_handed_on_opens_no_ticket_of_ours(told: Conversation) -> None:
    letter = told.letters_to(MARIA)[0]
    subject = str(letter.mail["Subject"])
    hands_on(told, "Look at this.", author=str(letter.mail["From"]), subject=subject, text=letter.text)
    assert [each.template for each in told.outside()] == ["acknowledged"]


def test_a_forwarded_mail_without_an_order_is_answered_to_nobody(told: Conversation) -> None:
    raw = clients.forwarded("gmail-en", MARIA, WORDS, to=str(told.letters_to(MARIA)[0].mail["Reply-To"]), author=ANA,
                            subject="Scales", text=TEXT)  # fmt: skip
    told.send(raw, MARIA)
    assert [each.template for each in told.outside()] == ["acknowledged"]
    assert told.receipt().said["withheld"]


def test_a_forwarded_mail_becomes_a_note_where_the_agent_says_so(told: Conversation) -> None:
    to = str(told.letters_to(MARIA)[0].mail["Reply-To"])
    raw = clients.forwarded("gmail-en", MARIA, "#note See below.", to=to, author=ANA, subject="Scales", text=TEXT)
    told.send(raw, MARIA)
    assert told.receipt().said["noted"]
    assert [each.template for each in told.outside()] == ["acknowledged"]
