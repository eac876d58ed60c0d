"""Trouble with a mailbox is told to the admin once a day, and once when it is over; the log says each change."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from mailintake.config.fetch import End, Fetch
from mailintake.domain.mail import Address
from mailintake.domain.mailbox import MailboxDown, Place, Refused
from mailintake.errors import PermanentError
from mailintake.runners import mailbox as mailbox_runner
from mailintake.runners.mailbox_audit import Audit
from mailintake.runners.mailbox_trouble import Trouble, kind_of
from mailintake.storage import mailboxes
from mailintake.transports.imap import Session
from tests.integration.mailboxes import Inside, eventually, fetching, house_of, mails
from tests.integration.scripted_imap import Conversation, ScriptedImap

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
ADMIN = Address("admin@desk.example")
DOWN = MailboxDown("imap.desk.example: no answer in time")
INBOX = Place("support", "INBOX", 1)


class Days:
    """A mailbox whose trouble comes and goes at times that the test says."""

    def __init__(self, inside: Inside, fetch: Fetch, *, admin: Address | None = ADMIN) -> None:
        self.now = NINE
        self._inside = inside
        self._fetch = fetch
        self._admin = admin
        with inside.database.writing() as connection:
            mailboxes.lease(connection, fetch.name, holder="this one", now=NINE)
        self.restart()

    def restart(self) -> None:
        """As after a new start of the daemon."""
        house = house_of(self._inside.database, admin=self._admin)
        self._trouble = Trouble(self._fetch, replace(house, clock=lambda: self.now))

    def later(self, **time: int) -> None:
        self.now += timedelta(**time)

    async def breaks(self, error: Exception = DOWN, *, signed_in: bool = False) -> None:
        kind = kind_of(error, signed_in=signed_in)
        await asyncio.to_thread(self._trouble.happened, error, kind, seconds=1)

    async def works(self) -> None:
        await asyncio.to_thread(self._trouble.over)

    async def audited(self, *found: Audit) -> None:
        await asyncio.to_thread(self._trouble.audited, found)

    def told(self, word: str = "subject") -> list[str]:
        """The subjects (or texts) of all letters, in order."""
        found = self._inside.rows("SELECT recipient, template, draft FROM outbox ORDER BY id")
        assert {(recipient, template) for recipient, template, _ in found} <= {(ADMIN.address, "admin-notice")}
        return [_document(draft)["context"][word] for *_, draft in found]


def _document(draft: Any) -> dict[str, Any]:
    return json.loads(draft) if isinstance(draft, str) else draft


@pytest.fixture
async def days(inside: Inside, from_: Callable[..., Fetch]) -> Days:
    return Days(inside, from_(143))


UNREACHABLE = "the mailbox support cannot be worked on"
WORKS = "the mailbox support works again"


async def test_trouble_that_passes_soon_is_told_to_nobody(days: Days) -> None:
    await days.breaks()
    days.later(minutes=14)
    await days.breaks()
    await days.works()
    days.later(minutes=14)
    await days.breaks()
    await days.works()
    assert days.told() == []


async def test_lasting_trouble_is_told_once_a_day_and_once_when_it_is_over(days: Days) -> None:
    for _ in range(2 * 24 * 12):
        await days.breaks()
        days.later(minutes=5)
    assert days.told() == [UNREACHABLE] * 3
    assert "Since 2026-11-23 09:00 UTC" in days.told("text")[-1]
    assert "no answer in time" in days.told("text")[0]
    await days.works()
    await days.works()
    assert days.told() == [UNREACHABLE] * 3 + [WORKS]


async def test_a_restart_tells_nothing_twice(days: Days) -> None:
    for _ in range(3):
        await days.breaks()
        days.later(minutes=20)
        days.restart()
    assert days.told() == [UNREACHABLE]
    await days.works()
    days.restart()
    await days.works()
    assert days.told() == [UNREACHABLE, WORKS]


async def test_what_breaks_again_on_the_same_day_is_told_tomorrow(days: Days) -> None:
    for _ in range(2):
        await days.breaks()
        days.later(minutes=20)
        await days.breaks()
        days.later(minutes=1)
        await days.works()
    assert days.told() == [UNREACHABLE, WORKS]


async def test_every_kind_is_told_for_itself(days: Days) -> None:
    await days.breaks()
    days.later(minutes=20)
    await days.breaks(Refused("imap.desk.example: login refused: no"))
    await days.breaks(Refused("imap.desk.example: no such folder"), signed_in=True)
    assert days.told() == ["the mailbox support does not let us in", UNREACHABLE]


async def test_a_token_that_somebody_has_to_permit_again_is_told_at_once(days: Days) -> None:
    await days.breaks(PermanentError("the refresh token was revoked"))
    assert days.told() == ["the mailbox support gives us no token"]
    assert "revoked" in days.told("text")[0]


async def test_a_gap_is_told_once_a_day_and_once_when_it_is_closed(days: Days) -> None:
    gap = Audit(INBOX, messages=2, pending=[7], failing={8: "reads differently each time"})
    await days.audited(gap, Audit(Place("support", "Spam", 1)))
    days.later(hours=1)
    await days.audited(gap)
    assert days.told() == ["mails in the mailbox support are not accounted for"]
    assert "INBOX: not taken in: UID 7\nINBOX: cannot be fetched: UID 8\n" in days.told("text")[0]
    for _ in range(2):
        days.later(hours=1)
        await days.audited(Audit(INBOX))
    assert days.told()[1:] == ["every mail in the mailbox support is accounted for again"]


async def test_without_an_admin_nobody_is_told(inside: Inside, from_: Callable[..., Fetch]) -> None:
    days = Days(inside, from_(143), admin=None)
    for _ in range(2):
        await days.breaks()
        days.later(minutes=20)
    await days.works()
    await days.audited(Audit(INBOX, pending=[1]))
    assert days.told() == []


async def test_the_log_has_a_line_for_each_change_and_no_more(days: Days) -> None:
    with capture_logs() as lines:
        for _ in range(3):
            await days.breaks()
        for _ in range(3):
            await days.breaks(MailboxDown("imap.desk.example: Connection refused"))
        for _ in range(3):
            await days.breaks(RuntimeError("secret"))
        for _ in range(3):
            await days.works()
        for _ in range(3):
            await days.audited(Audit(INBOX, pending=[1]))
        for _ in range(3):
            await days.audited(Audit(INBOX))
    assert [line["event"] for line in lines] == [
        "mailbox waits",
        "mailbox waits",
        "mailbox failed",
        "mailbox works again",
        "mailbox mails unaccounted for",
        "mailbox mails accounted for",
    ]
    assert "secret" not in lines[2]["why"]


async def test_the_runner_tells_of_a_server_that_hangs_up_and_of_its_return(
    imap: ScriptedImap, inside: Inside, from_: Callable[..., Fetch], monkeypatch: pytest.MonkeyPatch
) -> None:
    def hang_up(conversation: Conversation, *_: str) -> bool:
        conversation.hang_up()
        return True

    monkeypatch.setattr(mailbox_runner, "SHORTEST_PAUSE", 0.05)
    with inside.database.writing() as connection:
        mailboxes.lease(connection, "support", holder="this one", now=datetime.now(UTC))
        long_ago = datetime.now(UTC) - timedelta(hours=1)
        mailboxes.note_trouble(connection, "support", "down since the start before", now=long_ago)
    imap.trick = hang_up
    imap.arrive(*mails(2))
    async with fetching(from_(imap.port), inside.database, admin=ADMIN) as runner:
        await eventually(lambda: len(inside.rows("SELECT 1 FROM outbox")) == 1)
        assert not runner.state.connected
        assert runner.state.looked_at is None
        imap.trick = lambda *_: False
        await eventually(lambda: len(inside.rows("SELECT 1 FROM outbox")) == 2)
        await eventually(lambda: runner.state.looked_at)
        assert runner.state.connected
        assert runner.state.fetched == 2
    assert not runner.state.connected


async def test_mail_that_comes_during_an_audit_is_no_gap(
    imap: ScriptedImap, inside: Inside, from_: Callable[..., Fetch], monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(conversation: Conversation, _: str, line: str) -> bool:
        if line.startswith("EXAMINE") and len(imap.inbox.mails) == 1:
            imap.inbox.add(mails(2)[1])
        return False

    monkeypatch.setattr(mailbox_runner, "FIRST_AUDIT_SECONDS", 0.0)
    imap.arrive(*mails(1))
    imap.trick = meanwhile
    async with fetching(from_(imap.port, then=End("flag", "\\Seen")), inside.database, admin=ADMIN) as runner:
        await eventually(lambda: len(inside.taken()) == 2)
        await eventually(lambda: runner.state.unaccounted == 0)
    assert inside.rows("SELECT unaccounted FROM mailbox") == [(0,)]
    assert inside.rows("SELECT 1 FROM outbox") == []


async def test_a_token_that_is_refused_is_told_and_one_that_lets_us_in_is_shown_with_its_end(
    imap: ScriptedImap, inside: Inside, from_: Callable[..., Fetch], monkeypatch: pytest.MonkeyPatch
) -> None:
    refusals = [PermanentError("the refresh token was revoked")]

    def connect(fetch: Fetch) -> Session:
        if refusals:
            raise refusals.pop()
        session = Session.open(fetch)
        session.token_expires_at = NINE
        return session

    monkeypatch.setattr(mailbox_runner, "SHORTEST_PAUSE_REFUSED", 0.05)
    async with fetching(from_(imap.port), inside.database, connect=connect, admin=ADMIN) as runner:
        await eventually(lambda: len(inside.rows("SELECT 1 FROM outbox")) == 2)
        await eventually(lambda: inside.rows("SELECT 1 FROM mailbox WHERE token_expires_at IS NOT NULL"))
        assert runner.state.token_expires_at == NINE
        with inside.database.reading() as connection:
            assert [row.token_expires_at for row in mailboxes.status(connection)] == [NINE]
    subjects = [_document(draft)["context"]["subject"] for (draft,) in inside.rows("SELECT draft FROM outbox")]
    assert subjects == ["the mailbox support gives us no token", WORKS]
