"""What every condition can do: say yes or no of a mail, and show what it saw."""

from abc import ABC, abstractmethod
from typing import ClassVar

from mailintake.routing.gates import Gate
from mailintake.routing.reading import Reading


class Condition(ABC):
    """A word under `when:` with what the admin wrote behind it; a frozen dataclass that says yes or no.

    `word` is the word in the file; `cost` orders the conditions of a rule: the cheap ones are asked first.
    """

    word: ClassVar[str] = ""
    cost: ClassVar[int] = 1

    @abstractmethod
    def holds(self, reading: Reading) -> bool:
        """Whether it is so of this mail."""

    @abstractmethod
    def saw(self, reading: Reading) -> str:
        """What it looked at in this mail, for people; of any length."""

    def covers(self, other: "Condition") -> bool:
        """Whether it surely holds wherever `other` does; False where that is not plain to see."""
        return self == other

    @property
    def gates(self) -> tuple[tuple[Gate, ...], ...]:
        """What a mail must have for this to hold: all gates of at least one of these rows."""
        return ((),)

    @property
    def weight(self) -> int:
        """How dear it is to ask, beside others."""
        return self.cost

    @property
    def is_always(self) -> bool:
        """Whether it holds of every mail there can be."""
        return False

    @property
    def is_never(self) -> bool:
        """Whether it holds of none."""
        return False
