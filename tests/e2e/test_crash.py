"""What is answered 250 survives: kill -9 at random moments, at system calls, and orderly ends under load."""

import random
import shutil
import time

import pytest

from tests.e2e.conftest import NewDesk
from tests.e2e.harness import PATIENCE, Desk, eventually
from tests.e2e.load import Load, account_for
from tests.e2e.mails import a_mail, send

STRACE = shutil.which("strace")


@pytest.fixture
def own_desk(new_desk: NewDesk) -> Desk:
    """A desk that the test starts and ends as it likes."""
    made: Desk = new_desk()
    return made


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kills", [8, pytest.param(50, marks=pytest.mark.long)])
def test_kill_9_under_load_loses_and_doubles_nothing(own_desk: Desk, kills: int) -> None:
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    rng = random.Random(seed)
    own_desk.start()
    load = Load(own_desk, seed=seed)
    load.start()
    for number in range(1, kills + 1):
        time.sleep(rng.uniform(0.1, 2))
        own_desk.kill()
        own_desk.spawn()
        if number % 4:  # else the next kill comes in the middle of recovering from this one
            own_desk.wait_until_ready()
    if not kills % 4:
        own_desk.wait_until_ready()
    load.finish()
    print(account_for(own_desk, load))


@pytest.mark.timeout(300)
def test_sigterm_under_load_ends_in_order(own_desk: Desk) -> None:
    own_desk.start()
    load = Load(own_desk, seed=1, pause=0.05, big=10)
    load.start()
    eventually(lambda: len(load.acknowledged) > 50, what="mails are coming in")
    assert own_desk.stop(within=30) == 0
    assert own_desk.said().splitlines()[-1].endswith("event=stopped")
    assert "Traceback" not in own_desk.said()
    own_desk.start()
    load.finish()
    print(account_for(own_desk, load))


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.skipif(STRACE is None, reason="strace is not installed")
@pytest.mark.parametrize("call", ["fdatasync", "pwrite64", "fsync"])
def test_kill_9_at_a_system_call_loses_and_doubles_nothing(new_desk: NewDesk, call: str) -> None:
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    rng = random.Random(seed)
    died = 0
    for when in sorted(rng.sample(range(1, 60), 12)):
        desk = new_desk()
        inject = f"inject={call}:signal=KILL:when={when}"
        wrapper = [str(STRACE), "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", inject]
        desk.spawn(wrapper=wrapper)
        said_yes = three_mails(desk)
        eventually(lambda desk=desk: desk.process.poll() is not None or is_idle(desk), what="dead or done")  # type: ignore[misc]
        died += desk.process.poll() is not None
        desk.kill()
        desk.start()
        check_three(desk, said_yes)
        desk.close()
    print(f"{died} of 12 died at {call}")
    assert died


def three_mails(desk: Desk) -> set[str]:
    """Send three mails, as far as the daemon lives; the subjects of those it answered 250."""
    said_yes = set()
    try:
        desk.wait_until_ready()
        for mail in MAILS:
            if send(desk.port, MAILS[mail], sender="mia@mill.example").code == 250:
                said_yes.add(mail)
    except (AssertionError, OSError):
        assert desk.process is not None
        desk.process.wait(PATIENCE)
    return said_yes


def check_three(desk: Desk, said_yes: set[str]) -> None:
    """Everything answered 250 is there; after sending the rest again, each of the three is there once."""
    desk.wait_until_idle()
    assert said_yes <= {subject for (subject,) in desk.rows("SELECT subject FROM ticket")}
    for raw in MAILS.values():
        assert send(desk.port, raw, sender="mia@mill.example").code == 250
    desk.wait_until_idle()
    assert sorted(subject for (subject,) in desk.rows("SELECT subject FROM ticket")) == sorted(MAILS)
    assert desk.rows("SELECT state, count(*) FROM outbox GROUP BY state") == [("sent", 3)]
    assert len({letter["Message-ID"] for letter in desk.letters()}) == len(desk.letters()) == 3
    assert desk.value("PRAGMA integrity_check") == "ok"


def is_idle(desk: Desk) -> bool:
    """Whether three letters have left."""
    return len(desk.letters()) == 3 and desk.rows("SELECT 1 FROM outbox WHERE state <> 'sent'") == []


MAILS = {f"Mail {number}": a_mail(f"Mail {number}", sender="mia@mill.example") for number in range(3)}


def test_a_second_daemon_on_the_same_database_refuses_to_start(own_desk: Desk) -> None:
    own_desk.start()
    second = own_desk.run("serve")
    assert second.returncode == 75
    (line,) = second.stderr.decode().splitlines()
    assert str(own_desk.pid) in line
    assert "lock" in line
    assert send(own_desk.port, a_mail(sender="mia@mill.example"), sender="mia@mill.example").code == 250
