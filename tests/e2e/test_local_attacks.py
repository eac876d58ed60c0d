"""What can be tried from this machine: the local socket, the pipe, and the terminal of whoever reads."""

import os
import pty
import re
import socket
import stat
import subprocess
import sys

import pytest

from tests.e2e.conftest import NewDesk
from tests.e2e.harness import MAILDIR, ROOT, Desk, eventually
from tests.e2e.mails import a_mail, send, send_locally

MIA = "mia@mill.example"
ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]")
ESCAPES = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202e\u200b"


@pytest.fixture(scope="module")
def desk(new_desk: NewDesk) -> Desk:
    """A desk that runs."""
    made: Desk = new_desk(host=MAILDIR)
    made.start()
    return made


def ask(desk: Desk, *said: bytes, hang_up: bool = False) -> bytes:
    """Speak to the local socket, and hang up in the middle if wanted; all that was answered."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(20)
        line.connect(str(desk.state / "mailintake.sock"))
        line.sendall(b"".join(said))
        if hang_up:
            line.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: line.recv(65536), b""))


def test_the_local_socket_and_all_state_are_the_owner_s_alone(desk: Desk) -> None:
    send(desk.port, a_mail("Something to keep", sender=MIA), sender=MIA)
    desk.wait_until_idle()
    assert stat.S_IMODE(desk.state.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) & 0o077 for path in desk.state.iterdir()}
    assert {"mailintake.sock", "mailintake.db", "token.key"} <= set(modes)
    assert not {
        name: mode for name, mode in modes.items() if mode and name in {"mailintake.sock", "token.key", "mailintake.db"}
    }


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (b"POST /operations/../../etc/passwd/1", b"404"),
        (b"POST /operations/%2e%2e%2fmail/1", b"404"),
        (b"POST /operations/__class__/1", b"404"),
        (b"POST /operations/quarantine-release/1%20OR%201=1", b"404"),
        (b"POST /operations/quarantine-release/-1", b"404"),
        (b"POST /operations/quarantine-release/99999999999999999999", b"404"),
        (b"GET /operations/quarantine-release/1", b"405"),
        (b"GET /mail", b"405"),
        (b"GET /../var/token.key", b"404"),
        (b"POST /operations/quarantine-release/4711", b"200"),
    ],
)
def test_the_local_socket_does_nothing_but_what_it_offers(desk: Desk, request_line: bytes, status: bytes) -> None:
    heard = ask(desk, request_line + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
    assert heard.split(b" ", 2)[1] == status, heard
    assert b"Traceback" not in heard
    assert "Traceback" not in desk.said()


def test_half_a_request_is_no_mail(desk: Desk) -> None:
    before = desk.value("SELECT count(*) FROM spool")
    head = b"POST /mail?return-path=mia@mill.example&to=support@desk.example HTTP/1.1\r\nHost: x\r\n"
    ask(desk, head, b"Content-Length: 5000\r\n\r\n", a_mail("Half", sender=MIA), hang_up=True)
    twice = b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /health HTTP/1.1\r\n\r\n"
    both = ask(desk, head, twice, hang_up=True)
    assert b"400" in both.split(b"\r\n")[0] or both.count(b"HTTP/1.1 2") <= 1
    assert send(desk.port, a_mail("After it", sender=MIA), sender=MIA).spool_id
    subjects = [subject for (subject,) in desk.rows("SELECT subject FROM ticket")]
    assert "Half" not in subjects
    assert desk.value("SELECT count(*) FROM spool") <= before + 2


ENVELOPES = (
    ((), {b"SENDER": b"\xff\xfe@mill.example\n\x1b"}, 0),
    (("--mailbox", "support+holiday@Desk.example"), {}, 0),
    (("--mailbox", "eve@elsewhere.example"), {}, 67),
    (("--config", "/nowhere"), {}, 75),
)


def test_the_pipe_takes_whatever_envelope_there_is_and_never_bounces_by_mistake(desk: Desk) -> None:
    def deliver(words: tuple[str, ...], environment: dict[bytes, bytes], status: int) -> None:
        command = [sys.executable, "-m", "mailintake", "deliver", "--config", str(desk.config), *words]
        ran = subprocess.run(
            command,
            cwd=ROOT,
            input=a_mail("Piped", sender=MIA),
            env=os.environb | environment,
            capture_output=True,
            check=False,
        )
        assert (ran.returncode, b"Traceback" in ran.stderr) == (status, False), ran.stderr.decode()

    for case in ENVELOPES:
        deliver(*case)
    assert desk.stop() == 0
    try:
        deliver(*ENVELOPES[0])
    finally:
        desk.start()
    desk.wait_until_idle()
    assert desk.value("SELECT count(*) FROM ticket WHERE subject = 'Piped'") == 3
    assert all(path.isprintable() for (path,) in desk.rows("SELECT return_path FROM spool"))


def test_a_configuration_or_a_database_that_is_wrong_makes_the_mta_keep_the_mail(new_desk: NewDesk) -> None:
    broken: Desk = new_desk()
    (broken.config / "desk.yaml").write_text("desk: [")
    ran = broken.run("deliver", stdin=a_mail("Keep me", sender=MIA))
    assert (ran.returncode, b"desk.yaml:1" in ran.stderr) == (75, True), ran.stderr


@pytest.mark.parametrize("words", [("tickets", "show"), ("quarantine", "retry"), ("outbox", "retry")])
def test_no_number_breaks_a_command(desk: Desk, words: tuple[str, ...]) -> None:
    ran = desk.run(*words, "99999999999999999999999")
    assert (ran.returncode, b"Traceback" in ran.stderr) == (2, False)


def test_nothing_in_a_mail_acts_on_the_terminal_of_whoever_reads_it(desk: Desk) -> None:
    raw = a_mail(f"=?utf-8?q?Hi{'=1B]0;owned=07=C2=9B31m=E2=80=AE'}?=", sender=f"Mia <{MIA}>", text=ESCAPES,
                 extra=('Content-Disposition: attachment; filename="a\x1b[2J.txt"',))  # fmt: skip
    number = send_locally(desk.lmtp, raw, sender=MIA)[0].spool_id
    held = send_locally(desk.open_lmtp, raw, sender="mia@mill.example")[0].spool_id
    desk.wait_until_idle()
    ticket = desk.value("SELECT ticket_id FROM spool WHERE id = :id", id=number)
    for words in (
        ("tickets", "list"),
        ("tickets", "show", ticket),
        ("tickets", "show", ticket, "--json"),
        ("quarantine", "show", held),
    ):
        seen = on_a_terminal(desk, *words)
        assert seen.strip(), words
        assert not ACTING.search(re.sub(r"\r\n|\x1b\[[\d;]*m", "\n", seen)), (words, seen)
        assert "owned\x07" not in seen
    assert desk.run("quarantine", "show", held).stdout == raw


def on_a_terminal(desk: Desk, *words: object) -> str:
    """What a command shows where its output is a terminal."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "mailintake", *map(str, words), "--config", str(desk.config)]
    seen = b""
    with subprocess.Popen(command, cwd=ROOT, stdin=theirs, stdout=theirs, stderr=subprocess.DEVNULL) as shown:
        os.close(theirs)
        try:
            while part := os.read(ours, 65536):
                seen += part
        except OSError:  # the other side is closed
            pass
        shown.wait(60)
    os.close(ours)
    return seen.decode()


def test_an_unverified_copy_of_a_mail_does_not_keep_the_real_one_out(desk: Desk) -> None:
    raw = a_mail("The real one", sender=MIA)
    (copy,) = send_locally(desk.open_lmtp, raw, sender="eve@elsewhere.example")
    real = send(desk.port, raw, sender=MIA)
    assert real.spool_id != copy.spool_id
    desk.wait_until_idle()
    assert desk.value("SELECT outcome FROM spool WHERE id = :id", id=copy.spool_id) == "held"
    assert desk.value("SELECT outcome FROM spool WHERE id = :id", id=real.spool_id) == "opened"


def test_a_customer_who_numbers_their_address_gets_five_letters_an_hour(desk: Desk) -> None:
    for number in range(9):
        sender = f"{'Zoe' if number % 2 else 'zoe'}+{number}@Mill.example"
        send(desk.port, a_mail(f"Bomb {number}", sender=sender), sender=sender)
    eventually(
        lambda: desk.value("SELECT count(*) FROM ticket WHERE subject LIKE 'Bomb %'") == 9, what="all have tickets"
    )
    desk.wait_until_idle()
    assert desk.value("SELECT count(*) FROM outbox WHERE recipient LIKE 'zoe+%' AND state = 'sent'") == 5
