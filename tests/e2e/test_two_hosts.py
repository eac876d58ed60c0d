"""Two hosts on one PostgreSQL share the work and never do anything twice."""

import pytest

from tests.e2e.conftest import NewDesk
from tests.e2e.harness import Desk, eventually
from tests.e2e.mails import a_mail, at_once


@pytest.fixture
def hosts(new_desk: NewDesk, postgres_database: str) -> tuple[Desk, Desk]:
    """Two daemons on one database."""
    first, second = new_desk(database=postgres_database), new_desk(database=postgres_database)
    upgraded = first.run("db", "upgrade")
    assert upgraded.returncode == 0, upgraded.stderr.decode()
    first.spawn()
    second.start()
    first.wait_until_ready()
    return first, second


@pytest.mark.timeout(300)
def test_hosts_agree_on_seats_and_duplicates(hosts: tuple[Desk, Desk]) -> None:
    first, second = hosts
    for account in ("bakery", "tannery"):  # one free seat each
        senders = [f"{name}@{account}.example" for name in ("urh", "vida")]
        answers = at_once(
            *((host.port, a_mail("A seat, please", sender=who), who) for host, who in zip(hosts, senders, strict=True))
        )
        first.wait_until_idle()
        ids = tuple(answer.spool_id for answer in answers)
        outcomes = [outcome for number, outcome in first.rows("SELECT id, outcome FROM spool") if number in ids]
        assert sorted(outcomes) == ["opened", "refused"]
        assert first.value("SELECT count(*) FROM contact WHERE account = :account", account=account) == 1
        assert first.value("SELECT count(*) FROM ticket WHERE account = :account", account=account) == 1

    raws = [a_mail(f"To both {number}", sender="mia@mill.example") for number in range(10)]
    for raw in raws:
        one, other = at_once(*((host.port, raw, "mia@mill.example") for host in hosts))
        assert one == other
    first.wait_until_idle()
    assert first.value("SELECT count(*) FROM ticket WHERE account = 'mill'") == len(raws)
    letters = eventually(lambda: [*first.letters(), *second.letters()], what="letters")
    ids_of_letters = [letter["Message-ID"] for letter in letters]
    assert len(ids_of_letters) == len(set(ids_of_letters)) == first.value("SELECT count(*) FROM outbox")
