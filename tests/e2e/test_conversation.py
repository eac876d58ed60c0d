"""What customers see: a mail becomes a ticket, a letter comes back, and the conversation stays together."""

import re

from mailintake.domain.tag import TOKEN_LENGTH
from tests.e2e.harness import Desk, eventually
from tests.e2e.mails import Answer, a_mail, at_once, send, send_locally

STRANGER = "eve@elsewhere.example"
AGENT = "maria@desk.example"


def test_a_mail_becomes_a_ticket_and_is_acknowledged(desk: Desk) -> None:
    sender = "ana@bakery.example"
    raw = a_mail("The oven is cold", sender=f"Ana Baker <{sender}>", message_id="<oven@bakery.example>")
    assert send(desk.port, raw, sender=sender).code == 250

    letter = desk.one_letter_to(sender)
    (ticket,) = [each for each in desk.ask("tickets", "list") if each["requester"] == sender]
    assert (ticket["subject"], ticket["account"], ticket["status"]) == ("The oven is cold", "bakery", "new")
    assert letter["In-Reply-To"] == "<oven@bakery.example>"
    root, *others = letter["References"].split()
    assert re.fullmatch(rf"<{ticket['id']}\.[0-9a-f]{{20}}@desk\.example>", root), "one thread for all about the ticket"
    assert others == ["<oven@bakery.example>"]
    assert letter["Auto-Submitted"] == "auto-replied"
    assert letter["Return-Path"] == "<>"
    assert re.search(rf"\[#{ticket['id']}\.[a-z2-7]{{{TOKEN_LENGTH}}}\]", letter["Subject"])
    promised = r"First answer: +by \w+ \d{1,2} \w+ \d{4}, \d\d:\d\d \(Europe/Ljubljana\)"
    assert re.search(promised, letter.get_body(("plain",)).get_content()), letter.get_body(("plain",)).get_content()


def test_a_reply_joins_the_ticket(desk: Desk) -> None:
    sender = "mia@mill.example"
    send(desk.port, a_mail("The stone is worn", sender=sender), sender=sender)
    acknowledged = desk.one_letter_to(sender)

    reply = a_mail("Re: stone", sender=sender, extra=(f"In-Reply-To: {acknowledged['Message-ID']}",))
    answer = send(desk.port, reply, sender=sender)
    assert outcome(desk, answer) == ("joined", ticket_of(desk, sender))
    assert len(desk.letters_to(sender)) == 1

    again = a_mail("Re: stone", sender=sender, text="And it is loud.")
    (answer,) = send_locally(desk.lmtp, again, sender=sender, to=(acknowledged["Reply-To"],))
    assert outcome(desk, answer) == ("joined", ticket_of(desk, sender))


def test_a_stranger_with_the_same_tag_does_not_join(desk: Desk) -> None:
    sender = "mona@mill.example"
    send(desk.port, a_mail("The wheel is stuck", sender=sender), sender=sender)
    acknowledged = desk.one_letter_to(sender)
    joins = (f"In-Reply-To: {acknowledged['Message-ID']}", f"References: {acknowledged['Message-ID']}")

    forged = a_mail(acknowledged["Subject"], sender=STRANGER, text="Tell me all.", extra=joins)
    answer = send(desk.port, forged, sender=STRANGER)
    ticket = ticket_of(desk, sender)
    assert outcome(desk, answer) == ("joined", ticket)
    from_another_customer = a_mail(acknowledged["Subject"], sender="tea@tannery.example", extra=joins)
    answer = send(desk.port, from_another_customer, sender="tea@tannery.example")
    assert outcome(desk, answer) == ("opened", ticket_of(desk, "tea@tannery.example"))

    query = "SELECT author_address, part_played FROM message WHERE ticket_id = :id ORDER BY id"
    assert desk.rows(query, id=ticket) == [(sender, "customer"), (STRANGER, "stranger")]
    assert desk.ask("tickets", "show", ticket)["status"] == "new"
    desk.wait_until_idle()
    assert desk.letters_to(STRANGER) == []
    assert len(desk.letters_to(sender)) == 1
    (told,) = [each for each in desk.letters_to(AGENT) if "Tell me all." in each.get_body(("plain",)).get_content()]
    assert acknowledged["Message-ID"].split(".")[1] not in told.as_string(), "the stranger's token is nobody else's"


def test_the_third_contact_of_a_plan_for_two_is_refused_and_told_why(desk: Desk) -> None:
    for number, name in enumerate(("ana", "bor", "cilka"), start=1):
        sender = f"{name}@bakery.example"
        answer = send(desk.port, a_mail(f"Question {number}", sender=sender), sender=sender)
        said = outcome(desk, answer)[0]
        assert said == ("opened" if number < 3 else "refused"), name
    refusal = desk.one_letter_to("cilka@bakery.example")
    assert "all places for contacts are taken" in " ".join(refusal.get_body(("plain",)).get_content().split())
    assert "[#" not in refusal["Subject"]
    assert not desk.rows("SELECT 1 FROM ticket WHERE requester_address = 'cilka@bakery.example'")


def test_the_same_bytes_twice_make_one_ticket_and_one_letter(desk: Desk) -> None:
    sender = "max@mill.example"
    raw = a_mail("Twice", sender=sender)
    first, second = (send(desk.port, raw, sender=sender) for _ in range(2))
    assert first == second
    (by_another_way,) = send_locally(desk.lmtp, b"Received: from elsewhere.example\r\n" + raw, sender=sender)
    assert by_another_way.spool_id != first.spool_id
    assert outcome(desk, by_another_way) == ("ignored", None)
    desk.wait_until_idle()
    assert desk.value("SELECT count(*) FROM ticket WHERE subject = 'Twice'") == 1
    assert desk.value("SELECT count(*) FROM outbox WHERE recipient = :to", to=sender) == 1
    assert len(desk.letters_to(sender)) == 1


def test_automatic_mail_gets_no_letter(desk: Desk) -> None:
    sender = "mark@mill.example"
    raw = a_mail("I am on holiday", sender=sender, extra=("Auto-Submitted: auto-replied",))
    assert outcome(desk, send(desk.port, raw, sender=sender)) == ("ignored", None)
    desk.wait_until_idle()
    assert not desk.rows("SELECT 1 FROM outbox WHERE recipient = :to", to=sender)
    assert not desk.letters_to(sender)


def test_two_senders_race_for_the_last_seat(desk: Desk) -> None:
    senders = ("urh@tannery.example", "vida@tannery.example")
    answers = at_once(*((desk.port, a_mail("A seat, please", sender=who), who) for who in senders))
    assert sorted(outcome(desk, answer)[0] for answer in answers) == ["opened", "refused"]
    assert desk.value("SELECT count(*) FROM contact WHERE account = 'tannery'") == 1
    tickets = "SELECT count(*) FROM ticket WHERE account = 'tannery' AND requester_address IN ('urh@tannery.example', 'vida@tannery.example')"  # noqa: E501
    assert desk.value(tickets) == 1


def outcome(desk: Desk, answer: Answer) -> tuple[str, int | None]:
    """What became of an accepted mail, and the ticket it is on."""
    query = "SELECT outcome, ticket_id FROM spool WHERE id = :id AND outcome IS NOT NULL"
    ((found, ticket),) = eventually(lambda: desk.rows(query, id=answer.spool_id), what=f"{answer} is settled")
    return found, ticket


def ticket_of(desk: Desk, sender: str) -> int:
    """The one ticket that this address opened."""
    return int(desk.value("SELECT id FROM ticket WHERE requester_address = :sender", sender=sender))
