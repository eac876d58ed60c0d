"""Regular expressions in linear time: the only module that knows RE2."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import re2

LONGEST = 1000
"""Characters of a pattern."""

LARGEST_GROUP = 100
LARGEST_LITERAL_GROUP = 1000
"""Patterns that are sought together; the automaton of literal texts stays small."""

_PATTERN_MEMORY = 4 << 20
_GROUP_MEMORY = 32 << 20


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression in RE2's syntax, sought anywhere in a text, whatever its case; `(?-i)` minds the case."""

    text: str
    _compiled: Any = field(compare=False, repr=False)

    @classmethod
    def of(cls, text: str) -> "Pattern":
        """ValueError with what is wrong with it."""
        if not text or len(text) > LONGEST:
            raise ValueError(f"a regular expression has 1 to {LONGEST} characters")
        return cls(text, _compile(text))

    @classmethod
    def built(cls, text: str) -> "Pattern":
        """A pattern of our own making, of any length that RE2 takes. ValueError beyond that."""
        return cls(text, _compile(text))

    def found(self, encoded: bytes) -> bool:
        """Whether it matches somewhere in the text, given in UTF-8."""
        return self._compiled.search(encoded) is not None

    def extract(self, encoded: bytes) -> str:
        """Its groups where it first matches, joined by spaces, or all that matches if it has none; "" if nothing."""
        match = self._compiled.search(encoded)
        if match is None:
            return ""
        pieces = [piece for piece in match.groups() if piece] if self._compiled.groups else [match.group()]
        return " ".join(piece.decode("utf-8", "replace") for piece in pieces)


class Patterns:
    """Many patterns sought in one pass over a text; or `literal` texts, in their own case.

    `memory` are the bytes one automaton may use; where they do not suffice, several are made.
    """

    def __init__(self, patterns: Iterable[str], *, literal: bool = False, memory: int = _GROUP_MEMORY) -> None:
        texts = sorted(set(patterns))
        size = LARGEST_LITERAL_GROUP if literal else LARGEST_GROUP
        self._groups = [
            group
            for at in range(0, len(texts), size)
            for group in _groups(texts[at : at + size], literal=literal, memory=memory)
        ]

    def found(self, encoded: bytes) -> set[str]:
        """Those that match, as written; where memory does not suffice to tell, those that might."""
        return {text for group in self._groups for text in group.found(encoded)}


@dataclass(frozen=True, slots=True)
class _Group:
    """Patterns with their automaton, None where it would be too large."""

    texts: list[str]
    automaton: Any

    def found(self, encoded: bytes) -> Iterable[str]:
        if self.automaton is None:
            return self.texts
        numbers = self.automaton.Match(encoded)
        if len(self.texts) not in numbers:
            return self.texts
        return [self.texts[number] for number in numbers if number < len(self.texts)]


def _groups(texts: list[str], *, literal: bool, memory: int) -> Iterator[_Group]:
    automaton = re2.Set.SearchSet(_options(memory))
    for text in texts:
        automaton.Add(f"(?-i){re2.escape(text)}" if literal else text)
    # Out of memory a set reports no match at all, and no error: what always matches tells the two apart.
    automaton.Add(r"\z")
    try:
        automaton.Compile()
    except re2.error:
        if len(texts) == 1:
            yield _Group(texts, None)
            return
        half = len(texts) // 2
        yield from _groups(texts[:half], literal=literal, memory=memory)
        yield from _groups(texts[half:], literal=literal, memory=memory)
    else:
        yield _Group(texts, automaton)


@lru_cache(maxsize=4096)
def _compile(text: str) -> Any:
    try:
        return re2.compile(text, options=_options(_PATTERN_MEMORY))
    except re2.error as error:
        said = error.args[0]
        reason = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        raise ValueError(f"`{text}` is no regular expression: {reason}") from None


def _options(memory: int) -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = memory
    return options
