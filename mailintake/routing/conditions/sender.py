"""Who wrote."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar

from mailintake.domain.routing import Subject
from mailintake.routing.conditions.addresses import Addresses


@dataclass(frozen=True)
class Sender(Addresses):
    """The sender's address is one of these, or fits one of these wildcards."""

    word: ClassVar[str] = "sender"

    @staticmethod
    def of(mail: Subject) -> Collection[str]:
        return (mail.sender,)
