"""Mail in a mailbox elsewhere reaches the spool, and only then is moved, flagged or deleted; with a real Dovecot."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailintake.config.fetch import End, Fetch
from tests.integration.dovecot import MISSING, Dovecot, dovecot, program
from tests.integration.mailboxes import MOVE, Inside, a_mail, eventually, fetching, mails


@pytest.mark.parametrize("idle", [True, False])
async def test_new_mail_comes_by_idle_and_without_by_polling(
    server: Dovecot, user: str, inside: Inside, from_: Callable[..., Fetch], idle: bool
) -> None:
    fetch = from_(server.port, user, idle=idle, poll_seconds=3600 if idle else 1)
    async with fetching(fetch, inside.database):
        await eventually(lambda: inside.rows("SELECT 1 FROM mailbox WHERE looked_at IS NOT NULL"))
        for number in range(3):
            await asyncio.to_thread(server.put, user, a_mail(number))
            await eventually(lambda number=number: inside.taken() == mails(number + 1))
        await eventually(lambda: server.uids(user, "Processed") == [1, 2, 3])
    assert server.uids(user) == []
    assert inside.ledger() == [(uid, "taken", "moved") for uid in (1, 2, 3)]


@pytest.mark.parametrize(
    ("then", "ended", "left"),
    [
        (End("leave"), "left", [1, 2, 3]),
        (End("flag", "$Processed"), "flagged", [1, 2, 3]),
        (End("flag", "\\Seen"), "flagged", [1, 2, 3]),
        (End("delete"), "expunged", []),
        (MOVE, "moved", []),
    ],
    ids=str,
)
async def test_every_end_comes_after_the_commit_and_once(
    server: Dovecot, user: str, inside: Inside, from_: Callable[..., Fetch], then: End, ended: str, left: list[int]
) -> None:
    server.put(user, *mails(3))
    for _ in range(2):
        async with fetching(from_(server.port, user, then=then), inside.database):
            await eventually(lambda: inside.ledger() == [(uid, "taken", ended) for uid in (1, 2, 3)])
            await eventually(lambda: inside.rows("SELECT 1 FROM mailbox WHERE looked_at IS NOT NULL"))
    assert inside.taken() == mails(3)
    assert server.uids(user) == left
    with server.client(user) as client:
        client.select_folder("INBOX", readonly=True)
        flags = {flag for flags in client.get_flags(left).values() for flag in flags} - {b"\\Recent"}
    assert flags == ({then.name.encode()} if then.word == "flag" else set())


async def test_what_the_ledger_says_of_a_mail_is_what_the_server_said(
    server: Dovecot, user: str, inside: Inside, from_: Callable[..., Fetch]
) -> None:
    future = datetime.now(UTC) + timedelta(days=3)
    with server.client(user) as client:
        client.append("INBOX", a_mail(1), msg_time=datetime(2026, 3, 9, 9, 30, tzinfo=UTC))
        client.append("INBOX", a_mail(2), msg_time=future)
        validity = client.select_folder("INBOX")[b"UIDVALIDITY"]
    async with fetching(from_(server.port, user, trusted=True), inside.database):
        await eventually(lambda: len(inside.taken()) == 2)
    query = "SELECT source_key, trusted, transport, return_path, recipients FROM spool ORDER BY id"
    (first, second), times = inside.rows(query), inside.rows("SELECT received_at FROM spool ORDER BY id")
    assert first[0] == f"imap:support:INBOX:{validity}:1"
    assert first[1:4] == (True, "imap", "ana@bakery.example")
    assert "support@desk.example" in first[4]
    assert second[0].endswith(":2")
    assert "2026-03-09 09:30" in str(times[0][0])
    assert str(times[1][0])[:10] <= f"{datetime.now(UTC):%Y-%m-%d}"


async def test_a_server_that_can_do_nothing_but_imap4rev1_is_enough(
    user: str, inside: Inside, from_: Callable[..., Fetch]
) -> None:
    if program() is None:
        pytest.skip(MISSING)
    with dovecot(capability="IMAP4rev1") as server:
        server.put(user, *mails(3))
        async with fetching(from_(server.port, user, poll_seconds=1), inside.database):
            await eventually(lambda: inside.ledger() == [(uid, "taken", "marked") for uid in (1, 2, 3)])
            server.put(user, a_mail(3))
            await eventually(lambda: len(inside.ledger()) == 4)
            await eventually(lambda: len(server.uids(user, "Processed")) == 4)
        assert inside.taken() == mails(4)


async def test_what_somebody_else_marked_as_deleted_is_not_expunged(
    server: Dovecot, user: str, inside: Inside, from_: Callable[..., Fetch]
) -> None:
    server.put(user, *mails(2), folder="Elsewhere")
    with server.client(user) as client:
        client.select_folder("Elsewhere")
        client.delete_messages([1])
        client.select_folder("INBOX")
        client.append("INBOX", a_mail(5))
    both = from_(server.port, user, folders=("INBOX", "Elsewhere"), then=End("delete"))
    async with fetching(both, inside.database):
        await eventually(lambda: len(inside.taken()) == 3)
        await eventually(lambda: not server.uids(user) and not server.uids(user, "Elsewhere"))


async def test_a_folder_made_anew_brings_its_old_mails_no_second_time(
    server: Dovecot, user: str, inside: Inside, from_: Callable[..., Fetch]
) -> None:
    server.put(user, *mails(3), folder="Desk")
    fetch = from_(server.port, user, folders=("Desk",), then=End("leave"), poll_seconds=1)
    async with fetching(fetch, inside.database):
        await eventually(lambda: len(inside.taken()) == 3)
        with server.client(user) as client:
            client.delete_folder("Desk")
        await asyncio.sleep(1.1)  # Dovecot counts its UIDVALIDITY in seconds
        server.put(user, *mails(4), folder="Desk")
        await eventually(lambda: len(inside.ledger()) == 7, within=60)
    assert inside.taken() == mails(4)
    assert sorted(outcome for _, outcome, _ in inside.ledger()) == ["known"] * 3 + ["taken"] * 4


async def test_a_server_that_restarts_is_found_again(user: str, inside: Inside, from_: Callable[..., Fetch]) -> None:
    if program() is None:
        pytest.skip(MISSING)
    with dovecot() as server:
        server.put(user, a_mail(0))
        async with fetching(from_(server.port, user), inside.database):
            await eventually(lambda: inside.taken() == mails(1))
            await asyncio.to_thread(server.stop)
            await eventually(lambda: inside.rows("SELECT 1 FROM mailbox WHERE trouble IS NOT NULL"))
            await asyncio.to_thread(server.start)
            await asyncio.to_thread(server.put, user, a_mail(1))
            await eventually(lambda: inside.taken() == mails(2))
            await eventually(lambda: inside.rows("SELECT 1 FROM mailbox WHERE trouble IS NULL"))


async def test_a_wrong_password_is_told_and_not_tried_like_mad(
    server: Dovecot, user: str, inside: Inside, from_: Callable[..., Fetch]
) -> None:
    fetch = from_(server.port, user)
    Path(fetch.password.name).write_text("wrong")  # noqa: ASYNC240 - one word
    async with fetching(fetch, inside.database):
        await eventually(lambda: inside.rows("SELECT trouble FROM mailbox WHERE trouble IS NOT NULL"))
        ((trouble,),) = inside.rows("SELECT trouble FROM mailbox")
    assert "login refused" in trouble
    assert "wrong" not in trouble.replace("login refused", "")


async def test_the_newest_first_where_a_backlog_waits(
    server: Dovecot, user: str, inside: Inside, from_: Callable[..., Fetch]
) -> None:
    server.put(user, *mails(4))
    async with fetching(from_(server.port, user, newest_first=True), inside.database):
        await eventually(lambda: len(inside.taken()) == 4)
    assert inside.taken() == mails(4)[::-1]


async def test_a_large_mail_comes_in_slices_and_one_too_large_stays(
    server: Dovecot, user: str, inside: Inside, from_: Callable[..., Fetch]
) -> None:
    exact, large = a_mail(1, size=(1 << 20) - len(a_mail(1))), a_mail(2, size=1_900_000)
    assert len(exact) == 1 << 20
    server.put(user, a_mail(3, size=2_000_000), exact, large)
    async with fetching(from_(server.port, user), inside.database):
        await eventually(lambda: len(inside.ledger()) == 3)
        await eventually(lambda: len(inside.rows("SELECT 1 FROM spool")) == 2)
        await eventually(lambda: server.uids(user) == [1])
    assert inside.ledger()[0] == (1, "too_large", "left")
    parts = inside.rows("SELECT data FROM spool JOIN raw USING (digest) ORDER BY spool.id, part")
    assert b"".join(bytes(data) for (data,) in parts) == exact + large
