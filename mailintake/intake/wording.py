"""The words that letters about a ticket are filled with."""

from datetime import datetime, timedelta

from mailintake.domain import calendar as calendars
from mailintake.domain.customer import Account, Contract
from mailintake.domain.decision import NewTicket
from mailintake.domain.progress import Progress
from mailintake.domain.sla import Clock
from mailintake.domain.ticket import Ticket
from mailintake.intake.policy import Policy


def acknowledged(
    new: NewTicket, promised: Clock | None, account: Account, contract: Contract, policy: Policy
) -> dict[str, object]:
    """For the acknowledgement; the ticket's number is added when there is one."""
    target = promised.target if promised else None
    opens_at = calendars.next_opening(target.calendar, new.received_at) if target else None
    traits = new.opening.traits
    assert traits is not None, "a ticket is opened with its traits"
    return {
        "account": account.name,
        "plan": new.terms.plan,
        "priority": traits.priority,
        "priority_meaning": policy.meaning_of(traits.priority),
        "due": _text(promised.due if promised and target and not target.soft else None),
        "timezone": policy.zone_of(account, contract),
        "hours": target.hours if target else "",
        "hours_timezone": target.calendar.timezone if target else "",
        "open_now": opens_at == new.received_at,
        "opens_at": _text(opens_at),
    }


def reminder(ticket: Ticket, clock: Clock, policy: Policy, *, now: datetime) -> dict[str, object]:
    """For the warning before a breach and for the breach, in minutes of working time."""
    target, due = clock.target, clock.due or now
    assert target is not None, "nothing is promised, so there is nothing to remind of"
    before, after = sorted((now, due))
    minutes = calendars.worked(target.calendar, before, after, pauses=clock.pauses) // timedelta(minutes=1)
    worked = calendars.worked(target.calendar, clock.counted_from, now, pauses=clock.pauses) // timedelta(minutes=1)
    return _about(ticket, policy) | {
        "metric": clock.metric.value,
        "due": _text(clock.due),
        "percent": min(999, worked * 100 // target.minutes) if target.minutes else 100,
        "remaining_minutes": minutes if now <= due else 0,
        "overdue_minutes": minutes if now > due else 0,
    }


def escalated(ticket: Ticket, progress: Progress, policy: Policy, *, was: str, why: str) -> dict[str, object]:
    """For the people of the level a ticket has come to."""
    running = [clock for clock in progress.clocks if clock.is_running and clock.due]
    first = min(running, key=lambda clock: clock.due or clock.started, default=None)
    return _about(ticket, policy) | {
        "from_level": policy.label_of(was) or was,
        "to_level": policy.label_of(ticket.traits.level) or ticket.traits.level,
        "reason": why,
        "metric": first.metric.value if first else "first_response",
        "due": _text(first.due if first else None),
    }


def _about(ticket: Ticket, policy: Policy) -> dict[str, object]:
    account = policy.directory.accounts.get(ticket.account)
    return {
        "desk": policy.desk.name,
        "ticket": ticket.id,
        "subject": ticket.subject,
        "requester": str(ticket.requester),
        "account": account.name if account else ticket.account,
        "plan": ticket.plan,
        "priority": ticket.traits.priority,
        "timezone": policy.desk.timezone,
    }


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
