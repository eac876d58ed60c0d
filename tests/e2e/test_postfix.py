"""Behind a real Postfix, configured as the how-to says: every mail arrives once, whatever becomes of us meanwhile."""

import functools
import pwd
import shutil
import smtplib
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mailintake.storage.lock import DaemonLock
from tests.e2e.conftest import NewDesk
from tests.e2e.harness import MAILBOX, ROOT, Desk, eventually
from tests.e2e.postfix import Postfix, documented, postfix, why_not

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not() or "it runs")

MIA = "mia@mill.example"
USER = "nobody"


@pytest.fixture
def desk(new_desk: NewDesk) -> Desk:
    """A desk whose sockets Postfix may use: they belong to its group, as do all files made in this directory."""
    made: Desk = new_desk()
    shutil.chown(made.home, group="postfix")
    made.home.chmod(0o2710)
    return made


def behind(desk: Desk, program: str = "mailintake") -> Callable[[str], str]:
    """Puts the places of this desk for those that the page names, each of which must be there."""
    places = {
        "/run/mailintake/lmtp.sock": desk.lmtp,
        "/opt/mailintake/.venv/bin/mailintake": program,
        "/etc/mailintake": str(desk.config),
        "user=mailintake": f"user={USER}",
        "/etc/postfix": "$config_directory",
    }
    return lambda text: functools.reduce(lambda so_far, each: so_far.replace(*each), places.items(), text)


def subjects(desk: Desk) -> list[str]:
    return sorted(subject for (subject,) in desk.rows("SELECT subject FROM ticket"))


def taken(desk: Desk) -> int:
    return int(desk.value("SELECT count(*) FROM spool"))


@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("count", "restarts"), [(60, 2), pytest.param(1_000, 10, marks=pytest.mark.long)])
def test_every_mail_arrives_once_while_we_are_restarted(desk: Desk, count: int, restarts: int) -> None:
    sent = [f"Mail {number:04}" for number in range(count)]
    desk.start()
    with postfix(documented("lmtp"), change=behind(desk)) as server:
        sending = threading.Thread(target=send_in_parts, args=(server, sent), daemon=True)
        sending.start()
        for number in range(restarts):
            reached = count * (number + 1) // (restarts + 2)
            eventually(lambda reached=reached: taken(desk) >= reached, what=f"{reached} mails are here", within=600)
            if number % 2:
                assert desk.stop(within=30) == 0
            else:
                desk.kill()
            desk.start()
        sending.join(600)
        assert not sending.is_alive()
        server.flush()
        eventually(lambda: server.is_empty, what="Postfix has no mail left", within=600)
    desk.wait_until_idle(within=600)
    assert subjects(desk) == sent
    assert taken(desk) == count
    assert desk.value("PRAGMA integrity_check") == "ok"


def send_in_parts(server: Postfix, sent: list[str]) -> None:
    for start in range(0, len(sent), 20):
        server.send(*sent[start : start + 20], sender=MIA, to=MAILBOX)


@pytest.mark.parametrize("way", ["lmtp", "table"])
def test_reply_addresses_come_through_and_unknown_ones_are_refused_at_the_border(desk: Desk, way: str) -> None:
    desk.start()
    with postfix(documented("lmtp") | documented(way), change=behind(desk)) as server:
        server.send("The oven is cold", sender=MIA, to="support+102.mfrggzdfmztwq2lk@desk.example")
        eventually(lambda: taken(desk) == 1, what="it is here")
        ((recipients, trusted, return_path),) = desk.rows("SELECT recipients, trusted, return_path FROM spool")
        assert "support+102.mfrggzdfmztwq2lk@desk.example" in recipients
        assert (bool(trusted), return_path) == (True, MIA)
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            server.send("Who are you", sender=MIA, to="nobody@desk.example")
        eventually(lambda: "status=sent (250 2.0.0 1)" in server.said(), what="its log names our number")


