"""One command of an agent's that is being carried out, what it came to, and why it may be refused."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from mailintake.domain.agent import Agent
from mailintake.domain.command import Command
from mailintake.errors import UsageError
from mailintake.intake.happenings import Standing, standing
from mailintake.intake.policy import Policy
from mailintake.storage import journal

Undo = dict[str, object]
SO_ALREADY = "nothing-to-change"
"""Refused, but no reason to hold anything back: it is so already."""


@dataclass(frozen=True, slots=True)
class Order:
    """A command of an agent's on a ticket, given by mail `by`."""

    connection: Connection
    policy: Policy
    agent: Agent
    command: Command
    ticket_id: int
    by: int
    now: datetime

    @property
    def who(self) -> str:
        """For the journal."""
        return f"{self.agent.key}, mail {self.by}"

    def standing(self) -> Standing:
        """Where the ticket stands. Raises Refused if there is none."""
        found = standing(self.connection, self.ticket_id, self.policy)
        if found is None:
            raise Refused("no-such-ticket")
        return found

    def record(self, event: str, detail: Undo) -> None:
        """Write a line into the ticket's journal."""
        detail = {"by": self.who, **detail}
        journal.record(self.connection, event, at=self.now, ticket_id=self.ticket_id, detail=detail)


class Refused(UsageError):
    """The order cannot be carried out; the message is a word that letters translate, `detail` says more."""

    def __init__(self, why: str, detail: str = "") -> None:
        super().__init__(why)
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Done:
    """What an order came to: `now` is for people, `undo` what takes it back."""

    now: str = ""
    undo: tuple[Undo, ...] = ()
