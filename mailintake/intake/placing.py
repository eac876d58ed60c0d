"""Where a new request goes: to a ticket of the same alarm that is there already, or to one agent of several.

Both depend on what other mails have just done, so they are settled as the decision is written down.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from mailintake.domain.decision import Decision, Effect, Line, NewTicket, Outcome
from mailintake.domain.routing import Assigning
from mailintake.domain.ticket import Part
from mailintake.intake.policy import Policy
from mailintake.intake.recipients import team_of
from mailintake.routing.assignment import choose
from mailintake.storage import rules, tickets
from mailintake.storage.engine import exclusively


def placed(connection: Connection, decision: Decision, policy: Policy, *, at: datetime) -> Decision:
    """The decision with its ticket's place: joined to another ticket, or with an assignee, where rules say so."""
    new = decision.new_ticket
    if new is None:
        return decision
    if new.link and (found := _linked(connection, new, at)):
        said = Line("link", f"ticket {found}", f"the same as before: {new.link[:100]}")
        return replace(
            decision,
            outcome=Outcome.JOINED,
            trace=(*decision.trace, said),
            new_ticket=None,
            ticket_id=found,
            effect=Effect.KEPT,
            part=Part.CUSTOMER,
            notices=(),
            watchers=(),
            enrol=None,
            ask=None,
        )
    if new.assign is None:
        return decision
    assignee = _chosen(connection, new, policy, at)
    said = Line("assigned", assignee or "nobody", str(new.assign))
    return replace(decision, new_ticket=replace(new, assignee=assignee), trace=(*decision.trace, said))


def count(connection: Connection, decisions: Sequence[Decision], *, now: datetime) -> None:
    """Remember which rules decided these."""
    routes = [decision.route for decision in decisions if decision.route is not None]
    applied = Counter(name for route in routes for name in route.rules)
    shadow = Counter(name for route in routes for name in route.shadow)
    rules.count(connection, applied, shadow, day=now.date())


def _linked(connection: Connection, new: NewTicket, at: datetime) -> int | None:
    exclusively(connection, f"link {new.link}")  # two alarms at once open one ticket
    return tickets.linked(connection, [new.link], since=at - new.within).get(new.link)


def _chosen(connection: Connection, new: NewTicket, policy: Policy, at: datetime) -> str:
    assign = new.assign
    assert assign is not None, "asked for tickets that rules assign alone"
    team = team_of(new.team, new.queue, new.opening.traits.level if new.opening.traits else "", policy)
    members = [agent.key for each in team for agent in each.members]
    among = tuple(dict.fromkeys(assign.agents or members))
    absent = policy.absent(among, at)
    turn = ""
    last = ""
    if assign.how is Assigning.ROUND_ROBIN:
        turn = " ".join(among)
        exclusively(connection, f"turn {turn}")
        last = rules.last_in_turn(connection, turn)
    busy = tickets.in_work_of(connection, among) if assign.how is Assigning.LEAST_BUSY else Counter[str]()
    found = choose(assign, members=members, absent=absent, last=last, open_tickets=busy)
    if turn and found:
        rules.take_turn(connection, turn, found)
    return found
