"""The spool keeps every mail once, hands it to one worker at a time, and forgets nothing."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from mailintake.domain.decision import Outcome
from mailintake.storage import raw, spool
from mailintake.storage.engine import Database
from mailintake.storage.spool import Entry, LeaseLost
from tests.builders import DESK, MONDAY_TEN, a_delivery, a_mail

SOON = MONDAY_TEN + timedelta(seconds=1)


def put(database: Database, *mails: bytes) -> list[int]:
    deliveries = [a_delivery(mail) for mail in mails]
    with database.writing() as connection:
        for mail, delivery in zip(mails, deliveries, strict=True):
            raw.put(connection, delivery.digest, [mail])
        ids = spool.add(connection, deliveries)
    return [ids[delivery.key] for delivery in deliveries]


def claim(
    database: Database, *, limit: int = 10, tried_before: bool = False, after: timedelta = timedelta(seconds=1)
) -> list[Entry]:
    with database.writing() as connection:
        return spool.claim(connection, now=MONDAY_TEN + after, limit=limit, tried_before=tried_before)


def settle(database: Database, entry: Entry, outcome: Outcome = Outcome.IGNORED) -> None:
    with database.writing() as connection:
        spool.settle(connection, entry, outcome=outcome, reason="", ticket_id=None, content_key=None, now=SOON)


def change(database: Database, work: Callable[..., object], *arguments: object, **named: object) -> object:
    with database.writing() as connection:
        return work(connection, *arguments, **named)


@pytest.mark.parametrize("size", [0, 1, raw.PART - 1, raw.PART, raw.PART + 1, 3 * raw.PART + 5])
def test_a_mail_is_kept_byte_for_byte(database: Database, size: int) -> None:
    mail = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    slices = [mail[start : start + raw.PART] for start in range(0, max(size, 1), raw.PART)]
    change(database, raw.put, "d" * 64, slices)
    with database.reading() as connection:
        assert b"".join(raw.parts(connection, "d" * 64, size)) == mail


def test_the_same_delivery_twice_is_one_entry(database: Database) -> None:
    first = put(database, a_mail())
    assert put(database, a_mail()) == first
    assert len(claim(database)) == 1


def test_the_same_delivery_twice_in_one_group_is_one_entry(database: Database) -> None:
    one, other = put(database, a_mail(), a_mail())
    assert one == other


def test_the_same_bytes_for_others_are_another_delivery() -> None:
    mail = a_mail()
    assert a_delivery(mail).key == a_delivery(mail, recipients=[DESK.upper()]).key
    assert a_delivery(mail).key != a_delivery(mail, recipients=["billing@desk.example"]).key


def test_entries_are_claimed_oldest_first_and_only_once(database: Database) -> None:
    ids = put(database, *(a_mail(subject=str(number)) for number in range(5)))
    assert [entry.id for entry in claim(database, limit=3)] == ids[:3]
    assert [entry.id for entry in claim(database, limit=3)] == ids[3:]
    assert claim(database) == []


def test_two_workers_never_claim_the_same_entry(database: Database) -> None:
    put(database, *(a_mail(subject=str(number)) for number in range(60)))
    claimed: list[int] = []

    def work() -> None:
        while entries := claim(database, limit=3):
            claimed.extend(entry.id for entry in entries)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(claimed) == 60
    assert len(set(claimed)) == 60


def test_what_a_dead_worker_held_is_claimed_again_when_its_lease_ends(database: Database) -> None:
    (number,) = put(database, a_mail())
    claim(database)
    assert claim(database, tried_before=True, after=timedelta(seconds=30)) == []
    (again,) = claim(database, tried_before=True, after=timedelta(seconds=62))
    assert (again.id, again.attempts) == (number, 2)


def test_mail_that_was_tried_before_does_not_stand_among_the_fresh(database: Database) -> None:
    put(database, a_mail())
    claim(database)
    assert claim(database, after=timedelta(hours=1)) == []


def test_a_start_ends_the_leases_of_the_dead(database: Database) -> None:
    put(database, a_mail())
    claim(database)
    change(database, spool.recover, now=SOON)
    assert len(claim(database, tried_before=True)) == 1


def test_who_lost_the_lease_can_no_longer_settle(database: Database) -> None:
    put(database, a_mail())
    (late,) = claim(database)
    (mine,) = claim(database, tried_before=True, after=timedelta(seconds=62))
    with pytest.raises(LeaseLost):
        settle(database, late)
    settle(database, mine)
    with pytest.raises(LeaseLost):
        settle(database, mine)


def test_a_postponed_entry_waits_until_its_time(database: Database) -> None:
    put(database, a_mail())
    (entry,) = claim(database)
    until = SOON + timedelta(minutes=2)
    change(database, spool.postpone, entry, until=until, reason="later", headers_only=True)
    assert claim(database, tried_before=True, after=timedelta(minutes=1)) == []
    (again,) = claim(database, tried_before=True, after=timedelta(minutes=3))
    assert (again.attempts, again.headers_only, again.reason) == (2, True, "later")


@pytest.mark.parametrize("outcome", [Outcome.HELD, Outcome.QUARANTINED])
def test_what_waits_for_a_person_is_listed_and_comes_back(database: Database, outcome: Outcome) -> None:
    (number,) = put(database, a_mail())
    (entry,) = claim(database)
    settle(database, entry, outcome)
    with database.reading() as connection:
        assert [each.id for each in spool.quarantined(connection)] == [number]
    assert claim(database, tried_before=True, after=timedelta(days=1)) == []
    assert change(database, spool.release, number, now=SOON) is True
    (again,) = claim(database, tried_before=True)
    assert (again.id, again.released) == (number, True)


def test_only_what_is_in_quarantine_can_be_released(database: Database) -> None:
    (number,) = put(database, a_mail())
    assert change(database, spool.release, number, now=SOON) is False
    assert change(database, spool.retry, 4711, now=SOON) is False
