"""Who at the desk, and at the customer, is told of a ticket's clocks."""

from collections.abc import Iterable, Iterator

from mailintake.domain.agent import Agent, Team
from mailintake.domain.mail import Address
from mailintake.domain.ticket import Ticket
from mailintake.intake.policy import Policy


def desk_people(ticket: Ticket, tell: Iterable[str], policy: Policy) -> list[Address]:
    """The people of the desk behind `assignee`, `team` and `lead`, each once.

    A ticket nobody has taken is everybody's, so `assignee` reaches the team.
    """
    wanted = set(tell)
    people: dict[str, Address] = {}
    for team in teams(ticket, policy):
        for agent in _told(team, wanted):
            people.setdefault(agent.address.lower(), Address(agent.address, agent.name))
    return list(people.values())


def owner(ticket: Ticket, tell: Iterable[str], policy: Policy) -> Address | None:
    """The owner of the ticket's account, if they are to be told and there is one."""
    account = policy.directory.accounts.get(ticket.account)
    return Address(account.owner) if "owner" in tell and account and account.owner else None


def teams(ticket: Ticket, policy: Policy) -> list[Team]:
    """The teams of the ticket's level; without any, those that are for no level in particular, else all."""
    every = list(policy.directory.teams.values())
    level = ticket.traits.level
    return [team for team in every if level in team.levels] or [team for team in every if not team.levels] or every


def _told(team: Team, wanted: set[str]) -> Iterator[Agent]:
    if wanted & {"assignee", "team"}:
        yield from team.members
    if "lead" in wanted and team.lead is not None:
        yield team.lead
