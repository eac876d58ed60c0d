"""From a mailbox in a real Dovecot to a ticket: at once, exactly once however often we die, and in little memory."""

import random
import re
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import NewDesk
from tests.e2e.harness import MAILBOX, MAILDIR, MANY_LETTERS, Desk, eventually
from tests.e2e.mails import a_mail
from tests.integration.dovecot import MISSING, PASSWORD, Dovecot, dovecot, program

FETCH = """\
fetch:
  support:
    host: 127.0.0.1
    port: {port}
    tls: none
    user: {user}
    password_file: password
    for: {mailbox}
    then: {{move: Processed}}
    trusted: yes
"""
DeskOn = Callable[[str], Desk]
MIA = "mia@mill.example"


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    """One for all tests, each with a user of its own."""
    if program() is None:
        pytest.skip(MISSING)
    with dovecot() as running:
        yield running


@pytest.fixture
def desk_on(new_desk: NewDesk, server: Dovecot) -> DeskOn:
    """Makes a desk that fetches from this user's mailbox."""

    def make(user: str) -> Desk:
        fetch = FETCH.format(port=server.port, user=user, mailbox=MAILBOX)
        desk = new_desk(host=MAILDIR + MANY_LETTERS + fetch)
        (desk.config / "password").write_text(PASSWORD)
        (desk.config / "password").chmod(0o600)
        return desk

    return make


def subjects(desk: Desk) -> list[str]:
    return sorted(subject for (subject,) in desk.rows("SELECT subject FROM ticket"))


def test_a_mail_in_the_mailbox_is_a_ticket_and_its_sender_is_told(desk_on: DeskOn, server: Dovecot) -> None:
    desk = desk_on("mia")
    desk.start()
    server.put("mia", a_mail("The mill stands still", sender=MIA))
    eventually(lambda: subjects(desk) == ["The mill stands still"], what="a ticket")
    assert desk.one_letter_to(MIA)["Subject"]
    eventually(lambda: server.uids("mia", "Processed") == [1], what="it is moved")

    (status,) = desk.ask("mailbox", "status")
    assert (status["name"], status["taken"], status["failing"], status["trouble"]) == ("support", 1, 0, None)
    assert status["looked_at"]
    assert 'mailintake_mailbox_fetched_total{mailbox="support"} 1' in metrics(desk)
    assert 'mailintake_mailbox_connected{mailbox="support"} 1' in metrics(desk)
    assert 'mailintake_mails_total{outcome="opened"} 1' in metrics(desk)
    assert desk.run("mailbox", "status").returncode == 0
    assert desk.ask("mailbox", "audit", "support")[0]["messages"] == 0
    assert desk.run("mailbox", "audit", "nobody").returncode == 2
    assert desk.stop() == 0
    server.put("mia", a_mail("Still", sender=MIA))
    audited = desk.run("mailbox", "audit", "support")
    assert audited.returncode == 75
    assert re.search(rb"^2 +pending", audited.stdout, re.MULTILINE)


def metrics(desk: Desk) -> list[str]:
    """What a monitoring system is told."""
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(desk.state / "mailintake.sock"))
        line.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
        return line.makefile("rb").read().decode().splitlines()


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("times", [3, pytest.param(30, marks=pytest.mark.long)])
@pytest.mark.parametrize("moment", ["fetched", "committed", "ended"])
def test_death_between_fetch_commit_and_move_loses_and_doubles_nothing(
    desk_on: DeskOn, server: Dovecot, monkeypatch: pytest.MonkeyPatch, moment: str, times: int
) -> None:
    user = f"{moment}-{times}"
    desk = desk_on(user)
    sent = []
    for number in range(times):
        sent += [f"Mail {number}.{part}" for part in range(3)]
        server.put(user, *(a_mail(subject, sender=MIA) for subject in sent[-3:]))
        monkeypatch.setenv("MAILINTAKE_DIES", f"{moment}:0")
        desk.spawn(module="tests.e2e.dying_daemon")
        eventually(lambda: desk.is_dead, what=f"it died when {moment}")
        desk.kill()
    desk.start()
    eventually(lambda: not server.uids(user), what="the mailbox is empty")
    desk.wait_until_idle()
    assert subjects(desk) == sorted(sent)
    assert desk.value("SELECT count(*) FROM spool") == len(sent)
    assert len(server.uids(user, "Processed")) == len(sent)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("count", [700, *(pytest.param(many, marks=pytest.mark.long) for many in (1_000, 10_000))])
def test_kill_9_while_a_mailbox_is_drained_loses_and_doubles_nothing(
    desk_on: DeskOn, server: Dovecot, count: int
) -> None:
    user, rng = f"many-{count}", random.Random(count)
    desk = desk_on(user)
    sent = [f"Mail {number:05}" for number in range(count)]
    server.drop(user, *(a_mail(subject, sender=MIA) for subject in sent))
    kills = 0
    desk.start()
    while server.uids(user):
        if kills < 5:
            reached = count * (kills + 1) // 7
            eventually(lambda reached=reached: taken(desk) >= reached, what=f"{reached} are taken", within=300)
            time.sleep(rng.uniform(0, 0.05))
            desk.kill()
            desk.start()
            kills += 1
        else:
            eventually(lambda: not server.uids(user), what="the mailbox is empty", within=300)
    desk.wait_until_idle(within=300)
    assert subjects(desk) == sent
    assert desk.value("SELECT count(*) FROM spool") == count
    assert len(server.uids(user, "Processed")) == count
    assert desk.value("PRAGMA integrity_check") == "ok"
    assert kills == 5


def taken(desk: Desk) -> int:
    return int(desk.value("SELECT count(*) FROM spool"))


@pytest.mark.timeout(300)
def test_a_mail_of_25_megabytes_costs_little_memory(desk_on: DeskOn, server: Dovecot) -> None:
    desk = desk_on("large")
    desk.start()
    server.put("large", a_mail("small", sender=MIA))
    eventually(lambda: taken(desk) == 1, what="the small mail is taken")
    before = peak(desk)
    mail = a_mail("large", sender=MIA, text="z" * 70)
    mail += (b"z" * 70 + b"\r\n") * ((24_900_000 - len(mail)) // 72)
    server.put("large", mail)
    eventually(lambda: taken(desk) == 2, what="the large mail is taken")
    assert desk.value("SELECT size FROM spool WHERE id = 2") == len(mail)
    grown = peak(desk) - before
    print(f"25 MB: {grown / 1e6:.1f} MB more")
    assert grown < 30e6


def peak(desk: Desk) -> int:
    """The most memory the daemon ever held, in bytes."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{desk.pid}/status").read_text())
    assert found
    return int(found[1]) * 1024
