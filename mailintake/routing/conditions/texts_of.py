"""Conditions on what is written in one or several texts of a mail."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from mailintake.domain.routing import Subject
from mailintake.routing.conditions.condition import Condition
from mailintake.routing.gates import Gate, Source
from mailintake.routing.reading import Reading
from mailintake.routing.texts import TextTests


@dataclass(frozen=True)
class TextsOf(Condition):
    """All of `tests` hold of one of the texts that the word means."""

    length: ClassVar[int] = 1

    tests: TextTests

    @staticmethod
    @abstractmethod
    def of(mail: Subject) -> tuple[str, ...]:
        """The texts that are looked at."""

    def __str__(self) -> str:
        return f"{self.word}: {self.tests}"

    def holds(self, reading: Reading) -> bool:
        return self.tests.any_holds(self.of(reading.mail), reading)

    def saw(self, reading: Reading) -> str:
        return " | ".join(self.of(reading.mail)) or "nothing"

    def covers(self, other: Condition) -> bool:
        return isinstance(other, TextsOf) and other.word == self.word and self.tests.covers(other.tests)

    @property
    def weight(self) -> int:
        return self.tests.cost * self.length

    @property
    def gates(self) -> tuple[tuple[Gate, ...], ...]:
        found = []
        if (needles := self.tests.needles) is not None:
            found.append(Gate(Source(f"{self.word} words", 10 * self.length, self._texts, "words"), needles))
        if (patterns := self.tests.patterns) is not None:
            found.append(Gate(Source(f"{self.word} regex", 20 * self.length, self._texts, "patterns"), patterns))
        return (tuple(found),)

    @property
    def is_always(self) -> bool:
        return self.tests.is_always

    @classmethod
    def _texts(cls, reading: Reading) -> tuple[str, ...]:
        return cls.of(reading.mail)
