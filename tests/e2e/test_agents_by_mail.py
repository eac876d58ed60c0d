"""A day at the desk: a customer with her mail programs, and two agents who need nothing but theirs."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

import pytest

from tests import clients
from tests.clients import words_of
from tests.e2e.conftest import NewDesk
from tests.e2e.harness import MAILBOX, Desk, eventually
from tests.e2e.mails import send

ANA, BEN = "Ana Baker <ana@bakery.example>", "Ben Baker <ben@bakery.example>"
MARIA, IVO = "Maria Horvat <maria@desk.example>", "Ivo Kralj <ivo@desk.example>"
ACCOUNTS = """\
accounts:
  bakery:
    domains: [bakery.example]
    contract: {plan: two}
    contacts: [Ana Baker <ana@bakery.example>]
agents:
  maria: Maria Horvat <maria@desk.example>
  ivo: {mail: Ivo Kralj <ivo@desk.example>, signature: Ivo from the night shift}
teams: {support: {members: [maria, ivo], lead: maria}}
"""


class Day:
    """The desk at work; what was handed over and what came back."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.ticket = 0
        self.seen: set[str] = set()

    def say(self, raw: bytes, sender: str) -> EmailMessage:
        """Somebody sends a mail, and all that follows from it has happened; the mail as it was sent."""
        mail = message_from_bytes(raw, policy=policy.default)
        to = str(mail["To"]).rpartition("<")[2].strip(">")
        number = send(self.desk.port, raw, sender=_bare(sender), to=to).spool_id
        query = "SELECT ticket_id FROM spool WHERE id = :number AND outcome IS NOT NULL"
        ((ticket,),) = eventually(lambda: self.desk.rows(query, number=number), what="it is settled")
        self.ticket = self.ticket or ticket
        assert ticket == self.ticket
        self.desk.wait_until_idle()
        return cast("EmailMessage", mail)

    def new_letters(self) -> list[tuple[str, EmailMessage]]:
        """To whom letters have gone since the last look, and what they are."""
        found = [letter for letter in self.desk.letters() if letter["Message-ID"] not in self.seen]
        self.seen |= {letter["Message-ID"] for letter in found}
        return sorted(((str(letter["Delivered-To"]), letter) for letter in found), key=lambda pair: pair[0])

    def shown(self) -> dict[str, Any]:
        return cast("dict[str, Any]", self.desk.ask("tickets", "show", self.ticket))

    def clock(self, metric: str) -> dict[str, Any]:
        """The newest clock of a metric."""
        return [clock for clock in self.shown()["clocks"] if clock["metric"] == metric][-1]


@pytest.fixture
def day(new_desk: NewDesk) -> Day:
    desk = new_desk()
    (desk.config / "accounts.yaml").write_text(ACCOUNTS)
    desk.start()
    return Day(desk)


