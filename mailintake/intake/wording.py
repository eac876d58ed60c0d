"""The words that letters about a ticket are filled with."""

from datetime import datetime, timedelta

from mailintake.domain import calendar as calendars
from mailintake.domain.customer import Account
from mailintake.domain.decision import NewTicket
from mailintake.domain.sla import Promise
from mailintake.domain.ticket import Ticket
from mailintake.intake.policy import Policy


def acknowledged(new: NewTicket, account: Account, policy: Policy, *, received_at: datetime) -> dict[str, object]:
    """For the acknowledgement; the ticket's number is added when there is one."""
    promise = new.promise
    opens_at = calendars.next_opening(promise.calendar, received_at) if promise else None
    return {
        "account": account.name,
        "plan": new.plan,
        "priority": new.priority,
        "priority_meaning": policy.meaning_of(new.priority),
        "due": _text(promise.due if promise and not promise.soft else None),
        "timezone": policy.zone_of(account),
        "hours": promise.hours if promise else "",
        "hours_timezone": promise.calendar.timezone if promise else "",
        "open_now": opens_at == received_at,
        "opens_at": _text(opens_at),
    }


def reminder(ticket: Ticket, promise: Promise, policy: Policy, *, now: datetime) -> dict[str, object]:
    """For the warning before a breach and for the breach, in minutes of working time."""
    due = promise.due or now
    before, after = sorted((now, due))
    minutes = calendars.worked(promise.calendar, before, after) // timedelta(minutes=1)
    worked = calendars.worked(promise.calendar, promise.started, now) // timedelta(minutes=1)
    account = policy.directory.accounts.get(ticket.account)
    return {
        "desk": policy.desk.name,
        "ticket": ticket.id,
        "subject": ticket.subject,
        "requester": str(ticket.requester),
        "account": account.name if account else ticket.account,
        "plan": ticket.plan,
        "priority": ticket.priority,
        "metric": promise.metric.value,
        "due": _text(promise.due),
        "timezone": policy.desk.timezone,
        "percent": min(999, worked * 100 // promise.minutes) if promise.minutes else 100,
        "remaining_minutes": minutes if now <= due else 0,
        "overdue_minutes": minutes if now > due else 0,
    }


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
