"""Many mails judged at once come to the same end as one after the other."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from mailintake.domain.decision import Outcome
from mailintake.intake.judge import judge
from mailintake.parsing.parser import parse
from mailintake.storage import messages, outbox, raw, spool, tables, tickets
from mailintake.storage.engine import Database
from mailintake.storage.spool import Entry, LeaseLost
from tests.builders import MONDAY_TEN, a_delivery, a_mail, a_policy, an_account

MARIA = "maria@desk.example"
POLICY = a_policy(an_account(), an_account("mill"))


def spooled(database: Database, mails: Sequence[tuple[str, bytes]]) -> list[Entry]:
    with database.writing() as connection:
        for sender, mail in mails:
            delivery = a_delivery(mail, sender=sender)
            raw.put(connection, delivery.digest, [mail])
            spool.add(connection, [delivery])
        return spool.claim(connection, now=MONDAY_TEN, limit=100)


def judged(database: Database, mails: Sequence[tuple[str, bytes]]) -> list[tuple[Outcome, str]]:
    entries = spooled(database, mails)
    read = [(entry, parse(mail)) for entry, (_, mail) in zip(entries, mails, strict=True)]
    with database.writing() as connection:
        done = judge(connection, read, POLICY, now=MONDAY_TEN)
    return [(each.decision.outcome, each.decision.reason) for each in done]


def from_(sender: str, number: int = 1, **fields: str) -> tuple[str, bytes]:
    return sender, a_mail(sender, message_id=f"<{number}@{sender}>", text=f"It shows E{number}.", **fields)


def letters(database: Database) -> list[tuple[str, str]]:
    """To whom letters go, but for the desk's own, and whether they leave."""
    with database.reading() as connection:
        rows = outbox.listing(connection, states=["queued", "suppressed"], limit=100)
    return [(row["recipient"], row["state"]) for row in reversed(rows) if row["recipient"] != MARIA]


def test_strangers_to_each_other_are_judged_together(database: Database) -> None:
    mails = [from_("ana@bakery.example"), from_("ana@mill.example"), from_("eve@elsewhere.example")]
    assert judged(database, mails) == [
        (Outcome.OPENED, ""),
        (Outcome.OPENED, ""),
        (Outcome.REFUSED, "unknown-sender"),
    ]
    with database.reading() as connection:
        assert [ticket.requester.address for ticket in tickets.by_id(connection, [1, 2])] == [
            "ana@bakery.example",
            "ana@mill.example",
        ]
        assert [messages.of_ticket(connection, number)[0]["message_id"] for number in (1, 2)] == [
            "<1@ana@bakery.example>",
            "<1@ana@mill.example>",
        ]


def test_the_last_seat_is_taken_once(database: Database) -> None:
    mails = [from_(f"{name}@bakery.example") for name in ("ben", "carl", "dora")]
    assert [outcome for outcome, _ in judged(database, mails)] == [Outcome.OPENED, Outcome.REFUSED, Outcome.REFUSED]


def test_one_content_twice_is_one_ticket(database: Database) -> None:
    sender, mail = from_("ana@bakery.example")
    again = b"Received: from elsewhere.example by mx.desk.example; Mon, 9 Mar 2026 10:00:00 +0100\r\n" + mail
    assert judged(database, [(sender, mail), (sender, again)]) == [(Outcome.OPENED, ""), (Outcome.IGNORED, "duplicate")]


def test_letters_to_one_address_are_counted_from_mail_to_mail(database: Database) -> None:
    assert len(judged(database, [from_("ana@bakery.example", number) for number in range(7)])) == 7
    assert [state for _, state in letters(database)] == ["queued"] * 5 + ["suppressed"] * 2


def test_the_owner_is_told_once_a_day_of_each_sender(database: Database) -> None:
    judged(database, [from_(f"{name}@bakery.example") for name in ("ben", "carl", "dora")])
    judged(database, [from_("carl@bakery.example", 2)])
    assert letters(database).count(("owner@bakery.example", "queued")) == 2


def test_a_lost_lease_leaves_nothing_behind(database: Database) -> None:
    mails = [from_("ana@bakery.example"), from_("ana@mill.example")]
    first, second = spooled(database, mails)
    stale = replace(second, attempts=second.attempts - 1)
    read = [(first, parse(mails[0][1])), (stale, parse(mails[1][1]))]
    with pytest.raises(LeaseLost), database.writing() as connection:
        judge(connection, read, POLICY, now=MONDAY_TEN)
    with database.reading() as connection:
        assert connection.execute(tables.ticket.select()).all() == []
        assert spool.unfinished(connection) == 2
