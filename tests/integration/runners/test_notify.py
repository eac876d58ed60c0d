"""What systemd would hear, on a socket of ours."""

import os
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from mailintake.runners.notify import notify, reloading, watchdog_interval


@pytest.fixture(params=["path", "abstract"])
def systemd(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    monkeypatch.chdir(tmp_path)  # a path of its own may be longer than a socket's may be
    name = f"@mailintake-{uuid4()}" if request.param == "abstract" else f"/proc/self/cwd/{uuid4().hex[:8]}"
    monkeypatch.setenv("NOTIFY_SOCKET", name)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind("\0" + name[1:] if name.startswith("@") else name)
        server.settimeout(10)
        yield server


@pytest.mark.parametrize("state", ["READY=1", "STOPPING=1\nSTATUS=12 mails waiting: grüße"])
def test_systemd_hears_what_we_say(systemd: socket.socket, state: str) -> None:
    notify(state)
    assert systemd.recv(4096).decode() == state


@pytest.mark.parametrize("address", [None, "", "relative", "/nowhere/at/all", "@nobody-listens-here"])
def test_without_systemd_nothing_happens(monkeypatch: pytest.MonkeyPatch, address: str | None) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    if address is not None:
        monkeypatch.setenv("NOTIFY_SOCKET", address)
    notify("READY=1")


def test_a_reload_names_its_moment_on_the_clock_of_systemd() -> None:
    before, said, after = time.monotonic_ns(), reloading(), time.monotonic_ns()
    found = re.fullmatch(r"RELOADING=1\nMONOTONIC_USEC=(\d+)", said)
    assert found
    assert before // 1000 <= int(found[1]) <= after // 1000


def test_a_full_socket_does_not_block_us(systemd: socket.socket) -> None:
    for _ in range(10_000):
        notify("WATCHDOG=1")
    assert systemd.recv(4096) == b"WATCHDOG=1"


@pytest.mark.parametrize(
    ("environment", "seconds"),
    [
        ({"WATCHDOG_USEC": "30000000"}, 15.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}, 15.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({}, None),
    ],
)
def test_signs_of_life_come_twice_as_often_as_asked(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], seconds: float | None
) -> None:
    for name in ("WATCHDOG_USEC", "WATCHDOG_PID"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert watchdog_interval() == seconds
