"""The header block of a mail or a part: where it ends, and its fields with their line breaks taken out.

A bare CR never ends a line here, so it can never start a field that the MTA in front of us did not see (SECURITY T02).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailintake.parsing import limits, words

_FIELD = re.compile(rb"([!-9;-~]{1,128})([ \t]*):")
_MBOX = re.compile(rb">?From [^\s:]")
_FRONT_LINES = 20
_VALUE = 8 * 1024
# Fields by which others vouch for a mail: kept as long as they are read, and with nothing taken out of them.
VOUCHING = frozenset(
    {"authentication-results", "dkim-signature", "arc-authentication-results", "arc-message-signature", "arc-seal"}
)
_COMMON = frozenset(
    b"received from to cc date subject message-id mime-version content-type content-transfer-encoding reply-to sender "
    b"return-path delivered-to in-reply-to references x-mailer user-agent dkim-signature authentication-results".split()
)


@dataclass(slots=True)
class HeaderBlock:
    """Fields in order of appearance: names in lower case, values unfolded, trimmed and undecoded.

    `body` is the offset at which the body begins. `spaced` are the names that had white space before their colon, `cut`
    those of which a value was longer than is read.
    """

    fields: list[tuple[str, bytes]]
    body: int
    defects: list[str] = field(default_factory=list)
    spaced: set[str] = field(default_factory=set)
    cut: set[str] = field(default_factory=set)

    def all(self, name: str) -> list[bytes]:
        """Every value of this field."""
        return [value for other, value in self.fields if other == name]

    def first(self, name: str) -> bytes:
        """The first value of this field, or b""."""
        for other, value in self.fields:
            if other == name:
                return value
        return b""

    def texts(self) -> tuple[tuple[str, str], ...]:
        """All fields as lines of text fit to be shown, their encoded words still encoded."""
        return tuple((name, _vouching_text(value) if name in VOUCHING else _text(value)) for name, value in self.fields)


def _text(value: bytes) -> str:
    value = value[:_VALUE]
    return words.one_line(value.decode("ascii") if value.isascii() else value.decode("utf-8", "replace"))


def _vouching_text(value: bytes) -> str:
    """A field in which every byte counts: what is not fit to be shown becomes a mark instead of going away.

    A name with something invisible in it is another name, and must not read as the one without.
    """
    text = value.decode("ascii" if value.isascii() else "utf-8", "replace").replace("\t", " ")
    return text if text.isprintable() else "".join(char if char.isprintable() else "\ufffd" for char in text)


def readable(raw: bytes) -> bytes:
    """The mail with line feeds for a file in which carriage returns alone end the lines, as old Macs wrote them.

    Nothing is moved. What came by SMTP holds line feeds, so no such mail is read otherwise than the MTA read it.
    """
    return raw.replace(b"\r", b"\n") if b"\n" not in raw and b"\r" in raw else raw


def read_block(raw: bytes, start: int, end: int, *, top: bool = False) -> HeaderBlock:
    """The header block that begins at `start`; nothing at or after `end` is looked at.

    `top` is the block of the mail itself, which may have an mbox line, blank lines or a byte order mark in front, and
    where a line that is no field is skipped if fields people know follow it.
    """
    defects: list[str] = []
    if top:
        start = _skip_front(raw, start, end, defects)
    block_end, body = _end_of_block(raw, start, end)
    if block_end - start > limits.HEADER_BLOCK:
        block_end = raw.rfind(b"\n", start, start + limits.HEADER_BLOCK) + 1 or start + limits.HEADER_BLOCK
        defects.append("header-block-cut")
    block = raw[start:block_end]
    _note_line_ends(block, defects)
    found = HeaderBlock([], body, defects)
    stopped = _read_fields(block, found, top=top)
    if stopped is not None:
        found.body = start + stopped
    elif top and not found.fields and block.strip():
        found.body = start  # no header at all: every line is the text
    return found


def _skip_front(raw: bytes, start: int, end: int, defects: list[str]) -> int:
    if raw.startswith(b"\xef\xbb\xbf", start):
        start += 3
        defects.append("junk-before-headers")
    position = start
    for _ in range(_FRONT_LINES):
        if _FIELD.match(raw, position, end) or _MBOX.match(raw, position, end):
            break
        stop = raw.find(b"\n", position, min(end, position + limits.HEADER_LINE))
        if stop < 0:
            position = start
            break
        position = stop + 1
    else:
        position = start
    # lines in front are skipped only where a field that people know follows them
    match = _FIELD.match(raw, position, end)
    if position > start and match and match[1].lower() in _COMMON:
        start = position
        if "junk-before-headers" not in defects:
            defects.append("junk-before-headers")
    if _MBOX.match(raw, start, end):
        line = raw.find(b"\n", start, end)
        start = end if line < 0 else line + 1
    return start


def _end_of_block(raw: bytes, start: int, end: int) -> tuple[int, int]:
    """Where the fields end and where the body begins."""
    if raw.startswith(b"\r\n", start, end):
        return start, start + 2
    if raw.startswith(b"\n", start, end):
        return start, start + 1
    crlf = raw.find(b"\n\r\n", start, end)
    lf = raw.find(b"\n\n", start, crlf + 1 if crlf >= 0 else end)
    if lf >= 0:
        return lf + 1, lf + 2
    if crlf >= 0:
        return crlf + 1, crlf + 3
    return end, end


def _note_line_ends(block: bytes, defects: list[str]) -> None:
    crlf = block.count(b"\r\n")
    if block.count(b"\r") > crlf:
        defects.append("bare-cr-in-header")
    # line feeds alone throughout are how mail lies in files; a mixture is how headers are smuggled
    if crlf and block.count(b"\n") > crlf:
        defects.append("bare-lf-in-header")
    if b"\0" in block:
        defects.append("nul-in-header")


def _lines(block: bytes) -> Iterator[tuple[int, bytes]]:
    position, size = 0, len(block)
    while position < size:
        stop = block.find(b"\n", position)
        if stop < 0:
            stop = size
        yield position, block[position : stop - 1 if stop > position and block[stop - 1] == 13 else stop]
        position = stop + 1


def _read_fields(block: bytes, found: HeaderBlock, *, top: bool) -> int | None:
    """Fill in the fields; the offset at which the body begins without a blank line before it, if it does."""
    name = ""
    parts: list[bytes] = []
    size = 0

    def store() -> None:
        nonlocal size
        if name and len(found.fields) < limits.HEADER_FIELDS:
            value = b"".join(parts)
            if size > limits.HEADER_LINE:
                value = value[: limits.HEADER_LINE]
                found.cut.add(name)
                _note(found.defects, "header-line-cut")
            if b"\r" in value or b"\0" in value:
                value = value.replace(b"\r", b" ").replace(b"\0", b" ")
            found.fields.append((name, value.strip()))
        elif name:
            _note(found.defects, "too-many-header-fields")
        parts.clear()
        size = 0

    for position, line in _lines(block):
        if line[:1] in (b" ", b"\t"):
            if name:
                size += len(line)
                if size - len(line) <= limits.HEADER_LINE:
                    parts.append(line)
            else:
                _note(found.defects, "junk-before-headers")
            continue
        match = _FIELD.match(line)
        if match is None:
            if top and not found.fields and not name:
                _note(found.defects, "junk-before-headers")
                continue
            if line and not _fields_follow(block, position + len(line)):
                store()
                _note(found.defects, "no-blank-line-after-headers")
                return position
            _note(found.defects, "junk-in-headers")
            continue
        store()
        name = match[1].decode("ascii").lower()
        if match[2]:
            _note(found.defects, "space-before-colon")
            found.spaced.add(name)
        value = line[match.end() :]
        parts.append(value)
        size = len(value)
    store()
    return None


def _fields_follow(block: bytes, position: int) -> bool:
    """Whether the next lines hold a field people know: then the line before was junk, not the body."""
    for count, (_, line) in enumerate(_lines(block[position + 1 : position + 4096])):
        match = _FIELD.match(line)
        if match and match[1].lower() in _COMMON:
            return True
        if count > 8:
            break
    return False


def _note(defects: list[str], word: str) -> None:
    if word not in defects:
        defects.append(word)
