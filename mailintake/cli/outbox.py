"""`mailintake outbox`: letters that wait, left, or failed."""

from typing import Annotated

import typer

from mailintake.cli.common import ConfigOption, JsonOption, load, print_json, print_table, reading
from mailintake.domain.ticket import LARGEST_NUMBER
from mailintake.errors import UsageError

app = typer.Typer(help="Our letters: waiting, failed, sent.")

STATES = ("queued", "failed", "sent", "suppressed")


@app.command("list")
def list_(
    config: ConfigOption,
    as_json: JsonOption = False,
    every: Annotated[bool, typer.Option("--all", help="Also those that left or were withheld.")] = False,
    limit: Annotated[int, typer.Option(help="How many, the newest first.", min=1)] = 50,
) -> None:
    """List letters that wait or failed."""
    from mailintake.storage import outbox

    with reading(config) as (_, database), database.reading() as connection:
        rows = outbox.listing(connection, states=STATES if every else STATES[:2], limit=limit)
    if as_json:
        print_json(rows)
        return
    columns = ("id", "state", "template", "recipient", "ticket_id", "attempts", "created_at", "last_error")
    print_table(columns, ([row[name] for name in columns] for row in rows), empty="No letters wait.")


@app.command()
def retry(
    config: ConfigOption, number: Annotated[int, typer.Argument(help="The letter's number.", min=1, max=LARGEST_NUMBER)]
) -> None:
    """Send a letter that failed or waits, now."""
    from mailintake.cli.writing import writer

    with writer(load(config)) as hand:
        if not hand.operate("outbox-retry", number):
            raise UsageError(f"letter {number} neither failed nor waits")
    print(f"Letter {number} will be sent.")
