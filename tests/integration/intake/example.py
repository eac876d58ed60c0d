"""A desk of `config/examples` with a database of its own, where it is whatever time a test says."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from mailintake import config
from mailintake.domain.customer import Account, Contact
from mailintake.domain.letter import Draft
from mailintake.domain.sla import Clock
from mailintake.domain.tag import Purpose, Tagger
from mailintake.domain.target import Metric
from mailintake.domain.ticket import Ticket
from mailintake.intake import endings, membership, shrinking
from mailintake.intake.happenings import replay, standing
from mailintake.intake.judge import judge
from mailintake.intake.operations import Order, operate
from mailintake.intake.policy import Policy
from mailintake.notices.compose import Composer
from mailintake.parsing.parser import parse
from mailintake.storage import journal, outbox, raw, spool, tables, tickets
from mailintake.storage.engine import Database
from mailintake.storage.spool import Entry
from tests.builders import a_delivery, a_mail

ROOT = Path(__file__).parents[3]
COMPOSER = Composer([ROOT / "templates"])
TAGGER = Tagger((b"k" * 32,))


@lru_cache
def policy_of(name: str) -> Policy:
    """The desk of this name as it is shipped."""
    return Policy.of(config.load(ROOT / "config" / "examples" / name, environment={}), TAGGER)


def at(zone: str, day: str, time: str = "10:00") -> datetime:
    """An instant by a wall clock: `at("Asia/Ho_Chi_Minh", "2026-03-09", "23:59")`."""
    return datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a mail: `reason` is "" where none is needed, `ticket` 0 where there is none."""

    outcome: str
    reason: str
    ticket: int
    mail: int


@dataclass(frozen=True, slots=True)
class Said:
    """A letter as its reader sees it, words parted by single spaces; `queued` is False for one that was withheld."""

    template: str
    to: str
    subject: str
    text: str
    draft: Draft
    queued: bool


