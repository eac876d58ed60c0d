"""`mailintake demo`: a short day at a support desk, played against a fresh daemon with real mails."""

import asyncio
import logging
import smtplib
import tempfile
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from email import message_from_bytes
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mailintake.cli.common import shown

if TYPE_CHECKING:
    from rich.console import Console

    from mailintake.config import Configuration
    from mailintake.storage.engine import Database

MAILS = Path(__file__).parent / "mails"
PATIENCE_SECONDS = 30
_ALWAYS_THE_SAME = {"sender", "authentication", "mailbox", "contract"}  # on this day


@dataclass(frozen=True, slots=True)
class _Seen:
    title: str
    outcome: str
    reason: str
    ticket: int | None
    why: list[list[str]]


def demo() -> None:
    """Play a short day at a desk.

    A case, a reply, a stranger, an out-of-office, a picture, a broken mail, and seats.
    """
    import uvloop
    from rich.console import Console

    from mailintake import config, resources
    from mailintake.cli import logs

    logs.configure(level=logging.WARNING)
    console = Console()
    starter = config.load(resources.shipped("config"))
    with tempfile.TemporaryDirectory(prefix="mailintake-demo-") as directory:
        uvloop.run(_play(_in(Path(directory), starter), console))
    console.print("\nEverything of this day is gone again. `mailintake serve` runs one that stays.")


def _in(directory: Path, starter: "Configuration") -> "Configuration":
    from mailintake.config.host import Database
    from mailintake.config.outgoing import Outgoing

    host = starter.host
    return replace(
        starter,
        host=replace(
            host,
            state=directory,
            database=Database(path=directory / "mailintake.db"),
            control=directory / "mailintake.sock",
            outgoing=Outgoing(maildir=directory / "outgoing"),
            listeners=tuple(replace(listener, port=0) for listener in host.listeners[:1]),
        ),
    )


async def _play(configuration: "Configuration", console: "Console") -> None:
    from mailintake.daemon import Daemon

    outgoing = configuration.host.outgoing.maildir
    assert outgoing is not None
    async with AsyncExitStack() as stack:
        daemon = Daemon(configuration, stack)
        await daemon.start()
        console.rule(f"[bold]A day at {configuration.desk.name}[/], {daemon.listening}")
        words: dict[str, str] = {}
        seen = []
        for path in sorted(MAILS.glob("*.eml")):
            number = await asyncio.to_thread(_send, path, words, daemon.ports[0])
            seen.append(await _settled(daemon.database, path, number))
            if not words:
                words = await _letter(outgoing, "ana@bakery.example")
        await _until(lambda: daemon.database.read(_letters_left), 0)
        _show_mails(console, seen)
        _show_tickets(console, await daemon.database.read(_tickets))
        _show_letters(console, outgoing)


def _send(path: Path, words: dict[str, str], port: int) -> int:
    raw = path.read_bytes()
    for word, value in words.items():
        raw = raw.replace(b"{%s}" % word.encode(), value.encode())
    sender = message_from_bytes(raw)["From"].rpartition("<")[2].rstrip(">")
    with smtplib.SMTP("127.0.0.1", port) as client:
        client.helo("demo.example")
        client.mail(sender)
        client.rcpt("support@desk.example")
        _, answer = client.data(raw)
    return int(answer.split()[-1])


async def _settled(database: "Database", path: Path, number: int) -> _Seen:
    from mailintake.storage import journal, spool

    def look(connection: Any) -> _Seen | None:
        entry = spool.get(connection, number)
        lines = journal.of_mail(connection, number)
        if entry is None or entry.outcome is None:
            return None
        trace: Any = lines[-1]["detail"]
        title = path.stem.partition("-")[2].replace("-", " ")
        return _Seen(title, entry.outcome, entry.reason or "", entry.ticket_id, trace.get("trace", []))

    seen: _Seen = await _until(lambda: database.read(look))
    return seen


async def _letter(outgoing: Path, recipient: str) -> dict[str, str]:
    def look() -> dict[str, str] | None:
        for letter in _letters(outgoing):
            if letter["To"] and recipient in letter["To"]:
                return {"message_id": letter["Message-ID"], "subject": letter["Subject"]}
        return None

    words: dict[str, str] = await _until(lambda: asyncio.to_thread(look))
    return words


async def _until(look: Any, wanted: object = None) -> Any:
    # Polls because it plays the customer, who cannot see inside either.
    for _ in range(PATIENCE_SECONDS * 20):
        found = await look()
        if found is not None if wanted is None else found == wanted:
            return found
        await asyncio.sleep(0.05)
    raise TimeoutError("the daemon took too long")


def _letters(outgoing: Path) -> Iterator[Any]:
    for path in sorted((outgoing / "new").glob("*"), key=lambda path: path.stat().st_mtime_ns):
        yield message_from_bytes(path.read_bytes())


def _letters_left(connection: Any) -> int:
    from mailintake.storage import outbox

    return len(outbox.listing(connection, states=["queued"], limit=100))


def _tickets(connection: Any) -> list[Any]:
    from mailintake.domain.target import Metric
    from mailintake.storage import clocks, messages, tickets

    found = tickets.latest(connection, limit=50)
    stored = clocks.of_tickets(connection, [each.id for each in found])
    due = {each.ticket_id: each.clock.due for each in stored if each.clock.metric is Metric.FIRST_RESPONSE}
    return [(ticket, messages.of_ticket(connection, ticket.id), due.get(ticket.id)) for ticket in reversed(found)]


def _show_mails(console: "Console", seen: list[_Seen]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(title="What became of each mail, and why", show_lines=True, expand=True, title_justify="left")
    table.add_column("mail", ratio=2)
    table.add_column("became", ratio=2)
    table.add_column("because", ratio=5)
    for mail in seen:
        became = f"{mail.outcome}{f': {mail.reason}' if mail.reason else ''}"
        if mail.ticket:
            became += f"\nticket {mail.ticket}"
        telling = [line for line in mail.why if line[0] not in _ALWAYS_THE_SAME and line[1] not in {"none", "message"}]
        because = "\n".join(f"{check}: {finding}" + (f" – {why}" if why else "") for check, finding, why in telling)
        table.add_row(Text(mail.title), Text(became, style="bold"), Text(because))
    console.print(table)


def _show_tickets(console: "Console", found: list[Any]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table("ticket", "requester", "subject", "answer due", "what was said", title="Tickets", show_lines=True,
                  title_justify="left")  # fmt: skip
    for ticket, messages, answer_due in found:
        said = "\n".join(
            f"{message['author_address']}: {shown(message['reply_text'])}"
            + "".join(f"\n  + {shown(file['filename'])}, {file['size']} bytes" for file in message["attachments"])
            for message in messages
        )
        due = shown(answer_due) if answer_due else "no promise"
        table.add_row(str(ticket.id), Text(shown(ticket.requester)), Text(shown(ticket.subject)), due, Text(said))
    console.print(table)


def _show_letters(console: "Console", outgoing: Path) -> None:
    from email.header import decode_header, make_header

    from rich.panel import Panel
    from rich.table import Table
    from rich.text import Text

    table = Table("letter to", "subject", title="Letters that left", title_justify="left")
    first = None
    for letter in _letters(outgoing):
        first = first or letter
        table.add_row(
            Text(shown(letter["To"])), Text(" ".join(shown(make_header(decode_header(letter["Subject"]))).split()))
        )
    console.print(table)
    if first is not None:
        plain = next(part for part in first.walk() if part.get_content_type() == "text/plain")
        words = plain.get_payload(decode=True).decode()
        console.print(Panel(Text(words), title="The first of them", title_align="left"))
