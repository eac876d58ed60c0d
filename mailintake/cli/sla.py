"""`mailintake sla`: the arithmetic of promises."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BufferedReader
from pathlib import Path
from typing import Annotated, Literal, cast

import typer

from mailintake.cli.common import ConfigOption, JsonOption, default_config, print_json, print_table, reading
from mailintake.domain.ticket import LARGEST_NUMBER
from mailintake.errors import PermanentError, UsageError

app = typer.Typer(help="When promises are due, and why.")

DeskOption = Annotated[
    Path | None, typer.Option("--config", "-c", help="A desk file, or a directory with desk.yaml.", show_default=False)
]
Promise = Literal["first_response", "next_response", "resolution"]


@app.command()
def due(
    as_json: JsonOption = False,
    config: DeskOption = None,
    plan: Annotated[str | None, typer.Option(help="Ask what this plan of the desk promises.")] = None,
    received: Annotated[str | None, typer.Option(help="When the request came: 2026-03-06T18:30Z.")] = None,
    priority: Annotated[str | None, typer.Option(help="Its priority [default: the desk's].")] = None,
    category: Annotated[str | None, typer.Option(help="Its category [default: the desk's].")] = None,
    topic: Annotated[str | None, typer.Option(help="Its topic [default: the desk's].")] = None,
    level: Annotated[str | None, typer.Option(help="Its level [default: the topic's, or the bottom one].")] = None,
    region: Annotated[str | None, typer.Option(help="The region of the contract.")] = None,
    metric: Annotated[Promise | None, typer.Option(help="What is promised [default: first_response].")] = None,
) -> None:
    """Compute due times.

    With --plan: when a request that came at --received is due under the desk's plan. Without: of calendars, reading a
    JSON object a line from standard input (calendar, start, target, pauses) and answering each with a line.
    """
    traits = {"priority": priority, "category": category, "topic": topic, "level": level}
    said = {trait: word for trait, word in traits.items() if word}
    if plan is None:
        needless = {**said, "config": config, "received": received, "region": region, "metric": metric}
        if lonely := next((option for option, value in needless.items() if value), None):
            raise UsageError(f"--{lonely} needs --plan: whose promise?")
        if not as_json:
            raise UsageError(
                "say --json: one JSON object a line on standard input, one answer a line; or name a --plan"
            )
        _answer_lines()
        return
    from mailintake.cli import promises
    from mailintake.domain.target import Metric

    request = promises.Request(plan, _instant(received), said, region, Metric(metric or "first_response"))
    answer = promises.promised(promises.desk_at(config or default_config()), request)
    if as_json:
        print_json(answer, on_one_line=True)
    else:
        print_table(("", ""), ((key.replace("_", " "), value) for key, value in answer.items()), empty="")


@app.command()
def explain(
    config: ConfigOption,
    number: Annotated[int, typer.Argument(help="The ticket's number.", min=1, max=LARGEST_NUMBER, metavar="TICKET")],
    as_json: JsonOption = False,
) -> None:
    """Show what each clock of a ticket has counted, stretch by stretch and day by day."""
    from mailintake import resources
    from mailintake.cli import clock_view
    from mailintake.cli.stored_clocks import UNREADABLE, readable
    from mailintake.storage import tickets

    with reading(config) as (_, database), database.reading() as connection:
        if tickets.get(connection, number) is None:
            raise UsageError(f"there is no ticket {number}")
        found = readable(connection, [number]).get(number)
    if found is None:
        raise PermanentError(f"ticket {number}: {UNREADABLE}")
    now = resources.now()
    if as_json:
        print_json({"ticket": number, "clocks": [clock_view.explained(clock, now=now) for clock in found]})
        return
    if not found:
        print(f"Nothing was promised for ticket {number}.")
    for clock in found:
        clock_view.show(clock, now=now)


@app.command()
def recalculate(
    config: ConfigOption,
    numbers: Annotated[
        list[int] | None,
        typer.Argument(
            help="Tickets [default: all].", min=1, max=LARGEST_NUMBER, metavar="[TICKET]...", show_default=False
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only compare stored clocks with the journal.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Bring tickets under what the configuration promises today.

    With --dry-run nothing is written: clocks are computed once more from the journal, and must be those that are
    stored (exit status 1 if any differs).
    """
    from mailintake.cli import recalculation_view

    if not dry_run:
        recalculation_view.renew(config, numbers or [], as_json=as_json)
    elif not recalculation_view.prove(config, numbers or [], as_json=as_json):
        raise typer.Exit(1)


def _answer_lines() -> None:
    from mailintake.domain.due_line import answer

    for lines in _batches(cast("BufferedReader", sys.stdin.buffer)):
        sys.stdout.write("".join(f"{answer(line)}\n" for line in lines if line.strip()))
        sys.stdout.flush()  # whoever asks line by line waits for the answer


def _batches(stream: BufferedReader) -> Iterator[list[bytes]]:
    """The lines of a stream, as many at a time as have come."""
    begun: list[bytes] = []
    while chunk := stream.read1(1 << 16):
        whole, newline, rest = chunk.rpartition(b"\n")
        if newline:
            yield b"".join((*begun, whole)).split(b"\n")
            begun = []
        begun.append(rest)
    yield [b"".join(begun)]


def _instant(text: str | None) -> datetime:
    if text is None:
        raise UsageError("name with --received when the request came, such as 2026-03-06T18:30Z")
    try:
        moment = datetime.fromisoformat(text)
        in_utc = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise UsageError(f"`{text}` is no instant such as 2026-03-06T18:30Z") from None
    if moment.tzinfo is None:
        raise UsageError(
            f"--received must name its offset, such as 2026-03-06T18:30Z or 2026-03-06T19:30+01:00: `{text}`"
        )
    return in_utc
