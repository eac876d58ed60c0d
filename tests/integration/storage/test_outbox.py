"""The outbox: each event told once to each recipient, oldest first, never forgotten."""

from datetime import datetime, timedelta

from sqlalchemy import text

from mailintake.domain.letter import Draft
from mailintake.domain.mail import Address
from mailintake.storage import outbox
from mailintake.storage.engine import Database
from mailintake.storage.outbox import NewLetter, Queued
from tests.builders import DESK, MONDAY_TEN

ANA = "ana@bakery.example"


def a_draft(recipient: str = ANA, *, message_id: str = "<1@desk.example>", template: str = "acknowledged") -> Draft:
    return Draft(template, "en", Address(DESK, "Desk"), Address(recipient, "Ana"), message_id, "auto-replied",
                 context={"ticket": 7, "due": None}, tag="[#7.x]", references=("<a@b>",))  # fmt: skip


def add(database: Database, draft: Draft, *, event: str = "mail 1: acknowledged", now: datetime = MONDAY_TEN,
        suppressed: str | None = None) -> None:  # fmt: skip
    with database.writing() as connection:
        outbox.add(connection, [NewLetter(draft, event, None, suppressed)], now=now)


def claim(database: Database, *, now: datetime = MONDAY_TEN, limit: int = 10) -> list[Queued]:
    with database.writing() as connection:
        return outbox.claim(connection, now=now, limit=limit)


def test_a_draft_comes_back_as_it_was(database: Database) -> None:
    add(database, a_draft())
    (letter,) = claim(database)
    assert letter.draft == a_draft()


def test_an_event_is_told_to_a_recipient_once(database: Database) -> None:
    add(database, a_draft())
    add(database, a_draft(ANA.upper(), message_id="<2@desk.example>"))
    add(database, a_draft("owner@bakery.example", message_id="<3@desk.example>"))
    assert [letter.draft.message_id for letter in claim(database)] == ["<1@desk.example>", "<3@desk.example>"]


def test_letters_leave_oldest_first(database: Database) -> None:
    for number in (3, 1, 2):
        add(
            database, a_draft(message_id=f"<{number}@d>"), event=str(number), now=MONDAY_TEN + timedelta(seconds=number)
        )
    later = MONDAY_TEN + timedelta(minutes=1)
    assert [letter.event for letter in claim(database, now=later, limit=2)] == ["1", "2"]
    assert [letter.event for letter in claim(database, now=later, limit=2)] == ["3"]


def test_a_letter_given_back_keeps_its_place(database: Database) -> None:
    for number in (1, 2):
        add(
            database, a_draft(message_id=f"<{number}@d>"), event=str(number), now=MONDAY_TEN + timedelta(seconds=number)
        )
    later = MONDAY_TEN + timedelta(minutes=1)
    (first,) = claim(database, now=later, limit=1)
    with database.writing() as connection:
        outbox.hand_back(connection, first, why="the relay is down")
    letters = claim(database, now=later)
    assert [(letter.event, letter.attempts) for letter in letters] == [("1", 1), ("2", 1)]


def test_a_withheld_letter_is_recorded_and_never_leaves(database: Database) -> None:
    add(database, a_draft(), suppressed="this address is our own")
    assert claim(database) == []
    with database.reading() as connection:
        (row,) = outbox.listing(connection, states=["suppressed"], limit=5)
        assert row["last_error"] == "this address is our own"
        assert not outbox.count_since(connection, [ANA], since=MONDAY_TEN - timedelta(hours=1))


def test_letters_are_counted_by_address_and_time(database: Database) -> None:
    for minutes in (0, 30, 61):
        add(
            database,
            a_draft(message_id=f"<{minutes}@d>"),
            event=str(minutes),
            now=MONDAY_TEN + timedelta(minutes=minutes),
        )
    since = MONDAY_TEN + timedelta(minutes=1)
    with database.reading() as connection:
        assert outbox.count_since(connection, [ANA, "ben@bakery.example"], since=since) == {ANA: 2}
        assert outbox.told_since(connection, [ANA], ["acknowledged"], since=since) == {ANA}
        assert outbox.told_since(connection, [ANA], ["over-limit"], since=since) == set()


def test_what_was_sent_is_not_sent_again(database: Database) -> None:
    add(database, a_draft())
    (letter,) = claim(database)
    with database.writing() as connection:
        outbox.mark_sent(connection, {letter.id: "Hello Ana"}, now=MONDAY_TEN)
        outbox.recover(connection, now=MONDAY_TEN)
    assert claim(database, now=MONDAY_TEN + timedelta(days=1)) == []


def test_a_start_gives_back_what_the_dead_were_sending(database: Database) -> None:
    add(database, a_draft())
    claim(database)
    assert claim(database, now=MONDAY_TEN + timedelta(minutes=1)) == []
    with database.writing() as connection:
        outbox.recover(connection, now=MONDAY_TEN + timedelta(minutes=1))
    assert len(claim(database, now=MONDAY_TEN + timedelta(minutes=1))) == 1


def test_a_failed_letter_can_have_another_life(database: Database) -> None:
    add(database, a_draft())
    (letter,) = claim(database)
    with database.writing() as connection:
        outbox.fail(connection, letter.id, why="550 no such user", now=MONDAY_TEN)
    assert claim(database, now=MONDAY_TEN + timedelta(days=1)) == []
    with database.writing() as connection:
        assert outbox.requeue(connection, letter.id, now=MONDAY_TEN) is True
        assert outbox.requeue(connection, 4711, now=MONDAY_TEN) is False
    assert len(claim(database)) == 1


def test_no_more_letters_are_claimed_than_asked_for_whatever_the_planner_does(database: Database) -> None:
    for number in range(20):
        add(database, a_draft(f"p{number}@a.example", message_id=f"<{number}@desk.example>"))
    with database.writing() as connection:
        if connection.dialect.name == "postgresql":
            for plan in ("hashjoin", "mergejoin", "hashagg", "material", "memoize", "sort"):
                connection.execute(text(f"SET LOCAL enable_{plan} = off"))
        assert len(outbox.claim(connection, now=MONDAY_TEN, limit=2)) == 2
