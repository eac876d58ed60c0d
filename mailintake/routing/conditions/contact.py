"""Whether the sender may open tickets."""

from dataclasses import dataclass
from typing import ClassVar

from mailintake.domain.routing import Subject
from mailintake.routing.conditions.yes_no import YesNo


@dataclass(frozen=True)
class Contact(YesNo):
    """The sender is a contact of an account, listed or enrolled."""

    word: ClassVar[str] = "contact"

    @staticmethod
    def of(mail: Subject) -> bool:
        return mail.contact
