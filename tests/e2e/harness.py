"""A desk: a configuration in a directory of its own, and the daemon that serves it, as a process."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any, TypeVar, cast

from sqlalchemy import NullPool, create_engine, text

T = TypeVar("T")

ROOT = Path(__file__).parents[2]
MAILBOX = "support@desk.example"
PATIENCE = 60.0
"""Seconds a test waits for something that ought to be quick: the machine may be busy."""

HOST = """\
state: ../var
listeners:
  - {protocol: smtp, address: 127.0.0.1, port: 0, trusted: yes}
  - {protocol: lmtp, socket: ../lmtp, trusted: yes}
  - {protocol: lmtp, socket: ../open, trusted: no}
"""
MAILDIR = "outgoing: {maildir: ../out}\n"
MANY_LETTERS = "limits: {letters_per_address_hour: 10000, letters_per_hour: 1000000, connections_per_peer: 50}\n"
DESK = """\
desk:
  name: Example Desk
  mailboxes: {support@desk.example: {new_mail: open}, sales@desk.example: {new_mail: open}}
  languages: [en]
  timezone: Europe/Ljubljana
hours:
  always: Mon-Sun 00:00-24:00
priorities: {high: Nothing works, normal: Something does not work, low: A wish}
default_priority: normal
plans:
  two: {contacts: 2, hours: always, first_response: 8h}
  many: {contacts: any, hours: always, first_response: 4h}
senders: {new_at_known_domain: seat, unverified: hold}
"""
ACCOUNTS = """\
accounts:
  bakery:
    domains: [bakery.example]
    contract: {plan: two}
    contacts: [Ana Baker <ana@bakery.example>]
  tannery:
    domains: [tannery.example]
    contract: {plan: two}
    contacts: [Tea Tanner <tea@tannery.example>]
  mill:
    domains: [mill.example]
    contract: {plan: many}
    contacts: [Mia Miller <mia@mill.example>]
