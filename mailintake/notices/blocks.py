"""The body of a letter as blocks, from which both its plain text and its HTML twin are made, so that they never differ.

    a line                       a line of a paragraph; a template never breaks one, we do
    <empty>                      parts two blocks
    - words                      an item of a list
        Key: words               a row of a table
        other words              shown as they stand
    > words                      somebody else's words
    <\\x04>words                 a person's words as they were written, empty lines too; only `as_written` writes this

A template's writer sees to it that no word of a stranger begins a line; `library` sees to it that none contains one.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

WIDTH = 72
INDENT = " " * 4
# `plain` takes these out of every value, so that only our own filters can write them.
LINK_BEGINS, LINK_ENDS = "\x02", "\x03"
AS_WRITTEN = "\x04"
WITHOUT_LINKS = str.maketrans("", "", LINK_BEGINS + LINK_ENDS)

_ROW = re.compile(r" {4}([^\s:][^:]{0,59}):(?: +(.*))?")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines that are broken where a line is full."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Items:
    """The items of a list."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """Keys with their values."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Verbatim:
    """Lines that stand as they are, such as a command."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """Somebody else's lines, without their mark."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AsWritten:
    """A person's own lines."""

    lines: tuple[str, ...]


Block = Paragraph | Items | Rows | Verbatim | Quote | AsWritten


def read(body: str) -> tuple[Block, ...]:
    """The blocks of a rendered body."""
    lines = [line.rstrip() for line in body.split("\n")]
    return tuple(kind(tuple(group)) for kind, group in groupby(lines, key=_kind) if kind is not None)


def as_text(blocks: Sequence[Block], *, width: int = WIDTH) -> str:
    """The blocks as plain text: an empty line between them, paragraphs broken at `width`, tables aligned."""
    return ("\n\n".join("\n".join(_text(block, width)) for block in blocks) + "\n").translate(WITHOUT_LINKS)


def _kind(line: str) -> Callable[[tuple[str, ...]], Block] | None:
    if not line:
        return None
    if line.startswith(INDENT):
        return _rows if _ROW.fullmatch(line) else _verbatim
    if line.startswith(AS_WRITTEN):
        return _as_written
    if line.startswith("- "):
        return _items
    return _quote if line.startswith(">") else Paragraph


def _rows(lines: tuple[str, ...]) -> Block:
    return Rows(tuple((found[1], found[2] or "") for found in map(_ROW.fullmatch, lines) if found))


def _verbatim(lines: tuple[str, ...]) -> Block:
    return Verbatim(tuple(line.removeprefix(INDENT) for line in lines))


def _items(lines: tuple[str, ...]) -> Block:
    return Items(tuple(line[2:].lstrip() for line in lines))


def _quote(lines: tuple[str, ...]) -> Block:
    return Quote(tuple(line[1:].removeprefix(" ") for line in lines))


def _as_written(lines: tuple[str, ...]) -> Block:
    return AsWritten(tuple(line[1:] for line in lines))


def _text(block: Block, width: int) -> Iterator[str]:
    match block:
        case Paragraph(lines):
            for line in lines:
                yield from _broken(line, width)
        case Items(lines):
            for line in lines:
                yield from _broken(line, width - 2, first="- ", other="  ")
        case Rows(rows):
            longest = max(len(key) for key, _ in rows) + 1
            for key, value in rows:
                yield f"{INDENT}{key + ':':<{longest}}  {value}".rstrip()
        case Verbatim(lines):
            yield from (INDENT + line for line in lines)
        case Quote(lines):
            yield from (f"> {line}".rstrip() for line in lines)
        case AsWritten(lines):
            yield from lines


def _broken(line: str, width: int, *, first: str = "", other: str = "") -> Iterator[str]:
    """The line in pieces of at most `width` characters where its words allow.

    A piece begins with a letter, a digit or an opening mark only: what looks like a quotation, a signature's dashes or
    a command stays inside its line.
    """
    if len(line) <= width:
        yield first + line
        return
    begin, piece = first, ""
    for word in line.split(" "):
        if piece and len(piece) + 1 + len(word) > width and (word[:1].isalnum() or word[:1] in tuple("“„«(")):
            yield begin + piece
            begin, piece = other, word
        else:
            piece = f"{piece} {word}" if piece else word
    yield begin + piece
