"""TNEF, the `winmail.dat` of Outlook: the files and the text inside (MS-OXTNEF), read in one pass.

Every length is checked against what is left, so a hostile file costs no more than its size; what cannot be read ends
the reading, and what came before it is kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from mailintake.parsing import charsets, words

TYPES = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_SIGNATURE = b"\x78\x9f\x3e\x22"
_MAX_ATTRIBUTES = 10_000
_MAX_FILES = 100
_MAX_DEPTH = 3

# The low word of an attribute's number; the high word is its type.
_BODY, _CODEPAGE, _PROPERTIES = 0x800C, 0x9007, 0x9003
_FILE_BEGINS, _FILE_TITLE, _FILE_DATA, _FILE_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005

# Properties (MS-OXPROPS) that people get to see.
_TEXT, _HTML, _RTF = 0x1000, 0x1013, 0x1009
_LONG_NAME, _MIME_TAG, _CONTENT_ID, _OBJECT, _SHORT_NAME = 0x3707, 0x370E, 0x3712, 0x3701, 0x3704

_FIXED = {0x2: 4, 0x3: 4, 0x4: 4, 0x5: 8, 0x6: 8, 0x7: 8, 0xA: 4, 0xB: 4, 0x14: 8, 0x40: 8, 0x48: 16, 0x1: 4}
_STRING8, _UNICODE, _OBJECTS, _BINARY = 0x1E, 0x1F, 0xD, 0x102
_MULTIPLE = 0x1000


@dataclass(slots=True)
class File:
    """One file: name and Content-ID as written, `content_type` "" where none is told."""

    name: str = ""
    content_type: str = ""
    content_id: str = ""
    content: bytes | None = None


@dataclass(slots=True)
class Opened:
    """What was inside; `rtf` is still compressed. `whole` says that it was read to its end."""

    files: list[File] = field(default_factory=list)
    text: str = ""
    html: str = ""
    rtf: bytes = b""
    whole: bool = True


class _Short(Exception):
    """Fewer bytes than announced."""


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self.at = 0

    def take(self, size: int) -> bytes:
        """The next bytes; raises _Short if there are not as many."""
        stop = self.at + size
        if stop > len(self._data):
            raise _Short
        piece = self._data[self.at : stop]
        self.at = stop
        return piece

    def number(self, size: int = 4) -> int:
        """The next little-endian number."""
        return int.from_bytes(self.take(size), "little")

    @property
    def left(self) -> int:
        """How many bytes are left."""
        return len(self._data) - self.at


def read(data: bytes, depth: int = 0) -> Opened | None:
    """What a TNEF file holds, the files of mails inside it too; None if it is no TNEF file."""
    if not data.startswith(_SIGNATURE):
        return None
    opened = Opened()
    charset = "windows-1252"
    reader = _Reader(data)
    reader.take(4)
    try:
        reader.number(2)
        for _ in range(_MAX_ATTRIBUTES):
            if reader.left < 9:
                break
            reader.take(1)
            name = reader.number() & 0xFFFF
            value = reader.take(reader.number())
            reader.take(2)  # a sum that many programs compute wrongly
            if name == _CODEPAGE and len(value) >= 4:
                charset = charsets.of_codepage(int.from_bytes(value[:4], "little")) or charset
            else:
                _attribute(name, value, opened, charset, depth)
    except _Short:
        opened.whole = False
    opened.files = [file for file in opened.files if file.content is not None]
    return opened


def _attribute(name: int, value: bytes, opened: Opened, charset: str, depth: int) -> None:
    if name == _FILE_BEGINS:
        if len(opened.files) >= _MAX_FILES:
            raise _Short
        opened.files.append(File())
    elif name == _BODY:
        opened.text = opened.text or _string(value, charset)
    elif name == _PROPERTIES:
        for number, _, content in _properties(value):
            if number == _TEXT:
                opened.text = _text_of(content, charset) or opened.text
            elif number == _HTML:
                opened.html = _string(content[0], charset)
            elif number == _RTF:
                opened.rtf = content[0]
    elif opened.files:
        file = opened.files[-1]
        if name == _FILE_TITLE:
            file.name = file.name or _string(value, charset)
        elif name == _FILE_DATA:
            file.content = value
        elif name == _FILE_PROPERTIES:
            _describe(file, value, opened, charset, depth)


def _describe(file: File, value: bytes, opened: Opened, charset: str, depth: int) -> None:
    for number, kind, content in _properties(value):
        if number == _LONG_NAME:
            file.name = _text_of(content, charset) or file.name
        elif number == _SHORT_NAME:
            file.name = file.name or _text_of(content, charset)
        elif number == _MIME_TAG:
            file.content_type = _text_of(content, charset).lower()
        elif number == _CONTENT_ID:
            file.content_id = _text_of(content, charset).strip("<> ")
        elif number == _OBJECT and file.content is None:
            # an object begins with the identity of the program that reads it
            embedded = content[0][16:] if kind == _OBJECTS else content[0]
            inner = read(embedded, depth + 1) if depth < _MAX_DEPTH else None
            if inner is None:
                file.content = embedded
            else:
                opened.files[-1:-1] = inner.files[: _MAX_FILES - len(opened.files)]
                opened.whole = opened.whole and inner.whole


def _properties(value: bytes) -> Iterator[tuple[int, int, list[bytes]]]:
    """Number, type and values of each property; a value of fixed size is its bytes."""
    reader = _Reader(value)
    for _ in range(min(reader.number(), _MAX_ATTRIBUTES)):
        kind, number = reader.number(2), reader.number(2)
        if number >= 0x8000:
            _skip_name(reader)
        several = bool(kind & _MULTIPLE)
        kind &= ~_MULTIPLE
        size = _FIXED.get(kind)
        if size is None and kind not in (_STRING8, _UNICODE, _OBJECTS, _BINARY):
            raise _Short
        count = 1
        if several or size is None:
            count = reader.number()
            if count > reader.left:
                raise _Short
        content = []
        for _ in range(count):
            length = size if size is not None else reader.number()
            piece = reader.take(length)
            reader.take(min(-length % 4, reader.left))
            content.append(_unicode(piece) if kind == _UNICODE else piece)
        if content:
            yield number, kind, content


def _skip_name(reader: _Reader) -> None:
    reader.take(16)
    if reader.number() == 0:
        reader.number()
        return
    length = reader.number()
    reader.take(length)
    reader.take(min(-length % 4, reader.left))


def _unicode(data: bytes) -> bytes:
    return b"\xef\xbb\xbf" + data.decode("utf-16-le", "replace").encode("utf-8", "replace")


def _text_of(content: list[bytes], charset: str) -> str:
    data = content[0]
    return _string(data[3:], "utf-8") if data.startswith(b"\xef\xbb\xbf") else _string(data, charset)


def _string(data: bytes, charset: str) -> str:
    return words.clean_text(charsets.decode(data.rstrip(b"\0"), charset)[0])
