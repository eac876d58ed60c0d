"""What every screening step is shown."""

from dataclasses import dataclass
from functools import cached_property

from mailintake.domain.mail import Envelope, Kind, ParsedMessage, Screening


@dataclass(frozen=True)
class Incoming:
    """A mail as parsed, its envelope, and how we know ourselves.

    `own_addresses` are ASCII-lower; `loop_mark` is what our own letters carry in X-Loop, "" for none.
    """

    message: ParsedMessage
    envelope: Envelope
    own_addresses: frozenset[str]
    loop_mark: str

    @cached_property
    def _fields(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name, value in self.message.headers:
            found.setdefault(name, []).append(value)
        return found

    def values(self, name: str) -> list[str]:
        """Every value of a header field (name in lower case)."""
        return self._fields.get(name, [])

    def header(self, name: str) -> str | None:
        """The first value of a header field (name in lower case), or None."""
        return next(iter(self.values(name)), None)

    @property
    def null_return_path(self) -> bool:
        """Whether nobody may be answered: the envelope says so, or the transport that wrote Return-Path."""
        return not self.envelope.return_path.strip("<> ") or self.header("return-path") == "<>"

    @property
    def authors(self) -> tuple[str, ...]:
        """The addresses in From, in lower case."""
        return tuple(ascii_lower(author.address) for author in self.message.authors)


def ascii_lower(text: str) -> str:
    """Lower case for A to Z only: no other letter ever becomes part of an address of ours (SECURITY T29)."""
    if text.isascii():
        return text.lower()
    return "".join(char.lower() if "A" <= char <= "Z" else char for char in text)


def machine(kind: Kind, reason: str) -> Screening:
    """The screening of a mail that neither opens a ticket nor gets an answer."""
    return Screening(kind, reason, may_open=False, may_be_answered=False)


def mark(name: str, value: str) -> str:
    """A header field as a reason: one line, at most 100 characters of its value."""
    shown = value if len(value) <= 100 else value[:99] + "…"
    return f"{name}: {shown}"
