"""The people of accounts as files: a table to take away, a part for accounts.yaml, and a list of those to come."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from mailintake.cli.account_view import Person, Source, State
from mailintake.cli.common import shown
from mailintake.config.shapes import listed, nearest
from mailintake.errors import UsageError

LARGEST = 10_000_000
MOST_LINES = 100_000
COLUMNS = ("account", "name", "address", "aliases", "role", "source", "state", "since")
_WANTED = ("account", "address", "name", "role")
_NEEDED = _WANTED[:2]
_SEPARATORS = ",;\t"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody who is to get a seat, as written in this line of a file, which counts from 1."""

    number: int
    account: str
    address: str
    name: str = ""
    role: str = ""


def as_csv(people: Iterable[Person]) -> str:
    """A table with a line for each person (RFC 4180, but with plain line ends).

    What would be a formula to a spreadsheet has an apostrophe in front: names are strangers' words.
    """
    file = io.StringIO()
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for each in people:
        said = {"account": each.account} | each.as_json() | {"aliases": " ".join(each.contact.also)}
        writer.writerow({column: _harmless(shown(said[column] or "")) for column in COLUMNS})
    return file.getvalue()


def as_yaml(people: Iterable[Person]) -> str:
    """`contacts` for accounts.yaml, with a note behind those that only the database has.

    Who was removed by command is left out, and so is whoever the file lists already.
    """
    lines = ["accounts:"]
    for account, some in groupby(people, key=lambda each: each.account):
        contacts = [each for each in some if each.source is Source.FILE or each.state in {State.SEAT, State.OVER_LIMIT}]
        if contacts:
            lines += [f"  {account}:", "    contacts:", *map(_item, contacts)]
    return "\n".join(lines) + "\n"


def read_csv(content: bytes) -> list[Line]:
    """The people of a table with a header. UsageError for what is no such table; what its cells say is not looked at.

    Commas, semicolons or tabs part the cells, whichever the header has.
    """
    if len(content) > LARGEST:
        raise UsageError("this file is larger than 10 MB")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise UsageError(f"line {line}: this is not UTF-8: save the file as CSV in UTF-8") from None
    head = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        columns = _columns(next(reader, []))
        found = list(_lines(reader, columns))
    except csv.Error as error:
        raise UsageError(f"line {reader.line_num}: {error}") from None
    return found


def _columns(head: Sequence[str]) -> list[str]:
    columns = [cell.strip().lower() for cell in head]
    for column in columns:
        if column not in _WANTED:
            hint = nearest(column, _WANTED) or f"; known here: {listed(_WANTED)}"
            raise UsageError(f"line 1: unknown column `{shown(column)}`{hint}")
        if columns.count(column) > 1:
            raise UsageError(f"line 1: the column `{column}` stands there twice")
    if missing := next((column for column in _NEEDED if column not in columns), None):
        raise UsageError(f"line 1: the column `{missing}` is missing")
    return columns


def _lines(reader: "Iterator[list[str]]", columns: Sequence[str]) -> Iterator[Line]:
    for count, cells in enumerate(reader):
        number: int = reader.line_num  # type: ignore[attr-defined]  # the type of csv readers has no public name
        if count >= MOST_LINES:
            raise UsageError(f"line {number}: more than {MOST_LINES:,} lines")
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(columns):
            raise UsageError(f"line {number}: more cells than columns")
        said = {column: _as_meant(cell.strip()) for column, cell in zip(columns, cells, strict=False)}
        if missing := next((column for column in _NEEDED if not said.get(column)), None):
            raise UsageError(f"line {number}: `{missing}` is empty")
        yield Line(number, **said)


def _item(person: Person) -> str:
    contact = person.contact
    said: Mapping[str, object] = {
        "mail": contact.address,
        "name": _printable(contact.name),
        "also": list(contact.also),
        "role": contact.role if contact.role != "user" else "",
        "prefer": "yes" if contact.prefer else "",
        "since": "",
        "state": person.state.value if contact.suspended else "",
    }
    words = {key: json.dumps(value, ensure_ascii=False) for key, value in said.items() if value}
    if person.since:
        words["since"] = person.since.isoformat()
    words |= {key: "yes" if value else "no" for key, value in contact.attributes.items()}
    note = "" if person.source is Source.FILE else f"  # by {person.source.value}"
    return "      - {" + ", ".join(f"{key}: {value}" for key, value in words.items()) + "}" + note


def _printable(name: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in name).split())


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _as_meant(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell
