"""A mailbox drained by the whole daemon, beside a bare imapclient loop over the same mails and beside intake alone."""

import argparse
import base64
import json
import os
import random
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread

from benchmarks import corpus, meter, report, stage
from benchmarks.client import Load
from tests.integration.dovecot import MISSING, PASSWORD, Dovecot, dovecot, program

TARGET = 0.6
MOST_MEMORY = 250
LARGE = 30_000_000
USER = "support"
FOLDER = "Backlog"
SEED = 20261102
PASSWORD_IN = "MAILINTAKE_BENCH_PASSWORD"
WITHIN = 900.0

_FETCH = f"""
fetch:
  support:
    host: 127.0.0.1
    port: {{port}}
    tls: none
    user: {USER}
    password_env: {PASSWORD_IN}
    for: {corpus.MAILBOX}
    folders: {FOLDER}
    then: {{{{move: Processed}}}}
    trusted: yes
"""


def main(words: list[str]) -> None:
    """A mailbox in a real Dovecot drained to the last letter, beside a bare imapclient loop and intake alone."""
    parser = argparse.ArgumentParser(prog="./dev bench", description=main.__doc__)
    parser.add_argument("--mails", type=int, default=10_000, help="small mails in the mailbox (10000)")
    parser.add_argument("--large", type=int, default=3, help="mails of 30 MB among them (3)")
    parser.add_argument("--rounds", type=int, default=1, help="how often all take turns (1)")
    parser.add_argument("--workers", type=int, default=2, help="parser processes of the daemon (2)")
    said = parser.parse_args(words)
    if program() is None:
        sys.exit(MISSING)
    os.environ[PASSWORD_IN] = PASSWORD
    found = Figures()
    for _ in range(said.rounds):
        _turn(said, found)
    _print(found, said.mails + said.large)


@dataclass(slots=True)
class Figures:
    """Mails per second of each round, and the peaks of memory in MB."""

    fetched: list[float] = field(default_factory=list)
    moved: list[float] = field(default_factory=list)
    intake: list[float] = field(default_factory=list)
    taken: list[float] = field(default_factory=list)
    drained: list[float] = field(default_factory=list)
    daemon: list[int] = field(default_factory=list)
    together: list[int] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


def _turn(said: argparse.Namespace, found: Figures) -> None:
    count = said.mails + said.large
    with dovecot() as server:
        _fill(server, mails=said.mails, large=said.large)
        _loop(server, "INBOX")  # nobody shall be the one who warms the server's caches
        found.fetched.append(count / _loop(server, "INBOX"))
        found.moved.append(count / _loop(server, "INBOX", FOLDER))
        _drain(server, said, found)
    _alone(said, found)


def _fill(server: Dovecot, *, mails: int, large: int) -> None:
    small = (b"".join(each.pieces).replace(b"\r\n..", b"\r\n.") for each in _small(mails))
    every = mails // (large or 1)
    server.drop(USER, *_mixed(small, large=large, every=every))


def _small(count: int) -> Iterator[corpus.Mail]:
    return corpus.mails("small", seed=SEED, first=0, count=count)


def _mixed(small: Iterator[bytes], *, large: int, every: int) -> Iterator[bytes]:
    made = 0
    for number, each in enumerate(small):
        if number % every == every // 2 and made < large:
            yield _large(made)
            made += 1
        yield each


