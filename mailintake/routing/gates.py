"""What a mail must have for a condition to hold: by this, the rules that cannot match are left out at once."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Literal

from mailintake.routing.reading import Reading


@dataclass(frozen=True, slots=True)
class Source:
    """A part of a mail that has values: `values` of a mail, or texts in which words or expressions are sought.

    `name` tells sources apart; the one with the least `cost` is asked first. `kind` is `values`, or what the values of
    its gates are sought as in the texts: `words` or `patterns`.
    """

    name: str
    cost: int
    values: Callable[[Reading], Collection[str]]
    kind: Literal["values", "words", "patterns"] = "values"


@dataclass(frozen=True, slots=True)
class Gate:
    """Where a mail has none of `values` in `source`, the condition does not hold."""

    source: Source
    values: frozenset[str]
