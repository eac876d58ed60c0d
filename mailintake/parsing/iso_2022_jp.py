"""ISO-2022-JP as Windows programs write it (CP50221): signs of NEC and IBM and half-width kana among the characters.

Python's codecs stop at those; here each pair is turned into Shift-JIS, whose Windows codec has them all.
"""

import re

_ESCAPE = re.compile(rb"\x1b(\$\(?[@BD]|\([BJIH]|\.[AF])")
_SHIFTS = re.compile(rb"[\x0e\x0f]")


def decode(data: bytes) -> str:
    """The text; what is no character becomes U+FFFD. Linear, and never raises."""
    out: list[str] = []
    charset = b"(B"
    position = 0
    for match in _ESCAPE.finditer(data):
        out.append(_run(data[position : match.start()], charset))
        charset, position = match[1], match.end()
    out.append(_run(data[position:], charset))
    return "".join(out)


def _run(data: bytes, charset: bytes) -> str:
    if not data:
        return ""
    if charset.startswith(b"$"):
        return _pairs(data)
    if charset == b"(I":
        return bytes(byte | 0x80 if 0x21 <= byte <= 0x5F else byte for byte in data).decode("cp932", "replace")
    return _SHIFTS.sub(b"", data).decode("cp932", "replace")


def _pairs(data: bytes) -> str:
    """Two bytes each; a line break in between ends the pairs, as RFC 1468 wants it."""
    pairs, newline, rest = data.partition(b"\n")
    return b"".join((*_shift_jis(pairs), newline, rest)).decode("cp932", "replace")


def _shift_jis(line: bytes) -> list[bytes]:
    out: list[bytes] = []
    position, size = 0, len(line)
    while position < size:
        first = line[position] & 0x7F
        second = line[position + 1] & 0x7F if position + 1 < size else 0
        if not (0x21 <= first <= 0x7E and 0x21 <= second <= 0x7E):
            out.append(line[position : position + 1])
            position += 1
            continue
        row, cell = first - 0x21, second - 0x21
        high = (row >> 1) + (0x81 if row < 62 else 0xC1)
        low = cell + 0x9F if row & 1 else cell + 0x40 + (cell >= 63)
        out.append(bytes((high, low)))
        position += 2
    return out
