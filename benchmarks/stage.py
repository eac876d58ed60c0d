"""The processes of a benchmark: started, asked, measured, and always ended."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks import corpus, meter
from benchmarks.client import Load, Sent

SECONDS_TO_START = 60
SECONDS_TO_STOP = 60

_HOST = """
state: state
listeners:
  - {{protocol: smtp, address: 127.0.0.1, port: 0, trusted: yes}}
outgoing: {{relay: {{host: 127.0.0.1, port: {relay}, tls: none}}}}
workers: {workers}
limits:
  {{letters_per_hour: 1000000, letters_per_address_hour: 10000, connections_per_peer: 100, message_size: 50 MB}}
"""
LETTERS = 2
"""For each mail: to the customer, and to the one agent there is."""

_DESK = f"""
desk: {{name: Example Desk, mailbox: {corpus.MAILBOX}, languages: [en], timezone: Europe/Ljubljana, holidays: public}}
holidays: {{public: [01-01, 05-01, 12-25, 12-26]}}
hours: {{weekdays: "Mon-Fri 09:00-18:00"}}
priorities: {{high: Nothing works, normal: Something does not work}}
default_priority: normal
plans:
  open: {{contacts: any, hours: weekdays, first_response: {{high: 4h, else: 8h}}}}
reminders:
  - {{when: 75%, tell: [assignee, team]}}
  - {{when: breach, tell: [assignee, team, lead]}}
"""
_ACCOUNTS = f"""
accounts:
  customer: {{domains: [{corpus.CUSTOMER}], contacts: any, contract: {{plan: open}}}}
agents: {{maria: Maria Horvat <maria@desk.example>}}
teams: {{support: {{members: [maria], lead: maria}}}}
"""


@dataclass(frozen=True, slots=True)
class Helper:
    """A process of ours that says its port first, answers lines with lines, and ends with its standard input."""

    process: subprocess.Popen[str]
    port: int

    def ask(self, question: str) -> str:
        """One line for one line."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(question + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline()


@contextmanager
def helper(module: str) -> Iterator[Helper]:
    """Run `benchmarks.<module>` as a process."""
    command = [sys.executable, "-m", f"benchmarks.{module}"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        try:
            yield Helper(process, int(process.stdout.readline()))
        finally:
            process.stdin.close()
            _end(process)


@dataclass(frozen=True, slots=True)
class Daemon:
    """`mailintake serve` with its relay."""

    process: subprocess.Popen[bytes]
    port: int
    relay: Helper

    @property
    def pid(self) -> int:
        """Of the daemon itself; its workers are its children."""
        return self.process.pid


def configure(directory: Path, *, relay: int, workers: int, more: str = "") -> Path:
    """Write the configuration of a desk where everybody at one customer may write; the same directory.

    `more` is added to mailintake.yaml.
    """
    texts = {
        "mailintake.yaml": _HOST.format(relay=relay, workers=workers) + more,
        "desk.yaml": _DESK,
        "accounts.yaml": _ACCOUNTS,
        "rules.yaml": "rules: []\n",
    }
    directory.mkdir(exist_ok=True)
    for name, text in texts.items():
        directory.joinpath(name).write_text(text)
    return directory


@contextmanager
def daemon(*, workers: int = 2, more: str = "") -> Iterator[Daemon]:
    """The whole daemon on SQLite in a directory of its own, which goes with it; letters go to a counting relay.

    `more` is added to mailintake.yaml.
    """
    with tempfile.TemporaryDirectory(prefix="mailintake-bench-") as place, helper("relay") as relay:
        directory = Path(place)
        configure(directory, relay=relay.port, workers=workers, more=more)
        command = [sys.executable, "-m", "mailintake", "serve", "--config", place]
        log = directory / "log"
        with log.open("wb") as stderr, subprocess.Popen(command, stdout=stderr, stderr=stderr) as process:
            try:
                yield Daemon(process, _port(process, log), relay)
            finally:
                process.terminate()
                _end(process)


def _port(process: subprocess.Popen[bytes], log: Path) -> int:
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until and process.poll() is None:
        text = log.read_text()
        if "event=ready" in text:
            return int(text.partition("listening=smtp://127.0.0.1:")[2].split()[0])
        time.sleep(0.05)
    raise RuntimeError(f"the daemon does not start:\n{log.read_text()}")


def _end(process: subprocess.Popen[bytes] | subprocess.Popen[str]) -> None:
    try:
        process.wait(SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        process.kill()


def send(load: Load) -> Sent:
    """Send a load from a process of its own."""
    command = [sys.executable, "-m", "benchmarks.client", json.dumps(asdict(load))]
    said = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return Sent(**json.loads(said.stdout))


@dataclass(frozen=True, slots=True)
class Round:
    """One load through the whole daemon: mails per second until the last 250 and until the last letter was handed
    over, processor seconds per mail, and the client's view."""

    accepted: float
    handed_over: float
    cpu: float
    sent: Sent


def through(daemon: Daemon, load: Load, *, mails_before: int) -> Round:
    """Send a load and wait for its letters."""
    before = meter.cpu_seconds(daemon.pid)
    sent = send(load.to(daemon.port))
    last_letter = float(daemon.relay.ask(str((mails_before + load.count) * LETTERS)))
    cpu = meter.cpu_seconds(daemon.pid) - before
    return Round(
        accepted=rate(load, sent.began, sent.ended),
        handed_over=rate(load, sent.began, last_letter),
        cpu=cpu / load.count,
        sent=sent,
    )


def rate(load: Load, began: float, ended: float) -> float:
    """Mails per second."""
    return load.count / (ended - began)
