"""What is answered 250 survives: kill -9 at random moments, at system calls, and orderly ends under load."""

import random
import shutil
import time
from functools import partial

import pytest

from tests.e2e.conftest import NewDesk
from tests.e2e.harness import Desk, eventually
from tests.e2e.load import Load, account_for, lost
from tests.e2e.mails import a_mail, send

STRACE = shutil.which("strace")
RUNS = 6
MAILS = {f"Mail {number}": a_mail(f"Mail {number}", sender="mia@mill.example") for number in range(3)}
LETTERS = 2 * len(MAILS)  # the customer hears of each, and the agent


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


@pytest.mark.long
@pytest.mark.timeout(600)
def test_an_answer_before_the_commit_would_not_go_unnoticed(own_desk: Desk) -> None:
    own_desk.start(module="tests.e2e.hasty_daemon")
    load = Load(own_desk, seed=1)
    load.start()
    for enough in (50, 100, 150, 200):
        load.wait_for(enough)
        own_desk.kill()
        own_desk.start(module="tests.e2e.hasty_daemon")
    load.finish()
    own_desk.wait_until_idle()
    assert lost(own_desk, load)


@pytest.mark.timeout(300)
def test_sigterm_under_load_ends_in_order(own_desk: Desk) -> None:
    own_desk.start()
    load = Load(own_desk, seed=1, pause=0.05, big=10)
    load.start()
    load.wait_for(50)
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
    for when in sorted(rng.sample(range(1, 60), RUNS)):
        desk = new_desk()
        inject = f"inject={call}:signal=KILL:when={when}"
        wrapper = [str(STRACE), "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", inject]
        desk.spawn(wrapper=wrapper)
        said_yes = three_mails(desk)
        eventually(partial(is_dead_or_done, desk), what="dead or done")
        died += desk.is_dead
        desk.kill()
        desk.start()
        check_three(desk, said_yes)
        desk.close()
    print(f"{died} of {RUNS} died at {call}")
    assert died


def three_mails(desk: Desk) -> set[str]:
    """Send three mails, as far as the daemon lives; the subjects of those it answered 250."""
    said_yes = set()
    try:
        desk.wait_until_ready()
        for subject, raw in MAILS.items():
            if send(desk.port, raw, sender="mia@mill.example").code == 250:
                said_yes.add(subject)
    except (AssertionError, OSError):
        eventually(lambda: desk.is_dead, what="it died of the signal")
    return said_yes


def check_three(desk: Desk, said_yes: set[str]) -> None:
    """Everything answered 250 is there; after sending the rest again, each of the three is there once."""
    desk.wait_until_idle()
    assert said_yes <= {subject for (subject,) in desk.rows("SELECT subject FROM ticket")}
    for raw in MAILS.values():
        assert send(desk.port, raw, sender="mia@mill.example").code == 250
    desk.wait_until_idle()
    assert sorted(subject for (subject,) in desk.rows("SELECT subject FROM ticket")) == sorted(MAILS)
    count = "SELECT template, state, count(*) FROM outbox GROUP BY template, state ORDER BY template"
    assert desk.rows(count) == [("acknowledged", "sent", 3), ("new-ticket", "sent", 3)]
    assert len({letter["Message-ID"] for letter in desk.letters()}) == len(desk.letters()) == LETTERS
    assert desk.value("PRAGMA integrity_check") == "ok"


def is_dead_or_done(desk: Desk) -> bool:
    """Whether the daemon died, or all letters have left and are noted."""
    return desk.is_dead or (
        len(desk.letters()) == LETTERS and not desk.rows("SELECT 1 FROM outbox WHERE state <> 'sent'")
    )


def test_a_second_daemon_on_the_same_database_refuses_to_start(own_desk: Desk) -> None:
    own_desk.start()
    second = own_desk.run("serve")
    assert second.returncode == 75
    (line,) = second.stderr.decode().splitlines()
    assert str(own_desk.pid) in line
    assert "lock" in line
    assert send(own_desk.port, a_mail(sender="mia@mill.example"), sender="mia@mill.example").code == 250
