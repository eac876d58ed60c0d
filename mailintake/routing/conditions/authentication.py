"""How far the sender is known to be who they claim."""

from dataclasses import dataclass
from typing import ClassVar

from mailintake.domain.routing import Subject
from mailintake.domain.trust import Verdict
from mailintake.routing.conditions.one_of import OneOf


@dataclass(frozen=True)
class Authentication(OneOf):
    """The verdict on the sender's domain is one of these."""

    word: ClassVar[str] = "authentication"
    every: ClassVar[frozenset[str]] = frozenset(verdict.value for verdict in Verdict)

    @staticmethod
    def of(mail: Subject) -> str:
        return mail.authentication.value
