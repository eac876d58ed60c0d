"""What commands share: where the configuration is, how to write, how to print."""

import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailintake.errors import UsageError

if TYPE_CHECKING:
    from mailintake.config import Configuration
    from mailintake.domain.mail import ParsedMessage
    from mailintake.storage.engine import Database

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
_FIXED_ZONE = re.compile(r"Etc/GMT([+-])(\d{1,2})")
_ACTS_IN_JSON = re.compile(r"[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")


def default_config() -> Path:
    """Where the configuration is unless somebody says otherwise."""
    if named := os.environ.get("MAILINTAKE_CONFIG"):
        return Path(named)
    here = Path("config")
    return here if (here / "mailintake.yaml").exists() else Path("/etc/mailintake")


ConfigOption = Annotated[
    Path,
    typer.Option(
        "--config",
        "-c",
        default_factory=default_config,
        show_default="$MAILINTAKE_CONFIG, ./config or /etc/mailintake",
        help="Directory with mailintake.yaml, desk.yaml, accounts.yaml and rules.yaml.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def load(directory: Path) -> "Configuration":
    """The checked configuration; ConfigError lists all that is wrong."""
    from mailintake import config

    if not directory.is_dir():
        raise UsageError(f"no configuration directory {directory}: name one with --config, or make one with `init`")
    return config.load(directory)


@contextmanager
def reading(directory: Path) -> "Iterator[tuple[Configuration, Database]]":
    """The configuration and its database, for commands that only look."""
    configuration = load(directory)
    with looking(configuration) as database:
        yield configuration, database


@contextmanager
def looking(configuration: "Configuration") -> "Iterator[Database]":
    """The database of this configuration, to look at."""
    from mailintake import resources
    from mailintake.storage import schema
    from mailintake.storage.engine import Database

    path = configuration.host.database.path
    with TemporaryDirectory(prefix="mailintake-") as empty:
        # Before the first start there is nothing to see, and looking must not make a database.
        is_new = path is not None and not path.exists()
        database = Database(f"sqlite:///{empty}/none.db") if is_new else resources.open_database(configuration.host)
        try:
            if is_new:
                schema.upgrade(database)
            schema.require_current(database)
            yield database
        finally:
            database.close()


def return_path_of(message: "ParsedMessage") -> str:
    """The return path that a local MTA wrote on top of a mail, else the author; "" is the null one."""
    written = message.header("return-path")
    if written is not None:
        return written.strip().strip("<>")
    return message.from_.address if message.from_ else ""


def print_json(value: object, *, on_one_line: bool = False) -> None:
    """One JSON document; instants as ISO 8601 UTC, and nothing that would act on a terminal."""
    text = json.dumps(value, ensure_ascii=False, indent=None if on_one_line else 2, default=_plain)
    print(_ACTS_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text))


def print_raw(parts: Iterable[bytes]) -> None:
    """Bytes as they are, but on a terminal with all that would act on it written out."""
    for part in parts:
        if sys.stdout.isatty():
            text = part.decode("utf-8", "backslashreplace").replace("\r\n", "\n")
            sys.stdout.write(
                _CONTROL.sub(lambda found: found[0] if found[0] in "\n\t" else ascii(found[0])[1:-1], text)
            )
        else:
            sys.stdout.buffer.write(part)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
    """A table for people, or the sentence `empty`; a list in a cell is shown line by line."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns, box=None, pad_edge=False, header_style="bold", show_header=any(columns))
    for row in rows:
        table.add_row(*(Text(_lines(cell), overflow="fold") for cell in row))
    Console().print(table if table.row_count else empty)


def _lines(value: object) -> str:
    return "\n".join(map(shown, value)) if isinstance(value, list) else shown(value)


def shown(value: object) -> str:
    """A value in one line that cannot move the cursor or hide what stands behind it."""
    if value is None:
        return "–"
    if isinstance(value, datetime):
        return value.astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")
    return _CONTROL.sub(" ", str(value))


def zone_shown(name: str) -> str:
    """A zone for people: `Etc/GMT-2` is two hours ahead, so it is shown as UTC+2."""
    if found := _FIXED_ZONE.fullmatch(name):
        return f"UTC{'-' if found[1] == '+' else '+'}{found[2]}"
    return name


def _plain(value: object) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
