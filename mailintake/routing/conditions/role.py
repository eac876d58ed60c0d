"""What the sender is at their account."""

from dataclasses import dataclass
from typing import ClassVar

from mailintake.domain.routing import Subject
from mailintake.routing.conditions.one_of import OneOf


@dataclass(frozen=True)
class Role(OneOf):
    """The contact's role is one of these."""

    word: ClassVar[str] = "role"

    @staticmethod
    def of(mail: Subject) -> str:
        return mail.role
