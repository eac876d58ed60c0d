"""What is delivered into a Maildir is ours before anything is done with its file, and no file is believed."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from mailintake.config.watch import End, Watch
from mailintake.errors import OutOfSpace
from mailintake.runners import maildirs
from mailintake.runners.mailbox_port import House
from mailintake.runners.maildir_box import seen
from mailintake.runners.maildirs import Maildir
from mailintake.storage.body import Body, Budget
from mailintake.storage.engine import Database
from mailintake.transports.acceptance import Acceptance
from tests.integration.mailboxes import HERE, Inside, a_mail, eventually, mails

LARGEST = 2_000_000
SETTLED = 1_700_000_000  # a time at which nothing can be in flight any more


class Box:
    """A Maildir as a delivery agent and a mail reader see it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        for part in ("tmp", "new", "cur"):
            (path / part).mkdir(parents=True)

    def put(self, *mails: bytes, part: str = "new", flags: str = "") -> list[str]:
        """Deliver, each under a name of its own."""
        names = []
        for mail in mails:
            name = f"17000000{len(list(self.path.rglob('*.host*'))):02}.M1.host{flags}"
            (self.path / "tmp" / name).write_bytes(mail)
            (self.path / "tmp" / name).rename(self.path / part / name)
            names.append(name)
        return names

    def names(self, part: str) -> list[str]:
        return sorted(path.name for path in (self.path / part).iterdir())

    @property
    def is_empty(self) -> bool:
        return not self.names("new")


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path / "desk")


