"""Stored mail under another configuration: exactly what that concerns is told, and nothing is touched."""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailintake.intake.policy import Policy
from mailintake.intake.replay import Replayed
from mailintake.runners.cage import Cage
from mailintake.runners.replaying import GONE, Replay
from mailintake.storage import tables
from mailintake.storage.engine import Database
from tests.builders import a_mail
from tests.integration.desk_of_rules import (
    OUTAGES_ARE_URGENT,
    a_place,
    another_place,
    loaded,
    numbered,
    taken,
)

SUBJECTS = ("Nothing works", "Your invoice", "A question", "Invoices, and nothing works")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
async def cage() -> AsyncIterator[Cage]:
    """Two readers."""
    made = Cage(workers=2)
    await made.start()
    yield made
    await made.close()


async def replayed(
    database: Database, cage: Cage, before: Policy | None, after: Policy, *, since: datetime = LONG_AGO
) -> list[Replayed]:
    return [each async for each in Replay(database, cage, before=before, after=after).run(since=since)]


def policies(tmp_path: Path, old: str, new: str) -> tuple[Policy, Policy]:
    place = a_place(tmp_path, OUTAGES_ARE_URGENT)
    return loaded(place)[1], loaded(another_place(place, OUTAGES_ARE_URGENT.replace(old, new)))[1]


async def a_changed_rule_concerns_its_mails(database: Database, cage: Cage, tmp_path: Path, *, mails: int) -> float:
    """The seconds that replaying so many mails took."""
    old, new = policies(tmp_path, "queue: urgent", "queue: accounting")
    subjects = [SUBJECTS[number % 4] for number in range(mails)]
    done = taken(database, old, numbered(subjects, sender="person{}@mill.example"))
    urgent = {each.entry.id for each in done if "nothing works" in each.facts.message.subject.lower()}
    before = time.perf_counter()
    found = await replayed(database, cage, old, new)
    took = time.perf_counter() - before
    assert len(found) == len(done) == mails
    assert {each.mail for each in found if each.differences} == urgent
    assert all(each.differences in ({}, {"queue": ("urgent", "accounting")}) for each in found)
    return took


async def test_replay_lists_exactly_the_mails_that_a_changed_rule_concerns(
    database: Database, cage: Cage, tmp_path: Path
) -> None:
    await a_changed_rule_concerns_its_mails(database, cage, tmp_path, mails=240)


@pytest.mark.long
@pytest.mark.timeout(600)
async def test_replay_of_ten_thousand_mails(database: Database, cage: Cage, tmp_path: Path) -> None:
    seconds = await a_changed_rule_concerns_its_mails(database, cage, tmp_path, mails=10_000)
    print(f"{10_000 / seconds:.0f} mails a second")


async def test_the_record_takes_the_place_of_the_old_configuration(
    database: Database, cage: Cage, tmp_path: Path
) -> None:
    old, new = policies(tmp_path, "priority: P1}}", "priority: P3}}")
    taken(database, old, numbered(SUBJECTS))
    found = await replayed(database, cage, None, new)
    assert [each.differences for each in found] == [{"priority": ("P1", "P3")}, {}, {}, {"priority": ("P1", "P3")}]


async def test_without_a_change_nothing_differs_even_after_seats_were_taken(
    database: Database, cage: Cage, tmp_path: Path
) -> None:
    knows = OUTAGES_ARE_URGENT + "  - {name: known, when: {contact: yes}, then: {tags: known}}\n"
    place = a_place(tmp_path, knows)
    _, policy = loaded(place)
    mails = numbered(["May I write?", "I write again", "And again"], sender="ben@bakery.example")
    done = [taken(database, policy, [mail], ago=timedelta(days=9 - day)) for day, mail in enumerate(mails)]
    assert [each.decision.route and each.decision.route.tags for (each,) in done] == [(), ("known",), ("known",)]
    assert [each.differences for each in await replayed(database, cage, policy, policy)] == [{}, {}, {}]
    assert [each.differences for each in await replayed(database, cage, None, policy)] == [{}, {}, {}]


