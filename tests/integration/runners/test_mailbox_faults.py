"""No mail is lost and none doubled by a server that lies, hangs up, forgets or falls silent."""

import asyncio
import hashlib
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from mailintake.config.fetch import End, Fetch
from mailintake.domain.mailbox import Found, Place
from mailintake.runners import mailbox as mailbox_runner
from mailintake.runners import mailbox_suspects
from mailintake.runners.mailbox_audit import audit
from mailintake.storage import mailboxes
from mailintake.storage.mailboxes import Line
from mailintake.transports import imap_client
from mailintake.transports.imap import Session
from tests.integration.mailboxes import Inside, a_mail, eventually, fetching, mails
from tests.integration.scripted_imap import Box, Conversation, ScriptedImap, scripted

From = Callable[..., Fetch]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same waits, shorter."""
    monkeypatch.setattr(mailbox_runner, "SHORTEST_PAUSE", 0.05)
    monkeypatch.setattr(mailbox_runner, "SHORTEST_PAUSE_REFUSED", 0.1)
    monkeypatch.setattr(mailbox_suspects, "RETRY_SECONDS", (0.0, 0.1, 0.2))
    monkeypatch.setattr(imap_client, "ALIVE_SECONDS", 0.5)


def once(word: str, do: Callable[[Conversation, str, str], bool]) -> Callable[[Conversation, str, str], bool]:
    """A trick that is played at the first command with this word."""
    played: list[str] = []

    def trick(conversation: Conversation, tag: str, line: str) -> bool:
        if word not in line or played:
            return False
        played.append(line)
        return do(conversation, tag, line)

    return trick


def cut_in_the_literal(conversation: Conversation, _: str, line: str) -> bool:
    mail = conversation.box.mails[2]
    conversation.say_mail(1, line, conversation.box.mails[1])
    conversation.wfile.write(f"* 2 FETCH (UID 2 BODY[]<0> {{{len(mail)}}}\r\n".encode() + mail[: len(mail) // 2])
    conversation.hang_up()
    return True


def say_bye(conversation: Conversation, *_: str) -> bool:
    conversation.say("* BYE going down")
    conversation.hang_up()
    return True


def refuse(conversation: Conversation, tag: str, _: str) -> bool:
    conversation.say(f"{tag} NO [SERVERBUG] not now")
    return True


def announce_more(conversation: Conversation, tag: str, line: str) -> bool:
    for uid, mail in conversation.box.mails.items():
        conversation.say_mail(uid, line, mail, announce=len(mail) + (30 if uid == 2 else 0))
    conversation.say(f"{tag} OK done")
    conversation.hang_up()
    return True


def announce_less(conversation: Conversation, tag: str, line: str) -> bool:
    for uid, mail in conversation.box.mails.items():
        conversation.say_mail(uid, line, mail, announce=len(mail) - (10 if uid == 2 else 0))
    conversation.say(f"{tag} OK done")
    return True


def cut_mails_short(conversation: Conversation, tag: str, line: str) -> bool:
    for uid, mail in conversation.box.mails.items():
        conversation.say_mail(uid, line, mail[:-7])
    conversation.say(f"{tag} OK done")
    return True


def vanish(conversation: Conversation, *_: str) -> bool:
    del conversation.box.mails[2]
    return False


def talk_nonsense(conversation: Conversation, *_: str) -> bool:
    conversation.say(b"* 1 FETCH (UID \xff\x00 {nothing")
    return False


@pytest.mark.parametrize(
    ("word", "trick"),
    [
        ("BODY.PEEK", cut_in_the_literal),
        ("BODY.PEEK", say_bye),
        ("BODY.PEEK", refuse),
        ("BODY.PEEK", announce_more),
        ("BODY.PEEK", announce_less),
        ("BODY.PEEK", cut_mails_short),
        ("BODY.PEEK", talk_nonsense),
        ("RFC822.SIZE", say_bye),
        ("RFC822.SIZE", refuse),
        ("SEARCH", say_bye),
        ("SEARCH", refuse),
        ("SELECT", refuse),
        ("LOGIN", say_bye),
        ("LOGIN", refuse),
        ("MOVE", say_bye),
        ("MOVE", refuse),
        ("IDLE", say_bye),
        ("IDLE", refuse),
    ],
)
async def test_every_mail_is_taken_once_whatever_happens_at_a_command(
    imap: ScriptedImap,
    inside: Inside,
    from_: From,
    word: str,
    trick: Callable[[Conversation, str, str], bool],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("mailintake.runners.mailbox_ends.RETRY_SECONDS", 0.1)
    imap.arrive(*mails(3))
    imap.trick = once(word, trick)
    async with fetching(from_(imap.port, poll_seconds=1), inside.database):
        await eventually(lambda: not imap.inbox.mails and imap.count(word))
        imap.arrive(a_mail(3))
        await eventually(lambda: not imap.inbox.mails)
        await eventually(lambda: {ended for *_, ended in inside.ledger()} == {"moved"})
    assert sorted(inside.taken()) == mails(4)
    assert sorted(imap.boxes["Processed"].mails.values()) == mails(4)
    assert imap.count(word) > (word != "IDLE")


def hang_up(conversation: Conversation, *_: str) -> bool:
    conversation.hang_up()
    return True


@pytest.mark.parametrize(("word", "trick"), [("STORE", hang_up), ("STORE", refuse), ("EXPUNGE", hang_up)])
async def test_a_move_that_broke_off_after_the_copy_leaves_no_second_copy(
    inside: Inside,
    from_: From,
    word: str,
    trick: Callable[[Conversation, str, str], bool],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("mailintake.runners.mailbox_ends.RETRY_SECONDS", 0.1)
    with scripted(ScriptedImap(capability="IMAP4rev1 UIDPLUS")) as imap:
        imap.boxes["Processed"] = Box()
        imap.arrive(*mails(9)[3:], folder="Processed")  # of the same size, from earlier days
        imap.arrive(*mails(3), a_mail(2))
        imap.trick = once(word, trick)
        async with fetching(from_(imap.port, poll_seconds=1), inside.database):
            await eventually(lambda: not imap.inbox.mails)
            await eventually(lambda: {ended for *_, ended in inside.ledger()} == {"expunged"})
        assert imap.count("COPY") == 1
        assert sorted(imap.boxes["Processed"].mails.values()) == sorted([*mails(9), a_mail(2)])
    assert inside.taken() == [*mails(3), a_mail(2)]


async def test_a_copy_counts_for_one_of_two_mails_that_are_alike(inside: Inside, from_: From) -> None:
    with scripted(ScriptedImap(capability="IMAP4rev1 UIDPLUS")) as imap:
        imap.boxes["Processed"] = Box()
        imap.arrive(a_mail(0), folder="Processed")
        imap.arrive(a_mail(0), a_mail(0))
        lines = [Line(_found(imap, uid), mailboxes.TAKEN, hashlib.sha256(a_mail(0)).hexdigest()) for uid in (1, 2)]
        with inside.database.writing() as connection:
            mailboxes.write_down(connection, Place("support", "INBOX", 1), lines, now=datetime.now(UTC))
        async with fetching(from_(imap.port, poll_seconds=1), inside.database):
            await eventually(lambda: not imap.inbox.mails)
        assert list(imap.boxes["Processed"].mails.values()) == [a_mail(0)] * 2


async def test_a_mail_that_vanishes_while_it_is_fetched_is_no_trouble(
    imap: ScriptedImap, inside: Inside, from_: From
) -> None:
    imap.arrive(*mails(3))
    imap.trick = once("BODY.PEEK", vanish)
    async with fetching(from_(imap.port), inside.database):
        await eventually(lambda: not imap.inbox.mails)
    assert inside.taken() == [a_mail(0), a_mail(2)]
    assert imap.count("LOGIN") == 1


async def test_a_mail_that_can_never_be_fetched_keeps_nobody_waiting(
    imap: ScriptedImap, inside: Inside, from_: From
) -> None:
    def poison(conversation: Conversation, _: str, line: str) -> bool:
        if "BODY.PEEK" in line and 2 in conversation.chosen(line.split()[2]):
            conversation.hang_up()
            return True
        return False

    imap.arrive(*mails(60))
    imap.trick = poison
    async with fetching(from_(imap.port), inside.database):
        await eventually(lambda: len(inside.taken()) == 59)
        await eventually(lambda: (2, "failing", None) in inside.ledger())
        imap.arrive(a_mail(60))
        await eventually(lambda: len(inside.taken()) == 60)
        imap.trick = lambda *_: False
        await eventually(lambda: len(inside.taken()) == 61)
    assert sorted(inside.taken()) == sorted(mails(61))


async def test_a_size_that_the_server_only_guesses_is_no_reason_to_refuse(
    imap: ScriptedImap, inside: Inside, from_: From
) -> None:
    def guess(conversation: Conversation, tag: str, line: str) -> bool:
        if "RFC822.SIZE" not in line:
            return False
        for number, uid in enumerate(conversation.chosen(line.split()[2]), 1):
            conversation.say(f"* {number} FETCH (UID {uid} RFC822.SIZE 99 INTERNALDATE NIL)")
        conversation.say(f"{tag} OK done")
        return True

    imap.arrive(*mails(2))
    imap.trick = guess
    async with fetching(from_(imap.port), inside.database):
        await eventually(lambda: inside.taken() == mails(2))


async def test_uids_that_are_handed_out_again_bring_new_mail(imap: ScriptedImap, inside: Inside, from_: From) -> None:
    imap.arrive(*mails(2))
    async with fetching(from_(imap.port), inside.database):
        await eventually(lambda: not imap.inbox.mails)
    imap.boxes["INBOX"] = Box()  # with the UIDVALIDITY that it had
    imap.arrive(a_mail(2), a_mail(1))
    async with fetching(from_(imap.port), inside.database):
        await eventually(lambda: not imap.inbox.mails)
    # the second one is the same mail under the same number: as good as one whose move the server forgot
    assert inside.taken() == mails(3)


async def test_uids_handed_out_again_are_noticed_where_mail_stays(
    imap: ScriptedImap, inside: Inside, from_: From
) -> None:
    imap.arrive(*mails(2))
    async with fetching(from_(imap.port, then=End("leave")), inside.database):
        await eventually(lambda: len(inside.taken()) == 2)
    imap.boxes["INBOX"] = Box()
    imap.arrive(a_mail(0), a_mail(12345))
    async with fetching(from_(imap.port, then=End("leave")), inside.database):
        await eventually(lambda: len(inside.taken()) == 3)
    assert inside.taken() == [a_mail(0), a_mail(1), a_mail(12345)]


async def test_a_server_without_keywords_is_told_nothing_and_the_ledger_knows(inside: Inside, from_: From) -> None:
    with scripted(ScriptedImap(keywords=False, capability="IMAP4rev1")) as imap:
        imap.arrive(*mails(2))
        for _ in range(2):
            async with fetching(from_(imap.port, then=End("flag", "$Processed"), poll_seconds=1), inside.database):
                await eventually(lambda: inside.ledger() == [(1, "taken", "left"), (2, "taken", "left")])
        assert imap.count("STORE") == 0
    assert inside.taken() == mails(2)


@pytest.mark.parametrize("idle", [True, False])
async def test_a_silent_connection_is_noticed(imap: ScriptedImap, inside: Inside, from_: From, idle: bool) -> None:
    silent: list[object] = []

    def fall_silent(conversation: Conversation, _: str, line: str) -> bool:
        if silent and conversation in silent:
            return True
        if line == "IDLE" and not silent:
            silent.append(conversation)
            conversation.say("+ idling")
            while conversation.rfile.readline():
                pass  # as good as a network that drops every packet
            return True
        return False

    imap.trick = fall_silent
    async with fetching(from_(imap.port, idle=idle, poll_seconds=1), inside.database):
        await eventually(lambda: silent or not idle)
        imap.arrive(*mails(1))
        await eventually(lambda: inside.taken() == mails(1), within=5)
    assert imap.count("LOGIN") == 1 + idle


async def test_news_in_one_packet_with_the_consent_to_wait_is_heard(
    imap: ScriptedImap, inside: Inside, from_: From
) -> None:
    def at_once(conversation: Conversation, tag: str, line: str) -> bool:
        if line != "IDLE" or conversation.imap.inbox.mails or len(inside.taken()):
            return False
        conversation.imap.inbox.add(a_mail(0))
        conversation.wfile.write(b"* 0 RECENT\r\n+ idling\r\n* 1 EXISTS\r\n")
        conversation.rfile.readline()
        conversation.say(f"{tag} OK done")
        return True

    imap.trick = at_once
    async with fetching(from_(imap.port, poll_seconds=3600), inside.database):
        await eventually(lambda: inside.taken() == mails(1), within=5)
    assert imap.count("LOGIN") == 1


@pytest.mark.parametrize("at", ["IDLE", "BODY.PEEK", "LOGIN"])
async def test_it_ends_within_a_second_wherever_it_is(imap: ScriptedImap, inside: Inside, from_: From, at: str) -> None:
    reached: list[str] = []

    def hold(conversation: Conversation, _: str, line: str) -> bool:
        if at not in line:
            return False
        reached.append(line)
        if at == "IDLE":
            return False
        conversation.rfile.readline()
        return True

    imap.arrive(a_mail(0))
    imap.trick = hold
    async with fetching(from_(imap.port, poll_seconds=3600), inside.database) as runner:
        await eventually(lambda: reached)
        await asyncio.wait_for(runner.stop(), 2)


async def test_two_daemons_on_one_database_take_turns(
    imap: ScriptedImap, inside: Inside, from_: From, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox_runner, "RENEW_SECONDS", 0.1)
    async with fetching(from_(imap.port), inside.database, holder="first") as first:
        imap.arrive(*mails(1))
        await eventually(lambda: inside.taken() == mails(1))
        async with fetching(from_(imap.port), inside.database, holder="second"):
            imap.arrive(a_mail(1))
            await eventually(lambda: inside.taken() == mails(2))
            assert imap.count("LOGIN") == 1
            assert inside.rows("SELECT locked_by FROM mailbox") == [("first",)]
            await first.stop()
            imap.arrive(a_mail(2))
            await eventually(lambda: inside.taken() == mails(3))
            assert inside.rows("SELECT locked_by FROM mailbox") == [("second",)]


async def test_the_mailbox_of_a_dead_daemon_is_taken_over_when_its_lease_has_run_out(
    imap: ScriptedImap, inside: Inside, from_: From, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox_runner, "RENEW_SECONDS", 0.1)
    with inside.database.writing() as connection:
        past = datetime.now(UTC) - mailboxes.LEASE
        assert mailboxes.lease(connection, "support", holder="dead", now=past + (mailboxes.LEASE / 45))
    imap.arrive(*mails(1))
    started = time.monotonic()
    async with fetching(from_(imap.port), inside.database):
        await eventually(lambda: inside.taken() == mails(1))
    assert time.monotonic() - started > 0.5


async def test_an_audit_accounts_for_every_uid(imap: ScriptedImap, inside: Inside, from_: From) -> None:
    imap.arrive(*mails(6))
    fetch = from_(imap.port)
    place = Place("support", "INBOX", 1)
    read = lambda work: _read(inside, work)  # noqa: E731
    known = [_found(imap, uid) for uid in range(1, 6)]
    lines = [
        Line(known[0], mailboxes.TAKEN),
        Line(known[1], mailboxes.TOO_LARGE, reason="larger than 2 bytes", ended="left"),
        Line(known[2], mailboxes.FAILING, reason="reads differently each time"),
        Line(known[3], mailboxes.TAKEN, ended="moved"),
        Line(Found(5, 1, None), mailboxes.TAKEN, ended="left"),
    ]
    with inside.database.writing() as connection:
        mailboxes.write_down(connection, place, lines, now=datetime.now(UTC))
    session = await asyncio.to_thread(Session.open, fetch, only_look=True)
    try:
        found = await asyncio.to_thread(audit, session, fetch, "INBOX", read=read)
    finally:
        session.close()
    assert (found.messages, found.taken, found.unended) == (6, 1, [1])
    assert found.ignored == {2: "larger than 2 bytes"}
    assert found.failing == {3: "reads differently each time"}
    assert found.contradictory == [4, 5]
    assert found.pending == [6]
    assert found.unaccounted == 4
    assert imap.count("SELECT") == imap.count("CREATE") == 0


def _read(inside: Inside, work):  # type: ignore[no-untyped-def]
    with inside.database.reading() as connection:
        return work(connection)


def _found(imap: ScriptedImap, uid: int) -> Found:
    return Found(uid, len(imap.inbox.mails[uid]), datetime(2026, 11, 21, 9, tzinfo=UTC))


async def test_what_was_too_large_is_fetched_when_the_limit_allows(
    imap: ScriptedImap, inside: Inside, from_: From
) -> None:
    imap.arrive(a_mail(0, size=1000))
    line = Line(_found(imap, 1), mailboxes.TOO_LARGE, reason="larger than 500 bytes", ended="left")
    with inside.database.writing() as connection:
        mailboxes.write_down(connection, Place("support", "INBOX", 1), [line], now=datetime.now(UTC))
    async with fetching(from_(imap.port), inside.database):
        await eventually(lambda: not imap.inbox.mails)
    assert inside.ledger() == [(1, "taken", "moved")]


async def test_the_daemon_audits_by_itself_and_takes_in_what_it_finds(
    imap: ScriptedImap, inside: Inside, from_: From, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forget_one(conversation: Conversation, tag: str, line: str) -> bool:
        if "SEARCH" not in line:
            return False
        conversation.say("* SEARCH 2")
        conversation.say(f"{tag} OK done")
        imap.trick = lambda *_: False
        return True

    monkeypatch.setattr(mailbox_runner, "FIRST_AUDIT_SECONDS", 0.0)
    imap.arrive(*mails(2))
    imap.trick = forget_one  # a server that does not show the first mail when it is asked for all
    async with fetching(from_(imap.port, then=End("leave")), inside.database):
        await eventually(lambda: inside.rows("SELECT unaccounted FROM mailbox") == [(1,)])
        await eventually(lambda: sorted(inside.taken()) == mails(2))


async def test_news_in_any_folder_is_found(imap: ScriptedImap, inside: Inside, from_: From) -> None:
    imap.arrive(a_mail(0))
    imap.arrive(a_mail(1), folder="Spam")
    fetch = from_(imap.port, folders=("INBOX", "Spam"), poll_seconds=1)
    async with fetching(fetch, inside.database):
        await eventually(lambda: sorted(inside.taken()) == mails(2))
        imap.arrive(a_mail(2), folder="Spam")
        await eventually(lambda: sorted(inside.taken()) == mails(3))
        imap.arrive(a_mail(3))
        await eventually(lambda: sorted(inside.taken()) == mails(4))
