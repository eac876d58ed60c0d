"""What agents write for each other reaches nobody else, whatever the conversation (I8, SECURITY T37)."""

from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import count
from typing import Any, cast

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailintake.config.accounts import Directory
from mailintake.domain.agent import Agent, Team
from mailintake.intake.judge import judge
from mailintake.parsing.parser import parse
from mailintake.storage import outbox, raw, spool
from mailintake.storage.engine import Database
from tests import clients
from tests.builders import DESK, MONDAY_TEN, a_delivery, a_directory, a_policy, an_account
from tests.integration.intake.example import COMPOSER

MARIA, IVO = "Maria Horvat <maria@desk.example>", "Ivo Kralj <ivo@desk.example>"
ANA, EVE = "Ana Baker <ana@bakery.example>", "Eve <eve@elsewhere.example>"
PROGRAMS = st.sampled_from([clients.outlook, clients.gmail, clients.apple])
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["asks", "answers", "notes", "notes on one line", "orders", "a stranger"]),
        st.sampled_from([MARIA, IVO]),
        PROGRAMS,
    ),
    min_size=2,
    max_size=9,
)
SECRET = "secret{0} is what no customer may ever learn of us\nsecret{0} has a second line\nand secret{0} a third one"
_numbers = count(1)


def two_agents() -> Directory:
    maria, ivo = Agent("maria", "maria@desk.example", "Maria Horvat"), Agent("ivo", "ivo@desk.example", "Ivo Kralj")
    team = Team("support", (maria, ivo), lead=maria)
    return replace(a_directory(an_account()), agents={"maria": maria, "ivo": ivo}, teams={"support": team})


class Conversation:
    """One ticket, and everybody's inbox."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.policy = replace(a_policy(), directory=two_agents())
        number = next(_numbers)
        self.now: datetime = MONDAY_TEN + timedelta(days=number)  # limits on letters are for the hour
        self.inbox: dict[str, list[EmailMessage]] = {}
        self.notes: list[str] = []
        self.send(clients.gmail(ANA, f"The oven is cold, {number}.", to=DESK, subject=f"Oven {number}"), ANA)

    def send(self, raw_mail: bytes, sender: str) -> None:
        """A mail comes, is judged, and all letters leave."""
        self.now += timedelta(minutes=5)
        to = str(message_from_bytes(raw_mail, policy=policy.default)["To"]).rpartition("<")[2].strip(">")
        delivery = a_delivery(raw_mail, sender=_bare(sender), recipients=(to,), at=self.now)
        with self.database.writing() as connection:
            raw.put(connection, delivery.digest, [raw_mail])
            spool.add(connection, [delivery])
            entries = spool.claim(connection, now=self.now, limit=10)
            judge(connection, [(entry, parse(raw_mail)) for entry in entries], self.policy, now=self.now)
            for letter in outbox.claim(connection, now=self.now, limit=100):
                words = COMPOSER.words(letter.draft)
                sent = COMPOSER.letter(letter.draft, words, date=self.now)
                outbox.mark_sent(connection, {letter.id: words.text}, now=self.now)
                mail = cast("EmailMessage", message_from_bytes(sent.content, policy=policy.default))
                self.inbox.setdefault(sent.recipient, []).append(mail)

    def act(self, what: str, agent: str, program: Any) -> None:
        """Somebody does something with the newest letter they have."""
        number = next(_numbers)
        outside = {"asks": ANA, "a stranger": EVE}.get(what)
        sender, text = outside or agent, f"What about {number}?"
        letter = self.inbox["ana@bakery.example" if outside else _bare(agent)][-1]  # Eve has seen Ana's
        if not outside:
            text = {
                "answers": f"Please try number {number}.",
                "notes": f"#note\n{SECRET.format(number)}",
                "notes on one line": f"#note secret{number} in short",
                "orders": "#take",
            }[what]
        if what.startswith("notes"):
            self.notes.append(f"secret{number}")
        subject = f"Re: {letter['Subject']}"
        self.send(program(sender, text, to=str(letter["Reply-To"]), subject=subject, answers=letter), sender)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_no_internal_word_is_in_any_letter_to_somebody_outside_the_desk(database: Database, acts: list[Any]) -> None:
    told = Conversation(database)
    for act in acts:
        told.act(*act)
    outside = {to: letters for to, letters in told.inbox.items() if not to.endswith("@desk.example")}
    assert set(outside) == {"ana@bakery.example"}
    for letter in outside["ana@bakery.example"]:
        text = letter.as_string() + clients.words_of(letter)
        assert [note for note in told.notes if note in text] == []
        assert "Write your answer above" not in text
    answers = [letter for letter in outside["ana@bakery.example"] if "Please try number" in clients.words_of(letter)]
    assert len(answers) == sum(what == "answers" for what, _, _ in acts)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(program=PROGRAMS)
def test_a_note_reaches_the_colleagues(database: Database, program: Any) -> None:
    told = Conversation(database)
    told.act("notes", MARIA, program)
    assert told.notes[0] in clients.words_of(told.inbox["ivo@desk.example"][-1])


def _bare(sender: str) -> str:
    return sender.rpartition("<")[2].strip(">")
