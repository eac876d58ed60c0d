"""One mail that comes by several ways, in whatever order and at once: how many tickets it makes (`same_mail`)."""

import hashlib
import random
import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from mailintake.config.mailboxes import Mailbox
from mailintake.intake.judge import judge
from mailintake.intake.policy import Policy
from mailintake.parsing.parser import parse
from mailintake.storage import raw, spool, tables
from mailintake.storage.engine import Database
from mailintake.storage.spool import Delivery, Entry
from tests.builders import MONDAY_TEN, a_mail, a_policy, a_reception, an_account, an_envelope

SUPPORT, SALES, BILLING = "support@desk.example", "sales@desk.example", "billing@desk.example"
ROUNDS = 100


def policy_of(same_mail: str) -> Policy:
    """A desk with three mailboxes, for a customer of whom everybody is a contact."""
    mailboxes = tuple(Mailbox(each) for each in (SUPPORT, SALES, BILLING))
    # an owner, who may hear of each, would have all be judged in turn
    everybody = an_account(everybody=True, contacts=(), owner=None)
    return replace(a_policy(everybody, mailboxes=mailboxes, same_mail=same_mail), letters_per_address_hour=1000)


POLICIES = {name: policy_of(name) for name in ("primary", "linked", "copy")}
every_policy = pytest.mark.parametrize("same_mail", POLICIES)


@dataclass(frozen=True, slots=True)
class Way:
    """How a copy of a mail comes: to which mailbox, by SMTP or from which account's folder under which UID."""

    to: str
    account: str = ""
    uid: int = 0

    def delivery(self, mail: bytes) -> tuple[Delivery, bytes]:
        """The copy as it is at the door, with the trace of its own way."""
        by = self.account or "smtp"
        raw_mail = f"Received: by {by}.desk.example for <{self.to}>\r\n".encode() + mail
        reception = a_reception()
        if self.account:
            key = f"{self.account}/INBOX/7/{self.uid}"
            reception = replace(reception, transport="imap", source_key=key)
        digest = hashlib.sha256(raw_mail).hexdigest()
        return Delivery(digest, len(raw_mail), an_envelope("zoe@bakery.example", self.to), reception), raw_mail


BY_SMTP = (Way(SUPPORT), Way(SALES))
BY_IMAP = (Way(SUPPORT, "support", 4), Way(SALES, "sales", 9))


def mail_to(*mailboxes: str, number: int = 1) -> bytes:
    """Somebody's mail to these mailboxes of ours."""
    sender = f"zoe{number}@bakery.example"
    return a_mail(sender, message_id=f"<{number}@bakery.example>", To=", ".join(mailboxes), text=f"It shows E{number}.")


class House:
    """The door and the judge, one after the other or as a test says."""

    def __init__(self, database: Database, same_mail: str) -> None:
        self.database = database
        self.policy = POLICIES[same_mail]
        self.raw: dict[str, bytes] = {}

    def accept(self, copies: Iterable[tuple[Delivery, bytes]]) -> None:
        """Take copies in at the door."""
        with self.database.writing() as connection:
            for delivery, raw_mail in copies:
                raw.put(connection, delivery.digest, [raw_mail])
                spool.add(connection, [delivery])
                self.raw[delivery.digest] = raw_mail

    def claim(self, limit: int) -> list[Entry]:
        """Take so many from the spool."""
        with self.database.writing() as connection:
            return spool.claim(connection, now=MONDAY_TEN, limit=limit)

    def judge(self, entries: Sequence[Entry]) -> None:
        """Judge them in one transaction."""
        with self.database.writing() as connection:
            judge(connection, [(each, parse(self.raw[each.digest])) for each in entries], self.policy, now=MONDAY_TEN)

    def receive(self, mail: bytes, *ways: Way) -> None:
        """A mail comes by these ways, one after the other, and each copy is judged before the next one comes."""
        for way in ways:
            self.accept([way.delivery(mail)])
            self.judge(self.claim(1))

    def tickets(self) -> list[Any]:
        """All tickets, oldest first."""
        with self.database.reading() as connection:
            return list(connection.execute(select(*tables.ticket.c).order_by(tables.ticket.c.id)))

    def outcomes(self) -> Counter[tuple[str, str]]:
        """How the copies ended."""
        with self.database.reading() as connection:
            rows = connection.execute(select(tables.spool.c.outcome, tables.spool.c.reason)).all()
        return Counter((row.outcome, row.reason) for row in rows)

    def acknowledged(self) -> Counter[int]:
        """How often each ticket is acknowledged."""
        wanted = select(tables.outbox.c.ticket_id).where(
            tables.outbox.c.template == "acknowledged", tables.outbox.c.state == "queued"
        )
        with self.database.reading() as connection:
            return Counter(connection.execute(wanted).scalars())


def found(house: House) -> list[tuple[str, int | None]]:
    """Mailbox and twin of each ticket."""
    return [(ticket.mailbox, ticket.twin) for ticket in house.tickets()]


@pytest.mark.parametrize("ways", [*permutations(BY_SMTP), *permutations(BY_IMAP), (BY_SMTP[1], BY_IMAP[0])])
@every_policy
def test_one_mail_in_two_mailboxes(database: Database, same_mail: str, ways: tuple[Way, ...]) -> None:
    house = House(database, same_mail)
    house.receive(mail_to(SALES, SUPPORT), *ways)
    in_order = [way.to for way in ways]
    assert (
        found(house)
        == {
            "primary": [(SUPPORT, None)],  # the first of the desk's, whichever came first
            "linked": [(in_order[0], None), (in_order[1], 1)],
            "copy": [(in_order[0], None), (in_order[1], None)],
        }[same_mail]
    )
    assert house.acknowledged() == {ticket.id: 1 for ticket in house.tickets()}