class Example:
    """A desk as shipped, but for what a test changes of it."""

    def __init__(self, database: Database, name: str) -> None:
        self.database = database
        self.policy = policy_of(name)
        self.numbers = count(1)

    # ---- what is configured otherwise

    def set_desk(self, **fields: Any) -> None:
        """Other fields of the desk."""
        self.policy = replace(self.policy, desk=replace(self.policy.desk, **fields))

    def set_account(self, key: str, **fields: Any) -> Account:
        """Other fields of an account; its contacts are found by their addresses."""
        directory = self.policy.directory
        account = replace(directory.accounts[key], **fields)
        accounts: dict[str, Account] = {**directory.accounts, key: account}
        people: dict[str, tuple[Account, Contact]] = {}
        for each in accounts.values():
            for contact in each.contacts:
                for address in (contact.address, *contact.also):
                    people[self.policy.key(address) or ""] = (each, contact)
        domains = {domain: each for each in accounts.values() for domain in each.domains}
        directory = replace(directory, accounts=accounts, by_key=people, by_domain=domains)
        self.policy = replace(self.policy, directory=directory)
        return account

    # ---- what happens

    def receive(self, raw_mail: bytes, sender: str, received: datetime, *, processed: datetime | None = None,
                to: str = "", trusted: bool = True) -> Result:  # fmt: skip
        """A mail is taken in at one time and judged at another, at once if nothing is said."""
        now = processed or received
        delivery = a_delivery(raw_mail, sender=sender, recipients=(to or self.policy.loop_mark,), at=received)
        delivery = replace(delivery, reception=replace(delivery.reception, trusted=trusted))
        with self.database.writing() as connection:
            raw.put(connection, delivery.digest, [raw_mail])
            spool.add(connection, [delivery])
        (result,) = self.work_off(now)
        return result

    def work_off(self, now: datetime) -> list[Result]:
        """Judge all that waits."""
        with self.database.writing() as connection:
            entries = [
                entry for again in (False, True)
                for entry in spool.claim(connection, now=now, limit=100, tried_before=again)
            ]  # fmt: skip
            done = judge(connection, [(entry, self._parsed(entry)) for entry in entries], self.policy, now=now)
        return [
            Result(each.decision.outcome.value, each.decision.reason, each.ticket_id or 0, each.entry.id)
            for each in done
        ]

    def _parsed(self, entry: Entry) -> Any:
        with self.database.reading() as connection:
            return parse(b"".join(raw.parts(connection, entry.digest, entry.size)))

    def ask(self, sender: str, received: datetime, *, subject: str = "The export stops halfway",
            text: str | None = None, processed: datetime | None = None, to: str = "", trusted: bool = True,
            **fields: Any) -> Result:  # fmt: skip
        """A customer writes."""
        number = next(self.numbers)
        mail = a_mail(
            sender,
            subject=subject,
            text=text
            if text is not None
            else f"It stops at line {number}, and it should go on to the end of the file.",
            message_id=f"<{number}@client.example>",
            To=to or self.policy.loop_mark,
            Content_Type="text/plain; charset=utf-8",
            **fields,
        )
        return self.receive(mail, _bare(sender), received, processed=processed, to=to, trusted=trusted)

    def tag(self, ticket: int, received: datetime, *, purpose: Purpose = Purpose.TICKET, holder: str = "") -> str:
        """The tag of a letter about a ticket: to the one who asked, or to the account's owner about somebody new."""
        found = self.ticket(ticket)
        owner = self.policy.directory.accounts[found.account].owner or ""
        to = holder or (owner if purpose is Purpose.APPROVAL else found.requester.address)
        return TAGGER.in_subject(ticket, self.policy.holder(to), at=received, purpose=purpose)

    def reply(self, ticket: int, sender: str, received: datetime, text: str, *, purpose: Purpose = Purpose.TICKET,
              trusted: bool = True, holder: str = "", **fields: Any) -> Result:  # fmt: skip
        """Somebody answers a letter about a ticket."""
        subject = f"Re: {self.tag(ticket, received, purpose=purpose, holder=holder)}"
        to = self.ticket(ticket).mailbox
        return self.ask(sender, received, subject=subject, text=text, to=to, trusted=trusted, **fields)

    def answer(self, ticket: int, agent: str, received: datetime) -> Result:
        """An agent answers the one who asked, and the desk has a copy."""
        with self.database.reading() as connection:
            found = tickets.get(connection, ticket)
        assert found is not None
        number = next(self.numbers)
        subject = f"Re: {self.tag(ticket, received, holder=agent)}"
        mail = a_mail(agent, subject=subject, text="Please try again.", message_id=f"<{number}@desk.example>",
                      To=found.requester.address, Cc=self.policy.loop_mark)  # fmt: skip
        return self.receive(mail, agent, received)

    def act(self, act: Any, ticket: int, now: datetime, **said: Any) -> None:
        """The desk does something to a ticket."""
        with self.database.writing() as connection:
            assert act(connection, ticket, self.policy, by="test", now=now, **said)

    def operate(self, name: str, number: int, now: datetime, **words: str) -> bool:
        """An admin does something by the command line."""
        with self.database.writing() as connection:
            return operate(connection, self.policy, name, Order(number, words, now))

    def keep_house(self, now: datetime) -> None:
        """What the daemon does every minute, and every hour."""
        with self.database.writing() as connection:
            endings.move_on(connection, self.policy, now=now, limit=100)
            membership.expire_all(connection, self.policy, now=now, limit=100)
            shrinking.tell_owners(connection, self.policy, now=now)

    # ---- what can be seen

    def ticket(self, number: int) -> Ticket:
        """A ticket."""
        with self.database.reading() as connection:
            found = tickets.get(connection, number)
        assert found is not None, f"there is no ticket {number}"
        return found

    def clocks(self, number: int) -> Mapping[Metric, Clock]:
        """The newest clock of each metric; the journal must be able to make them all again."""
        with self.database.writing() as connection:
            found = standing(connection, number, self.policy)
            assert found is not None
            assert replay(connection, number) == found.progress
        return {clock.metric: clock for clock in found.progress.clocks}

    def due(self, number: int) -> datetime | None:
        """When the first answer is due."""
        return self.clocks(number)[Metric.FIRST_RESPONSE].due

    def letters(self, template: str = "", *, to: str = "") -> list[Said]:
        """Letters in the words of their templates, oldest first."""
        with self.database.reading() as connection:
            rows = connection.execute(tables.outbox.select().order_by(tables.outbox.c.id)).all()
        drafts = [(row, outbox._queued(row).draft) for row in rows]
        return [
            Said(row.template, row.recipient, words.subject, " ".join(words.text.split()), draft, row.state == "queued")
            for row, draft in drafts
            if (not template or row.template == template) and (not to or row.recipient == to)
            for words in (COMPOSER.words(draft),)
        ]

    def told(self, *, to: str = "") -> list[str]:
        """Which letters leave, oldest first."""
        return [each.template for each in self.letters(to=to) if each.queued]

    def the_letter(self, template: str, *, to: str = "") -> str:
        """What the one letter of this kind says that leaves."""
        (letter,) = [each for each in self.letters(template, to=to) if each.queued]
        return letter.text

    def spends(self, account: str) -> list[date]:
        """The days of what is spent, oldest first, nothing that was given back."""
        mine = (tables.spend.c.account == account, tables.spend.c.given_back_at.is_(None))
        with self.database.reading() as connection:
            rows = connection.execute(tables.spend.select().where(*mine).order_by(tables.spend.c.id)).all()
        return [row.day for row in rows]

    def trace(self, mail: int) -> list[list[str]]:
        """How a mail was decided, the latest time."""
        with self.database.reading() as connection:
            lines = [line for line in journal.of_mail(connection, mail) if "trace" in line["detail"]]
        found: list[list[str]] = lines[-1]["detail"]["trace"]
        return found


def _bare(sender: str) -> str:
    return sender.rpartition("<")[2].strip(">")
