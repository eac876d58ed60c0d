"""A desk with two agents and two customers, and everybody's inbox: mails come, are judged, and all letters leave."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import lru_cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import func, select

from mailintake import config
from mailintake.domain.letter import Draft
from mailintake.domain.sla import Clock
from mailintake.domain.tag import Tagger
from mailintake.domain.target import Metric
from mailintake.domain.ticket import Ticket
from mailintake.domain.trust import Authentication, Verdict
from mailintake.intake import endings
from mailintake.intake.happenings import standing
from mailintake.intake.judge import judge
from mailintake.intake.policy import Policy
from mailintake.notices.compose import Composer
from mailintake.parsing.parser import parse
from mailintake.runners.loop import Parts
from mailintake.runners.sweep import Sweep
from mailintake.storage import journal, outbox, participants, raw, spool, tables, tickets
from mailintake.storage.engine import Database
from tests import clients
from tests.builders import DESK, MONDAY_TEN, a_delivery

ROOT = Path(__file__).parents[3]
COMPOSER = Composer([ROOT / "templates"])
TAGGER = Tagger((b"k" * 32,))
ANA, BEN = "Ana Baker <ana@bakery.example>", "Ben Baker <ben@bakery.example>"
MIA, EVE = "Mia Miller <mia@mill.example>", "Eve <eve@elsewhere.example>"
MARIA, IVO = "Maria Horvat <maria@desk.example>", "Ivo Kralj <ivo@desk.example>"
INBOX = "inbox@desk.example"
"""Where agents forward what customers wrote to them."""

HOST = """\
state: var
listeners: [{protocol: smtp, address: 127.0.0.1, port: 0, trusted: yes}]
outgoing: {maildir: out}
limits: {letters_per_address_hour: 1000}
"""
DESK_FILE = """\
desk:
  name: Example Desk
  mailboxes: {support@desk.example: {new_mail: open}, inbox@desk.example: {agents_forward: yes}}
  languages: [en, ru, uk, vi, sl]
  timezone: Europe/Ljubljana
hours: {always: Mon-Sun 00:00-24:00}
priorities: {high: Nothing works, normal: Something does not work, low: A wish}
default_priority: normal
categories: {incident: Something broke, question: A question}
topics: {invoices: Invoices, ovens: Ovens}
levels: {L1: First line, L2: Second line}
statuses: {solved: done}
plans:
  two: {contacts: 2, hours: always, first_response: 8h, quota: {tickets: 100 per month}}
  many: {contacts: any, hours: always, first_response: 4h}
quotas: {tickets: {spent_by: each new request, when_used_up: refuse}}
senders: {new_at_known_domain: refuse}
reminders:
  - {when: 50%, tell: [assignee]}
  - {when: breach, tell: [assignee]}
  - {when: every 4h after breach, times: 2, tell: [assignee]}
"""
ACCOUNTS = """\
accounts:
  bakery:
    domains: [bakery.example]
    owner: ana@bakery.example
    contract: {plan: two}
    contacts: [Ana Baker <ana@bakery.example>]
  mill:
    domains: [mill.example]
    contract: {plan: many}
    contacts: [Mia Miller <mia@mill.example>]
agents:
  maria: Maria Horvat <maria@desk.example>
  ivo: Ivo Kralj <ivo@desk.example>