def test_mail_sent_while_we_are_down_comes_when_we_are_back(desk: Desk) -> None:
    with postfix(documented("lmtp"), change=behind(desk)) as server:
        server.send("Before you came", sender=MIA, to=MAILBOX)
        eventually(lambda: "status=deferred" in server.said(), what="it is put off")
        desk.start()
        server.flush()
        eventually(lambda: server.is_empty, what="Postfix has no mail left")
    desk.wait_until_idle()
    assert subjects(desk) == ["Before you came"]


# ---- the pipe


def python_for_everybody() -> tuple[str, str] | None:
    """An interpreter that an unprivileged user may run, and its PYTHONPATH; None if there is none here."""
    path = f"{ROOT}:{sysconfig.get_path('purelib')}"
    for program in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        command = [*as_user(), "env", f"PYTHONPATH={path}", program, "-c", "import mailintake.cli, sqlalchemy, msgspec"]
        if Path(program).exists() and not subprocess.run(command, capture_output=True, check=False).returncode:
            return program, path
    return None


def as_user() -> list[str]:
    who = pwd.getpwnam(USER)
    return ["setpriv", f"--reuid={who.pw_uid}", f"--regid={who.pw_gid}", "--clear-groups"]


@pytest.fixture
def piped(new_desk: NewDesk) -> tuple[Desk, str, str]:
    """A desk that belongs to an unprivileged user, the program that Postfix calls, and one that starts the daemon."""
    found = python_for_everybody()
    if found is None:
        pytest.skip(f"there is no Python here that the user {USER} may run")
    python, path = found
    desk: Desk = new_desk()
    program, daemon = desk.home / "mailintake", desk.home / "daemon"
    with_path = f"cd {desk.home} && exec env PYTHONPATH={path} PYTHONDONTWRITEBYTECODE=1"
    program.write_text(f'#!/bin/sh\n{with_path} {python} -m mailintake "$@"\n')
    # the harness hands over its own interpreter first
    daemon.write_text(f'#!/bin/sh\nshift\n{with_path} {" ".join(as_user())} {python} "$@"\n')
    for script in (program, daemon):
        script.chmod(0o755)
    for each in (desk.home, *desk.home.rglob("*")):
        shutil.chown(each, USER)
    return desk, str(program), str(daemon)


@contextmanager
def locked(desk: Desk) -> Iterator[None]:
    """The database is somebody's who does not answer."""
    lock = DaemonLock(desk.database_file)
    lock.acquire()
    try:
        yield
    finally:
        lock.release()


@pytest.mark.timeout(300)
def test_the_pipe_hands_over_every_mail_once_also_while_we_are_down(piped: tuple[Desk, str, str]) -> None:
    desk, program, daemon = piped
    sent = [f"Mail {number:02}" for number in range(20)]
    desk.start(wrapper=[daemon])
    with postfix(documented("pipe"), change=behind(desk, program)) as server:
        server.send(*sent[:5], sender=MIA, to=MAILBOX)
        eventually(lambda: taken(desk) == 5, what="five came while the daemon ran")
        assert desk.stop() == 0
        with locked(desk):
            server.send(*sent[5:15], sender=MIA, to=MAILBOX)
            eventually(lambda: "status=deferred" in server.said(), what="it is put off")
            assert taken(desk) == 5
        server.flush()
        # not only until they are here: who writes without a daemon holds its lock until the very end
        eventually(lambda: server.is_empty, what="ten came while no daemon ran")
        assert taken(desk) == 15
        desk.start(wrapper=[daemon])
        server.send(*sent[15:], sender=MIA, to="support+102.mfrggzdfmztwq2lk@desk.example")
        server.send("Returned", sender="", author="mailer-daemon@mill.example", to=MAILBOX)
        server.flush()
        eventually(lambda: server.is_empty, what="Postfix has no mail left")
        said = server.said()
    desk.wait_until_idle()
    assert subjects(desk) == sent
    assert "status=bounced" not in said
    origins = desk.rows("SELECT transport, return_path, count(*) FROM spool GROUP BY 1, 2 ORDER BY 2")
    assert origins == [("pipe", "", 1), ("pipe", MIA, len(sent))]
    assert desk.database_file.stat().st_uid == pwd.getpwnam(USER).pw_uid
