"""What stands in the body, also what is quoted in it."""

from dataclasses import dataclass
from typing import ClassVar

from mailintake.domain.routing import Subject
from mailintake.routing.conditions.texts_of import TextsOf


@dataclass(frozen=True)
class Body(TextsOf):
    """The whole text of the mail is as these tests want it."""

    word: ClassVar[str] = "body"
    length: ClassVar[int] = 3

    @staticmethod
    def of(mail: Subject) -> tuple[str, ...]:
        return (mail.body,)