@pytest.fixture
def watch(box: Box) -> Watch:
    return Watch("desk", box.path, "support@desk.example", HERE)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is done once a minute is done several times a second, and a second look is not long in coming."""
    monkeypatch.setattr(maildirs, "FULL_LOOK_SECONDS", 0.3)
    monkeypatch.setattr(maildirs, "LONGEST_PAUSE", 0.3)


def house_of(database: Database, **other: Any) -> House:
    said: dict[str, Any] = {
        "database": database,
        "accept": Acceptance(database).accept,
        "new_body": partial(Body, directory=Path("/tmp"), budget=Budget()),
        "clock": lambda: datetime.now(UTC),
        "loop": asyncio.get_running_loop(),
        "largest": LARGEST,
    }
    return House(**said | other)


@asynccontextmanager
async def watching(watch: Watch, database: Database, **other: Any) -> AsyncIterator[None]:
    runner = Maildir(watch, house_of(database, **other))
    runner.start()
    try:
        yield
    finally:
        await runner.stop()


async def test_a_mail_is_taken_in_and_marked_as_seen(box: Box, watch: Watch, inside: Inside) -> None:
    async with watching(watch, inside.database):
        for number in range(3):
            (name,) = box.put(a_mail(number))
            await eventually(lambda number=number: inside.taken() == mails(number + 1))
            await eventually(lambda name=name: f"{name}:2,S" in box.names("cur"))
    assert box.is_empty
    keys = [key for (key,) in inside.rows("SELECT source_key FROM spool ORDER BY id")]
    assert keys == [f"maildir:desk:170000000{number}.M1.host" for number in range(3)]
    assert inside.rows("SELECT DISTINCT transport, trusted FROM spool") == [("maildir", False)]


@pytest.mark.parametrize(
    ("then", "left"),
    [(End("leave"), "new"), (End("delete"), ""), (End("move", ".Done"), ".Done/cur"), (End("seen"), "cur")],
    ids=str,
)
async def test_every_end_comes_after_the_commit_and_once(
    box: Box, watch: Watch, inside: Inside, then: End, left: str
) -> None:
    names = box.put(*mails(3))
    watch = replace(watch, then=then)
    for _ in range(2):
        with capture_logs() as logged:
            async with watching(watch, inside.database):
                await eventually(lambda: len(inside.taken()) == 3)
                await eventually(lambda: then.word == "leave" or box.is_empty)
                await asyncio.sleep(0.5)
        assert sum(line["event"] == "maildir mails" for line in logged) <= 1
    assert inside.taken() == mails(3)
    if left:
        assert box.names(left) == (names if left == "new" else [f"{name}:2,S" for name in names])
    if then.word == "move":
        assert (box.path / ".Done" / "maildirfolder").is_file()
        assert [box.names(f".Done/{part}") for part in ("tmp", "new")] == [[], []]


async def test_nothing_is_done_with_a_file_whose_mail_was_not_committed(box: Box, watch: Watch, inside: Inside) -> None:
    names, calls = box.put(*mails(2)), []
    really = Acceptance(inside.database).accept

    async def full(*mail: Any, **more: Any) -> str:
        calls.append(box.names("new"))
        if len(calls) <= 4:
            raise OutOfSpace("no room for another mail: disk full")
        return await really(*mail, **more)

    with capture_logs() as logged:
        async with watching(replace(watch, then=End("delete")), inside.database, accept=full):
            await eventually(lambda: box.is_empty)
    assert calls == [names] * len(calls)
    assert len(calls) == 6
    assert inside.taken() == mails(2)
    waits = [line["why"] for line in logged if line["event"] == "maildir waits"]
    assert waits == ["no room for another mail: disk full"]
    assert [line["event"] for line in logged].count("maildir works again") == 1


async def test_half_a_mail_in_tmp_and_hidden_files_are_not_touched(box: Box, watch: Watch, inside: Inside) -> None:
    for path in ("tmp/half", "new/.hidden", "cur/read:2,S"):
        (box.path / path).write_bytes(a_mail(7))
    box.put(a_mail(0))
    async with watching(watch, inside.database):
        await eventually(lambda: len(box.names("cur")) == 2)
        await asyncio.sleep(0.5)
    assert inside.taken() == mails(1)
    assert (box.names("tmp"), box.names("new")) == (["half"], [".hidden"])


async def test_links_pipes_and_empty_files_are_named_and_left(
    box: Box, watch: Watch, inside: Inside, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(a_mail(7))
    (box.path / "new" / "a-link").symlink_to(secret)
    os.mkfifo(box.path / "new" / "b-pipe")
    (box.path / "new" / "c-directory").mkdir()
    (box.path / "new" / "d-empty").touch()
    box.put(a_mail(0))
    with capture_logs() as logged:
        async with watching(watch, inside.database):
            await eventually(lambda: len(box.names("cur")) == 1)
            await asyncio.sleep(0.8)
    assert inside.taken() == mails(1)
    assert box.names("new") == ["a-link", "b-pipe", "c-directory", "d-empty"]
    left = [(line["file"], line["why"]) for line in logged if line["event"] == "maildir mail left"]
    no_file = "not a regular file"
    assert left == [
        ("new/a-link", no_file),
        ("new/b-pipe", no_file),
        ("new/c-directory", no_file),
        ("new/d-empty", "empty"),
    ]


async def test_a_directory_that_is_a_link_is_not_followed(box: Box, watch: Watch, inside: Inside) -> None:
    other = Box(box.path.parent / "other")
    other.put(a_mail(7))
    (box.path / "new").rmdir()
    (box.path / "new").symlink_to(other.path / "new")
    with capture_logs() as logged:
        async with watching(watch, inside.database):
            await eventually(lambda: any(line["event"] == "maildir waits" for line in logged))
    assert inside.taken() == []
    assert len(other.names("new")) == 1


async def test_a_mail_that_is_too_large_stays_until_the_limit_is_higher(box: Box, watch: Watch, inside: Inside) -> None:
    (name,) = box.put(a_mail(0, size=LARGEST))
    box.put(a_mail(1))
    with capture_logs() as logged:
        async with watching(watch, inside.database):
            await eventually(lambda: len(box.names("cur")) == 1)
            await asyncio.sleep(0.8)
    assert inside.taken() == [a_mail(1)]
    assert box.names("new") == [name]
    (left,) = (line for line in logged if line["event"] == "maildir mail left")
    assert (left["file"], left["why"]) == (f"new/{name}", "larger than 2,000,000 bytes")
    async with watching(watch, inside.database, largest=2 * LARGEST):
        await eventually(lambda: box.is_empty)
    assert inside.rows("SELECT max(size) FROM spool") == [(len(a_mail(0, size=LARGEST)),)]


async def test_a_maildir_that_is_not_there_yet_is_one_line_and_comes_to_work(
    box: Box, watch: Watch, inside: Inside
) -> None:
    box.put(*mails(2))
    box.path.rename(away := box.path.with_name("away"))
    with capture_logs() as logged:
        async with watching(watch, inside.database):
            await eventually(lambda: bool(logged))
            await asyncio.sleep(1)
            away.rename(box.path)
            await eventually(lambda: len(inside.taken()) == 2)
            await eventually(lambda: len(logged) == 3)
    assert [line["event"] for line in logged] == ["maildir waits", "maildir mails", "maildir works again"] or [
        line["event"] for line in logged
    ] == ["maildir waits", "maildir works again", "maildir mails"]
    assert logged[0]["why"].endswith(": No such file or directory")


@pytest.mark.parametrize("flags", [":2,", ":2,FS", ""])
async def test_with_also_cur_what_a_mail_reader_opened_first_comes_in_too(
    box: Box, watch: Watch, inside: Inside, flags: str
) -> None:
    box.put(a_mail(0), part="cur", flags=flags)
    box.put(a_mail(1))
    async with watching(replace(watch, also_cur=True, then=End("move", ".Done")), inside.database):
        await eventually(lambda: len(box.names(".Done/cur") if (box.path / ".Done/cur").exists() else []) == 2)
    assert inside.taken() == mails(2)
    assert box.is_empty
    assert box.names("cur") == []


async def test_no_file_is_overwritten_and_the_mail_is_ours_all_the_same(box: Box, watch: Watch, inside: Inside) -> None:
    (name,) = box.put(a_mail(0))
    there = box.path / "cur" / f"{name}:2,S"
    there.write_bytes(a_mail(7))
    with capture_logs() as logged:
        async with watching(watch, inside.database):
            await eventually(lambda: len(inside.taken()) == 1)
            await asyncio.sleep(0.8)
            assert there.read_bytes() == a_mail(7)
            there.unlink()
            await eventually(lambda: box.is_empty)
    assert inside.taken() == mails(1)
    assert there.read_bytes() == a_mail(0)
    assert [line["event"] for line in logged] == ["maildir mails", "maildir mail stays"]


TRACED = b"Return-Path: <ana@bakery.example>\nX-Original-To: support+102.tag@desk.example\n"


@pytest.mark.parametrize(
    ("trusted", "head", "return_path", "recipient"),
    [
        (True, TRACED, "ana@bakery.example", "support+102.tag@desk.example"),
        (False, TRACED, "tea@tannery.example", "support@desk.example"),
        (True, b"Return-Path: <>\nDelivered-To: <support+1.x@desk.example>\n", "", "support+1.x@desk.example"),
        (False, b"Return-Path: <>\n", "tea@tannery.example", "support@desk.example"),
        (True, b"X-Original-To: sales@desk.example\n", "tea@tannery.example", "support@desk.example"),
        (True, b"Delivered-To: a\0b\xff\n", "tea@tannery.example", "support@desk.example"),
    ],
)
async def test_what_a_delivery_agent_wrote_counts_only_where_it_is_trusted(
    box: Box, watch: Watch, inside: Inside, trusted: bool, head: bytes, return_path: str, recipient: str
) -> None:
    box.put(head + b"From: Tea <tea@tannery.example>\nSubject: Hides\n\nThey are wet.\n")
    async with watching(replace(watch, trusted=trusted), inside.database):
        await eventually(lambda: len(inside.taken()) == 1)
    ((sender, to, is_trusted),) = inside.rows("SELECT return_path, recipients, trusted FROM spool")
    assert (sender, is_trusted) == (return_path, trusted)
    assert recipient in to


async def test_the_promise_begins_when_it_was_delivered_but_never_in_the_future(
    box: Box, watch: Watch, inside: Inside
) -> None:
    times = (datetime(2026, 3, 9, 9, 30, tzinfo=UTC).timestamp(), 4e9, 1e12, -5.0)
    for name, at in zip(box.put(*mails(4)), times, strict=True):
        os.utime(box.path / "new" / name, (at, at))
    async with watching(watch, inside.database):
        await eventually(lambda: len(inside.taken()) == 4)
    found = [str(at) for (at,) in inside.rows("SELECT received_at FROM spool ORDER BY id")]
    assert found[0].startswith("2026-03-09 09:30")
    assert {at[:10] for at in found[1:3]} <= {f"{datetime.now(UTC):%Y-%m-%d}"}
    assert found[3].startswith("1970-01-01")


async def test_a_name_of_any_bytes_is_a_key_like_another(box: Box, watch: Watch, inside: Inside) -> None:
    (box.path / "new" / os.fsdecode(b"17.\xff\n\x1b[2J.host")).write_bytes(a_mail(0))
    async with watching(watch, inside.database):
        await eventually(lambda: len(inside.taken()) == 1)
        await eventually(lambda: box.is_empty)
    assert inside.rows("SELECT source_key FROM spool") == [("maildir:desk:17.\\udcff\\n\\x1b[2J.host",)]


async def test_many_mails_come_in_the_order_of_their_names(box: Box, watch: Watch, inside: Inside) -> None:
    for number in range(230):
        (box.path / "new" / f"1700000{number:03}.M1.host").write_bytes(a_mail(number))
    async with watching(replace(watch, then=End("delete")), inside.database):
        await eventually(lambda: box.is_empty)
    assert inside.taken() == mails(230)


async def test_nothing_is_left_open(box: Box, watch: Watch, inside: Inside) -> None:
    at_first = open_files(box.path)  # the test runner has some of its own
    async with watching(replace(watch, then=End("delete")), inside.database):
        box.put(a_mail(0))
        await eventually(lambda: box.is_empty)
        before = open_files(box.path)
        box.put(*(a_mail(number, size=1_500_000) for number in range(1, 20)))
        await eventually(lambda: box.is_empty)
    assert len(inside.rows("SELECT 1 FROM spool")) == 20
    assert open_files(box.path) <= before
    assert open_files(box.path) == at_first


def open_files(directory: Path) -> int:
    """How many files below a directory, or without a name in /tmp, this process holds open."""
    there = [str(path.readlink()) for path in Path("/proc/self/fd").iterdir() if path.is_symlink()]
    return sum(path.startswith(str(directory)) or (path.startswith("/tmp/#") and "deleted" in path) for path in there)


@pytest.mark.parametrize(
    ("name", "becomes"),
    [
        ("17.M1.host", "17.M1.host:2,S"),
        ("17.M1.host,S=123", "17.M1.host,S=123:2,S"),
        ("17.M1.host:2,", "17.M1.host:2,S"),
        ("17.M1.host:2,RF", "17.M1.host:2,FRS"),
        ("17.M1.host:2,S", "17.M1.host:2,S"),
        ("17.M1.host:1,x", "17.M1.host:2,S"),
    ],
)
def test_a_mark_is_added_and_none_is_lost(name: str, becomes: str) -> None:
    assert seen(name) == becomes
