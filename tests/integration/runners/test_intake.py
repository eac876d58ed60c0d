"""From the spool to tickets: what the parser dies of stays before a person until it was read in full."""

import asyncio
from collections.abc import Iterable
from typing import cast

import pytest

from mailintake.domain.mail import ParsedMessage
from mailintake.errors import TemporaryError
from mailintake.parsing.parser import parse, parse_headers_only
from mailintake.runners.cage import Cage, Poison
from mailintake.runners.intake import BY_HEADERS, Intake
from mailintake.runners.loop import Parts
from mailintake.storage import messages, raw, spool
from mailintake.storage.engine import Database
from mailintake.storage.spool import Entry
from tests.builders import MONDAY_TEN, a_delivery, a_mail, a_policy

POLICY = a_policy()
MAIL = a_mail()


class Reader:
    """Stands for the cage: dies of every body until it is cured."""

    def __init__(self) -> None:
        self.is_cured = False
        self.is_away = False

    async def parse(self, slices: Iterable[bytes], *, size: int, headers_only: bool = False) -> ParsedMessage:
        mail = b"".join(slices)
        assert len(mail) == size
        if self.is_away:
            raise TemporaryError("no process to parse in")
        if headers_only:
            return parse_headers_only(mail)
        if not self.is_cured:
            raise Poison("killed the parser (signal 9)")
        return parse(mail)


class Desk:
    """Both runners of the intake, and a clock that goes a minute with every look at it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.reader = Reader()
        self.at = MONDAY_TEN
        parts = Parts(database, lambda: POLICY, lambda: self.at, lambda: None)
        self.runners = [
            Intake(parts, cast("Cage", self.reader), tries=3, tried_before=tried_before)
            for tried_before in (False, True)
        ]

    async def work(self) -> Entry:
        """Turn until the mail is settled or waits for a person; the mail."""
        for _ in range(50):
            for runner in self.runners:
                await runner.turn()
                await asyncio.sleep(0.06)  # in which mails gather to be written down together
                await runner.turn()
            with self.database.reading() as connection:
                entry = spool.get(connection, 1)
            assert entry is not None
            if entry.state != "waiting":
                return entry
            self.at = max(self.at, MONDAY_TEN) + spool.LEASE
        pytest.fail("it is never settled")

    def operate(self, operation: object) -> None:
        with self.database.writing() as connection:
            assert operation(connection, 1, now=self.at)  # type: ignore[operator]  # spool.retry or spool.release


@pytest.fixture
def desk(database: Database) -> Desk:
    with database.writing() as connection:
        delivery = a_delivery(MAIL)
        raw.put(connection, delivery.digest, [MAIL])
        spool.add(connection, [delivery])
    return Desk(database)


async def test_what_is_poison_still_when_read_again_stays_in_quarantine(desk: Desk) -> None:
    for _ in range(2):
        entry = await desk.work()
        assert (entry.state, entry.reason, entry.ticket_id) == ("quarantined", BY_HEADERS, 1)
        desk.operate(spool.retry)
    desk.reader.is_cured = True
    entry = await desk.work()
    assert (entry.state, entry.ticket_id) == ("settled", 1)
    with desk.database.reading() as connection:
        (message,) = messages.of_ticket(connection, 1)
    assert message["reply_text"].strip() == "It shows E4."


async def test_poison_that_is_released_is_settled_as_it_is(desk: Desk) -> None:
    await desk.work()
    desk.operate(spool.release)
    entry = await desk.work()
    assert (entry.state, entry.ticket_id) == ("settled", 1)


async def test_trouble_of_ours_is_never_counted_against_a_mail(desk: Desk) -> None:
    desk.reader.is_cured = desk.reader.is_away = True
    for _ in range(8):
        await desk.runners[0].turn()
        await asyncio.sleep(0.06)
        await desk.runners[0].turn()
        desk.at += spool.LEASE
        with desk.database.reading() as connection:
            entry = spool.get(connection, 1)
        assert entry is not None
        assert (entry.state, entry.attempts, entry.reason) == ("waiting", 0, "no process to parse in")
    desk.reader.is_away = False
    assert (await desk.work()).outcome == "opened"