@pytest.mark.parametrize("ways", [*permutations((Way(SUPPORT), Way(SUPPORT, "support", 4)))])
@every_policy
def test_one_mail_by_two_ways_to_one_mailbox_is_one_ticket(
    database: Database, same_mail: str, ways: tuple[Way, ...]
) -> None:
    house = House(database, same_mail)
    house.receive(mail_to(SUPPORT), *ways)
    assert found(house) == [(SUPPORT, None)]
    assert house.outcomes() == {("opened", ""): 1, ("ignored", "duplicate"): 1}
    assert house.acknowledged() == {1: 1}


@pytest.mark.parametrize("order", [*permutations((Way(BILLING), Way(SALES), Way(SUPPORT, "support", 4)))])
def test_the_mailbox_that_counts_is_the_first_of_the_desk_s_that_the_mail_names(
    database: Database, order: tuple[Way, ...]
) -> None:
    house = House(database, "primary")
    house.receive(mail_to(BILLING, SALES), *order)  # the third copy came blind
    assert found(house) == [(SALES, None)]


def test_a_mailbox_that_opens_tickets_counts_before_one_that_redirects(database: Database) -> None:
    house = House(database, "primary")
    boxes = (Mailbox(SUPPORT, "redirect", to="our portal"), Mailbox(SALES))
    desk = replace(house.policy.desk, mailboxes=boxes)
    house.policy = replace(house.policy, desk=desk, mailboxes={each.address: each for each in boxes})
    house.receive(mail_to(SUPPORT, SALES), *BY_SMTP)
    assert found(house) == [(SALES, None)]
    assert house.outcomes() == {("opened", ""): 1, ("ignored", "duplicate"): 1}


@every_policy
def test_a_third_mailbox_is_the_twin_of_the_first(database: Database, same_mail: str) -> None:
    house = House(database, same_mail)
    house.receive(mail_to(SUPPORT, SALES, BILLING), Way(BILLING), Way(SALES), Way(SUPPORT), Way(BILLING, "billing", 1))
    twins = [ticket.twin for ticket in house.tickets()]
    assert twins == {"primary": [None], "linked": [None, 1, 1], "copy": [None, None, None]}[same_mail]


@every_policy
def test_another_mail_of_the_same_words_is_no_copy(database: Database, same_mail: str) -> None:
    house = House(database, same_mail)
    house.receive(mail_to(SUPPORT), Way(SUPPORT))
    house.receive(mail_to(SUPPORT).replace(b"<1@", b"<2@"), Way(SUPPORT))
    assert found(house) == [(SUPPORT, None), (SUPPORT, None)]


@every_policy
def test_a_hundred_mails_by_four_ways_each_in_a_hundred_orders(database: Database, same_mail: str) -> None:
    house, chance = House(database, same_mail), random.Random(same_mail)
    mails = {number: mail_to(*chance.sample((SUPPORT, SALES), 2), number=number) for number in range(ROUNDS)}
    waiting = [way.delivery(mail) for mail in mails.values() for way in (*BY_SMTP, *BY_IMAP)]
    chance.shuffle(waiting)
    # as many at the door, and as many judged together, as chance has it
    while waiting or (entries := house.claim(chance.randint(1, 40))):
        if waiting:
            at_the_door = chance.randint(1, 40)
            house.accept(waiting[:at_the_door])
            del waiting[:at_the_door]
            entries = house.claim(chance.randint(0, 40))
        house.judge(chance.sample(entries, len(entries)))
    _holds(house, same_mail, ROUNDS)


def _holds(house: House, same_mail: str, mails: int) -> None:
    of_one = defaultdict(list)
    for ticket in house.tickets():
        of_one[ticket.requester_address].append(ticket)
    each = 1 if same_mail == "primary" else 2
    assert len(of_one) == mails
    for first, *others in of_one.values():
        assert [first.twin, *(other.twin for other in others)] == {
            "primary": [None],
            "linked": [None, first.id],
            "copy": [None, None],
        }[same_mail]
        assert sorted(ticket.mailbox for ticket in (first, *others)) == [SALES, SUPPORT][-each:]
    assert house.outcomes() == {("opened", ""): mails * each, ("ignored", "duplicate"): mails * (4 - each)}
    assert house.acknowledged() == {ticket.id: 1 for ticket in house.tickets()}


@every_policy
def test_four_at_work_on_the_four_copies_of_each_mail_at_once(database: Database, same_mail: str) -> None:
    mails = 12
    house = House(database, same_mail)
    copies = [way.delivery(mail_to(SUPPORT, SALES, number=n)) for n in range(mails) for way in (*BY_SMTP, *BY_IMAP)]
    house.accept(copies)
    entries = house.claim(len(copies))
    start, troubles = threading.Barrier(4, timeout=60), []

    def work(mine: int) -> None:
        for entry in entries[mine::4]:
            start.wait()
            for _ in range(2):  # who comes second by a hair is told by the database, and looks again
                try:
                    house.judge([entry])
                    break
                except IntegrityError as error:
                    last = error
            else:
                troubles.append(last)

    workers = [threading.Thread(target=work, args=(mine,)) for mine in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert troubles == []
    _holds(house, same_mail, mails)
