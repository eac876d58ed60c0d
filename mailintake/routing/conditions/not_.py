"""The opposite of conditions."""

from dataclasses import dataclass
from typing import ClassVar

from mailintake.routing.conditions.condition import Condition
from mailintake.routing.reading import Reading


@dataclass(frozen=True)
class Not(Condition):
    """`part` does not hold."""

    word: ClassVar[str] = "not"

    part: Condition

    def __str__(self) -> str:
        return f"not: ({self.part})"

    def holds(self, reading: Reading) -> bool:
        return not self.part.holds(reading)

    def saw(self, reading: Reading) -> str:
        return self.part.saw(reading)

    @property
    def weight(self) -> int:
        return self.part.weight

    @property
    def is_always(self) -> bool:
        return self.part.is_never

    @property
    def is_never(self) -> bool:
        return self.part.is_always
