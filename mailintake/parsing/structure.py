"""The tree of a mail's parts, as offsets into the raw bytes.

Delimiters are found with `bytes.find`; no line of a part's content is looked at, so a large attachment costs nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailintake.parsing import limits, parameters, signed_data, transfer, words
from mailintake.parsing.header_block import HeaderBlock, read_block

TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,127}/[a-z0-9!#$&^_.+-]{1,127}")
_DELIMITER_END = re.compile(rb"(--)?[ \t]*(?:\r?\n|$)")
SMIME = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_GUESS = re.compile(rb"(?:^|\n)--([^\s-][^\r\n]{0,200}?)[ \t]*\r?\n[Cc]ontent-", re.DOTALL)


@dataclass(slots=True)
class Part:
    """One part: `raw[start:end]` is its content as on the wire. `path` counts as IMAP does: "1", "2.1".

    `raw` is the whole mail, or what an encoded part around this one decodes to.
    """

    raw: bytes
    path: str
    block: HeaderBlock
    start: int
    end: int
    content_type: str
    parameters: dict[str, str]
    encoding: str
    disposition: str
    disposition_parameters: dict[str, str]
    children: list["Part"] = field(default_factory=list)

    @property
    def is_container(self) -> bool:
        """Whether it holds parts instead of content."""
        return bool(self.children)

    def wire(self, most: int | None = None) -> memoryview:
        """The content as on the wire, at most so many bytes of it."""
        stop = self.end if most is None else min(self.end, self.start + most)
        return memoryview(self.raw)[self.start : stop]

    def leaves(self) -> Iterator["Part"]:
        """Every part with content, in order."""
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()

    def everything(self) -> Iterator["Part"]:
        """This part and all within, each before its own."""
        yield self
        for child in self.children:
            yield from child.everything()


class Walk:
    """One walk through one mail: reads the tree, counts the parts and notes what was wrong.

    Multiparts that somebody encoded as a whole, and mails inside an opaque S/MIME signature, are opened in place.
    """

    def __init__(self, raw: bytes, block: HeaderBlock) -> None:
        self._parts = 0
        self._candidates = 0
        self._header_bytes = 0
        self.defects: list[str] = []
        self.root = self._read("", raw, block, block.body, len(raw), depth=0, default="text/plain")
        if not self.root.children:
            self.root.path = "1"
        elif self.root.content_type in SMIME:
            self.root.path = "0"

    def _note(self, word: str) -> None:
        if word not in self.defects:
            self.defects.append(word)

    def _read(
        self, path: str, raw: bytes, block: HeaderBlock, start: int, end: int, *, depth: int, default: str
    ) -> Part:
        content_type, found, defects = parameters.parse(block.first("content-type"))
        if not TYPE.fullmatch(content_type):
            if content_type == "text":
                content_type = "text/plain"
            elif content_type:
                self._note("bad-content-type")
                content_type = "text/plain" if not _has_name(found) else "application/octet-stream"
            else:
                content_type = default
        disposition, more, also = parameters.parse(block.first("content-disposition"))
        for word in (*defects, *also):
            self._note(word)
        encoding = words.decode_value(block.first("content-transfer-encoding").split(b";")[0]).lower().strip("\"' ")
        encoding = encoding.partition("(")[0].strip()
        part = Part(raw, path, block, start, end, content_type, found, encoding, disposition.strip('"'), more)
        if content_type.startswith("multipart/"):
            if depth >= limits.NESTING:
                self._note("nesting-too-deep")
                part.content_type = "application/octet-stream"
            else:
                self._split(part, depth)
        elif content_type in SMIME and depth < limits.NESTING:
            self._open_signed(part, depth)
        return part

    def _open_signed(self, part: Part, depth: int) -> None:
        """The mail within an S/MIME signature that wraps it becomes the only child of that part."""
        if part.parameters.get("smime-type", "").lower() in ("enveloped-data", "authenveloped-data", "certs-only"):
            return
        inner = signed_data.content(transfer.decode(part.wire(), part.encoding)[0])
        if inner is not None:
            part.children.append(self._child(part, inner, 0, len(inner), "1", depth, default="text/plain"))

    def _split(self, part: Part, depth: int) -> None:
        boundary = part.parameters.get("boundary", "").encode("utf-8", "surrogateescape").rstrip()
        if part.encoding in ("base64", "quoted-printable"):
            self._note("encoded-multipart")
            if part.encoding == "base64" or b"--" + boundary not in part.raw[part.start : part.end]:
                decoded = transfer.decode(part.wire(), part.encoding)[0]
                if b"--" + boundary in decoded:
                    part.raw, part.start, part.end = decoded, 0, len(decoded)
        spans = self._spans(part, boundary) if boundary else []
        if not spans:
            guess = _GUESS.search(part.raw, part.start, min(part.end, part.start + limits.HEADER_BLOCK))
            if guess:
                spans = self._spans(part, guess[1])
            self._note("boundary-missing")
        if not spans:
            part.content_type = "text/plain" if _looks_like_text(part) else "application/octet-stream"
            return
        default = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
        for number, (start, end) in enumerate(spans, 1):
            if self._parts >= limits.PARTS:
                self._note("too-many-parts")
                break
            part.children.append(self._child(part, part.raw, start, end, str(number), depth, default=default))

    def _child(self, part: Part, raw: bytes, start: int, end: int, number: str, depth: int, *, default: str) -> Part:
        self._parts += 1
        if self._header_bytes >= limits.HEADER_BLOCK:
            self._note("part-headers-cut")
            block = HeaderBlock([("content-type", b"application/octet-stream")], start)
        else:
            block = read_block(raw, start, end)
            self._header_bytes += min(block.body - start, end - start)
            for word in block.defects:
                self._note(word.replace("header", "part-header") if "header" in word else word)
        path = f"{part.path}.{number}" if part.path else number
        return self._read(path, raw, block, min(block.body, end), end, depth=depth + 1, default=default)

    def _spans(self, part: Part, boundary: bytes) -> list[tuple[int, int]]:
        """Where each part between two delimiters of this boundary begins and ends, its headers included."""
        raw, end = part.raw, part.end
        mark = b"--" + boundary
        spans: list[tuple[int, int]] = []
        opened: int | None = None
        position = part.start
        while len(spans) <= limits.PARTS:
            hit = raw.find(mark, position, end)
            if hit < 0:
                break
            self._candidates += 1
            if self._candidates > limits.BOUNDARY_CANDIDATES:
                self._note("too-many-boundary-lines")
                break
            position = hit + len(mark)
            tail = _DELIMITER_END.match(raw, position, end)
            if tail is None or (hit > part.start and raw[hit - 1] != 10):
                continue
            position = tail.end()
            if opened is not None:
                spans.append((opened, _before_line_end(raw, opened, hit)))
            opened = position
            if tail[1]:
                return spans
        if opened is not None:
            spans.append((opened, end))
            self._note("no-closing-boundary")
        return spans


def _before_line_end(raw: bytes, start: int, hit: int) -> int:
    """The line break in front of a delimiter belongs to the delimiter (RFC 2046, 5.1.1)."""
    stop = hit - 1
    if stop > start and raw[stop - 1] == 13:
        stop -= 1
    return max(start, stop)


def _has_name(found: dict[str, str]) -> bool:
    return "name" in found


def _looks_like_text(part: Part) -> bool:
    return b"\0" not in bytes(part.wire(4096))
