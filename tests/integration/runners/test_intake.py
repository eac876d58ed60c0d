"""Intake writes a batch down at once, and trouble with one mail stays with that mail."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from mailintake.domain.mail import ParsedMessage
from mailintake.errors import TemporaryError
from mailintake.intake import judge as judging
from mailintake.parsing.parser import parse
from mailintake.runners.intake import Intake, Read
from mailintake.runners.loop import Parts
from mailintake.storage import raw, spool
from mailintake.storage.engine import Database
from tests.builders import MONDAY_TEN, a_delivery, a_mail, a_policy, an_account

NAMES = ("bakery", "mill", "forge")
POLICY = a_policy(*map(an_account, NAMES))


class Reader:
    """A cage without bars: reads here and now, except for mails about trouble."""

    async def parse(self, slices: list[bytes], *, size: int, headers_only: bool) -> ParsedMessage:
        message = parse(b"".join(slices))
        if "trouble" in message.subject:
            raise TemporaryError("no worker just now")
        return message


def an_intake(database: Database) -> Intake:
    cage: Any = Reader()
    return Intake(Parts(database, lambda: POLICY, lambda: MONDAY_TEN, lambda: None), cage, tries=3)


def spooled(database: Database, *mails: bytes) -> None:
    with database.writing() as connection:
        for mail in mails:
            delivery = a_delivery(mail)
            raw.put(connection, delivery.digest, [mail])
            spool.add(connection, [delivery])


async def work(intake: Intake) -> None:
    await intake.turn()
    intake.stop()
    await intake.run()


def outcomes(database: Database) -> list[str | None]:
    with database.reading() as connection:
        return [entry.outcome for number in range(1, 4) if (entry := spool.get(connection, number))]


def three(**fields: str) -> list[bytes]:
    return [a_mail(f"ana@{name}.example", message_id=f"<1@{name}>", **fields) for name in NAMES]


async def test_what_is_claimed_is_read_and_written_down(database: Database) -> None:
    spooled(database, *three())
    await work(an_intake(database))
    assert outcomes(database) == ["opened"] * 3


async def test_a_mail_that_cannot_be_read_now_is_tried_again(database: Database) -> None:
    spooled(database, *three()[:2], a_mail("ana@forge.example", message_id="<1@forge>", subject="trouble"))
    await work(an_intake(database))
    assert outcomes(database) == ["opened", "opened", None]
    with database.reading() as connection:
        assert spool.next_attempt(connection) == MONDAY_TEN + timedelta(seconds=2)


async def test_a_mail_that_breaks_the_decision_breaks_no_other(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide = judging.decide

    def fragile(facts: Any, policy: Any) -> Any:
        if facts.message.subject == "it breaks":
            raise ZeroDivisionError
        return decide(facts, policy)

    monkeypatch.setattr(judging, "decide", fragile)
    first, _, third = three()
    spooled(database, first, a_mail("ana@mill.example", message_id="<1@mill>", subject="it breaks"), third)
    await work(an_intake(database))
    assert outcomes(database) == ["opened", None, "opened"]


async def test_a_lost_lease_stops_nobody_else(database: Database) -> None:
    mails = three()
    spooled(database, *mails)
    intake = an_intake(database)
    with database.writing() as connection:
        one, two, three_ = spool.claim(connection, now=MONDAY_TEN, limit=10)
    stale = replace(two, attempts=two.attempts - 1)
    intake._ready += [Read(entry, parse(mail)) for entry, mail in zip((one, stale, three_), mails, strict=True)]
    intake.stop()
    await intake.run()
    assert outcomes(database) == ["opened", None, "opened"]
