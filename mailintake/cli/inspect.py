"""`mailintake inspect`: what the parser sees in a mail."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from mailintake.cli.common import JsonOption, print_table

Files = Annotated[list[Path], typer.Argument(help="Mail files.", show_default=False)]


def inspect(files: Files, as_json: JsonOption = False) -> None:
    """Show how mails are read.

    With --json, one object per file and line, in order, whatever the files hold. Exit status 2 if one was no file.
    """
    unread = 0
    for path in files:
        seen = _seen(path)
        unread += not path.is_file()
        if as_json:
            _write(json.dumps(seen, ensure_ascii=False))
        else:
            print_table(("", ""), ((key, _short(value)) for key, value in seen.items()), empty="")
    if unread:
        raise typer.Exit(2)


def _write(line: str) -> None:
    """In UTF-8 whatever the terminal speaks; bytes of a file name that are no letters become JSON's escapes."""
    sys.stdout.flush()
    sys.stdout.buffer.write(line.encode("utf-8", "backslashreplace") + b"\n")


def _seen(path: Path) -> dict[str, object]:
    from mailintake.parsing.parser import parse, parse_headers_only
    from mailintake.parsing.report import as_json, envelope_of
    from mailintake.screening import screen

    try:
        raw = path.read_bytes()
    except OSError as trouble:
        return as_json(None, None, file=str(path), error=trouble.strerror or str(trouble))
    error = None
    try:
        message = parse(raw)
    except Exception as trouble:  # noqa: BLE001 - one bad file must not end the others
        message, error = parse_headers_only(raw), f"{type(trouble).__name__}: {trouble}"
    screening = screen(message, envelope_of(message), own_addresses=frozenset(), loop_mark="")
    return as_json(message, screening, file=str(path), error=error)


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 400 else f"{text[:400]} … ({len(text)} characters)"
