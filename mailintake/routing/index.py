"""Which rules could match a mail at all: most are left out without being asked."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from mailintake.routing.conditions import Condition
from mailintake.routing.gates import Gate, Source
from mailintake.routing.reading import Reading
from mailintake.routing.regex import Patterns


class Index:
    """The gates of many conditions, by source and value.

    A set of ways to match is a whole number, with a bit for each; a rule of which one of several things must hold has
    as many ways.
    """

    def __init__(self, conditions: Sequence[Condition]) -> None:
        self._numbers: list[int] = []
        tables: dict[str, _Table] = {}
        for number, condition in enumerate(conditions):
            for row in condition.gates:
                bit = 1 << len(self._numbers)
                self._numbers.append(number)
                for gate in row:
                    tables.setdefault(gate.source.name, _Table(gate.source)).add(bit, gate)
        self._tables = sorted(tables.values(), key=lambda table: table.source.cost)
        for table in self._tables:
            table.settle()
        self._everything = (1 << len(self._numbers)) - 1

    def candidates(self, reading: Reading) -> Iterator[int]:
        """The numbers of the conditions that may hold, in order; those left out do not."""
        ways = self._everything
        for table in self._tables:
            if gated := ways & table.gated:
                ways ^= gated & ~table.open(reading)
        previous = -1
        while ways:
            lowest = ways & -ways
            ways ^= lowest
            number = self._numbers[lowest.bit_length() - 1]
            if number != previous:
                previous = number
                yield number


class _Table:
    """Which ways each value of one source opens; `gated` are all that it can shut."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.gated = 0
        self._by_value: dict[str, int] = {}
        self._patterns: Patterns | None = None

    def add(self, bit: int, gate: Gate) -> None:
        if self.gated & bit:
            return  # one gate of a source is enough: a second could only shut what the condition itself will
        self.gated |= bit
        for value in gate.values:
            self._by_value[value] = self._by_value.get(value, 0) | bit

    def settle(self) -> None:
        """Make ready what is sought all at once."""
        if self.source.kind != "values":
            self._patterns = Patterns(self._by_value, literal=self.source.kind == "words")

    def open(self, reading: Reading) -> int:
        """The ways that the mail's values open."""
        found = 0
        for value in self._values(reading):
            found |= self._by_value.get(value, 0)
        return found

    def _values(self, reading: Reading) -> Iterable[str]:
        values = self.source.values(reading)
        if self._patterns is None:
            return values
        encode = reading.encoded_words if self.source.kind == "words" else reading.encoded
        return chain.from_iterable(self._patterns.found(encode(text)) for text in values)
