"""To which mailbox of the desk the mail came."""

from dataclasses import dataclass
from typing import ClassVar

from mailintake.domain.routing import Subject
from mailintake.routing.conditions.one_of import OneOf


@dataclass(frozen=True)
class Mailbox(OneOf):
    """The desk's mailbox is one of these."""

    word: ClassVar[str] = "mailbox"

    @staticmethod
    def of(mail: Subject) -> str:
        return mail.mailbox.lower()
