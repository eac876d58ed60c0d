"""How large the mail is."""

from dataclasses import dataclass
from typing import ClassVar

from mailintake.routing.conditions.condition import Condition
from mailintake.routing.reading import Reading


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes from `least` to `most`, both inclusive; None is no limit. `written` is how the admin wrote it."""

    written: str
    least: int = 0
    most: int | None = None

    def holds(self, size: int) -> bool:
        """Whether so many bytes lie within."""
        return self.least <= size and (self.most is None or size <= self.most)

    def covers(self, other: "Span") -> bool:
        """Whether all of the other lies within."""
        return self.least <= other.least and (self.most is None or (other.most is not None and other.most <= self.most))

    @property
    def is_everything(self) -> bool:
        """Whether every size lies within."""
        return self.least <= 0 and self.most is None


@dataclass(frozen=True)
class Size(Condition):
    """The raw mail has so many bytes."""

    word: ClassVar[str] = "size"

    span: Span

    def __str__(self) -> str:
        return f"size: {self.span.written}"

    def holds(self, reading: Reading) -> bool:
        return self.span.holds(reading.mail.size)

    def saw(self, reading: Reading) -> str:
        return f"{reading.mail.size:,} B"

    def covers(self, other: Condition) -> bool:
        return isinstance(other, Size) and self.span.covers(other.span)

    @property
    def is_always(self) -> bool:
        return self.span.is_everything
