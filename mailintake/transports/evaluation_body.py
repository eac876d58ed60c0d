"""The hash of a body as DKIM signs it (RFC 6376, section 3.4), in one pass and little memory whatever its bytes are."""

import hashlib
import re

_BLOCK = 256 * 1024
_SPACE = re.compile(rb"[ \t]+")
_EMPTY_LINES = b"\r\n" * 32_768


def body_hash(content: bytes, start: int, *, relaxed: bool) -> bytes:
    """SHA-256 of what begins at `start`, canonicalised; line feeds alone are taken for line ends.

    Empty lines at the end do not count, so they wait until something follows.
    """
    hasher = hashlib.sha256()
    waiting = 0
    is_empty = True
    while start < len(content):
        stop = _end_of_block(content, start)
        block = content[start:stop]
        if block.count(b"\n") > block.count(b"\r\n"):
            block = block.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        if relaxed:
            block = _SPACE.sub(b" ", block).replace(b" \r\n", b"\r\n")
        empty = _empty_lines_at_end(block)
        text = block[: len(block) - 2 * empty]
        if text:
            while waiting:
                lines = min(waiting, len(_EMPTY_LINES) // 2)
                hasher.update(_EMPTY_LINES[: 2 * lines])
                waiting -= lines
            hasher.update(text)
            is_empty = False
        waiting += empty
        start = stop
    if not (relaxed and is_empty):
        hasher.update(b"\r\n")
    return hasher.digest()


def _end_of_block(content: bytes, start: int) -> int:
    """A place to cut that parts neither a line end nor white space from what follows it."""
    end = start + _BLOCK
    if end >= len(content):
        return len(content)
    if stop := content.rfind(b"\n", start, end) + 1:
        return stop
    stop = start + len(content[start:end].rstrip(b" \t"))
    if stop > start:
        return stop + 1 if content.startswith(b"\n", stop) else stop
    space = _SPACE.match(content, start)
    after = space.end() if space else start
    return min(after + (2 if content.startswith(b"\r\n", after) else 1), len(content))


def _empty_lines_at_end(block: bytes) -> int:
    """How many CRLF end it; the one that ends its last line is among them."""
    ends = block[len(block.rstrip(b"\r\n")) :]
    if ends.endswith(b"\r"):
        return 0
    return (len(ends) - (ends.rfind(b"\r\r") + 1)) // 2
