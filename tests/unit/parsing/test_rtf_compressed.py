"""Outlook's compression of RTF; the first two samples are those of MS-OXRTFCP, 4."""

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.parsing.rtf_compressed import MOST, expand

SIMPLE = "2d0000002b0000004c5a4675f1c5c7a703000a00726370673132354232 0af32068656c0900206277 05b06c647d0a800fa0"
OVER_ITSELF = "1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0"
WRITTEN_BEFORE = 207


def compress(data: bytes) -> bytes:
    """With references wherever something stands again, and with the mark of the end."""
    tokens: list[bytes] = []
    flags: list[bool] = []
    at = 0
    while at < len(data):
        for length in range(min(17, len(data) - at), 1, -1):
            found = data.rfind(data[at : at + length], max(0, at - 4000), at + length - 1)
            if found >= 0:
                tokens.append(reference(found, length))
                flags.append(True)
                at += length
                break
        else:
            tokens.append(data[at : at + 1])
            flags.append(False)
            at += 1
    tokens.append(reference(len(data), 2))
    flags.append(True)
    body = b"".join(
        bytes((sum(flag << bit for bit, flag in enumerate(flags[first : first + 8])),))
        + b"".join(tokens[first : first + 8])
        for first in range(0, len(tokens), 8)
    )
    return packed(body, size=len(data))


def reference(place: int, length: int) -> bytes:
    return struct.pack(">H", (place + WRITTEN_BEFORE) % 4096 << 4 | length - 2)


def packed(body: bytes, *, size: int, kind: bytes = b"LZFu", checksum: int | None = None) -> bytes:
    if checksum is None:
        checksum = zlib.crc32(body, 0xFFFFFFFF) ^ 0xFFFFFFFF
    return struct.pack("<II4sI", len(body) + 12, size, kind, checksum) + body


@pytest.mark.parametrize(
    ("sample", "rtf"),
    [
        (SIMPLE, b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"),
        (OVER_ITSELF, b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"),
    ],
)
def test_the_samples_of_the_standard_are_read(sample: str, rtf: bytes) -> None:
    assert expand(bytes.fromhex(sample)) == (rtf, True)


@given(st.binary(max_size=300) | st.text("ab{}\\", max_size=6000).map(str.encode))
def test_what_was_compressed_comes_back(data: bytes) -> None:
    assert expand(compress(data)) == (data, True)


def test_uncompressed_rtf_is_taken_as_it_is() -> None:
    assert expand(packed(b"{\\rtf1 a}", size=9, kind=b"MELA", checksum=0)) == (b"{\\rtf1 a}", True)


@pytest.mark.parametrize("size", [0, 4, 10, 2**32 - 1])
def test_a_wrong_size_of_uncompressed_rtf_is_told(size: int) -> None:
    assert expand(packed(b"{\\rtf1 a}", size=size, kind=b"MELA", checksum=0)) == (b"{\\rtf1 a}", False)


def test_the_size_declared_bounds_nothing() -> None:
    data = compress(b"{\\rtf1 abcabcabc}")
    assert expand(data[:4] + b"\xff\xff\xff\xff" + data[8:]) == (b"{\\rtf1 abcabcabc}", True)


def test_a_wrong_sum_is_told() -> None:
    data = bytearray(compress(b"{\\rtf1 abc}"))
    data[12] ^= 1
    assert expand(bytes(data)) == (b"{\\rtf1 abc}", False)


def test_what_is_cut_short_is_read_as_far_as_it_goes() -> None:
    assert expand(compress(b"{\\rtf1 0123456789}")[:-6]) == (b"{\\rtf1 01234567", False)


def test_a_reference_to_what_was_never_written_ends_the_reading() -> None:
    assert expand(packed(b"\x02a" + reference(1000, 9) + b"bc", size=9)) == (b"a", False)


def test_there_is_an_end_to_what_a_small_file_becomes() -> None:
    written = b"\0" + b"a" * 8
    at = 8
    pieces = [written]
    while at < 2 * MOST:
        pieces.append(b"\xff")
        for _ in range(8):
            pieces.append(reference(at - 8, 17))
            at += 17
    found = expand(packed(b"".join(pieces), size=9))
    assert found == (b"a" * MOST, False)


@pytest.mark.parametrize("data", [b"", b"{\\rtf1 a}", b"\0" * 16, b"\0" * 8 + b"LZFu"])
def test_what_is_something_else_is_none(data: bytes) -> None:
    assert expand(data) is None


@given(st.binary(max_size=300))
def test_any_bytes_are_survived(data: bytes) -> None:
    found = expand(packed(data, size=0))
    assert found is not None
    assert len(found[0]) <= 17 * len(data)
