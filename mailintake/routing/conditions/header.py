"""What stands in a header field."""

from dataclasses import dataclass
from typing import ClassVar

from mailintake.routing.conditions.condition import Condition
from mailintake.routing.gates import Gate, Source
from mailintake.routing.reading import Reading
from mailintake.routing.texts import TextTests


@dataclass(frozen=True)
class Header(Condition):
    """One of the fields of this name, in lower case, is as these tests want it; a field that is absent is empty."""

    word: ClassVar[str] = "header"

    name: str
    tests: TextTests

    def __str__(self) -> str:
        return f"header {self.name}: {self.tests}"

    def holds(self, reading: Reading) -> bool:
        return self.tests.any_holds(reading.headers.get(self.name, ()), reading)

    def saw(self, reading: Reading) -> str:
        return " | ".join(reading.headers.get(self.name, ("no such field",)))

    def covers(self, other: Condition) -> bool:
        return isinstance(other, Header) and other.name == self.name and self.tests.covers(other.tests)

    @property
    def weight(self) -> int:
        return self.tests.cost

    @property
    def gates(self) -> tuple[tuple[Gate, ...], ...]:
        return ((),) if self.tests.takes_empty else ((Gate(_NAMES, frozenset({self.name})),),)

    @property
    def is_always(self) -> bool:
        return self.tests.is_always


_NAMES = Source("header", 5, lambda reading: reading.headers)
