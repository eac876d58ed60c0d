"""The mail programs of the demo's people: what they send, and the letters that they find."""

import smtplib
from collections.abc import Mapping
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path

MAILS = Path(__file__).parent / "mails"


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter of the desk's, as it was delivered."""

    mail: EmailMessage

    @property
    def to(self) -> str:
        """Whose it is."""
        return parseaddr(str(self.mail["To"]))[1]

    @property
    def text(self) -> str:
        """What the reader sees, without the HTML twin."""
        body = self.mail.get_body(("plain",))
        return str(body.get_content()) if body else ""


class Programs:
    """Sends by the door at `port`, and reads the Maildir `outgoing` into which the desk delivers its letters."""

    def __init__(self, outgoing: Path, port: int) -> None:
        self._outgoing = outgoing
        self._port = port

    def letters(self) -> list[Letter]:
        """All letters so far, the oldest first."""
        paths = sorted((self._outgoing / "new").glob("*"), key=lambda path: path.stat().st_mtime_ns)
        parsed = (message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths)
        return [Letter(mail) for mail in parsed]

    def send(self, name: str, *, answers: str = "") -> int:
        """Send a mail, the number it is accepted under; `answers` is to whom the letter went that it replies to."""
        words = self._words(answers) if answers else {}
        raw = (MAILS / name).read_bytes()
        for word, value in words.items():
            raw = raw.replace(b"{%s}" % word.encode(), value.encode())
        mail = message_from_bytes(raw, policy=policy.compat32)
        with smtplib.SMTP("127.0.0.1", self._port) as client:
            client.helo("demo.example")
            client.mail(parseaddr(mail["From"])[1])
            client.rcpt(parseaddr(mail["To"])[1])
            _, answer = client.data(raw)
        return int(answer.split()[-1])

    def _words(self, reader: str) -> Mapping[str, str]:
        """What a program takes over from the newest letter to somebody."""
        newest = next(letter for letter in reversed(self.letters()) if letter.to == reader)
        return {
            "message_id": str(newest.mail["Message-ID"]),
            "references": f"{newest.mail['References']} {newest.mail['Message-ID']}",
            "subject": str(newest.mail["Subject"]),
            "reply_to": str(newest.mail["Reply-To"]),
            "quote": "\n".join(f"> {line}" for line in newest.text.rstrip().split("\n")),
        }
