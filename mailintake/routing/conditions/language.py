"""Which language the mail is written in."""

from dataclasses import dataclass
from typing import ClassVar

from mailintake.domain.routing import Subject
from mailintake.routing.conditions.one_of import OneOf


@dataclass(frozen=True)
class Language(OneOf):
    """The mail's language is one of these; `none` where it could not be told."""

    word: ClassVar[str] = "language"

    @staticmethod
    def of(mail: Subject) -> str:
        return mail.language
