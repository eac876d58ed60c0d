"""The people of the desk are told of what happens on a ticket: letters for them alone, each answered by mail."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from mailintake.desk import answer_line, command_words
from mailintake.domain import calendar as calendars
from mailintake.domain.agent import Agent
from mailintake.domain.decision import Notice
from mailintake.domain.mail import Address, ParsedMessage
from mailintake.domain.progress import Progress
from mailintake.domain.sla import Clock
from mailintake.domain.ticket import Hold, Ticket
from mailintake.domain.trust import Authentication, Verdict
from mailintake.intake import letters
from mailintake.intake.policy import Policy
from mailintake.storage.outbox import NewLetter

Words = Mapping[str, object]


def to_desk(
    template: str,
    ticket: Ticket,
    progress: Progress,
    agents: Iterable[Agent],
    words: Words,
    policy: Policy,
    *,
    event: str,
    now: datetime,
    more: Callable[[Agent], Words] | None = None,
) -> list[NewLetter]:
    """A letter about a ticket for each of these people, in their language and on their clocks; `more` are words that
    differ from reader to reader."""
    found = []
    for agent in agents:
        said = about(ticket, progress, policy, agent, now=now) | dict(words) | dict(more(agent) if more else {})
        notice = Notice(template, Address(agent.address, agent.name), said, policy.language_for(agent))
        found.append(letters.letter(notice, policy, event=event, mailbox=ticket.mailbox, ticket_id=ticket.id, now=now))
    return found


def about(ticket: Ticket, progress: Progress, policy: Policy, agent: Agent, *, now: datetime) -> dict[str, object]:
    """What every letter to somebody at the desk says of its ticket."""
    account = policy.directory.accounts.get(ticket.account)
    assignee = policy.directory.agents.get(ticket.assignee)
    return {
        "answer_line": answer_line.line_in(policy.language_for(agent)),
        "desk": policy.desk.name,
        "timezone": policy.zone_for(agent),
        "ticket": ticket.id,
        "subject": ticket.subject,
        "requester": str(ticket.requester),
        "account": account.name if account else ticket.account,
        "plan": ticket.plan,
        "priority": progress.traits.priority,
        "status": policy.desk.statuses.get(progress.status, progress.status.value),
        "hold": "" if progress.hold is Hold.NONE else progress.hold.value,
        "assignee": (assignee.name or assignee.key) if assignee else "",
        "team": ticket.team,
        "clocks": [clock_words(clock, now=now) for clock in progress.clocks if clock.is_running and clock.target],
    }


def receipt(agent: Agent, policy: Policy) -> dict[str, object]:
    """A receipt for a mail that is on no ticket and of which nothing came."""
    return {
        "answer_line": answer_line.line_in(policy.language_for(agent)),
        "desk": policy.desk.name,
        "timezone": policy.zone_for(agent),
        "ticket": None,
        "subject": "",
        "sent_to": [],
        "noted": False,
        "withheld": "",
        "done": [],
        "refused": [],
        "unknown": [],
        "tickets": [],
        "undo": "",
        "undo_until": None,
    }


def help_words(agent: Agent, policy: Policy) -> dict[str, object]:
    """All that can be ordered, in the agent's language."""
    language = policy.language_for(agent)
    return {
        "answer_line": answer_line.line_in(language),
        "desk": policy.desk.name,
        "ticket": None,
        "also": command_words.also(language),
    }


def clock_words(clock: Clock, *, now: datetime) -> dict[str, object]:
    """A running clock for people: when it is due, and by how many minutes of working time it is late."""
    overdue = 0
    if clock.target and clock.due and now > clock.due:
        worked = calendars.worked(clock.target.calendar, clock.due, now, pauses=clock.pauses)
        overdue = worked // timedelta(minutes=1)
    due = clock.due.isoformat() if clock.due and not clock.is_paused else None
    return {"metric": clock.metric.value, "due": due, "paused": clock.is_paused, "overdue_minutes": overdue}


def text_of(message: ParsedMessage) -> dict[str, object]:
    """What a mail says, for those who answer it: its new words, or all of them where nothing seems new."""
    return {
        "text": message.reply_text.strip("\n") or message.text.strip("\n"),
        "attachments": [each.filename for each in message.attachments],
    }


def is_hidden(message: ParsedMessage) -> bool:
    """Whether a mail is encrypted, so that nobody here can read it."""
    return message.protection is not None and "encrypted" in message.protection


def encrypted(message: ParsedMessage) -> dict[str, object]:
    """For the letter that says that a mail cannot be read here."""
    author = message.from_
    return {
        "author": str(author) if author else "",
        "protection": message.protection or "",
        "attachments": [each.filename for each in message.attachments],
    }


def trust_in(found: Authentication) -> str:
    """Who vouches for the sender, "" for nobody."""
    if found.verdict is not Verdict.PASS:
        return ""
    return ", ".join(part for part in (found.method.upper(), found.source) if part)


def others(agents: Sequence[Agent], besides: str) -> list[Agent]:
    """These people without the one who has done it."""
    return [agent for agent in agents if agent.key != besides]
