"""Wildcards: `*` stands for any characters, `?` for one; the whole text must fit, whatever its case."""

from dataclasses import dataclass, field

from mailintake.routing.regex import Pattern
from mailintake.routing.words import flat


@dataclass(frozen=True, slots=True)
class Wildcard:
    """A text with `*` and `?` in it. `pieces` is what stands between the `*`."""

    written: str
    pieces: tuple[str, ...]
    _pattern: Pattern | None = field(default=None, compare=False, repr=False)

    @classmethod
    def of(cls, written: str) -> "Wildcard":
        """ValueError for nothing at all."""
        pattern = flat(written)
        if not pattern:
            raise ValueError("an empty text fits nothing")
        return cls(written.strip(), tuple(pattern.split("*")), _with_question_marks(pattern))

    @property
    def is_plain(self) -> bool:
        """Whether it fits one text only, `pieces[0]`."""
        return len(self.pieces) == 1 and self._pattern is None

    @property
    def fits_everything(self) -> bool:
        """Whether there is no text that it does not fit."""
        return len(self.pieces) > 1 and not any(self.pieces)

    def fits(self, text: str) -> bool:
        """Whether the whole of `text`, which went through `flat`, is such a text. In linear time."""
        if self._pattern is not None:
            return self._pattern.found(text.encode("utf-8", "replace"))
        if len(self.pieces) == 1:
            return text == self.pieces[0]
        first, *middle, last = self.pieces
        if len(text) < len(first) + len(last) or not (text.startswith(first) and text.endswith(last)):
            return False
        at, end = len(first), len(text) - len(last)
        for piece in middle:
            found = text.find(piece, at, end)
            if found < 0:
                return False
            at = found + len(piece)
        return True

    def covers(self, other: "Wildcard") -> bool:
        """Whether it surely fits whatever `other` fits."""
        if self == other or self.fits_everything:
            return True
        return other.is_plain and self.fits(other.pieces[0])


def _with_question_marks(pattern: str) -> Pattern | None:
    if "?" not in pattern:
        return None
    # each character for itself, so that nothing in the text is taken for a part of the pattern's grammar
    parts = ("(?s:.*)" if c == "*" else "(?s:.)" if c == "?" else f"\\x{{{ord(c):x}}}" for c in pattern)
    return Pattern.built("".join((r"(?-i)\A", *parts, r"\z")))
