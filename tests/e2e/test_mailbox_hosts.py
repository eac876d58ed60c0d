"""Two whole daemons on one PostgreSQL share mailboxes: each is worked on by one, and by the other when that died."""

from collections.abc import Iterator

import pytest

from tests.e2e.conftest import NewDesk
from tests.e2e.harness import MAILDIR, MANY_LETTERS, Desk, eventually
from tests.e2e.mails import a_mail
from tests.integration.dovecot import MISSING, PASSWORD, Dovecot, dovecot, program

FETCH = """\
  {user}:
    host: 127.0.0.1
    port: {port}
    tls: none
    user: {user}
    password_file: password
    for: {user}@desk.example
    then: {{move: Processed}}
    trusted: yes
"""
USERS = ("support", "sales")
MIA = "mia@mill.example"


@pytest.fixture
def server() -> Iterator[Dovecot]:
    if program() is None:
        pytest.skip(MISSING)
    with dovecot() as running:
        yield running


@pytest.fixture
def hosts(new_desk: NewDesk, postgres_database: str, server: Dovecot) -> list[Desk]:
    """Two, not yet started."""
    fetch = "fetch:\n" + "".join(FETCH.format(user=user, port=server.port) for user in USERS)
    made = [new_desk(host=MAILDIR + MANY_LETTERS + fetch, database=postgres_database) for _ in range(2)]
    for each in made:
        (each.config / "password").write_text(PASSWORD)
        (each.config / "password").chmod(0o600)
    upgraded = made[0].run("db", "upgrade")
    assert upgraded.returncode == 0, upgraded.stderr.decode()
    return made


def holders(desk: Desk) -> dict[str, int]:
    """The process that works on each mailbox."""
    rows = desk.rows("SELECT name, locked_by FROM mailbox WHERE locked_by IS NOT NULL")
    return {name: int(holder.split()[-2]) for name, holder in rows}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("module", ["tests.e2e.leased_daemon", pytest.param("mailintake", marks=pytest.mark.long)])
def test_the_mailboxes_of_a_dead_daemon_are_taken_over_and_nothing_comes_twice(
    hosts: list[Desk], server: Dovecot, module: str
) -> None:
    for each in hosts:
        each.start(module=module)
    eventually(lambda: set(holders(hosts[0])) == set(USERS), what="each mailbox is worked on")
    for user in USERS:
        server.drop(user, *(a_mail(f"{user} {number:03}", sender=MIA) for number in range(100)))
    eventually(lambda: taken(hosts[0]) > 20, what="some are taken")
    before = holders(hosts[0])
    first = next(each for each in hosts if each.pid == before["support"])
    (second,) = (each for each in hosts if each is not first)
    dead = first.pid
    first.kill()
    for user in USERS:
        server.put(user, a_mail(f"{user} afterwards", sender=MIA))
    eventually(lambda: dead not in holders(second).values(), what="they are taken over", within=60)
    assert set(holders(second).values()) == {second.pid}
    eventually(lambda: not any(server.uids(user) for user in USERS), what="the mailboxes are empty")
    second.wait_until_idle()
    subjects = [subject for (subject,) in second.rows("SELECT subject FROM ticket ORDER BY subject")]
    sent = [f"{user} {number:03}" for user in USERS for number in range(100)]
    assert subjects == sorted([*sent, *(f"{user} afterwards" for user in USERS)])
    assert second.value("SELECT count(*) FROM spool") == len(subjects)
    assert [len(server.uids(user, "Processed")) for user in USERS] == [101, 101]


def taken(desk: Desk) -> int:
    return int(desk.value("SELECT count(*) FROM spool"))
