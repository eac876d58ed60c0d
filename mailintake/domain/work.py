"""What an agent's mail says to do."""

from dataclasses import dataclass

from mailintake.domain.command import Command


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """A line that was taken for an order and not understood: why, and what may have been meant, "" for no idea."""

    line: str
    why: str
    meant: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """Words of an agent's about a ticket; None is the one that the mail belongs to."""

    text: str
    ticket: int | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """An agent's mail, read.

    `agent` is a key. `answer` is for the customer, `notes` are for the desk alone. With anything in `unknown` there are
    no commands, notes or answer; `late` orders were left out. `has_reached` says that the customer was addressed
    directly and has the mail already. `tickets` are those whose tokens the mail carries.
    """

    agent: str
    commands: tuple[Command, ...] = ()
    answer: Words | None = None
    notes: tuple[Words, ...] = ()
    unknown: tuple[NotUnderstood, ...] = ()
    late: tuple[NotUnderstood, ...] = ()
    has_reached: bool = False
    tickets: tuple[int, ...] = ()
