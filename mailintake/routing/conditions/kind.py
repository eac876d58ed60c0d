"""What sort of mail it is."""

from dataclasses import dataclass
from typing import ClassVar

from mailintake.domain import mail as field
from mailintake.domain.routing import Subject
from mailintake.routing.conditions.one_of import OneOf


@dataclass(frozen=True)
class Kind(OneOf):
    """Screening found it to be of one of these kinds."""

    word: ClassVar[str] = "kind"
    every: ClassVar[frozenset[str]] = frozenset(kind.value for kind in field.Kind)

    @staticmethod
    def of(mail: Subject) -> str:
        return mail.kind.value
