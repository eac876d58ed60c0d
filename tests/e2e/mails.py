"""Mails, and how they are handed to the daemon: by a client that tells what it was answered."""

import smtplib
import threading
from dataclasses import dataclass
from uuid import uuid4

from tests.e2e.harness import MAILBOX


@dataclass(frozen=True, slots=True)
class Answer:
    """What the daemon said to a mail; by LMTP once for every recipient."""

    code: int
    text: str

    @property
    def spool_id(self) -> int:
        """The number under which the mail was accepted."""
        assert self.code == 250, self
        return int(self.text.split()[1])


def a_mail(
    subject: str = "The oven is cold",
    *,
    sender: str,
    text: str = "It has been so since the morning.",
    message_id: str | None = None,
    extra: tuple[str, ...] = (),
) -> bytes:
    """A mail with a Message-ID of its own; `extra` are whole header lines."""
    lines = [
        f"From: {sender}",
        f"To: {MAILBOX}",
        f"Subject: {subject}",
        "Date: Sat, 21 Nov 2026 09:00:00 +0100",
        f"Message-ID: {message_id or f'<{uuid4().hex}@client.example>'}",
        *extra,
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "",
        *text.splitlines(),
    ]
    return "".join(f"{line}\r\n" for line in lines).encode()


def send(port: int, raw: bytes, *, sender: str, to: str = MAILBOX, timeout: float = 60) -> Answer:
    """Hand a mail over by SMTP."""
    with smtplib.SMTP("127.0.0.1", port, local_hostname="client.example", timeout=timeout) as client:
        client.ehlo()
        return say(client, raw, sender=sender, to=to)


def say(client: smtplib.SMTP, raw: bytes, *, sender: str, to: str = MAILBOX) -> Answer:
    """One mail in a session that is open."""
    code, text = client.mail(sender)
    if code == 250:
        code, text = client.rcpt(to)
    if code == 250:
        try:
            code, text = client.data(raw)
        except smtplib.SMTPDataError as error:
            code, text = error.smtp_code, error.smtp_error if isinstance(error.smtp_error, bytes) else b""
    return Answer(code, text.decode())


def send_locally(path: str, raw: bytes, *, sender: str, to: tuple[str, ...] = (MAILBOX,)) -> list[Answer]:
    """Hand a mail over by LMTP; one answer for each recipient."""
    with smtplib.LMTP(path, timeout=60) as client:
        client.ehlo("client.example")
        client.mail(sender)
        for each in to:
            assert client.rcpt(each)[0] == 250
        answers = [client.data(raw), *(client.getreply() for _ in to[1:])]
        return [Answer(code, text.decode()) for code, text in answers]


def at_once(*mails: tuple[int, bytes, str], to: str = MAILBOX) -> list[Answer]:
    """Hand over each mail, given as port, bytes and sender, at the same moment; the answers in the same order."""
    start = threading.Barrier(len(mails))
    answers: dict[int, Answer] = {}

    def one(number: int, port: int, raw: bytes, sender: str) -> None:
        start.wait()
        answers[number] = send(port, raw, sender=sender, to=to)

    threads = [threading.Thread(target=one, args=(number, *mail)) for number, mail in enumerate(mails)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [answers[number] for number in range(len(mails))]