teams: {support: {members: [maria, ivo], lead: maria}}
"""
PASS = Authentication(Verdict.PASS, "dmarc", "mx.desk.example", "DMARC: pass")
FAIL = Authentication(Verdict.FAIL, "dmarc", "mx.desk.example", "DMARC: fail")
NOBODY = Authentication(Verdict.NONE, why="nobody vouches for the sender")
_numbers = count(1)


@lru_cache
def a_desk_of(desk: str = DESK_FILE, accounts: str = ACCOUNTS) -> Policy:
    """The policy of these files."""
    with TemporaryDirectory() as directory:
        files = {"mailintake.yaml": HOST, "desk.yaml": desk, "accounts.yaml": accounts}
        for name, content in files.items():
            (Path(directory) / name).write_text(content)
        return Policy.of(config.load(Path(directory), environment={}), TAGGER)


@dataclass(frozen=True, slots=True)
class Sent:
    """A letter that left: as drafted, and as its reader gets it. `text` has its words parted by single spaces."""

    template: str
    to: str
    mail: EmailMessage
    text: str
    draft: Draft

    @property
    def said(self) -> Mapping[str, Any]:
        """What the template was given to say."""
        return self.draft.context

    @property
    def done(self) -> list[str]:
        """Of a receipt: the lines that were carried out."""
        return [each["line"] for each in self.said["done"]]

    @property
    def refused(self) -> dict[str, str]:
        """Of a receipt: by line why it was not."""
        return {each["line"]: each["why"] for each in self.said["refused"]}

    @property
    def everything(self) -> str:
        """Every word and header of it, whatever its encoding."""
        return self.mail.as_string() + clients.words_of(self.mail)


class Conversation:
    """A ticket of Ana's, numbered `ticket`, and whatever follows."""

    def __init__(self, database: Database, policy: Policy | None = None, *, text: str = "The oven is cold.") -> None:
        self.database = database
        self.policy = policy or a_desk_of()
        number = next(_numbers)
        self.now: datetime = MONDAY_TEN + timedelta(days=7 * number)  # limits on letters are for the hour
        self.inbox: dict[str, list[Sent]] = {}
        self.mail = 0
        self.ticket = 0
        self.left: list[Sent] = []
        self.ticket = self.ask(ANA, text)

    # ---- what happens

    def ask(self, sender: str, text: str = "The oven is cold.", *, to: str = DESK, cc: Iterable[str] = ()) -> int:
        """A customer writes to the desk; the number of the ticket, 0 for none."""
        number = next(_numbers)
        self.send(
            clients.gmail(sender, f"{text} ({number})", to=to, subject=f"Question {number}", cc=tuple(cc)), sender
        )
        return self.on_ticket()

    def send(self, raw_mail: bytes, sender: str, *, to: str = "", trust: Authentication = PASS) -> list[Sent]:
        """A mail comes, is judged, and all letters leave: those. `sender` is the return path."""
        self.now += timedelta(minutes=1)
        named = str(message_from_bytes(raw_mail, policy=policy.default)["To"]).rpartition("<")[2].strip(">")
        delivery = a_delivery(raw_mail, sender=bare(sender), recipients=(to or named,), at=self.now)
        delivery = replace(delivery, reception=replace(delivery.reception, trusted=False))
        with self.database.writing() as connection:
            raw.put(connection, delivery.digest, [raw_mail])
            spool.add(connection, [delivery])
        self.work_off(trust=trust)
        return self.deliver()

    def work_off(self, *, trust: Authentication = PASS) -> None:
        """Judge all that waits."""
        with self.database.writing() as connection:
            entries = [
                each
                for again in (False, True)
                for each in spool.claim(connection, now=self.now, limit=10, tried_before=again)
            ]
            mails = [(each, parse(b"".join(raw.parts(connection, each.digest, each.size)))) for each in entries]
            judge(connection, mails, self.policy, now=self.now, found={each.id: trust for each in entries})
        for each in entries:
            self.mail = each.id

    def deliver(self) -> list[Sent]:
        """All letters that wait leave."""
        self.left = []
        with self.database.writing() as connection:
            for letter in outbox.claim(connection, now=self.now, limit=100):
                words = COMPOSER.words(letter.draft)
                sent = COMPOSER.letter(letter.draft, words, date=self.now)
                outbox.mark_sent(connection, {letter.id: words.text}, now=self.now)
                mail = message_from_bytes(sent.content, policy=policy.default)
                text = " ".join(words.text.split())
                self.left.append(Sent(letter.draft.template, sent.recipient, mail, text, letter.draft))
        for each in self.left:
            self.inbox.setdefault(each.to, []).append(each)
        return self.left

    def says(self, sender: str, text: str, *, program: clients.Program = clients.gmail, answers: Sent | None = None,
             trust: Authentication = PASS, **more: Any) -> list[Sent]:  # fmt: skip
        """Somebody answers the newest letter they have, or the one named; the letters that leave."""
        letter = (answers or self.inbox[bare(sender)][-1]).mail
        subject = f"Re: {letter['Subject']}"
        raw_mail = program(sender, text, to=str(letter["Reply-To"]), subject=subject, answers=letter, **more)
        return self.send(raw_mail, sender, trust=trust)

    def orders(self, text: str, *, by: str = MARIA, **more: Any) -> Sent:
        """An agent gives orders by a mail; the receipt."""
        self.says(by, text, **more)
        return self.receipt(by)

    def house_is_kept(self, **later: float) -> list[Sent]:
        """Time passes; what the daemon does by itself is done, and all letters leave."""
        self.now += timedelta(**later)
        parts = Parts(self.database, policy=lambda: self.policy, clock=lambda: self.now, on_letters=lambda: None)
        with self.database.writing() as connection:
            endings.move_on(connection, self.policy, now=self.now, limit=100)
            Sweep(parts).sweep(connection)
        return self.deliver()

    def set_desk(self, **fields: Any) -> None:
        """Other fields of the desk."""
        self.policy = replace(self.policy, desk=replace(self.policy.desk, **fields))

    # ---- what can be seen

    def receipt(self, by: str = MARIA) -> Sent:
        """The receipt among the letters that left last."""
        (found,) = [each for each in self.left if each.template == "receipt" and each.to == bare(by)]
        return found

    def told(self) -> list[tuple[str, str]]:
        """Which letters left last, and to whom."""
        return sorted((each.template, each.to) for each in self.left)

    def letters_to(self, *addresses: str) -> list[Sent]:
        """All letters to these so far."""
        return [each for address in addresses for each in self.inbox.get(bare(address), [])]

    def outside(self) -> list[Sent]:
        """All letters to anybody outside the desk so far."""
        return [each for to, sent in self.inbox.items() for each in sent if not to.endswith("@desk.example")]

    def shown(self, number: int = 0) -> Ticket:
        """A ticket, the first one if none is named."""
        with self.database.reading() as connection:
            found = tickets.get(connection, number or self.ticket)
        assert found is not None
        return found

    def clock(self, metric: Metric = Metric.FIRST_RESPONSE, number: int = 0) -> Clock:
        """The newest clock of a metric."""
        with self.database.writing() as connection:
            found = standing(connection, number or self.ticket, self.policy)
        assert found is not None
        return [clock for clock in found.progress.clocks if clock.metric is metric][-1]

    def parts(self, number: int = 0) -> list[str]:
        """What each mail on a ticket is there."""
        wanted = select(tables.message.c.part_played).where(tables.message.c.ticket_id == (number or self.ticket))
        with self.database.reading() as connection:
            return [str(part) for part in connection.execute(wanted.order_by(tables.message.c.id)).scalars()]

    def protections(self, number: int = 0) -> list[str]:
        """What signs or hides each mail on a ticket."""
        wanted = select(tables.message.c.protection).where(tables.message.c.ticket_id == (number or self.ticket))
        with self.database.reading() as connection:
            return [str(each) for each in connection.execute(wanted.order_by(tables.message.c.id)).scalars()]

    def withheld(self) -> list[str]:
        """Why letters did not leave."""
        wanted = select(tables.outbox.c.last_error).where(tables.outbox.c.state == "suppressed")
        with self.database.reading() as connection:
            return [str(why) for why in connection.execute(wanted.order_by(tables.outbox.c.id)).scalars()]

    def units(self) -> int:
        """How many units of quotas are spent and not given back."""
        wanted = select(func.count()).select_from(tables.spend).where(tables.spend.c.given_back_at.is_(None))
        with self.database.reading() as connection:
            return int(connection.execute(wanted).scalar_one())

    def watchers(self, number: int = 0) -> list[str]:
        """Who takes part beside the one who asked."""
        with self.database.reading() as connection:
            found = participants.of_tickets(connection, [number or self.ticket])[number or self.ticket]
        return [each.address.address for each in found]

    def journal(self, event: str, number: int = 0) -> list[dict[str, Any]]:
        """What the journal of a ticket says of such events."""
        with self.database.reading() as connection:
            lines = journal.of_ticket(connection, number or self.ticket)
        return [line["detail"] for line in lines if line["event"] == event]

    def end(self) -> tuple[str, str]:
        """How the last mail ended, and why."""
        with self.database.reading() as connection:
            found = spool.get(connection, self.mail)
        assert found is not None
        return str(found.outcome), found.reason or ""

    def on_ticket(self) -> int:
        """On which ticket the last mail is, 0 for none."""
        with self.database.reading() as connection:
            found = spool.get(connection, self.mail)
        return (found.ticket_id if found else 0) or 0


def bare(sender: str) -> str:
    """The address alone."""
    return sender.rpartition("<")[2].strip(">")
