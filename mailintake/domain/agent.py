"""Who works at the desk."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody at the desk, known by key in the configuration."""

    key: str
    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Team:
    """Agents who share tickets; `lead` is told when a promise is in danger.

    `levels` are those of the desk whose tickets they take, none where the team is not for certain levels.
    """

    key: str
    members: tuple[Agent, ...]
    lead: Agent | None = None
    levels: tuple[str, ...] = ()
