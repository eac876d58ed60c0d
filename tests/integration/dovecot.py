"""A real Dovecot in a directory of its own, on free loopback ports, that ends with whoever started it."""

import contextlib
import grp
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from imapclient import IMAPClient

UNPRIVILEGED = ("nobody", "daemon")
PASSWORD = "open-sesame"
PATIENCE = 30
MISSING = "Dovecot is not installed; on Debian: apt install dovecot-imapd"
CONFIGURATION = """\
base_dir = {home}/run
state_dir = {home}/run
log_path = {home}/log
protocols = imap
listen = 127.0.0.1
ssl = {ssl}
disable_plaintext_auth = no
auth_mechanisms = plain
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
mail_fsync = never
mail_max_userip_connections = 100
mail_location = maildir:~/Maildir
{more}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={home}/mail/%u
}}
auth_failure_delay = 0
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
"""


TOKENS = """\
auth_mechanisms = plain {mechanisms}
passdb {{
  driver = oauth2
  mechanisms = {mechanisms}
  args = {home}/oauth2.conf
}}
"""
INTROSPECTION = """\
introspection_mode = post
introspection_url = {url}
username_attribute = username
active_attribute = active
active_value = true
"""


def program() -> str | None:
    """Where Dovecot is, None if it is not."""
    return shutil.which("dovecot") or next(filter(os.path.exists, ["/usr/sbin/dovecot"]), None)


@dataclass
class Dovecot:
    """A server that knows every user, with the same password."""

    home: Path
    port: int
    tls_port: int
    user: str
    group: str
    process: "subprocess.Popen[bytes] | None" = None

    def client(self, user: str) -> IMAPClient:
        """A connection of the test's own."""
        client = IMAPClient("127.0.0.1", self.port, ssl=False, timeout=20)
        client.login(user, PASSWORD)
        return client

    def put(self, user: str, *mails: bytes, folder: str = "INBOX") -> None:
        """Let mail arrive."""
        with self.client(user) as client:
            if not client.folder_exists(folder):
                client.create_folder(folder)
            for mail in mails:
                client.append(folder, mail)

    def drop(self, user: str, *mails: bytes) -> None:
        """Let much mail arrive in the inbox, as a delivery agent would: file by file."""
        with self.client(user) as client:
            client.select_folder("INBOX")
        box = self.home / "mail" / user / "Maildir"
        for number, mail in enumerate(mails):
            name = f"{time.time_ns()}.{number}.test"
            box.joinpath("tmp", name).write_bytes(mail)
            shutil.chown(box / "tmp" / name, self.user, self.group)
            box.joinpath("tmp", name).rename(box / "new" / name)

    def uids(self, user: str, folder: str = "INBOX") -> list[int]:
        """What lies there."""
        with self.client(user) as client:
            if not client.folder_exists(folder):
                return []
            client.select_folder(folder, readonly=True)
            return list(client.search(["UID", "1:*"]))

    def start(self) -> None:
        """Listen; where it ran before, with the mails that were there."""
        command = [program() or "dovecot", "-F", "-c", str(self.home / "dovecot.conf")]
        # The shell waits for the end of its input: when this process goes, however it goes, so does all of this.
        with_us = ["/bin/sh", "-c", '"$@" & read -r _; kill -TERM $!; wait $!', "sh", *command]
        run_as = {"user": self.user, "group": self.group, "extra_groups": []} if os.getuid() == 0 else {}
        with (self.home / "said").open("ab") as log:
            self.process = subprocess.Popen(
                with_us, cwd=self.home, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True, **run_as
            )  # type: ignore[call-overload]
        until = time.monotonic() + PATIENCE
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                assert self.process.poll() is None, self.said()
                assert time.monotonic() < until, self.said()
                time.sleep(0.05)
            else:
                return

    def said(self) -> str:
        """Its log."""
        return "".join(path.read_text() for name in ("said", "log") if (path := self.home / name).exists())

    def stop(self) -> None:
        """Hang up on everybody, at once."""
        if self.process is not None:
            self.process.communicate(timeout=PATIENCE)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)  # whoever serves a client would take 10 s to say goodbye
            self.process = None


@contextlib.contextmanager
def dovecot(
    *,
    capability: str = "",
    more: str = "",
    certificate: Path | None = None,
    introspection: str = "",
    mechanisms: Sequence[str] = ("OAUTHBEARER", "XOAUTH2"),
) -> Iterator[Dovecot]:
    """A running server. `capability` is all that it says it can do; `certificate` is a PEM file with its key.

    With `introspection`, a URL (RFC 7662), it also takes tokens that are said there to be the user's.
    """
    user = pwd.getpwuid(os.getuid()).pw_name
    if os.getuid() == 0:
        user = next(name for name in UNPRIVILEGED if any(entry.pw_name == name for entry in pwd.getpwall()))
    group = grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name
    home = Path(tempfile.mkdtemp(prefix="dovecot-", dir="/tmp"))  # short: sockets lie below it
    try:
        home.joinpath("mail").mkdir()
        port, tls_port = _free_ports(2)
        if capability:
            more += f"\nimap_capability = {capability}"
        if certificate:
            shutil.copy(certificate, home / "certificate.pem")
            more += f"\nssl_cert = <{home}/certificate.pem\nssl_key = <{home}/certificate.pem"
        if introspection:
            more += "\n" + TOKENS.format(home=home, mechanisms=" ".join(mechanisms).lower())
            home.joinpath("oauth2.conf").write_text(INTROSPECTION.format(url=introspection))
        text = CONFIGURATION.format(
            home=home, port=port, tls_port=tls_port if certificate else 0, user=user, group=group,
            password=PASSWORD, ssl="yes" if certificate else "no", more=more,
        )  # fmt: skip
        home.joinpath("dovecot.conf").write_text(text)
        for path in (home, *home.iterdir()):
            shutil.chown(path, user, group)
        server = Dovecot(home, port, tls_port, user, group)
        try:
            server.start()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [each.getsockname()[1] for each in sockets]


def logins(server: Dovecot) -> int:
    """How often somebody has logged in."""
    return len(re.findall(r"imap-login: (?:Info: )?Login:", server.said()))
