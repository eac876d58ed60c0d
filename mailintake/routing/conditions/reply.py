"""Whether the mail names a ticket of ours."""

from dataclasses import dataclass
from typing import ClassVar

from mailintake.domain.routing import Subject
from mailintake.routing.conditions.yes_no import YesNo


@dataclass(frozen=True)
class Reply(YesNo):
    """The mail carries the token of a ticket, or does not."""

    word: ClassVar[str] = "reply"

    @staticmethod
    def of(mail: Subject) -> bool:
        return mail.reply
