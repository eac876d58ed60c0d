"""When a mail cannot be kept, its sender hears "later", never "never" and never silence, and keeps it."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.conftest import NewDesk
from tests.e2e.harness import MAILBOX, Desk, eventually
from tests.e2e.mails import Answer, a_mail, send, send_locally

SENDER = "mia@mill.example"
HOLDER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
connection.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
connection.execute("ROLLBACK")
"""


@contextmanager
def held_by_another(database: Path) -> Iterator[None]:
    """Another process holds the database for itself."""
    command = [sys.executable, "-c", HOLDER, str(database)]
    with subprocess.Popen(command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        yield
        holder.communicate(timeout=30)


def test_a_locked_database_means_451_within_30_seconds_and_passes(desk: Desk) -> None:
    send(desk.port, a_mail("Before", sender=SENDER), sender=SENDER)
    desk.wait_until_idle()
    answers: dict[str, list[Answer]] = {}
    seconds: dict[str, float] = {}

    def one(way: str) -> None:
        began = time.monotonic()
        raw = a_mail(f"By {way}", sender=SENDER)
        if way == "lmtp":
            answers[way] = send_locally(desk.lmtp, raw, sender=SENDER, to=(MAILBOX, "sales@desk.example"))
        else:
            answers[way] = [send(desk.port, raw, sender=SENDER)]
        seconds[way] = time.monotonic() - began

    with held_by_another(desk.database_file):
        time.sleep(3)  # until the daemon's own work waits for the database as well
        threads = [threading.Thread(target=one, args=(way,)) for way in ("smtp", "lmtp")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(100)
    later = Answer(451, "4.3.0 Temporary trouble on our side, please try again later")
    assert answers == {"smtp": [later], "lmtp": [later, later]}
    assert max(seconds.values()) < 30

    assert send(desk.port, a_mail("After", sender=SENDER), sender=SENDER).code == 250
    desk.wait_until_idle()
    assert {subject for (subject,) in desk.rows("SELECT subject FROM ticket")} == {"Before", "After"}
    assert "Traceback" not in desk.said()


def test_a_full_disk_means_452_and_passes_without_a_restart(new_desk: NewDesk) -> None:
    desk = new_desk()
    with small_disk(desk.state):
        desk.start()
        assert send(desk.port, a_mail("Before", sender=SENDER), sender=SENDER).code == 250
        desk.wait_until_idle()
        filler = desk.state / "filler"
        fill(filler, leave=1_000_000)
        raws = [a_mail(f"Full {number}", sender=SENDER, text="x" * 70 + "\n" + "y" * 200_000) for number in range(20)]
        answers = [send(desk.port, raw, sender=SENDER) for raw in raws]
        refused = [number for number, answer in enumerate(answers) if answer.code != 250]
        assert refused
        assert {answers[number].code for number in refused} == {452}
        assert all(answers[number].text.startswith("4.3.1 ") for number in refused)
        filler.unlink()
        eventually(lambda: send(desk.port, raws[refused[0]], sender=SENDER).code == 250, what="room again")
        for number in refused:
            assert send(desk.port, raws[number], sender=SENDER).code == 250
        desk.wait_until_idle()
        subjects = sorted(subject for (subject,) in desk.rows("SELECT subject FROM ticket"))
        assert subjects == sorted(["Before", *(f"Full {number}" for number in range(20))])
        assert desk.value("PRAGMA integrity_check") == "ok"
        assert desk.stop() == 0


@contextmanager
def small_disk(place: Path) -> Iterator[None]:
    """A file system of 24 MB at this place; only root may mount one."""
    if os.getuid() != 0:
        pytest.skip("mounting a small disk needs root")
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m,mode=0700", "tmpfs", place],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"no small disk to be had: {mounted.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


def fill(file: Path, *, leave: int) -> None:
    """Fill the disk up to so many bytes."""
    room = os.statvfs(file.parent)
    descriptor = os.open(file, os.O_CREAT | os.O_WRONLY)
    try:
        os.posix_fallocate(descriptor, 0, room.f_bavail * room.f_bsize - leave)
    finally:
        os.close(descriptor)