agents: {maria: Maria Horvat <maria@desk.example>}
teams: {support: {members: [maria]}}
"""


class Desk:
    """One desk below `home`, whose path must be short because sockets lie in it.

    `host` is the rest of mailintake.yaml: where letters go, limits, another database.
    """

    def __init__(self, home: Path, *, host: str = MAILDIR + MANY_LETTERS, database: str | None = None) -> None:
        self.home = home
        self.config = home / "config"
        self.state = home / "var"
        self.letters_at = home / "out"
        self.log = home / "log"
        self.lmtp = str(home / "lmtp")
        self.open_lmtp = str(home / "open")
        self.port = 0
        self.starts = 0
        self.process: subprocess.Popen[bytes] | None = None
        self._database = database
        self.config.mkdir(parents=True)
        if database is not None:
            key = self.config / "key"
            key.write_bytes(b"one key for all hosts of the desk")
            key.chmod(0o600)
            written = database.replace("+psycopg", "")
            host += f"database: {written}\nsecrets: {{token_key_file: key}}\n"
        files = {"mailintake": HOST + host, "desk": DESK, "accounts": ACCOUNTS, "rules": "rules: []\n"}
        for name, content in files.items():
            (self.config / f"{name}.yaml").write_text(content)

    # ---- the process

    def start(self, *, module: str = "mailintake", wrapper: Sequence[str] = ()) -> None:
        """Start the daemon and wait until it listens."""
        self.spawn(module=module, wrapper=wrapper)
        self.wait_until_ready()

    def spawn(self, *, module: str = "mailintake", wrapper: Sequence[str] = ()) -> None:
        """Start the daemon, and wait for nothing; `wrapper` is a command to run it under."""
        assert self.process is None
        command = [*wrapper, sys.executable, "-m", module, "serve", "--config", str(self.config)]
        self._seen = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.starts += 1

    def wait_until_ready(self) -> None:
        """Wait for the line that says where the daemon listens, and learn its port."""

        def listens() -> str:
            assert self.process is not None
            assert self.process.poll() is None, f"it ended:\n{self.said()}"
            found = re.search(r"event=ready .*smtp://127\.0\.0\.1:(\d+)", self.said())
            return found[1] if found else ""

        self.port = int(eventually(listens, what="the daemon is ready"))

    def said(self) -> str:
        """What the running daemon wrote to stderr."""
        with self.log.open("rb") as log:
            log.seek(self._seen)
            return log.read().decode()

    @property
    def pid(self) -> int:
        """The daemon's process, also when it runs under a wrapper."""
        assert self.process is not None
        if Path(cast("list[str]", self.process.args)[0]).name == "strace":
            return int(Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()[0])
        return self.process.pid

    @property
    def is_dead(self) -> bool:
        """Whether the process that was started has ended by itself."""
        return self.process is not None and self.process.poll() is not None

    def kill(self) -> None:
        """SIGKILL, at once."""
        assert self.process is not None
        if not self.is_dead:
            os.kill(self.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)
        self.process = None

    def stop(self, *, within: float = 30) -> int:
        """SIGTERM; the exit status."""
        assert self.process is not None
        self.process.terminate()
        status = self.process.wait(within)
        self.process = None
        return status

    def close(self) -> None:
        """Leave nothing running."""
        if self.process is not None:
            self.kill()

    # ---- commands

    def run(self, *words: object, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Run a command of `mailintake` on this desk."""
        command = [sys.executable, "-m", "mailintake", *map(str, words), "--config", str(self.config)]
        return subprocess.run(command, cwd=ROOT, input=stdin, capture_output=True, timeout=PATIENCE, check=False)

    def ask(self, *words: object) -> Any:
        """What a command prints with --json."""
        ran = self.run(*words, "--json")
        assert ran.returncode == 0, ran.stderr.decode()
        return json.loads(ran.stdout)

    # ---- what can be seen from outside

    @property
    def database_file(self) -> Path:
        """The SQLite database."""
        return self.state / "mailintake.db"

    def rows(self, query: str, **values: object) -> list[tuple[Any, ...]]:
        """Ask the database itself, for reading only."""
        url = self._database or f"sqlite:///file:{self.database_file}?mode=ro&uri=true"
        engine = create_engine(url, poolclass=NullPool)
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query), values)]

    def value(self, query: str, **values: object) -> Any:
        """The one value that is asked for."""
        ((found,),) = self.rows(query, **values)
        return found

    def letters(self) -> list[EmailMessage]:
        """Everything in the outgoing Maildir."""
        parser = BytesParser(policy=policy.default)
        letters = []
        for path in self.letters_at.glob("new/*"):
            with path.open("rb") as file:
                letters.append(parser.parse(file))
        return letters

    def letters_to(self, address: str) -> list[EmailMessage]:
        """The letters in the outgoing Maildir for one recipient."""
        return [letter for letter in self.letters() if letter["Delivered-To"] == address]

    def one_letter_to(self, address: str) -> EmailMessage:
        """The one letter for this recipient, as soon as it is there."""
        (letter,) = eventually(lambda: self.letters_to(address), what=f"a letter to {address}")
        return letter

    def wait_until_idle(self, *, within: float = PATIENCE) -> None:
        """Wait until every accepted mail is settled and every letter has left, failed or been withheld."""
        waiting = "SELECT (SELECT count(*) FROM spool WHERE state = 'waiting'), (SELECT count(*) FROM outbox WHERE state = 'queued')"  # noqa: E501
        eventually(lambda: self.rows(waiting) == [(0, 0)], what="nothing waits", within=within)


def eventually(ask: Callable[[], T], *, what: str, within: float = PATIENCE) -> T:
    """Ask again and again until the answer is true in Python's sense; that answer."""
    until = time.monotonic() + within
    while not (answer := ask()):
        assert time.monotonic() < until, f"still not after {within:g} s: {what}"
        time.sleep(0.05)
    return answer
