"""What the sender wrote now."""

from dataclasses import dataclass
from typing import ClassVar

from mailintake.domain.routing import Subject
from mailintake.routing.conditions.texts_of import TextsOf


@dataclass(frozen=True)
class Text(TextsOf):
    """The new words of the mail, without quotes and signature, are as these tests want them."""

    word: ClassVar[str] = "text"
    length: ClassVar[int] = 2

    @staticmethod
    def of(mail: Subject) -> tuple[str, ...]:
        return (mail.text,)
