"""Commands that write: through the daemon while one runs, with its lock in hand while none does."""

import fcntl
from pathlib import Path

import pytest

from tests.e2e.conftest import NewDesk
from tests.e2e.harness import MAILDIR, Desk, eventually
from tests.e2e.mails import a_mail, send_locally

SENDER = "mia@mill.example"


@pytest.fixture(scope="module")
def resting(new_desk: NewDesk) -> Desk:
    """A desk without a daemon."""
    made: Desk = new_desk(host=MAILDIR + "limits: {message_size: 64 kB}\n")
    return made


@pytest.fixture
def running(resting: Desk) -> Desk:
    """The same with its daemon."""
    if resting.process is None:
        resting.start()
    return resting


def outcome(desk: Desk, number: int) -> str | None:
    """What became of a mail."""
    found: str | None = desk.value("SELECT outcome FROM spool WHERE id = :id", id=number)
    return found


def hold(desk: Desk, subject: str) -> int:
    """Send a mail for whose sender nobody vouches; its number, when it is held."""
    (answer,) = send_locally(desk.open_lmtp, a_mail(subject, sender=SENDER), sender=SENDER)
    eventually(lambda: outcome(desk, answer.spool_id) == "held", what="it is held")
    return answer.spool_id


def test_mail_is_taken_in_without_a_daemon(resting: Desk, tmp_path: Path) -> None:
    delivered = resting.run("deliver", stdin=a_mail("Delivered", sender=SENDER))
    assert delivered.returncode == 0, delivered.stderr.decode()
    for number in range(3):
        (tmp_path / f"{number}.eml").write_bytes(a_mail(f"Imported {number}", sender=SENDER))
    imported = resting.run("import", tmp_path)
    assert imported.returncode == 0, imported.stderr.decode()
    assert resting.value("SELECT count(*) FROM spool WHERE state = 'waiting'") == 4
    assert resting.run("import", tmp_path).returncode == 0
    assert resting.value("SELECT count(*) FROM spool") == 4


def test_a_lock_held_by_what_does_not_answer_means_later(resting: Desk) -> None:
    with (resting.state / "mailintake.db.lock").open("rb+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        delivered = resting.run("deliver", stdin=a_mail("Later", sender=SENDER))
        retried = resting.run("outbox", "retry", 1)
    assert (delivered.returncode, retried.returncode) == (75, 75)
    assert len(delivered.stderr.decode().splitlines()) == 1
    assert b"Traceback" not in retried.stderr
    assert resting.run("deliver", stdin=a_mail("Later", sender=SENDER)).returncode == 0


def test_mail_is_taken_in_through_the_daemon(running: Desk, tmp_path: Path) -> None:
    delivered = running.run("deliver", stdin=a_mail("Through it", sender="max@mill.example"))
    assert delivered.returncode == 0, delivered.stderr.decode()
    (tmp_path / "mail.eml").write_bytes(a_mail("Imported through it", sender=SENDER))
    imported = running.run("import", tmp_path)
    assert imported.returncode == 0, imported.stderr.decode()
    number = int(delivered.stdout)
    eventually(lambda: outcome(running, number) == "opened", what="the daemon works on it")
    running.wait_until_idle()


def test_deliver_says_what_a_mail_server_understands(running: Desk) -> None:
    mail = a_mail(sender=SENDER)
    assert running.run("deliver", "--mailbox", "nobody@desk.example", stdin=mail).returncode == 67
    assert running.run("deliver", stdin=b"").returncode == 65
    assert running.run("deliver", stdin=mail + b"x" * 70_000).returncode == 65


def test_held_mail_is_released_through_the_daemon(running: Desk) -> None:
    number = hold(running, "Let me in")
    assert running.run("quarantine", "retry", number).returncode == 0
    eventually(lambda: outcome(running, number) == "held", what="it is read again and held again")
    assert [entry["id"] for entry in running.ask("quarantine", "list")] == [number]
    assert running.run("quarantine", "release", number).returncode == 0
    eventually(lambda: outcome(running, number) == "opened", what="it has a ticket")
    again = running.run("quarantine", "release", number)
    assert (again.returncode, again.stderr) == (2, f"mailintake: mail {number} is not in quarantine\n".encode())


def test_held_mail_is_released_without_a_daemon(running: Desk) -> None:
    number = hold(running, "Let me in later")
    assert running.stop() == 0
    assert running.run("quarantine", "release", number).returncode == 0
    running.start()
    eventually(lambda: outcome(running, number) == "opened", what="it has a ticket")


def test_an_answer_given_by_telephone_stops_the_clock(running: Desk) -> None:
    number = int(running.run("deliver", stdin=a_mail("Call me", sender="mona@mill.example")).stdout)
    eventually(lambda: outcome(running, number) == "opened", what="it has a ticket")
    ticket = running.value("SELECT ticket_id FROM spool WHERE id = :id", id=number)
    assert running.ask("tickets", "show", ticket)["first_response"] == "running"
    assert running.run("tickets", "answered", ticket).returncode == 0
    assert running.ask("tickets", "show", ticket)["first_response"] == "met"
    assert running.run("tickets", "answered", 4711).returncode == 2
