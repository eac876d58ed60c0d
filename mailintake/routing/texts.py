"""Ways to look at a text of a mail: words, wildcards, regular expressions, equal, empty."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import ClassVar

from mailintake.routing.reading import Reading
from mailintake.routing.regex import Pattern
from mailintake.routing.wildcard import Wildcard
from mailintake.routing.words import Phrase


class TextTest(ABC):
    """One way to look at a text: yes or no."""

    word: ClassVar[str]
    cost: ClassVar[int]

    @abstractmethod
    def holds(self, text: str, reading: Reading) -> bool:
        """Whether it is so of this text."""

    def covers(self, other: "TextTest") -> bool:
        """Whether it is surely so of every text of which `other` is."""
        return self == other

    @property
    def needles(self) -> frozenset[str] | None:
        """What must stand in the words of the text, one of these; None where that says nothing."""
        return None

    @property
    def patterns(self) -> frozenset[str] | None:
        """Regular expressions of which one must match; None where that says nothing."""
        return None

    @property
    def is_always(self) -> bool:
        """Whether it is so of every text."""
        return False

    @property
    def takes_empty(self) -> bool:
        """Whether it may be so of an empty text."""
        return False


@dataclass(frozen=True)
class Words(TextTest):
    """One of these phrases stands in it, as whole words."""

    word: ClassVar[str] = "words"
    cost: ClassVar[int] = 4

    phrases: tuple[Phrase, ...]

    def __str__(self) -> str:
        return _either(phrase.written for phrase in self.phrases)

    def holds(self, text: str, reading: Reading) -> bool:
        words = reading.words(text)
        return any(phrase.within(words) for phrase in self.phrases)

    def covers(self, other: TextTest) -> bool:
        return isinstance(other, Words) and all(
            any(mine.covers(theirs) for mine in self.phrases) for theirs in other.phrases
        )

    @property
    def needles(self) -> frozenset[str]:
        return frozenset(phrase.needle for phrase in self.phrases)


@dataclass(frozen=True)
class Like(TextTest):
    """The whole of it fits one of these wildcards."""

    word: ClassVar[str] = "like"
    cost: ClassVar[int] = 3

    wildcards: tuple[Wildcard, ...]

    def __str__(self) -> str:
        return f"like {_either(wildcard.written for wildcard in self.wildcards)}"

    def holds(self, text: str, reading: Reading) -> bool:
        flat = reading.flat(text)
        return any(wildcard.fits(flat) for wildcard in self.wildcards)

    def covers(self, other: TextTest) -> bool:
        if isinstance(other, Is):
            return all(any(mine.fits(theirs) for mine in self.wildcards) for theirs in other.texts)
        return isinstance(other, Like) and all(
            any(mine.covers(theirs) for mine in self.wildcards) for theirs in other.wildcards
        )

    @property
    def is_always(self) -> bool:
        return any(wildcard.fits_everything for wildcard in self.wildcards)

    @property
    def takes_empty(self) -> bool:
        return any(wildcard.fits("") for wildcard in self.wildcards)


@dataclass(frozen=True)
class Regex(TextTest):
    """One of these regular expressions matches somewhere in it."""

    word: ClassVar[str] = "regex"
    cost: ClassVar[int] = 6

    expressions: tuple[Pattern, ...]

    def __str__(self) -> str:
        return f"regex {_either(pattern.text for pattern in self.expressions)}"

    def holds(self, text: str, reading: Reading) -> bool:
        encoded = reading.encoded(text)
        return any(pattern.found(encoded) for pattern in self.expressions)

    def covers(self, other: TextTest) -> bool:
        return isinstance(other, Regex) and set(other.expressions) <= set(self.expressions)

    @property
    def patterns(self) -> frozenset[str]:
        return frozenset(pattern.text for pattern in self.expressions)

    @property
    def takes_empty(self) -> bool:
        return any(pattern.found(b"") for pattern in self.expressions)


@dataclass(frozen=True)
class Is(TextTest):
    """It is one of these texts, whatever their case and spaces."""

    word: ClassVar[str] = "is"
    cost: ClassVar[int] = 2

    texts: frozenset[str]

    def __str__(self) -> str:
        return f"is {_either(sorted(self.texts))}"

    def holds(self, text: str, reading: Reading) -> bool:
        return reading.flat(text) in self.texts

    def covers(self, other: TextTest) -> bool:
        return isinstance(other, Is) and other.texts <= self.texts


@dataclass(frozen=True)
class Empty(TextTest):
    """Nothing is written in it; or something is."""

    word: ClassVar[str] = "empty"
    cost: ClassVar[int] = 1

    wanted: bool

    def __str__(self) -> str:
        return "empty" if self.wanted else "not empty"

    def holds(self, text: str, reading: Reading) -> bool:
        return (not text.strip()) is self.wanted

    def covers(self, other: TextTest) -> bool:
        return self == other or (not self.wanted and isinstance(other, Words))

    @property
    def takes_empty(self) -> bool:
        return self.wanted


TEXT_TESTS: tuple[type[TextTest], ...] = (Empty, Is, Like, Words, Regex)


@dataclass(frozen=True)
class TextTests:
    """All of these are so of one text."""

    tests: tuple[TextTest, ...]

    def __str__(self) -> str:
        return " and ".join(map(str, self.tests))

    def holds(self, text: str, reading: Reading) -> bool:
        """Whether all are so of this text."""
        return all(test.holds(text, reading) for test in self.tests)

    def any_holds(self, texts: Collection[str], reading: Reading) -> bool:
        """Whether all are so of one of these texts; where there is none, of an empty one."""
        return any(self.holds(text, reading) for text in texts or ("",))

    def covers(self, other: "TextTests") -> bool:
        """Whether they surely hold of every text of which `other` do."""
        return all(test.is_always or any(test.covers(theirs) for theirs in other.tests) for test in self.tests)

    @property
    def cost(self) -> int:
        """How dear they are to ask, beside others."""
        return max(test.cost for test in self.tests)

    @property
    def needles(self) -> frozenset[str] | None:
        """What must stand in the words of the text, one of these; None where that says nothing."""
        return next((test.needles for test in self.tests if test.needles is not None), None)

    @property
    def patterns(self) -> frozenset[str] | None:
        """Regular expressions of which one must match; None where that says nothing."""
        return next((test.patterns for test in self.tests if test.patterns is not None), None)

    @property
    def takes_empty(self) -> bool:
        """Whether they may hold of an empty text."""
        return all(test.takes_empty for test in self.tests)

    @property
    def is_always(self) -> bool:
        """Whether they hold of every text."""
        return all(test.is_always for test in self.tests)


def _either(words: Iterable[str]) -> str:
    return " | ".join(words)
