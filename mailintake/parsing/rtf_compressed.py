"""The compression in which Outlook keeps RTF (MS-OXRTFCP).

Sizes that the head declares bound nothing: the output has a cap of its own, and a reference outside of what was written
ends the reading.
"""

import zlib

MOST = 1024 * 1024
_COMPRESSED, _STORED = b"LZFu", b"MELA"
_HEAD = 16
_WINDOW = 4096
# What the dictionary holds before the first byte (MS-OXRTFCP, 2.1.2.1).
_BEGINNING = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans Serif"
    rb"SymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)


def expand(data: bytes) -> tuple[bytes, bool] | None:
    """The RTF, at most 1 MiB of it, and whether it is all there and sound; None for what is not compressed RTF."""
    kind, declared = data[8:12], int.from_bytes(data[:4], "little")
    if len(data) < _HEAD or kind not in (_COMPRESSED, _STORED):
        return None
    content = data[_HEAD : max(_HEAD, declared + 4)]  # the size counts from behind its own four bytes
    is_all_here = declared + 4 <= len(data)
    if kind == _STORED:
        size = int.from_bytes(data[4:8], "little")
        return content[:MOST], is_all_here and size == len(content) <= MOST
    plain, ended = _expand(content)
    return plain, is_all_here and ended and _sum(content) == int.from_bytes(data[12:16], "little")


def _sum(content: bytes) -> int:
    """The CRC of MS-OXRTFCP, 2.1.3.2: that of zlib without its inversions."""
    return zlib.crc32(content, 0xFFFFFFFF) ^ 0xFFFFFFFF


def _expand(content: bytes) -> tuple[bytes, bool]:
    """The bytes, and whether the mark of the end was met.

    The ring of 4096 bytes is what was written last, so its places are turned into distances from the end.
    """
    out = bytearray(_BEGINNING)
    most = MOST + len(_BEGINNING)
    at, stop = 0, len(content)
    while at < stop and len(out) < most:
        flags = content[at]
        at += 1
        if not flags:
            out += content[at : at + 8]
            at += 8
            continue
        for bit in range(8):
            if not flags >> bit & 1:
                out += content[at : at + 1]
                at += 1
                continue
            if at + 2 > stop:
                return bytes(out[len(_BEGINNING) :]), False
            place, length = content[at] << 4 | content[at + 1] >> 4, (content[at + 1] & 15) + 2
            at += 2
            distance = (len(out) - place) % _WINDOW
            if not distance:
                return bytes(out[len(_BEGINNING) :]), True
            if distance > len(out):
                return bytes(out[len(_BEGINNING) :]), False
            begin = len(out) - distance
            piece = out[begin : begin + length]
            out += (piece * (length // distance + 1))[:length]  # it may reach into what it writes
    return bytes(out[len(_BEGINNING) : most]), False
