"""How urgent the sender says it is."""

from dataclasses import dataclass
from typing import ClassVar

from mailintake.domain.routing import Subject
from mailintake.routing.conditions.one_of import OneOf


@dataclass(frozen=True)
class Priority(OneOf):
    """The priority that the sender claims is one of these; `none` where nothing is said."""

    word: ClassVar[str] = "priority"

    @staticmethod
    def of(mail: Subject) -> str:
        return mail.priority
