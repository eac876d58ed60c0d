"""What a good request holds, and what is done about one that does not."""

import re
from dataclasses import dataclass
from typing import Literal

from mailintake.config.shapes import Choice, ListOf, Parsed, Record, Text

_EXTENSION = re.compile(r"[a-z0-9]{1,10}")


@dataclass(frozen=True, slots=True)
class Request:
    """`wants` are sentences for letters, `attachments` the extensions wanted, in lower case.

    `ask-and-pause` also stops the clock until the customer has answered (DOMAIN S10).
    """

    wants: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()
    when_missing: Literal["ask", "ask-and-pause", "accept"] = "ask"


def parse_extension(text: str) -> str:
    """`png`, also `.PNG`. Raises ValueError."""
    extension = text.removeprefix(".").lower()
    if not _EXTENSION.fullmatch(extension):
        raise ValueError(f"`{text}` is no extension of a file such as png")
    return extension


request = Record(
    Request,
    {
        "wants": ListOf(Text("what a request should hold"), "a list of what a request should hold", or_one=True),
        "attachments": ListOf(Parsed(parse_extension, "an extension such as png"), "a list of extensions", or_one=True),
        "when_missing": Choice(("ask", "ask-and-pause", "accept")),
    },
)
