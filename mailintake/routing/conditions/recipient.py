"""To whom the mail went."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar

from mailintake.domain.routing import Subject
from mailintake.routing.conditions.addresses import Addresses


@dataclass(frozen=True)
class Recipient(Addresses):
    """One of the recipients is one of these, or fits one of these wildcards."""

    word: ClassVar[str] = "recipient"

    @staticmethod
    def of(mail: Subject) -> Collection[str]:
        return mail.recipients
