"""Where the sender's address is."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar

from mailintake.routing.conditions.condition import Condition
from mailintake.routing.gates import Gate, Source
from mailintake.routing.reading import Reading


@dataclass(frozen=True)
class Domain(Condition):
    """The sender's domain is one of these; `*.bakery.example` is all that lies below it, but not itself."""

    word: ClassVar[str] = "domain"

    domains: frozenset[str]

    def __str__(self) -> str:
        return f"domain: {' | '.join(sorted(self.domains))}"

    def holds(self, reading: Reading) -> bool:
        return not self.domains.isdisjoint(_names(reading))

    def saw(self, reading: Reading) -> str:
        return reading.mail.domain or "none"

    def covers(self, other: Condition) -> bool:
        return isinstance(other, Domain) and all(
            domain in self.domains or not self.domains.isdisjoint(_above(domain)) for domain in other.domains
        )

    @property
    def gates(self) -> tuple[tuple[Gate, ...], ...]:
        return ((Gate(_DOMAIN, self.domains),),)


def _names(reading: Reading) -> Collection[str]:
    domain = reading.mail.domain
    return (domain, *_above(domain))


def _above(domain: str) -> list[str]:
    """What is below which this domain lies: `*.bakery.example` and `*.example` for `shop.bakery.example`."""
    labels = domain.removeprefix("*.").split(".")[:_DEEPEST]
    return [f"*.{'.'.join(labels[at:])}" for at in range(1, len(labels))]


_DEEPEST = 127  # labels that a name can have (RFC 1035, 3.1)
_DOMAIN = Source("domain", 3, _names)
