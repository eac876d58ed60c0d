"""What the sender's account has bought."""

from dataclasses import dataclass
from typing import ClassVar

from mailintake.domain.routing import Subject
from mailintake.routing.conditions.one_of import OneOf


@dataclass(frozen=True)
class Plan(OneOf):
    """The plan of the account's contract is one of these."""

    word: ClassVar[str] = "plan"

    @staticmethod
    def of(mail: Subject) -> str:
        return mail.plan
