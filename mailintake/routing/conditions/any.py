"""Several conditions of which one is enough."""

from dataclasses import dataclass
from typing import ClassVar

from mailintake.routing.conditions.all import MOST_ROWS
from mailintake.routing.conditions.condition import Condition
from mailintake.routing.gates import Gate
from mailintake.routing.reading import Reading


@dataclass(frozen=True)
class Any(Condition):
    """At least one of `parts` holds; without any it holds of no mail."""

    word: ClassVar[str] = "any"

    parts: tuple[Condition, ...]

    def __str__(self) -> str:
        return f"any: ({'; '.join(map(str, self.parts))})"

    def holds(self, reading: Reading) -> bool:
        for part in self.parts:  # noqa: SIM110  a generator costs more than the conditions it asks
            if part.holds(reading):
                return True
        return False

    def saw(self, reading: Reading) -> str:
        return "; ".join(f"{part}: {part.saw(reading)}" for part in self.parts)

    @property
    def gates(self) -> tuple[tuple[Gate, ...], ...]:
        rows = tuple(row for part in self.parts for row in part.gates)
        return rows if len(rows) <= MOST_ROWS else ((),)

    @property
    def weight(self) -> int:
        return sum(part.weight for part in self.parts)

    @property
    def is_always(self) -> bool:
        return any(part.is_always for part in self.parts)

    @property
    def is_never(self) -> bool:
        return all(part.is_never for part in self.parts)
