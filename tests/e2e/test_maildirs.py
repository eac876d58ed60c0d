"""From a file in a Maildir to a ticket: soon, exactly once however often we die, and in little memory."""

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.conftest import NewDesk
from tests.e2e.harness import MAILBOX, MAILDIR, MANY_LETTERS, Desk, eventually
from tests.e2e.mails import a_mail
from tests.e2e.test_memory import peak_memory

WATCH = f"maildirs: {{desk: {{path: ../mail, for: {MAILBOX}, trusted: yes, then: THEN}}}}\n"
ENDS = ("seen", "delete", "{move: .Processed}", "leave")
MIA = "mia@mill.example"
DeskWith = Callable[[str], Desk]


@pytest.fixture
def desk_with(new_desk: NewDesk) -> DeskWith:
    """Makes a desk that watches an empty Maildir, and does this with what it has taken in."""

    def make(then: str) -> Desk:
        desk: Desk = new_desk(host=MAILDIR + MANY_LETTERS + WATCH.replace("THEN", then))
        for part in ("tmp", "new", "cur"):
            (desk.home / "mail" / part).mkdir(parents=True)
        return desk

    return make


def put(desk: Desk, *subjects: str, size: int = 0) -> None:
    """Deliver as a delivery agent does: into `tmp`, then by one rename."""
    box = desk.home / "mail"
    for subject in subjects:
        name = f"{time.time_ns()}.M1.host"
        mail = a_mail(subject, sender=MIA).replace(b"\r\n", b"\n")
        (box / "tmp" / name).write_bytes(mail + b"A line of a letter that is long.\n" * (size // 33))
        (box / "tmp" / name).rename(box / "new" / name)


def names(desk: Desk, part: str) -> list[str]:
    directory = desk.home / "mail" / part
    return sorted(path.name for path in directory.iterdir()) if directory.exists() else []


def subjects(desk: Desk) -> list[str]:
    return sorted(subject for (subject,) in desk.rows("SELECT subject FROM ticket"))


def taken(desk: Desk) -> int:
    return int(desk.value("SELECT count(*) FROM spool"))


def test_a_file_in_the_maildir_is_a_ticket_and_its_sender_is_told(desk_with: DeskWith) -> None:
    desk = desk_with("seen")
    desk.start()
    put(desk, "The mill stands still")
    eventually(lambda: subjects(desk) == ["The mill stands still"], what="a ticket")
    assert desk.one_letter_to(MIA)["Subject"]
    (name,) = eventually(lambda: names(desk, "cur"), what="it is marked as seen")
    assert name.endswith(":2,S")
    assert desk.stop(within=10) == 0
    put(desk, "The wheel is stuck")
    desk.start()
    eventually(lambda: len(subjects(desk)) == 2, what="a second ticket")
    assert desk.stop(within=10) == 0


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("times", [2, pytest.param(20, marks=pytest.mark.long)])
@pytest.mark.parametrize("moment", ["read", "committed", "ended"])
@pytest.mark.parametrize("then", ["seen", pytest.param("{move: .Processed}", marks=pytest.mark.long)])
def test_death_around_the_commit_loses_and_doubles_nothing(
    desk_with: DeskWith, monkeypatch: pytest.MonkeyPatch, then: str, moment: str, times: int
) -> None:
    desk, sent = desk_with(then), []
    monkeypatch.setenv("MAILINTAKE_DIES", moment)
    for number in range(times):
        sent += [f"Mail {number:02}.{part}" for part in range(3)]
        put(desk, *sent[-3:])
        desk.spawn(module="tests.e2e.dying_maildirs")
        eventually(lambda: desk.is_dead, what=f"it died when {moment}")
        desk.kill()
    desk.start()
    eventually(lambda: not names(desk, "new"), what="all are marked as seen")
    desk.wait_until_idle()
    assert subjects(desk) == sent
    assert taken(desk) == len(sent)
    assert len(names(desk, "cur" if then == "seen" else ".Processed/cur")) == len(sent)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("kills", [3, pytest.param(20, marks=pytest.mark.long)])
@pytest.mark.parametrize("then", ["seen", *(pytest.param(end, marks=pytest.mark.long) for end in ENDS[1:])])
def test_kill_9_while_mail_is_coming_loses_and_doubles_nothing(desk_with: DeskWith, then: str, kills: int) -> None:
    desk, rng, sent = desk_with(then), random.Random(kills), []
    for number in range(kills):
        sent += [f"Mail {number:02}.{part:02}" for part in range(60)]
        desk.start()
        put(desk, *sent[-60:])
        reached = 60 * number + rng.randrange(1, 60)
        eventually(lambda reached=reached: taken(desk) >= reached, what=f"{reached} are taken")
        time.sleep(rng.uniform(0, 0.05))
        desk.kill()
    desk.start()
    eventually(lambda: taken(desk) == len(sent), what="all are taken", within=300)
    eventually(lambda: then == "leave" or not names(desk, "new"), what="the Maildir is empty")
    desk.wait_until_idle(within=300)
    assert subjects(desk) == sent
    assert taken(desk) == len(sent)
    assert desk.value("PRAGMA integrity_check") == "ok"


@pytest.mark.timeout(300)
def test_a_mail_of_25_megabytes_costs_little_memory(desk_with: DeskWith) -> None:
    desk = desk_with("delete")
    desk.start()
    put(desk, "small")
    eventually(lambda: taken(desk) == 1, what="the small mail is taken")
    before = peak_memory(desk.pid)
    put(desk, "large", size=24_900_000)
    eventually(lambda: taken(desk) == 2, what="the large mail is taken")
    grown = peak_memory(desk.pid) - before
    print(f"25 MB: {grown / 1e6:.1f} MB more")
    assert grown < 30e6
    assert desk.value("SELECT size FROM spool WHERE id = 2") > 24_800_000


@pytest.mark.skipif(Path("/proc/self").stat().st_uid == 0, reason="nothing is forbidden to root")
def test_a_maildir_that_may_not_be_entered_is_one_line(desk_with: DeskWith) -> None:
    desk = desk_with("seen")
    put(desk, "Behind the wall")
    (desk.home / "mail" / "new").chmod(0)
    desk.start()
    eventually(lambda: "Permission denied" in desk.said(), what="it says so")
    (desk.home / "mail" / "new").chmod(0o700)
    eventually(lambda: subjects(desk) == ["Behind the wall"], what="a ticket")
    assert desk.said().count("Permission denied") == 1