async def test_a_copy_is_passed_over(database: Database, cage: Cage, tmp_path: Path) -> None:
    old, new = policies(tmp_path, "queue: urgent", "queue: accounting")
    (mail,) = numbered(["Nothing works"])
    taken(database, old, [mail])
    taken(database, old, [b"X-Passed: elsewhere\r\n" + mail])
    first, copy = await replayed(database, cage, old, new)
    assert (first.differences, first.is_request) == ({"queue": ("urgent", "accounting")}, True)
    assert (copy.differences, copy.is_request) == ({}, False)


async def test_an_alarm_that_joined_by_a_rule_is_a_new_request_to_rules(
    database: Database, cage: Cage, tmp_path: Path
) -> None:
    linked = (
        "rules: [{name: alarm, when: {subject: alarm}, then: {queue: urgent, link: {by: subject, within: 1 hour}}}]"
    )
    place = a_place(tmp_path, linked)
    _, old = loaded(place)
    _, new = loaded(another_place(place, linked.replace("urgent", "accounting")))
    done = taken(database, old, numbered(["Alarm: disk full"] * 3))
    assert [each.decision.outcome.value for each in done] == ["opened", "joined", "joined"]
    for before, wanted in ((old, ("urgent", "accounting")), (None, None)):
        found = await replayed(database, cage, before, new)
        assert [each.differences.get("queue") for each in found] == [wanted] * 3


async def test_older_mail_is_left_alone(database: Database, cage: Cage, tmp_path: Path) -> None:
    old, new = policies(tmp_path, "queue: urgent", "queue: accounting")
    (early, late) = numbered(["Nothing works", "Nothing works again"])
    taken(database, old, [early], ago=timedelta(days=40))
    (second,) = taken(database, old, [late], ago=timedelta(days=2))
    found = await replayed(database, cage, old, new, since=datetime.now(UTC) - timedelta(days=30))
    assert [each.mail for each in found] == [second.entry.id]


async def test_mail_whose_bytes_are_gone_is_told_and_keeps_nobody_up(
    database: Database, cage: Cage, tmp_path: Path
) -> None:
    old, new = policies(tmp_path, "queue: urgent", "queue: accounting")
    first, _ = taken(database, old, numbered(["Nothing works", "Nothing works at all"]))
    with database.writing() as connection:
        connection.execute(tables.raw.delete().where(tables.raw.c.digest == first.entry.digest))
    gone, kept = await replayed(database, cage, old, new)
    assert (gone.trouble, gone.differences) == (GONE, {})
    assert kept.differences == {"queue": ("urgent", "accounting")}


async def test_a_large_mail_is_read_part_by_part(database: Database, cage: Cage, tmp_path: Path) -> None:
    old, new = policies(tmp_path, "queue: urgent", "queue: accounting")
    lines = "\r\n".join("It is all written down in this line, and in the next one." for _ in range(40_000))
    taken(database, old, [a_mail(subject="Nothing works", text=lines)])
    (found,) = await replayed(database, cage, old, new)
    assert (found.trouble, found.differences) == ("", {"queue": ("urgent", "accounting")})


async def test_a_mail_that_takes_its_reader_down_is_told_and_keeps_nobody_up(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = policies(tmp_path, "queue: urgent", "queue: accounting")
    poison, unreadable, good = taken(database, old, numbered(["Nothing works"] * 3))
    with database.writing() as connection:
        for mail, content in ((poison, b"exit 3"), (unreadable, b"unreadable"), (good, b"ordinary")):
            mine = tables.raw.c.digest == mail.entry.digest
            connection.execute(tables.raw.update().where(mine).values(data=content))
            entry = tables.spool.c.id == mail.entry.id
            connection.execute(tables.spool.update().where(entry).values(size=len(content)))
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    wild = Cage(workers=1, parser="wild_parser")
    await wild.start()
    try:
        found = await replayed(database, wild, old, new)
    finally:
        await wild.close()
    assert [each.trouble for each in found] == ["ended the parser (status 3)", "it has no beginning", ""]
