"""Large mails that come at the same moment are all kept, and none of them is kept in memory."""

import hashlib
import re
import socket
import threading
from pathlib import Path

import pytest

from tests.e2e.conftest import NewDesk
from tests.e2e.harness import MAILBOX
from tests.e2e.load import kept_bytes
from tests.e2e.mails import a_mail

CONNECTIONS = 20
LINE = b"A line of a letter that somebody has attached to another letter, and so on.\r\n"
BULK = LINE * (24_900_000 // len(LINE))


@pytest.mark.long
@pytest.mark.timeout(900)
def test_20_mails_of_25_mb_at_once_are_kept_within_200_mb(new_desk: NewDesk) -> None:
    desk = new_desk()
    desk.start()
    together = threading.Barrier(CONNECTIONS)
    answers: dict[str, bytes] = {}

    def one(number: int) -> None:
        head = a_mail(f"Large {number}", sender="mia@mill.example")
        with socket.create_connection(("127.0.0.1", desk.port), timeout=300) as line, line.makefile("rb") as replies:
            line.sendall(
                f"EHLO client.example\r\nMAIL FROM:<mia@mill.example>\r\nRCPT TO:<{MAILBOX}>\r\nDATA\r\n".encode()
            )
            while not replies.readline().startswith(b"354"):
                pass
            line.sendall(head + BULK[: len(BULK) // 2])
            together.wait()  # every connection holds half a mail
            line.sendall(BULK[len(BULK) // 2 :] + b".\r\n")
            answers[hashlib.sha256(head + BULK).hexdigest()] = replies.readline()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == CONNECTIONS
    assert {answer[:4] for answer in answers.values()} == {b"250 "}
    assert [digest for digest in answers if kept_bytes(desk, digest) != digest] == []
    desk.wait_until_idle(within=300)
    assert desk.value("SELECT count(*) FROM spool WHERE outcome = 'opened'") == CONNECTIONS
    most = peak_memory(desk.pid)
    print(f"at most {most / 1e6:.0f} MB")
    assert most < 200_000_000


def peak_memory(pid: int) -> int:
    """The most memory that a process ever held, in bytes."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found
    return int(found[1]) * 1024
