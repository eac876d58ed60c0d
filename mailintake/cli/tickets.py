"""`mailintake tickets`: what is open, what was said, and what becomes of it."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailintake.cli.common import ConfigOption, JsonOption, load, looking, print_json, reading, shown
from mailintake.domain.ticket import LARGEST_NUMBER, Status
from mailintake.errors import UsageError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mailintake.config import Configuration
    from mailintake.domain.sla import Clock
    from mailintake.domain.ticket import Ticket

app = typer.Typer(help="What is open, what was said, and what becomes of it.")

Number = Annotated[int, typer.Argument(help="The ticket's number.", min=1, max=LARGEST_NUMBER)]


@app.command("list")
def list_(
    config: ConfigOption,
    as_json: JsonOption = False,
    only_open: Annotated[bool, typer.Option("--open", help="Not those closed, merged, spam or refused.")] = False,
    limit: Annotated[int, typer.Option(help="How many, the newest first.", min=1)] = 50,
) -> None:
    """List tickets with what is promised next."""
    from mailintake.cli import ticket_view
    from mailintake.domain.ticket import BALL, Ball
    from mailintake.storage import tickets

    besides = [status for status, ball in BALL.items() if ball is Ball.NOBODY] if only_open else []
    with reading(config) as (configuration, database), database.reading() as connection:
        found = _with_clocks(connection, tickets.latest(connection, limit=limit, besides=besides))
    if as_json:
        print_json([ticket_view.row(ticket, clocks) for ticket, clocks in found])
    else:
        ticket_view.show_list(found, configuration.desk.statuses)


@app.command()
def show(config: ConfigOption, number: Number, as_json: JsonOption = False) -> None:
    """Show a ticket: its messages, its promises, and how everything was decided."""
    from mailintake.cli import ticket_view
    from mailintake.storage import journal, messages, outbox, tickets

    with reading(config) as (configuration, database), database.reading() as connection:
        ((ticket, clocks),) = _with_clocks(connection, [_there(tickets.get(connection, number), number)])
        written = messages.of_ticket(connection, number)
        lines = journal.of_ticket(connection, number)
        letters = outbox.of_ticket(connection, number)
    if as_json:
        more = {"messages": written, "journal": lines, "letters": letters}
        print_json(ticket_view.full(ticket, clocks) | more)
        return
    ticket_view.show(ticket, clocks, configuration.desk.statuses)
    ticket_view.show_messages(written)
    ticket_view.show_journal(lines, letters)


@app.command()
def why(config: ConfigOption, number: Number, as_json: JsonOption = False) -> None:
    """Show how each mail of a ticket was decided, and by which rules.

    Where the configuration is still the same, every rule is asked again: which matched, and of each other one the
    condition that failed.
    """
    from mailintake.cli import why as answers

    answers.show(config, number, as_json=as_json)


@app.command()
def answered(config: ConfigOption, number: Number) -> None:
    """Record that the customer has been answered by another way: the clock stops now."""
    _operate(load(config), "answered", number)
    print(f"Ticket {number} is answered.")


@app.command()
def sort(
    config: ConfigOption,
    number: Number,
    priority: Annotated[str | None, typer.Option(help="Its priority.")] = None,
    category: Annotated[str | None, typer.Option(help="Its category; keeps the priority within its range.")] = None,
    topic: Annotated[str | None, typer.Option(help="Its topic; brings its own level and priority along.")] = None,
    level: Annotated[str | None, typer.Option(help="Its level.")] = None,
) -> None:
    """Sort a ticket anew: its clocks follow, without granting time or making it late in hindsight."""
    traits = {"priority": priority, "category": category, "topic": topic, "level": level}
    said = {trait: word for trait, word in traits.items() if word}
    if not said:
        raise UsageError("say what the ticket is: --priority, --category, --topic or --level")
    _operate(load(config), "sort", number, **said)
    print(f"Ticket {number} is sorted.")


@app.command()
def hold(
    config: ConfigOption,
    number: Number,
    internal: Annotated[bool, typer.Option("--internal", help="For another team of our own.")] = False,
    external: Annotated[bool, typer.Option("--external", help="For somebody else.")] = False,
) -> None:
    """Put a ticket on hold, for a team of our own or for somebody else: the desk says whether its clocks stand."""
    if internal == external:
        raise UsageError("say for whom the ticket is on hold: either --internal or --external")
    _operate(load(config), "move", number, to=Status.HOLD, hold="internal" if internal else "external")
    print(f"Ticket {number} is on hold.")


@app.command()
def wait(config: ConfigOption, number: Number) -> None:
    """Let a ticket wait for its customer."""
    _move(config, number, Status.WAITING)


@app.command()
def solve(config: ConfigOption, number: Number) -> None:
    """Solve a ticket; where the desk goes without that, close it."""
    _move(config, number, Status.SOLVED)


@app.command()
def close(config: ConfigOption, number: Number) -> None:
    """Close a ticket for good: mail for it opens another one."""
    _move(config, number, Status.CLOSED)


@app.command()
def reopen(config: ConfigOption, number: Number) -> None:
    """Open a ticket again that waits, is on hold, or was solved, refused or taken for spam."""
    _move(config, number, Status.OPEN)


@app.command()
def spam(config: ConfigOption, number: Number) -> None:
    """Call a ticket spam: nothing is promised for it any more."""
    _move(config, number, Status.SPAM)


@app.command("not-spam")
def not_spam(config: ConfigOption, number: Number) -> None:
    """Take back that a ticket is spam."""
    _move(config, number, Status.OPEN, only_from=Status.SPAM)


@app.command()
def refuse(config: ConfigOption, number: Number) -> None:
    """Refuse a ticket: nothing is promised for it any more."""
    _move(config, number, Status.REFUSED)


@app.command()
def promote(
    config: ConfigOption, mail: Annotated[int, typer.Argument(help="The mail's number.", min=1, max=LARGEST_NUMBER)]
) -> None:
    """Take in a mail that was refused: its ticket counts from now."""
    from mailintake.cli.writing import writer

    with writer(load(config)) as hand:
        if not hand.operate("mail-promote", mail):
            raise UsageError(f"there is no mail {mail} that was refused")
    print(f"Mail {mail} is taken in.")


@app.command()
def escalate(
    config: ConfigOption,
    number: Number,
    to: Annotated[str, typer.Option(help="To this level [default: the next one].", show_default=False)] = "",
) -> None:
    """Hand a ticket one level up, or to the level named, and tell its people."""
    _operate(load(config), "escalate", number, **({"to": to} if to else {}))
    print(f"Ticket {number} is escalated.")


@app.command()
def merge(
    config: ConfigOption,
    number: Number,
    into: Annotated[int, typer.Option(help="The ticket in which it goes on.", min=1, max=LARGEST_NUMBER)],
) -> None:
    """Merge a ticket into another of the same customer: its messages move, its own promises are void."""
    _operate(load(config), "merge", number, into=str(into))
    print(f"Ticket {number} goes on in ticket {into}.")


@app.command()
def split(
    config: ConfigOption,
    number: Number,
    messages: Annotated[
        list[int], typer.Option("--message", help="A message's number; may be said again.", min=1, max=LARGEST_NUMBER)
    ],
) -> None:
    """Make some messages of a ticket a request of their own, counted from when the first one came."""
    from mailintake.storage import journal

    configuration = load(config)
    _operate(configuration, "split", number, messages=",".join(map(str, messages)))
    with looking(configuration) as database, database.reading() as connection:
        lines = [line for line in journal.of_ticket(connection, number) if line["event"] == "split"]
    print(f"Ticket {lines[-1]['detail']['to']} holds them now.")


@app.command()
def forgive(config: ConfigOption, number: Number) -> None:
    """Leave the breaches of a ticket so far out of account; that they happened stays recorded."""
    _operate(load(config), "forgive", number)
    print(f"The breaches of ticket {number} so far are forgiven.")


def _move(directory: Path, number: int, to: Status, *, only_from: Status | None = None) -> None:
    from mailintake.cli import ticket_view
    from mailintake.storage import tickets

    configuration = load(directory)
    words = configuration.desk.statuses
    if only_from is not None:
        with looking(configuration) as database, database.reading() as connection:
            before = _there(tickets.get(connection, number), number)
        if before.status is not only_from:
            raise UsageError(f"ticket {number} is {ticket_view.status_words(before, words)}, not {only_from.value}")
    _operate(configuration, "move", number, to=to)
    with looking(configuration) as database, database.reading() as connection:
        after = _there(tickets.get(connection, number), number)
    print(f"Ticket {number}: {shown(ticket_view.status_words(after, words))}")


def _operate(configuration: "Configuration", name: str, number: int, **words: str) -> None:
    """Have an operation done; UsageError if there is no such ticket, or it cannot be."""
    from mailintake.cli.writing import writer

    with writer(configuration) as hand:
        if not hand.operate(f"tickets-{name}", number, words):
            other = words.get("into")
            raise UsageError(f"there is no ticket {number}" + (f", or no ticket {other}" if other else ""))


def _there(ticket: "Ticket | None", number: int) -> "Ticket":
    if ticket is None:
        raise UsageError(f"there is no ticket {number}")
    return ticket


def _with_clocks(connection: "Connection", found: "Sequence[Ticket]") -> "list[tuple[Ticket, list[Clock] | None]]":
    """Tickets, each with its clocks, None where one cannot be read."""
    from mailintake.cli.stored_clocks import readable

    clocks = readable(connection, [ticket.id for ticket in found])
    return [(ticket, clocks.get(ticket.id)) for ticket in found]
