"""Several conditions that must hold together."""

from dataclasses import dataclass
from itertools import product
from typing import ClassVar

from mailintake.routing.conditions.condition import Condition
from mailintake.routing.gates import Gate
from mailintake.routing.reading import Reading

MOST_ROWS = 8
"""Ways in which a rule can match that are kept apart when rules are left out; beyond, fewer are told apart."""


@dataclass(frozen=True)
class All(Condition):
    """Each of `parts` holds; without any it holds of every mail."""

    word: ClassVar[str] = "all"

    parts: tuple[Condition, ...]

    def __str__(self) -> str:
        return f"all: ({'; '.join(map(str, self.parts))})"

    def holds(self, reading: Reading) -> bool:
        for part in self.parts:  # noqa: SIM110  a generator costs more than the conditions it asks
            if not part.holds(reading):
                return False
        return True

    def saw(self, reading: Reading) -> str:
        failed = next((part for part in self.parts if not part.holds(reading)), None)
        return "all of it" if failed is None else f"{failed}: {failed.saw(reading)}"

    @property
    def gates(self) -> tuple[tuple[Gate, ...], ...]:
        rows: tuple[tuple[Gate, ...], ...] = ((),)
        for part in self.parts:
            if len(rows) * len(part.gates) <= MOST_ROWS:
                rows = tuple((*one, *other) for one, other in product(rows, part.gates))
        return rows

    @property
    def weight(self) -> int:
        return sum(part.weight for part in self.parts)

    @property
    def is_always(self) -> bool:
        return all(part.is_always for part in self.parts)

    @property
    def is_never(self) -> bool:
        return any(part.is_never for part in self.parts)
