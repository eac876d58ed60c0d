"""Who of several agents gets a ticket."""

from collections.abc import Collection, Mapping, Sequence

from mailintake.domain.routing import Assign, Assigning


def choose(
    assign: Assign,
    *,
    members: Sequence[str] = (),
    absent: Collection[str] = (),
    last: str = "",
    open_tickets: Mapping[str, int] | None = None,
) -> str:
    """The key of an agent who is there, "" where nobody is.

    `members` are the agents of the ticket's team, who are meant where `assign` names none. In turn it is the next who
    is there after `last`, who got a ticket before; otherwise the one with the fewest of `open_tickets`, of equals the
    one listed first.
    """
    agents = tuple(dict.fromkeys(assign.agents or members))
    present = [agent for agent in agents if agent not in absent]
    if not present:
        return ""
    if assign.how is Assigning.ROUND_ROBIN and last in agents:
        after = agents.index(last) + 1
        present = [agent for agent in (*agents[after:], *agents[:after]) if agent not in absent]
    elif assign.how is Assigning.LEAST_BUSY:
        return min(present, key=lambda agent: (open_tickets or {}).get(agent, 0))
    return present[0]
