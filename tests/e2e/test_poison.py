"""A mail that takes its reader down waits for a person, and no other mail waits for it."""

from datetime import datetime, timedelta
from typing import NamedTuple

import pytest

from tests.e2e.conftest import NewDesk
from tests.e2e.harness import Desk, eventually
from tests.e2e.mails import a_mail, send

POISONS = ("hang", "kill", "kill, whatever is read")
SENDER = "mia@mill.example"


class Held(NamedTuple):
    """A mail that waits for a person."""

    reason: str
    attempts: int
    ticket: int | None


@pytest.mark.timeout(300)
def test_poison_ends_in_quarantine_and_delays_nobody(new_desk: NewDesk) -> None:
    desk = new_desk()
    desk.start(module="tests.e2e.poisoned_daemon")
    poisoned = {}
    for poison in POISONS:
        raw = a_mail(f"Poison: {poison}", sender=SENDER, extra=(f"X-Poison: {poison}",))
        poisoned[send(desk.port, raw, sender=SENDER).spool_id] = poison
    normal = [send(desk.port, a_mail(f"Normal {n}", sender=SENDER), sender=SENDER).spool_id for n in range(50)]

    done = "SELECT id, received_at, settled_at FROM spool WHERE state = 'settled' AND outcome = 'opened'"
    eventually(lambda: len(desk.rows(done)) == 50, what="all normal mails have tickets")
    delays = {number: instant(settled) - instant(received) for number, received, settled in desk.rows(done)}
    assert sorted(delays) == normal
    assert max(delays.values()) < timedelta(seconds=5)

    eventually(lambda: len(held(desk)) == len(POISONS), what="all poison is in quarantine")
    assert {number: poisoned[number] for number in held(desk)} == poisoned
    assert all(entry.attempts <= 3 for entry in held(desk).values())
    reasons = {poisoned[number]: entry.reason for number, entry in held(desk).items()}
    assert "headers alone" in reasons["hang"]
    assert "headers alone" in reasons["kill"]
    assert "signal 9" in reasons["kill, whatever is read"]
    with_ticket = {poisoned[number] for number, entry in held(desk).items() if entry.ticket is not None}
    assert with_ticket == {"hang", "kill"}, "what the header block tells is used"

    desk.kill()
    desk.start()  # with a parser that has learnt to read them
    assert [entry["id"] for entry in desk.ask("quarantine", "list")] == sorted(poisoned)
    for number in poisoned:
        assert desk.run("quarantine", "retry", number).returncode == 0
    eventually(lambda: held(desk) == {}, what="all are read after all")
    desk.wait_until_idle()
    assert desk.value("SELECT count(*) FROM ticket") == 53
    count = "SELECT template, count(*) FROM outbox GROUP BY template ORDER BY template"
    assert desk.rows(count) == [("acknowledged", 53), ("new-ticket", 53)]
    assert len(desk.letters()) == 2 * 53


def held(desk: Desk) -> dict[int, Held]:
    """The quarantine by mail number."""
    query = "SELECT id, reason, attempts, ticket_id FROM spool WHERE state = 'quarantined'"
    return {number: Held(*rest) for number, *rest in desk.rows(query)}


def instant(stored: str) -> datetime:
    """A time as SQLite holds it."""
    return datetime.fromisoformat(stored)
