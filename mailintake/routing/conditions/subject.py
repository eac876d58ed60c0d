"""What the subject says."""

from dataclasses import dataclass
from typing import ClassVar

from mailintake.domain import routing
from mailintake.routing.conditions.texts_of import TextsOf


@dataclass(frozen=True)
class Subject(TextsOf):
    """The subject is as these tests want it; a ticket tag does not count."""

    word: ClassVar[str] = "subject"

    @staticmethod
    def of(mail: routing.Subject) -> tuple[str, ...]:
        return (mail.subject,)
