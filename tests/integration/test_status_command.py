"""`mailintake status` asks the local socket, and says in one line what keeps it from an answer."""

import json
import shutil
import socketserver
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mailintake.cli.status import status
from mailintake.errors import ConfigError, MailintakeError

HEALTH: dict[str, Any] = {
    "status": "ok",
    "version": "0.1.0",
    "listening": "",
    "stuck": [],
    "config": "0123456789abcdef",
    "config_since": "2026-03-09T09:00:00Z",
    "needs_restart": False,
    "last_reload": None,
    "mails_waiting": 0,
    "letters_waiting": 0,
    "mailboxes": [],
}


@pytest.fixture
def place() -> Iterator[Path]:
    """A configuration of which mailintake.yaml alone is right, in a directory with a short path."""
    home = Path(tempfile.mkdtemp(prefix="status-"))
    (home / "mailintake.yaml").write_text("state: var\ncontrol: sock\noutgoing: {maildir: out}\n")
    (home / "desk.yaml").write_text("desk: [")
    yield home
    shutil.rmtree(home)


@pytest.fixture
def answering(place: Path) -> Iterator[Callable[[int, bytes], None]]:
    """Has something answer at the socket, with this status and these bytes."""
    said: list[bytes] = []

    class Answer(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while self.rfile.readline().strip():
                pass
            self.wfile.write(said[-1])

    def answer(code: int, body: bytes) -> None:
        said.append(b"HTTP/1.1 %d Said\r\nContent-Length: %d\r\n\r\n%s" % (code, len(body), body))

    with socketserver.UnixStreamServer(str(place / "sock"), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield answer
        server.shutdown()
        thread.join()


def test_a_daemon_that_is_well_is_shown_whatever_desk_yaml_says(
    place: Path, answering: Callable[[int, bytes], None], capsys: pytest.CaptureFixture[str]
) -> None:
    answering(200, json.dumps(HEALTH).encode())
    status(place, as_json=True)
    assert json.loads(capsys.readouterr().out) == HEALTH
    status(place)
    assert "0123456789ab" in capsys.readouterr().out


def test_a_daemon_that_is_stuck_is_shown_and_told_apart(
    place: Path, answering: Callable[[int, bytes], None], capsys: pytest.CaptureFixture[str]
) -> None:
    answering(503, json.dumps({**HEALTH, "status": "stuck", "stuck": ["intake"]}).encode())
    with pytest.raises(MailintakeError, match=r"^the daemon is not well: stuck intake$") as error:
        status(place, as_json=True)
    assert error.value.exit_status == 1
    assert json.loads(capsys.readouterr().out)["status"] == "stuck"


@pytest.mark.parametrize(
    ("code", "body", "why"),
    [
        (503, b'{"error": "the database did not answer"}', "not well: the database did not answer"),
        (500, b"Internal Server Error", "does not answer at .*/sock: "),
        (200, b"[]", "it says nothing of itself"),
    ],
)
def test_what_makes_no_sense_is_one_line(
    place: Path, answering: Callable[[int, bytes], None], code: int, body: bytes, why: str
) -> None:
    answering(code, body)
    with pytest.raises(MailintakeError, match=why) as error:
        status(place)
    assert (error.value.exit_status, len(str(error.value).splitlines())) == (1, 1)


def test_nobody_there_is_one_line(place: Path) -> None:
    with pytest.raises(MailintakeError, match=r"no daemon runs here: nothing answers at .*/sock$") as error:
        status(place)
    assert error.value.exit_status == 1


def test_a_host_that_cannot_be_read_is_a_wrong_configuration(place: Path) -> None:
    (place / "mailintake.yaml").write_text("state: [")
    with pytest.raises(ConfigError):
        status(place)
