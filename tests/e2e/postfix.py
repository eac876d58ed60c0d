"""A real Postfix with directories of its own, on one free loopback port, that ends with whoever started it."""

import contextlib
import os
import re
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.harness import PATIENCE, ROOT, eventually
from tests.e2e.mails import a_mail

PAGE = ROOT / "docs" / "howto" / "postfix.md"
BLOCK = re.compile(r"^<!-- ([\w.]+): (\w+) -->\n```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MISSING = "Postfix is not installed; on Debian: apt install postfix"
NOT_ROOT = "Postfix is started by root alone"
# What only this test needs: a place of its own, and no waiting for what would be tried again in five minutes.
MAIN = """\
compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
maillog_file = {home}/log
maillog_file_prefixes = {home}
syslog_name = postfix-test
inet_interfaces = loopback-only
inet_protocols = ipv4
myhostname = mx.desk.example
mydestination =
alias_maps =
alias_database =
local_recipient_maps =
mynetworks = 127.0.0.0/8
default_transport = error:5.4.4 this test sends nothing out
queue_run_delay = 2s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
smtpd_client_connection_count_limit = 0
in_flow_delay = 0
"""
MASTER = """\
{port}    inet  n       -       n       -       -       smtpd
pickup    unix  n       -       n       60      1       pickup
cleanup   unix  n       -       n       -       0       cleanup
qmgr      unix  n       -       n       300     1       qmgr
rewrite   unix  -       -       n       -       -       trivial-rewrite
bounce    unix  -       -       n       -       0       bounce
defer     unix  -       -       n       -       0       bounce
trace     unix  -       -       n       -       0       bounce
flush     unix  n       -       n       1000?   0       flush
proxymap  unix  -       -       n       -       -       proxymap
showq     unix  n       -       n       -       -       showq
error     unix  -       -       n       -       -       error
retry     unix  -       -       n       -       -       error
anvil     unix  -       -       n       -       1       anvil
postlog   unix-dgram n  -       n       -       1       postlogd
"""


def why_not() -> str:
    """Why no Postfix can run here, "" if it can."""
    if shutil.which("postfix") is None:
        return MISSING
    return NOT_ROOT if os.getuid() else ""


def documented(group: str) -> dict[str, str]:
    """The pieces of `main.cf`, `master.cf` and other files that the how-to shows for one way of delivery."""
    found: dict[str, str] = {}
    for name, of_group, text in BLOCK.findall(PAGE.read_text()):
        if of_group == group:
            found[name] = found.get(name, "") + text
    return found


@dataclass
class Postfix:
    """A server that takes mail for the desk's domain from this machine."""

    home: Path
    port: int
    process: "subprocess.Popen[bytes] | None" = None

    def send(self, *subjects: str, sender: str, to: str, author: str = "") -> None:
        """Hand over mails, one after the other, in one session. Raises SMTPRecipientsRefused.

        `author` is who stands in From, if not the sender of the envelope.
        """
        with smtplib.SMTP("127.0.0.1", self.port, local_hostname="client.example", timeout=PATIENCE) as client:
            for subject in subjects:
                client.sendmail(sender, [to], a_mail(subject, sender=author or sender))

    def queue(self) -> str:
        """What still lies in the queue."""
        return self._run("postqueue", "-p").stdout.decode()

    @property
    def is_empty(self) -> bool:
        return "queue is empty" in self.queue()

    def flush(self) -> None:
        """Try at once what was put off."""
        self._run("postqueue", "-f")

    def said(self) -> str:
        """Its log."""
        return (self.home / "log").read_text() if (self.home / "log").exists() else ""

    def _run(self, *words: str) -> "subprocess.CompletedProcess[bytes]":
        program, *rest = words
        command = [shutil.which(program) or program, "-c", str(self.home / "etc"), *rest]
        return subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)

    def start(self) -> None:
        """Listen."""
        command = ["postfix", "-c", str(self.home / "etc"), "start-fg"]
        # The shell waits for the end of its input: when this process goes, however it goes, so does all of this.
        stop = f"postfix -c {self.home}/etc abort"
        with_us = ["/bin/sh", "-c", f'"$@" & read -r _; {stop}; wait $!', "sh", *command]
        with (self.home / "said").open("ab") as log:
            self.process = subprocess.Popen(
                with_us, cwd=self.home, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True
            )
        eventually(self._listens, what="Postfix listens")

    def _listens(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.home / "said").read_text() + self.said()
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True

    def stop(self) -> None:
        """End."""
        if self.process is not None:
            self.process.communicate(timeout=PATIENCE)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process = None


@contextlib.contextmanager
def postfix(files: Mapping[str, str], *, change: Callable[[str], str]) -> Iterator[Postfix]:
    """A running server with these pieces of configuration; `change` puts this place's paths for the documented ones."""
    home = Path(tempfile.mkdtemp(prefix="postfix-", dir="/tmp"))
    try:
        home.chmod(0o755)
        for name in ("etc", "queue", "data"):
            (home / name).mkdir()
        shutil.chown(home / "data", "postfix")
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        ours = {"main.cf": MAIN.format(home=home), "master.cf": MASTER.format(port=port)}
        for name in ours.keys() | files.keys():
            (home / "etc" / name).write_text(ours.get(name, "") + change(files.get(name, "")))
        server = Postfix(home, port)
        try:
            server.start()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(home, ignore_errors=True)
