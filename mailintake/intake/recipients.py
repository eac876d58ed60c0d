"""Who at the desk, and at the customer, is told of a ticket."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from mailintake.domain.agent import Agent, Team
from mailintake.domain.mail import Address
from mailintake.domain.ticket import Ticket
from mailintake.intake.policy import Policy


def desk_agents(ticket: Ticket, tell: Iterable[str], policy: Policy, *, at: datetime) -> list[Agent]:
    """The people of the desk behind `assignee`, `team` and `lead`, each once, but for who is away.

    A ticket nobody has taken, or whose assignee is away, is everybody's, so `assignee` then reaches the team.
    """
    wanted = set(tell)
    people: dict[str, Agent] = {}
    zone = policy.desk.timezone
    assignee = policy.directory.agents.get(ticket.assignee)
    if "assignee" in wanted and assignee is not None and not assignee.is_away(at, zone):
        people[assignee.key] = assignee
        wanted.discard("assignee")
    for team in teams(ticket, policy):
        for agent in _told(team, wanted, at, zone):
            people.setdefault(agent.key, agent)
    return list(people.values())


def owner(ticket: Ticket, tell: Iterable[str], policy: Policy) -> Address | None:
    """The owner of the ticket's account, if they are to be told and there is one."""
    account = policy.directory.accounts.get(ticket.account)
    return Address(account.owner) if "owner" in tell and account and account.owner else None


def teams(ticket: Ticket, policy: Policy) -> list[Team]:
    """The ticket's own team, else those of its queue, else those of its level; without any, those that are for nothing
    in particular, else all."""
    return team_of(ticket.team, ticket.queue, ticket.traits.level, policy)


def team_of(key: str, queue: str, level: str, policy: Policy) -> list[Team]:
    """The same for a ticket that is not written down yet."""
    every = list(policy.directory.teams.values())
    if key in policy.directory.teams:
        return [policy.directory.teams[key]]
    for found in (
        [team for team in every if queue and queue in team.queues],
        [team for team in every if level in team.levels],
        [team for team in every if not team.levels and not team.queues],
    ):
        if found:
            return found
    return every


def _told(team: Team, wanted: set[str], at: datetime, zone: str) -> Iterator[Agent]:
    if wanted & {"assignee", "team"}:
        yield from team.present(at, zone)
    if "lead" in wanted and team.lead is not None:
        # somebody must know of a breach, and it is the team's while its lead is away
        yield from team.present(at, zone) if team.lead.is_away(at, zone) else (team.lead,)
