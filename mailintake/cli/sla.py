"""`mailintake sla`: the arithmetic of promises."""

import sys

import typer

from mailintake.cli.common import JsonOption
from mailintake.errors import UsageError

app = typer.Typer()


@app.callback()
def _group() -> None:
    # without a callback typer would make the group's only command the group itself
    """Compute due times."""


@app.command()
def due(as_json: JsonOption = False) -> None:
    """Compute due times.

    Reads a JSON object a line from standard input (calendar, start, target, pauses) and answers each with a line.
    """
    from mailintake.domain.due_line import answer

    if not as_json:
        raise UsageError("say --json: one JSON object a line on standard input, one answer a line")
    for line in sys.stdin.buffer:
        if line.strip():
            print(answer(line.decode("utf-8", "replace")))
