"""Whether the mail joins a ticket."""

from dataclasses import dataclass
from typing import ClassVar

from mailintake.domain.routing import Subject
from mailintake.routing.conditions.yes_no import YesNo


@dataclass(frozen=True)
class Reply(YesNo):
    """The mail is part of a conversation that a ticket holds."""

    word: ClassVar[str] = "reply"

    @staticmethod
    def of(mail: Subject) -> bool:
        return mail.reply
