"""Conditions on addresses, as compared (DOMAIN E2): in full, or with `*` and `?` in them."""

from abc import abstractmethod
from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar

from mailintake.domain.routing import Subject
from mailintake.routing.conditions.condition import Condition
from mailintake.routing.gates import Gate, Source
from mailintake.routing.reading import Reading
from mailintake.routing.wildcard import Wildcard


@dataclass(frozen=True)
class Addresses(Condition):
    """One of the mail's addresses is among `exact`, or fits one of `wildcards`."""

    cost: ClassVar[int] = 2

    exact: frozenset[str]
    wildcards: tuple[Wildcard, ...] = ()

    @staticmethod
    @abstractmethod
    def of(mail: Subject) -> Collection[str]:
        """The addresses that are compared."""

    def __str__(self) -> str:
        return f"{self.word}: {' | '.join((*sorted(self.exact), *(each.written for each in self.wildcards)))}"

    def holds(self, reading: Reading) -> bool:
        addresses = self.of(reading.mail)
        return not self.exact.isdisjoint(addresses) or any(
            wildcard.fits(address) for wildcard in self.wildcards for address in addresses
        )

    def saw(self, reading: Reading) -> str:
        return ", ".join(filter(None, self.of(reading.mail))) or "none"

    def covers(self, other: Condition) -> bool:
        if not isinstance(other, Addresses) or other.word != self.word:
            return False
        return all(self._takes(address) for address in other.exact) and all(
            any(mine.covers(theirs) for mine in self.wildcards) for theirs in other.wildcards
        )

    def _takes(self, address: str) -> bool:
        return address in self.exact or any(wildcard.fits(address) for wildcard in self.wildcards)

    @property
    def gates(self) -> tuple[tuple[Gate, ...], ...]:
        if self.wildcards:
            return ((),)
        return ((Gate(Source(self.word, 2, lambda reading: self.of(reading.mail)), self.exact),),)
