"""Who works at the desk, and when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from mailintake.domain.hours import Hours


@dataclass(frozen=True, slots=True)
class Absence:
    """Whole local days, `first` to `last` inclusive."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody at the desk, known by key in the configuration.

    `also` are more addresses from which they write. `language`, `timezone` and `hours` are "" or None where the
    desk's are meant; `hours` are those in which the agent works. `signature` stands below their answers.
    """

    key: str
    address: str
    name: str = ""
    also: tuple[str, ...] = ()
    language: str = ""
    timezone: str = ""
    hours: Hours | None = None
    away: tuple[Absence, ...] = ()
    signature: str = ""

    def is_away(self, at: datetime, timezone: str) -> bool:
        """Whether `at` falls on a day of absence, in the agent's zone or else `timezone`."""
        day = at.astimezone(ZoneInfo(self.timezone or timezone)).date()
        return any(absence.first <= day <= absence.last for absence in self.away)


@dataclass(frozen=True, slots=True)
class Team:
    """Agents who share tickets; `lead` is told when a promise is in danger.

    `levels` are those of the desk whose tickets they take, `queues` the queues; none where the team is not for certain
    ones.
    """

    key: str
    members: tuple[Agent, ...]
    lead: Agent | None = None
    levels: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()

    def present(self, at: datetime, timezone: str) -> tuple[Agent, ...]:
        """The members who are not away, or all of them where everybody is: somebody must be told."""
        return present(self.members, at, timezone)


def present(agents: Iterable[Agent], at: datetime, timezone: str) -> tuple[Agent, ...]:
    """Those who are not away at `at`; all of them where everybody is."""
    everybody = tuple(agents)
    return tuple(agent for agent in everybody if not agent.is_away(at, timezone)) or everybody
