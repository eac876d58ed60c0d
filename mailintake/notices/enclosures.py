"""Files that go with a letter: which of them fit in, and how each travels.

Names and types come from mails of others. So a name is for display only (SECURITY T09), a type is taken only if it has
the form of one and cannot act as a mail of its own, and every file is an attachment, never shown inside the letter.
"""

import base64
import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from urllib.parse import quote

from mailintake.domain.letter import Enclosure
from mailintake.notices import plain

MOST_BYTES = 20 * 1024 * 1024  # together, decoded: a third more on the wire, and many servers take no more than 35 MB

_OPAQUE = "application/octet-stream"
_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}")  # RFC 6838, 4.2
_HAS_PARTS = ("multipart/", "message/")  # may not travel in base64 (RFC 2045, 6.4)
_LONGEST_NAME = 150
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9 ._()+,@~-]")
_LONGEST_PIECE = 54  # of an encoded name, so that each piece has a line of its own below 78 characters


def that_fit(attachments: Iterable[Enclosure]) -> tuple[Enclosure, ...]:
    """Those that may be enclosed, in order: a file that would pass the limit stays behind, a smaller one after it may
    still go."""
    room = MOST_BYTES
    chosen = []
    for each in attachments:
        if 0 <= each.size <= room:
            room -= each.size
            chosen.append(each)
    return tuple(chosen)


def left_out(attachments: Iterable[Enclosure], enclosed: Collection[Enclosure]) -> list[str]:
    """The names of those that stay behind, for the letter to tell of."""
    return [_name(each.filename) for each in attachments if each not in enclosed]


def part(file: Enclosure, data: bytes) -> tuple[list[tuple[str, Sequence[str]]], bytes]:
    """The header fields of a file's part, and its content with lines that end in CRLF."""
    kind = file.content_type.lower()
    if not _TYPE.fullmatch(kind) or kind.startswith(_HAS_PARTS):
        kind = _OPAQUE
    fields: list[tuple[str, Sequence[str]]] = [
        ("Content-Type", (kind,)),
        ("Content-Disposition", ("attachment;", *_named(_name(file.filename)))),
        ("Content-Transfer-Encoding", ("base64",)),
    ]
    return fields, base64.encodebytes(data).replace(b"\n", b"\r\n")


def _name(filename: str) -> str:
    """One line, no directory, nothing that hides the file or passes for an option of a command."""
    name = re.split(r"[/\\]", plain.one_line(filename, 1000))[-1].lstrip(".- ").rstrip(". ")
    if len(name) > _LONGEST_NAME:
        stem, dot, ending = name.rpartition(".")
        ending = f".{ending}" if dot and len(ending) <= 10 else ""
        name = (stem if ending else name)[: _LONGEST_NAME - len(ending)] + ending
    return name or "attachment"


def _named(name: str) -> list[str]:
    """The words of the parameter `filename`: in plain ASCII for the simplest programs, and as it is for all others
    (RFC 2231, 3 and 4)."""
    simple = _NOT_PLAIN.sub("_", _without_accents(name))
    words = f'filename="{simple}"'.split()
    if simple == name:
        return words
    words[-1] += ";"
    pieces = list(_pieces(name))
    if len(pieces) == 1:
        return [*words, f"filename*=utf-8''{pieces[0]}"]
    first, *rest = pieces
    more = [f"filename*{number}*={piece}" for number, piece in enumerate(rest, 1)]
    return [*words, *(f"{word};" for word in (f"filename*0*=utf-8''{first}", *more[:-1])), more[-1]]


def _without_accents(name: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter))


def _pieces(name: str) -> Iterable[str]:
    """The name in percent-encoding, in pieces that cut no character in two."""
    piece = ""
    for letter in name:
        encoded = quote(letter, safe="._~-")
        if len(piece) + len(encoded) > _LONGEST_PIECE:
            yield piece
            piece = ""
        piece += encoded
    yield piece
