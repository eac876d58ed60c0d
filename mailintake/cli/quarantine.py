"""`mailintake quarantine`: mail that waits for a person."""

from typing import TYPE_CHECKING, Annotated

import typer

from mailintake.cli.common import (
    ConfigOption,
    JsonOption,
    load,
    print_json,
    print_raw,
    print_table,
    reading,
)
from mailintake.domain.ticket import LARGEST_NUMBER
from mailintake.errors import UsageError

if TYPE_CHECKING:
    from mailintake.storage.spool import Entry

app = typer.Typer(help="Mail that waits for a person.")

Number = Annotated[int, typer.Argument(help="The mail's number.", min=1, max=LARGEST_NUMBER)]


LATEST = 50
NOTHING = {False: "Nothing is in quarantine.", True: "Nothing was refused."}


@app.command("list")
def list_(
    config: ConfigOption,
    as_json: JsonOption = False,
    only_refused: Annotated[
        bool, typer.Option("--refused", help="The newest of those refused instead, for `tickets promote`.")
    ] = False,
) -> None:
    """List what is held or could not be read, and why."""
    from mailintake.storage import refused, spool

    with reading(config) as (_, database), database.reading() as connection:
        found = refused.latest(connection, limit=LATEST) if only_refused else spool.quarantined(connection)
        rows = [_row(entry) for entry in found]
    if as_json:
        print_json(rows)
        return
    columns = ("id", "outcome", "reason", "return_path", "size", "attempts", "ticket", "received_at")
    print_table(columns, ([row[name] for name in columns] for row in rows), empty=NOTHING[only_refused])


@app.command()
def show(config: ConfigOption, number: Number, as_json: JsonOption = False) -> None:
    """Print a mail byte for byte; with --json, what is known about it."""
    from mailintake.storage import journal, raw, spool

    with reading(config) as (_, database), database.reading() as connection:
        entry = spool.get(connection, number)
        if entry is None:
            raise UsageError(f"there is no mail {number}")
        if as_json:
            print_json(_row(entry) | {"journal": journal.of_mail(connection, number)})
            return
        print_raw(raw.parts(connection, entry.digest, entry.size))


@app.command()
def retry(config: ConfigOption, number: Number) -> None:
    """Read a mail again, in full."""
    _operate(config, "quarantine-retry", number)


@app.command()
def release(config: ConfigOption, number: Number) -> None:
    """Let a mail through: what held it no longer counts."""
    _operate(config, "quarantine-release", number)


def _operate(config: ConfigOption, operation: str, number: int) -> None:
    from mailintake.cli.writing import writer

    with writer(load(config)) as hand:
        if not hand.operate(operation, number):
            raise UsageError(f"mail {number} is not in quarantine")
    print(f"Mail {number} will be worked on.")


def _row(entry: "Entry") -> dict[str, object]:
    return {
        "id": entry.id,
        "outcome": entry.outcome,
        "reason": entry.reason,
        "return_path": entry.envelope.return_path,
        "recipients": entry.envelope.recipients,
        "size": entry.size,
        "attempts": entry.attempts,
        "ticket": entry.ticket_id,
        "received_at": entry.reception.at,
        "digest": entry.digest,
    }
