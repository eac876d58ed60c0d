"""The five desks of `config/examples`, each as a daemon that takes it for whatever time a test says."""

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

from tests.e2e.harness import MAILDIR, MANY_LETTERS, ROOT, Desk, eventually
from tests.e2e.mails import Answer, send
from tests.integration.intake.example import at

WORDS = "It has been so since the morning, and it should not be."
__all__ = ["ExampleDesk", "at"]


class ExampleDesk(Desk):
    """A desk as it is shipped, but for the host it runs on; `changes` are words of its desk.yaml, with what is said
    in their place.
    """

    def __init__(
        self, home: Path, *, name: str, host: str = MAILDIR + MANY_LETTERS, changes: Sequence[tuple[str, str]] = ()
    ) -> None:
        super().__init__(home, host=host)
        for file in ("desk.yaml", "accounts.yaml", "rules.yaml"):
            shutil.copy(ROOT / "config" / "examples" / name / file, self.config / file)
        path = self.config / "desk.yaml"
        for old, new in changes:
            text = path.read_text()
            assert text.count(old) == 1, old
            path.write_text(text.replace(old, new))
        self.number = 0
        self.started_at: datetime | None = None

    def be_at(self, moment: datetime) -> None:
        """Start, or start again, so that it is this moment now; but for a desk that was started so, and still runs."""
        if self.process is not None:
            if moment == self.started_at:
                return
            assert self.stop() == 0
        self.started_at = moment
        ahead = (moment - datetime.now(UTC)).total_seconds()
        self.start(module="tests.e2e.timely_daemon", wrapper=("env", f"TIMELY_DAEMON={ahead}"))

    def write(self, sender: str, to: str, subject: str, text: str = WORDS) -> Answer:
        """Somebody sends a mail."""
        return send(self.port, self.mail(sender, to, subject, text), sender=sender, to=to)

    def mail(self, sender: str, to: str, subject: str, text: str = WORDS) -> bytes:
        """A mail in bytes."""
        self.number += 1
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = sender, to, subject
        message["Message-ID"] = f"<{self.number}@client.example>"
        message.set_content(text)
        return message.as_bytes()

    def reply(self, letter: EmailMessage, sender: str, text: str) -> Answer:
        """Somebody answers a letter as mail programs do."""
        return self.write(sender, str(letter["Reply-To"]), f"Re: {letter['Subject']}", text)

    def became(self, answer: Answer) -> tuple[str, str, int]:
        """Outcome, reason and ticket of an accepted mail, as soon as it is settled; 0 for no ticket."""
        query = "SELECT outcome, reason, coalesce(ticket_id, 0) FROM spool WHERE id = :id AND state <> 'waiting'"
        ((outcome, reason, ticket),) = eventually(
            lambda: self.rows(query, id=answer.spool_id), what=f"{answer} is settled"
        )
        return outcome, reason, ticket

    def ticket(self, number: int) -> tuple[str, str]:
        """Status of a ticket, and for what it waits."""
        ((status, pending),) = self.rows("SELECT status, pending FROM ticket WHERE id = :id", id=number)
        return status, pending

    def letter_of(self, template: str, to: str) -> EmailMessage:
        """The one letter of this kind to this address, as soon as it has left."""
        query = "SELECT message_id FROM outbox WHERE template = :template AND recipient = :to AND state = 'sent'"
        ((number,),) = eventually(lambda: self.rows(query, template=template, to=to), what=f"{template} for {to}")
        (letter,) = [each for each in self.letters_to(to) if each["Message-ID"] == number]
        return letter

    def letters_of(self, to: str, *templates: str) -> list[EmailMessage]:
        """The letters of these kinds to this address that have left."""
        query = "SELECT message_id, template FROM outbox WHERE recipient = :to AND state = 'sent'"
        wanted = {number for number, template in self.rows(query, to=to) if template in templates}
        return [each for each in self.letters_to(to) if each["Message-ID"] in wanted]

    def says(self, template: str, to: str) -> str:
        """Its words, parted by single spaces."""
        body = self.letter_of(template, to).get_body(("plain",))
        assert body is not None
        return " ".join(body.get_content().split())
