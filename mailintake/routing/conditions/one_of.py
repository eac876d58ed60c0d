"""Conditions that want one of a few words; `none` is where the mail has nothing of the sort."""

from abc import abstractmethod
from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar

from mailintake.domain.routing import Subject
from mailintake.routing.conditions.condition import Condition
from mailintake.routing.gates import Gate, Source
from mailintake.routing.reading import Reading


@dataclass(frozen=True)
class OneOf(Condition):
    """Something of the mail is one of `values`, "" among them for `none`.

    `every` are all words that the mail may have there, if they are few and known.
    """

    every: ClassVar[frozenset[str]] = frozenset()

    values: frozenset[str]

    @staticmethod
    @abstractmethod
    def of(mail: Subject) -> str:
        """What is compared."""

    def __str__(self) -> str:
        return f"{self.word}: {' | '.join(value or 'none' for value in sorted(self.values))}"

    def holds(self, reading: Reading) -> bool:
        return self.of(reading.mail) in self.values

    def saw(self, reading: Reading) -> str:
        return self.of(reading.mail) or "none"

    def covers(self, other: Condition) -> bool:
        return isinstance(other, OneOf) and other.word == self.word and other.values <= self.values

    @property
    def gates(self) -> tuple[tuple[Gate, ...], ...]:
        return ((Gate(Source(self.word, 1, self._values), self.values),),)

    @classmethod
    def _values(cls, reading: Reading) -> Collection[str]:
        return (cls.of(reading.mail),)

    @property
    def is_always(self) -> bool:
        return bool(self.every) and self.values >= self.every
