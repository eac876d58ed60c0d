"""The bytes of every accepted mail, once each, under their SHA-256."""

from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy import Connection, bindparam, select

from mailintake.storage.conflict import insert_or_ignore
from mailintake.storage.tables import raw

PART = 1 << 20

_PART = select(raw.c.data).where(raw.c.digest == bindparam("digest"), raw.c.part == bindparam("number"))
_SMALL = select(raw.c.digest, raw.c.data).where(raw.c.digest.in_(bindparam("digests", expanding=True)), raw.c.part == 0)


def put(connection: Connection, digest: str, slices: Iterable[bytes]) -> None:
    """Store a mail given in slices of at most 1 MiB; the same mail again changes nothing."""
    for number, data in enumerate(slices):
        connection.execute(insert_or_ignore(connection, raw), {"digest": digest, "part": number, "data": data})


def put_small(connection: Connection, mails: Mapping[str, bytes]) -> None:
    """Store mails of one part each in one statement."""
    rows = [{"digest": digest, "part": 0, "data": data} for digest, data in mails.items()]
    connection.execute(insert_or_ignore(connection, raw), rows)


def part(connection: Connection, digest: str, number: int) -> bytes:
    """One part; KeyError where there is none."""
    found = connection.execute(_PART, {"digest": digest, "number": number}).scalar()
    if found is None:
        raise KeyError(f"raw {digest} has no part {number}")
    return bytes(found)


def parts(connection: Connection, digest: str, size: int) -> Iterator[bytes]:
    """All parts of a mail of `size` bytes, in order."""
    for number in range(max(1, -(-size // PART))):
        yield part(connection, digest, number)


def small(connection: Connection, digests: Iterable[str]) -> dict[str, bytes]:
    """The first parts of several mails at once: whole mails, where none is larger than a part."""
    return {digest: bytes(data) for digest, data in connection.execute(_SMALL, {"digests": list(digests)})}