def _large(number: int) -> bytes:
    data = base64.encodebytes(random.Random(number).randbytes(LARGE * 3 // 4 * 76 // 78)).replace(b"\n", b"\r\n")
    head = (
        f"From: person.{number}@{corpus.CUSTOMER}\r\nTo: {corpus.MAILBOX}\r\nSubject: A film of it\r\n"
        f"Message-ID: <large.{number}.{SEED}@{corpus.CUSTOMER}>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="film"\r\n\r\n'
        "--film\r\nContent-Type: text/plain\r\n\r\nSee for yourselves.\r\n"
        "--film\r\nContent-Type: video/mp4\r\nContent-Disposition: attachment; filename=film.mp4\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode() + data + b"--film--\r\n"


def _loop(server: Dovecot, source: str, target: str = "") -> float:
    """Seconds that the bare loop takes."""
    command = [sys.executable, "-m", "benchmarks.imap_loop", str(server.port), USER, PASSWORD, source, target]
    began, ended = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    return float(ended - began)


def _drain(server: Dovecot, said: argparse.Namespace, found: Figures) -> None:
    count = said.mails + said.large
    with stage.daemon(workers=said.workers, more=_FETCH.format(port=server.port)) as daemon:
        began = time.monotonic()
        with _watched(daemon.pid) as peak:
            empty = Thread(target=_note_when_empty, args=(server, found, began, count))
            empty.start()
            found.drained.append(count / (float(daemon.relay.ask(str(count * stage.LETTERS))) - began))
            empty.join()
        own, _ = meter.peak_memory(daemon.pid)
        found.daemon.append(own >> 20)
        found.together.append(peak[0] >> 20)
        found.cpu.append(meter.cpu_seconds(daemon.pid) / count * 1000)


def _note_when_empty(server: Dovecot, found: Figures, began: float, count: int) -> None:
    until = began + WITHIN
    with server.client(USER) as client:
        while client.folder_status(FOLDER, ["MESSAGES"])[b"MESSAGES"] and time.monotonic() < until:
            time.sleep(0.1)
    found.taken.append(count / (time.monotonic() - began))


@contextmanager
def _watched(pid: int) -> Iterator[list[int]]:
    """The most that a process and its children held at one time, in bytes, looked at five times a second."""
    peak, ended = [0], [False]

    def watch() -> None:
        while not ended[0]:
            peak[0] = max(peak[0], meter.memory(pid))
            time.sleep(0.2)

    watcher = Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        ended[0] = True
        watcher.join()


def _alone(said: argparse.Namespace, found: Figures) -> None:
    """The same mails by SMTP."""
    count = said.mails + said.large
    with stage.daemon(workers=said.workers) as daemon:
        began = time.monotonic()
        films = Thread(target=_send_large, args=(daemon.port, said.large))
        films.start()
        stage.send(Load(daemon.port, "small", first=0, count=said.mails, seed=SEED))
        films.join()
        found.intake.append(count / (float(daemon.relay.ask(str(count * stage.LETTERS))) - began))


def _send_large(port: int, count: int) -> None:
    with smtplib.SMTP("127.0.0.1", port) as client:
        for number in range(count):
            client.sendmail(f"person.{number}@{corpus.CUSTOMER}", corpus.MAILBOX, _large(number))


def _print(found: Figures, count: int) -> None:
    reference = [min(bare, intake) for bare, intake in zip(found.fetched, found.intake, strict=True)]
    ratio = report.ratio(found.drained, reference)
    rows = [
        ["bare loop, fetched only", f"{report.Spread(found.fetched):.0f}", _against(found.drained, found.fetched)],
        ["bare loop, fetched and moved", f"{report.Spread(found.moved):.0f}", _against(found.drained, found.moved)],
        ["intake alone, by SMTP", f"{report.Spread(found.intake):.0f}", _against(found.drained, found.intake)],
        ["daemon: mailbox empty", f"{report.Spread(found.taken):.0f}", ""],
        ["daemon: last letter left", f"{report.Spread(found.drained):.0f}", ""],
    ]
    report.table((f"{count} mails", "mails/s", "daemon's letters ÷ this"), rows)
    print(f"\nletters ÷ the lower of loop and intake: {ratio:.2f}, {report.verdict(ratio.middle, TARGET)}")
    own = max(found.daemon)
    print(
        f"peak memory: daemon {own} MB ({report.verdict(own, MOST_MEMORY, at_most=True)}), "
        f"with its workers at one time {max(found.together)} MB; {report.Spread(found.cpu):.2f} ms CPU per mail"
    )


def _against(ours: list[float], theirs: list[float]) -> str:
    return f"{report.ratio(ours, theirs):.2f}"
