"""The mail inside an opaque S/MIME signature (RFC 8551, 3.5.2; CMS, RFC 5652): found, not verified.

BER is read in one pass and only as deep as a signature has it; anything unexpected means that nothing is found.
"""

_SIGNED = bytes.fromhex("2a864886f70d010702")
_DATA = bytes.fromhex("2a864886f70d010701")
_SEQUENCE, _SET, _OID, _INTEGER, _OCTETS, _OCTET_PIECES, _EXPLICIT = 0x30, 0x31, 0x06, 0x02, 0x04, 0x24, 0xA0
_MAX_PIECES = 1_000_000


class _Unexpected(Exception):
    """These bytes are no signature that wraps a mail."""


def content(data: bytes) -> bytes | None:
    """The signed bytes in a CMS SignedData, or None if `data` is none, or holds only a signature of something else."""
    try:
        return _content(data)
    except (_Unexpected, IndexError):
        return None


def _content(data: bytes) -> bytes:
    position, _ = _enter(data, 0, _SEQUENCE)
    position = _oid(data, position, _SIGNED)
    position, _ = _enter(data, position, _EXPLICIT)
    position, _ = _enter(data, position, _SEQUENCE)
    for tag in (_INTEGER, _SET):
        inside, size = _enter(data, position, tag)
        if size is None:
            raise _Unexpected
        position = inside + size
    position, size = _enter(data, position, _SEQUENCE)
    if size is not None and size <= len(_DATA) + 2:
        raise _Unexpected  # a detached signature
    position = _oid(data, position, _DATA)
    position, _ = _enter(data, position, _EXPLICIT)
    return _octets(data, position)


def _octets(data: bytes, position: int) -> bytes:
    """An octet string, in one piece or, as programs that stream write it, in many."""
    if data[position] == _OCTETS:
        inside, size = _enter(data, position, _OCTETS)
        return _slice(data, inside, size)
    position, size = _enter(data, position, _OCTET_PIECES)
    stop = len(data) if size is None else position + size
    pieces: list[bytes] = []
    while position < stop and len(pieces) < _MAX_PIECES and data[position] == _OCTETS:
        inside, size = _enter(data, position, _OCTETS)
        pieces.append(_slice(data, inside, size))
        position = inside + len(pieces[-1])
    return b"".join(pieces)


def _slice(data: bytes, start: int, size: int | None) -> bytes:
    if size is None or start + size > len(data):
        raise _Unexpected
    return data[start : start + size]


def _oid(data: bytes, position: int, wanted: bytes) -> int:
    inside, size = _enter(data, position, _OID)
    if _slice(data, inside, size) != wanted:
        raise _Unexpected
    return inside + len(wanted)


def _enter(data: bytes, position: int, tag: int) -> tuple[int, int | None]:
    """Where the content of the value at `position` begins, and its length: None if it is not told beforehand."""
    if data[position] != tag:
        raise _Unexpected
    first = data[position + 1]
    if first < 0x80:
        return position + 2, first
    if first == 0x80:
        return position + 2, None
    count = first & 0x7F
    if count > 4:
        raise _Unexpected
    return position + 2 + count, int.from_bytes(data[position + 2 : position + 2 + count])
