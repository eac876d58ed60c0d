"""`mailintake demo`: a short day at a support desk, played against a fresh daemon with real mails."""

import asyncio
import logging
import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from mailintake.cli.demo.programs import Letter
    from mailintake.config import Configuration
    from mailintake.storage.engine import Database

ANA, MARIA = "ana@bakery.example", "maria@desk.example"
CASE = (
    ("01-a-customer-writes.eml", ""),
    ("02-an-agent-answers-from-her-phone.eml", MARIA),
    ("03-her-reply-from-a-phone.eml", ANA),
    ("04-the-agent-leaves-a-note.eml", MARIA),
    ("05-the-agent-solves-it.eml", MARIA),
)
"""Mails that belong together; each answers the newest letter to this person."""

OTHERS = (
    ("06-a-stranger-with-her-tag.eml", ANA),
    ("07-out-of-office.eml", ANA),
    ("08-forwarded-with-a-picture.eml", ""),
    ("09-broken.eml", ""),
    ("10-a-colleague-takes-the-free-seat.eml", ""),
    ("11-one-colleague-too-many.eml", ""),
)
PATIENCE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Seen:
    """A mail, what became of it and why, the words taken from it, and the letters that followed."""

    name: str
    sender: str
    outcome: str
    reason: str
    ticket: int | None
    why: list[list[str]]
    said: str
    letters: "list[Letter]"


def demo() -> None:
    """Play a short day at a desk.

    A case between a customer and an agent, who both need nothing but mail; then a stranger, an out-of-office note, a
    picture, a broken mail, and seats.
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
    from mailintake.cli.demo.programs import Programs
    from mailintake.cli.demo.stage import Stage
    from mailintake.daemon import Daemon

    outgoing = configuration.host.outgoing.maildir
    assert outgoing is not None
    async with AsyncExitStack() as stack:
        daemon = Daemon(configuration, stack)
        await daemon.start()
        programs, stage = Programs(outgoing, daemon.ports[0]), Stage(console)
        stage.opens(configuration.desk.name, daemon.listening)
        for name, answers in CASE:
            stage.shows(await _seen(name, answers, programs, daemon.database))
        stage.mailbox_of("Ana", ANA, programs.letters())
        stage.tells_why([await _seen(name, answers, programs, daemon.database) for name, answers in OTHERS])
        stage.lists(await daemon.database.read(_tickets))


async def _seen(name: str, answers: str, programs: Any, database: "Database") -> Seen:
    """A mail is sent, and all that follows from it has happened."""
    known = len(programs.letters())
    number = await asyncio.to_thread(programs.send, name, answers=answers)

    def look(connection: Any) -> Seen | None:
        from mailintake.storage import journal, messages, outbox, spool

        entry = spool.get(connection, number)
        if entry is None or entry.outcome is None or outbox.listing(connection, states=["queued"], limit=1):
            return None
        (judged,) = [line for line in journal.of_mail(connection, number) if "trace" in line["detail"]]
        written = messages.of_ticket(connection, entry.ticket_id) if entry.ticket_id else []
        said = next((each["reply_text"] for each in written if each["spool_id"] == number), "")
        trace = judged["detail"]["trace"]
        return Seen(
            name, entry.envelope.return_path, entry.outcome, entry.reason or "", entry.ticket_id, trace, said, []
        )

    for _ in range(PATIENCE_SECONDS * 20):  # polls because it plays people, who cannot see inside either
        seen = await database.read(look)
        if seen is not None:
            return replace(seen, letters=programs.letters()[known:])
        await asyncio.sleep(0.05)
    raise TimeoutError("the daemon took too long")


def _tickets(connection: Any) -> list[Any]:
    from mailintake.domain.target import Metric
    from mailintake.storage import clocks, tickets

    found = tickets.latest(connection, limit=50)
    stored = clocks.of_tickets(connection, [each.id for each in found])
    first = {each.ticket_id: each.clock for each in stored if each.clock.metric is Metric.FIRST_RESPONSE}
    return [(ticket, first.get(ticket.id)) for ticket in reversed(found)]
