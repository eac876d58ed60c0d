"""What is attached to the mail."""

from dataclasses import dataclass
from typing import ClassVar

from mailintake.domain import mail
from mailintake.routing.conditions.condition import Condition
from mailintake.routing.conditions.size import Span
from mailintake.routing.gates import Gate, Source
from mailintake.routing.reading import Reading
from mailintake.routing.wildcard import Wildcard


@dataclass(frozen=True)
class Attachment(Condition):
    """One attachment has such a name, such a type and such a size; or, not `wanted`, none has.

    Pictures shown within the text are no attachments. () and None are any name, type or size.
    """

    word: ClassVar[str] = "attachment"
    cost: ClassVar[int] = 2

    wanted: bool = True
    names: tuple[Wildcard, ...] = ()
    types: tuple[Wildcard, ...] = ()
    span: Span | None = None

    def __str__(self) -> str:
        said = [
            *(f"{key} {' | '.join(each.written for each in found)}" for key, found in self._fits() if found),
            *([f"size {self.span.written}"] if self.span else []),
        ]
        return f"attachment: {', '.join(said) or ('yes' if self.wanted else 'no')}"

    def holds(self, reading: Reading) -> bool:
        return any(self._is_such(each, reading) for each in _attached(reading)) is self.wanted

    def saw(self, reading: Reading) -> str:
        found = (f"{each.filename} ({each.content_type}, {each.size:,} B)" for each in _attached(reading))
        return ", ".join(found) or "none"

    def covers(self, other: Condition) -> bool:
        return self == other or (
            isinstance(other, Attachment)
            and self.wanted
            and other.wanted
            and _cover(self.names, other.names)
            and _cover(self.types, other.types)
            and (self.span is None or (other.span is not None and self.span.covers(other.span)))
        )

    @property
    def gates(self) -> tuple[tuple[Gate, ...], ...]:
        return ((Gate(_ANY, frozenset({"yes" if self.wanted else "no"})),),)

    def _fits(self) -> tuple[tuple[str, tuple[Wildcard, ...]], ...]:
        return (("name", self.names), ("type", self.types))

    def _is_such(self, each: mail.Attachment, reading: Reading) -> bool:
        return (
            (self.span is None or self.span.holds(each.size))
            and (not self.names or _fit(self.names, each.filename, reading))
            and (not self.types or _fit(self.types, each.content_type, reading))
        )


_ANY = Source("attachment", 1, lambda reading: ("yes" if _attached(reading) else "no",))


def _attached(reading: Reading) -> list[mail.Attachment]:
    return [each for each in reading.mail.attachments if not each.inline]


def _fit(wildcards: tuple[Wildcard, ...], text: str, reading: Reading) -> bool:
    flat = reading.flat(text)
    return any(wildcard.fits(flat) for wildcard in wildcards)


def _cover(ours: tuple[Wildcard, ...], theirs: tuple[Wildcard, ...]) -> bool:
    return not ours or bool(theirs and all(any(mine.covers(other) for mine in ours) for other in theirs))
