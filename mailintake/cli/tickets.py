"""`mailintake tickets`: what is open, and what was said."""

from typing import Annotated, Any

import typer

from mailintake.cli.common import (
    ConfigOption,
    JsonOption,
    load,
    print_json,
    print_table,
    reading,
    shown,
)
from mailintake.domain.ticket import LARGEST_NUMBER
from mailintake.errors import UsageError

app = typer.Typer(help="What is open, and what was said.")

Number = Annotated[int, typer.Argument(help="The ticket's number.", min=1, max=LARGEST_NUMBER)]


@app.command("list")
def list_(
    config: ConfigOption,
    as_json: JsonOption = False,
    limit: Annotated[int, typer.Option(help="How many, the newest first.", min=1)] = 50,
) -> None:
    """List tickets with what was promised."""
    from mailintake.storage import clocks, tickets

    with reading(config) as (_, database), database.reading() as connection:
        found = tickets.latest(connection, limit=limit)
        promised = {clock.ticket_id: clock for clock in clocks.of_tickets(connection, [each.id for each in found])}
    rows = [_row(ticket, promised.get(ticket.id)) for ticket in found]
    if as_json:
        print_json(rows)
        return
    columns = {"id": "id", "status": "status", "priority": "priority", "account": "account", "requester": "requester",
               "subject": "subject", "due": "answer due", "first_response": "answer"}  # fmt: skip
    print_table(tuple(columns.values()), ([row[name] for name in columns] for row in rows), empty="No tickets.")


@app.command()
def show(config: ConfigOption, number: Number, as_json: JsonOption = False) -> None:
    """Show a ticket: its messages, its promises, and how everything was decided."""
    from mailintake.domain.sla import Metric
    from mailintake.storage import clocks, journal, outbox, tickets

    with reading(config) as (_, database), database.reading() as connection:
        ticket = tickets.get(connection, number)
        if ticket is None:
            raise UsageError(f"there is no ticket {number}")
        clock = clocks.of_ticket(connection, number, Metric.FIRST_RESPONSE)
        messages = tickets.messages(connection, number)
        lines = journal.of_ticket(connection, number)
        letters = outbox.of_ticket(connection, number)
    row = _row(ticket, clock)
    if as_json:
        print_json(row | {"messages": messages, "journal": lines, "letters": letters})
        return
    print_table(("", ""), row.items(), empty="")
    for message in messages:
        print(f"\n── {shown(message['author_address'])}, {shown(message['received_at'])} ({message['kind']})")
        print(*(shown(line) for line in message["reply_text"].splitlines()), sep="\n")
        for file in message["attachments"]:
            print(f"   {shown(file['filename'])}  {file['content_type']}, {file['size']} bytes")
    print()
    print_table(
        ("at", "event", "detail"), ((line["at"], line["event"], _told(line["detail"])) for line in lines), empty=""
    )
    print()
    columns = ("id", "state", "template", "recipient", "settled_at", "last_error")
    print_table(columns, ([letter[name] for name in columns] for letter in letters), empty="No letters.")


@app.command()
def answered(config: ConfigOption, number: Number) -> None:
    """Record that the customer has been answered by another way: the clock stops now."""
    from mailintake.cli.writing import writer

    with writer(load(config)) as hand:
        if not hand.operate("tickets-answered", number):
            raise UsageError(f"there is no ticket {number}")
    print(f"Ticket {number} is answered.")


def _row(ticket: Any, clock: Any) -> dict[str, object]:
    return {
        "id": ticket.id,
        "status": ticket.status.value,
        "priority": ticket.priority,
        "account": ticket.account,
        "plan": ticket.plan,
        "requester": ticket.requester.address,
        "subject": ticket.subject,
        "mailbox": ticket.mailbox,
        "received_at": ticket.received_at,
        "due": clock.promise.due if clock else None,
        "first_response": _standing(clock),
    }


def _standing(clock: Any) -> str:
    if clock is None:
        return "no promise"
    late = ", breached" if clock.breached_at else ""
    return f"{clock.state.value}{late}"


def _told(detail: Any) -> list[str]:
    trace = detail.get("trace")
    if trace is None:
        return [", ".join(f"{key} {value}" for key, value in detail.items())]
    return [f"{check}: {finding}" + (f" ({why})" if why else "") for check, finding, why in trace]