def test_ten_mails_between_a_customer_and_two_agents(day: Day) -> None:
    question = day.say(
        clients.outlook(ANA, "Hello,\nthe oven is cold since the morning.", to=MAILBOX, subject="Oven"), ANA
    )
    (to_ana, acknowledged), (to_ivo, for_ivo), (to_maria, for_maria) = day.new_letters()
    assert (to_ana, to_ivo, to_maria) == ("ana@bakery.example", "ivo@desk.example", "maria@desk.example")
    assert "the oven is cold since the morning" in words_of(for_maria)
    assert for_maria["Reply-To"] != for_ivo["Reply-To"] != acknowledged["Reply-To"]
    assert day.shown()["status"] == "new"
    thread = {str(acknowledged["References"]).split()[0]}
    assert {str(letter["References"]).split()[0] for letter in (for_ivo, for_maria)} == thread

    day.say(_reply(clients.gmail, MARIA, "#take\n\nHello Ana,\nplease switch it off and on again.", for_maria), MARIA)
    (to_ana, answer), (to_maria, receipt) = day.new_letters()
    assert (to_ana, to_maria) == ("ana@bakery.example", "maria@desk.example")
    assert str(answer["From"]) == f'"Maria Horvat (Example Desk)" <{MAILBOX}>'
    assert words_of(answer).split() == [
        "Hello",
        "Ana,",
        "please",
        "switch",
        "it",
        "off",
        "and",
        "on",
        "again.",
        "Maria",
        "Horvat",
        "Example",
        "Desk",
    ]
    assert answer["In-Reply-To"] == question["Message-ID"]
    assert question["Message-ID"] in str(answer["References"]).split()
    assert answer["Auto-Submitted"] is None
    assert str(answer["Return-Path"]).startswith("<support+")
    assert "#take" in words_of(receipt)
    shown = day.shown()
    assert (shown["status"], shown["assignee"]) == ("waiting", "maria")
    assert day.clock("first_response")["state"] == "met"

    day.say(_reply(clients.apple, ANA, "I did. It is still cold.", answer, cc=(MAILBOX, BEN)), ANA)
    ((to_maria, heard),) = day.new_letters()
    assert to_maria == "maria@desk.example"
    assert "It is still cold." in words_of(heard)
    assert "switch it off" not in words_of(heard).partition("---")[0]
    assert day.shown()["status"] == "open"

    day.say(_reply(clients.outlook, MARIA, "#note\nThe fuse of this model is weak.", heard), MARIA)
    (to_ivo, note), (to_maria, _) = day.new_letters()
    assert (to_ivo, to_maria) == ("ivo@desk.example", "maria@desk.example")
    assert "fuse of this model is weak" in words_of(note)
    assert day.shown()["status"] == "open"

    day.say(_reply(clients.apple, MARIA, "#assign ivo", heard), MARIA)
    (to_ivo, assigned), (to_maria, _) = day.new_letters()
    assert (to_ivo, to_maria) == ("ivo@desk.example", "maria@desk.example")
    assert "It is still cold." in words_of(assigned)
    assert day.shown()["assignee"] == "ivo"

    file = ("fuse.pdf", b"%PDF-1.7 how to change a fuse")
    day.say(_reply(clients.apple, IVO, "Please change the fuse as shown.", assigned, attached=file), IVO)
    (to_ana, for_ana), (to_ben, for_ben) = day.new_letters()
    assert (to_ana, to_ben) == ("ana@bakery.example", "ben@bakery.example")
    assert for_ana["Reply-To"] != for_ben["Reply-To"]
    for letter in (for_ana, for_ben):
        assert "Please change the fuse as shown." in words_of(letter)
        assert "Ivo from the night shift" in words_of(letter)
        assert "iPhone" not in words_of(letter)
        assert [(each.get_filename(), each.get_content()) for each in letter.iter_attachments()] == [file]
    assert day.shown()["status"] == "waiting"

    day.say(_reply(clients.gmail, BEN, "Which one is the fuse?", for_ben), BEN)
    ((to_ivo, heard),) = day.new_letters()
    assert (to_ivo, day.shown()["status"]) == ("ivo@desk.example", "open")

    day.say(_reply(clients.gmail, IVO, "#hold external until tomorrow 9:00\n#priority high", heard), IVO)
    ((to_ivo, receipt),) = day.new_letters()
    assert "#undo" in words_of(receipt)
    shown = day.shown()
    assert (shown["status"], shown["hold"], shown["priority"]) == ("hold", "external", "high")

    day.say(_reply(clients.outlook, ANA, "We found it. The oven is warm.", for_ana), ANA)
    ((to_ivo, heard),) = day.new_letters()
    assert (to_ivo, day.shown()["status"]) == ("ivo@desk.example", "open")

    day.say(_reply(clients.apple, IVO, "#solved\n\nVery well, enjoy the bread.", heard), IVO)
    letters = day.new_letters()
    assert [to for to, _ in letters] == [
        "ana@bakery.example",
        "ana@bakery.example",
        "ben@bakery.example",
        "ivo@desk.example",
    ]
    assert day.shown()["status"] == "solved"
    for to, letter in letters:
        assert to.endswith("@desk.example") or "fuse of this model is weak" not in letter.as_string()
    assert {str(letter["References"]).split()[0] for _, letter in letters} == thread


def test_what_was_ordered_can_be_taken_back_for_a_day(day: Day) -> None:
    day.say(clients.gmail(ANA, "The mixer is loud.", to=MAILBOX, subject="Mixer"), ANA)
    for_maria = dict(day.new_letters())["maria@desk.example"]
    day.say(_reply(clients.gmail, MARIA, "#take\n#priority high\n#cc add eva@bakery.example", for_maria), MARIA)
    receipt = dict(day.new_letters())["maria@desk.example"]
    (order,) = [line.strip() for line in words_of(receipt).split("\n") if line.strip().startswith("#undo")]
    day.say(_reply(clients.apple, MARIA, order, receipt), MARIA)
    shown = day.shown()
    assert (shown["assignee"], shown["priority"], shown["status"]) == (None, "normal", "open")
    again = dict(day.new_letters())["maria@desk.example"]
    day.say(_reply(clients.apple, MARIA, order, again), MARIA)
    assert "there is no such code" in words_of(dict(day.new_letters())["maria@desk.example"])


def test_a_mistyped_command_reaches_no_customer(day: Day) -> None:
    day.say(clients.gmail(ANA, "The scale is wrong.", to=MAILBOX, subject="Scale"), ANA)
    for_maria = dict(day.new_letters())["maria@desk.example"]
    day.say(_reply(clients.gmail, MARIA, "#nots\nShe has not paid.", for_maria), MARIA)
    ((to, receipt),) = day.new_letters()
    assert to == "maria@desk.example"
    assert "#note" in words_of(receipt)
    assert day.shown()["status"] == "new"


def _reply(client: Any, sender: str, text: str, letter: EmailMessage, **more: Any) -> bytes:
    raw: bytes = client(
        sender, text, to=str(letter["Reply-To"]), subject=f"Re: {letter['Subject']}", answers=letter, **more
    )
    return raw


def _bare(sender: str) -> str:
    return sender.rpartition("<")[2].strip(">")
