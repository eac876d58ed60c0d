"""Conditions that are answered by yes or no."""

from abc import abstractmethod
from collections.abc import Collection
from dataclasses import dataclass

from mailintake.domain.routing import Subject
from mailintake.routing.conditions.condition import Condition
from mailintake.routing.gates import Gate, Source
from mailintake.routing.reading import Reading


@dataclass(frozen=True)
class YesNo(Condition):
    """Something is so of the mail, or is not, as `wanted`."""

    wanted: bool

    @staticmethod
    @abstractmethod
    def of(mail: Subject) -> bool:
        """Whether it is so."""

    def __str__(self) -> str:
        return f"{self.word}: {_word(self.wanted)}"

    def holds(self, reading: Reading) -> bool:
        return self.of(reading.mail) is self.wanted

    def saw(self, reading: Reading) -> str:
        return _word(self.of(reading.mail))

    @property
    def gates(self) -> tuple[tuple[Gate, ...], ...]:
        return ((Gate(Source(self.word, 1, self._values), frozenset({_word(self.wanted)})),),)

    @classmethod
    def _values(cls, reading: Reading) -> Collection[str]:
        return (_word(cls.of(reading.mail)),)


def _word(is_so: bool) -> str:
    return "yes" if is_so else "no"
