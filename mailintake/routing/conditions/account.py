"""Whose customer the sender is."""

from dataclasses import dataclass
from typing import ClassVar

from mailintake.domain.routing import Subject
from mailintake.routing.conditions.one_of import OneOf


@dataclass(frozen=True)
class Account(OneOf):
    """The sender's account is one of these; `none` is a stranger's."""

    word: ClassVar[str] = "account"

    @staticmethod
    def of(mail: Subject) -> str:
        return mail.account
