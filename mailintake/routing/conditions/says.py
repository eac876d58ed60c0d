"""What the mail says, in its subject or in its new words."""

from dataclasses import dataclass
from typing import ClassVar

from mailintake.domain.routing import Subject
from mailintake.routing.conditions.texts_of import TextsOf


@dataclass(frozen=True)
class Says(TextsOf):
    """The subject or the new words are as these tests want them."""

    word: ClassVar[str] = "says"
    length: ClassVar[int] = 2

    @staticmethod
    def of(mail: Subject) -> tuple[str, ...]:
        return (mail.subject, mail.text)
