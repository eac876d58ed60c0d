"""How much of everything strangers and letters may use (SECURITY 5.5)."""

import re
from dataclasses import dataclass

from mailintake.config.shapes import Parsed, Record, Whole
from mailintake.config.source import Node

_SIZE = re.compile(r"(\d{1,12}) ?(B|kB|KB|MB|GB|KiB|MiB|GiB)")
_UNITS = {"B": 1, "kB": 10**3, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, rates in bytes a second, counts, and times in the unit of their name.

    `received` is how many Received fields a mail may have before it is taken for a loop; `tries` how often a mail that
    breaks the parser is given to it.
    """

    message_size: int = 25_000_000
    recipients: int = 100
    received: int = 50
    connections: int = 200
    connections_per_peer: int = 20
    errors: int = 20
    command_line: int = 2_000
    command_seconds: int = 60
    data_minimum_rate: int = 500
    session_memory: int = 128_000_000
    parse_seconds: int = 5
    parse_memory: int = 512_000_000
    letters_per_address_hour: int = 5
    letters_per_hour: int = 300
    outbox_days: int = 5
    tries: int = 3


@dataclass(frozen=True)
class Size:
    """Reads an amount of bytes with its unit, within bounds."""

    least: str
    most: str

    def __call__(self, node: Node) -> int:
        size = Parsed(parse_size, "a size such as 25 MB")(node)
        if not parse_size(self.least) <= size <= parse_size(self.most):
            raise node.wrong(f"this size is not between {self.least} and {self.most}")
        return size


def parse_size(text: str) -> int:
    """`25 MB`, `512 KiB` in bytes. Raises ValueError."""
    found = _SIZE.fullmatch(text)
    if not found:
        raise ValueError(f"`{text}` is no size: write a whole number and its unit, such as 25 MB")
    return int(found[1]) * _UNITS[found[2]]


LIMITS = Record(
    Limits,
    {
        "message_size": Size("64 kB", "1 GB"),
        "recipients": Whole(1, 10_000),
        "received": Whole(5, 1_000),
        "connections": Whole(1, 100_000),
        "connections_per_peer": Whole(1, 100_000),
        "errors": Whole(1, 1_000),
        "command_line": Size("512 B", "64 kB"),
        "command_seconds": Whole(1, 3_600),
        "data_minimum_rate": Size("0 B", "1 MB"),
        "session_memory": Size("1 MB", "1000 GB"),
        "parse_seconds": Whole(1, 600),
        "parse_memory": Size("64 MB", "1000 GB"),
        "letters_per_address_hour": Whole(0, 10_000),
        "letters_per_hour": Whole(0, 1_000_000),
        "outbox_days": Whole(1, 30),
        "tries": Whole(1, 20),
    },
)
