"""What tests of mailboxes share: mails, a runner at work, and a look at what came of it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import text

from mailintake.config.fetch import End, Fetch
from mailintake.config.source import Node
from mailintake.domain.mail import Address
from mailintake.runners.mailbox import Mailbox
from mailintake.runners.mailbox_port import House
from mailintake.storage.body import Body, Budget
from mailintake.storage.engine import Database
from mailintake.transports.acceptance import Acceptance
from mailintake.transports.imap import Session

HERE = Node("mailintake.yaml", 1, 1, [])
MOVE = End("move", "Processed")


def a_mail(number: int, *, size: int = 0) -> bytes:
    return (
        f"Return-Path: <ana@bakery.example>\r\nSubject: Mail {number}\r\n\r\nNumber {number}\r\n".encode() + b"x" * size
    )


def mails(count: int) -> list[bytes]:
    return [a_mail(number) for number in range(count)]


class Inside:
    """What the test sees of our side."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self.database.reading() as connection:
            return [tuple(row) for row in connection.execute(text(query))]

    def taken(self) -> list[bytes]:
        """The bytes of every mail in the spool, in the order they came."""
        found = self.rows("SELECT data FROM spool JOIN raw ON raw.digest = spool.digest AND part = 0 ORDER BY spool.id")
        return [bytes(data) for (data,) in found]

    def ledger(self) -> list[tuple[Any, ...]]:
        return self.rows("SELECT uid, outcome, ended FROM mailbox_mail ORDER BY validity, uid")


def house_of(database: Database, *, admin: Address | None = None) -> House:
    """The daemon around a mailbox, in the loop that runs."""
    return House(
        database,
        Acceptance(database).accept,
        partial(Body, directory=Path("/tmp"), budget=Budget()),
        lambda: datetime.now(UTC),
        asyncio.get_running_loop(),
        2_000_000,
        admin,
    )


@asynccontextmanager
async def fetching(
    fetch: Fetch,
    database: Database,
    *,
    holder: str = "this one",
    connect: Callable[[Fetch], Any] = Session.open,
    admin: Address | None = None,
) -> AsyncIterator[Mailbox]:
    """The mailbox's runner, at work."""
    house = house_of(database, admin=admin)
    runner = Mailbox(fetch, house, connect=connect, holder=holder, only_daemon=False)
    runner.start()
    try:
        yield runner
    finally:
        await runner.stop()


async def eventually(ask: Callable[[], object], *, within: float = 20) -> None:
    until = time.monotonic() + within
    while not ask():
        assert time.monotonic() < until, "still not"
        await asyncio.sleep(0.02)
