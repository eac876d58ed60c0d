"""The desk hears of mail on its tickets: from customers, from strangers, and of letters that came back."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from mailintake.domain.decision import Facts
from mailintake.domain.progress import Progress
from mailintake.domain.ticket import Part, Status
from mailintake.intake import telling
from mailintake.intake.happenings import Standing, standing
from mailintake.intake.policy import Policy
from mailintake.intake.recipients import desk_agents
from mailintake.storage import bouncing, journal, outbox

LONGEST_EVENT = 96


def customer(
    connection: Connection,
    before: Standing,
    after: Progress,
    facts: Facts,
    policy: Policy,
    *,
    by: int,
    now: datetime,
) -> None:
    """Who has the ticket reads what a participant wrote in the mail `by`."""
    ticket, message = replace(before.ticket, traits=after.traits), facts.message
    if message.from_ is None or ticket.status is Status.PENDING:
        return
    agents = desk_agents(ticket, ("assignee",), policy, at=now)
    template, words = (
        "customer-wrote",
        {
            "author": str(message.from_),
            "was_status": policy.desk.statuses.get(ticket.status, ticket.status.value),
            "trust": telling.trust_in(facts.authentication),
            "hold": ticket.hold.value,  # a hold is remembered (DOMAIN section 11)
            **telling.text_of(message),
        },
    )
    if telling.is_hidden(message):
        template, words = "encrypted", telling.encrypted(message)
    new = telling.to_desk(template, ticket, after, agents, words, policy, event=f"mail {by}: {template}", now=now)
    outbox.add(connection, new, now=now)


def noted(connection: Connection, ticket_id: int, part: Part, facts: Facts, policy: Policy, *, now: datetime) -> None:
    """A mail that does nothing is shown to the desk, the first of each sender and day."""
    found, author = standing(connection, ticket_id, policy), facts.message.from_
    if found is None or author is None:
        return
    key = policy.key(author.address) or ""
    posed_as = policy.agent_of(key)
    agents = desk_agents(found.ticket, ("assignee",), policy, at=now)
    words: dict[str, object] = {
        "author": str(author),
        "address": author.address,
        "trust": telling.trust_in(facts.authentication),
        "was_status": "",
        **telling.text_of(facts.message),
    }
    template = "stranger-wrote" if part is Part.STRANGER else "customer-wrote"
    if posed_as is not None:
        template = "unverified-agent"
        agents = [*agents, *([] if posed_as in agents else [posed_as])]
        commands = [line for line in facts.message.reply_text.split("\n")[:20] if line.startswith("#")]
        words |= {"agent": posed_as.name or posed_as.key, "why": facts.authentication.why, "commands": commands}
    new = telling.to_desk(
        template,
        found.ticket,
        found.progress,
        agents,
        words,
        policy,
        event=f"ticket {ticket_id}: {part.value} {now.date()} {key}"[:LONGEST_EVENT],
        now=now,
        more=lambda agent: {"to_agent": posed_as is not None and agent.key == posed_as.key},
    )
    outbox.add(connection, new, now=now)


def bounced(connection: Connection, ticket_id: int, facts: Facts, policy: Policy, *, now: datetime) -> None:
    """A letter of ours did not arrive: the desk is told, and an address that never takes any gets none by itself."""
    found, returned, report = standing(connection, ticket_id, policy), facts.returned, facts.message.report
    if found is None or returned is None:
        return
    code = report.status if report else ""
    is_hard = report is not None and (code.startswith("5") or (not code and report.action == "failed"))
    reason = report.diagnostic[:500] if report else ""
    times = bouncing.note(connection, returned.reader, reason=reason, now=now) if is_hard else 0
    words: dict[str, object] = {
        "address": returned.reader,
        "hard": is_hard,
        "code": code,
        "reason": reason,
        "bounces": times,
        "marked": times >= policy.desk.senders.bounces,
    }
    journal.record(connection, "bounced", at=now, ticket_id=ticket_id, detail=words)
    agents = [
        agent
        for agent in desk_agents(found.ticket, ("assignee",), policy, at=now)
        if policy.reader(agent.address) != returned.reader  # it would only bounce again
    ]
    event = f"ticket {ticket_id}: bounced {now.date()} {returned.reader}"[:LONGEST_EVENT]
    new = telling.to_desk("bounced", found.ticket, found.progress, agents, words, policy, event=event, now=now)
    outbox.add(connection, new, now=now)
