"""The words that letters about a ticket are filled with."""

from datetime import datetime, timedelta

from mailintake.domain import calendar as calendars
from mailintake.domain.customer import Account, Contract
from mailintake.domain.decision import NewTicket
from mailintake.domain.progress import Progress
from mailintake.domain.sla import Clock
from mailintake.domain.target import Traits
from mailintake.domain.ticket import Ticket
from mailintake.entitlement.quota import Judgement, Lack
from mailintake.intake.policy import Policy


def acknowledged(
    new: NewTicket,
    first: Clock | None,
    account: Account,
    contract: Contract,
    policy: Policy,
    *,
    counted: Judgement | None = None,
) -> dict[str, object]:
    """For the acknowledgement; the ticket's number is added when there is one.

    `first` is the clock of the first response, `counted` what the request spends.
    """
    traits = new.opening.traits
    assert traits is not None, "a ticket is opened with its traits"
    words = promised(first, traits, policy, at=new.opening.at)
    plan = policy.desk.plans[contract.plan]
    limit = counted.span.limit if counted and counted.span else None
    return words | {
        "account": account.name,
        "plan": new.terms.plan,
        "timezone": policy.zone_of(account, contract),
        "channels": list(plan.channels_for(traits, use="open")),
        "quota_left": counted.left if counted and limit else None,
        "quota_limit": limit.count if limit else None,
        "quota_unit": counted.unit if counted and limit else None,
        "quota_period": limit.period.value if limit else None,
    }


def promised(clock: Clock | None, traits: Traits, policy: Policy, *, at: datetime) -> dict[str, object]:
    """The priority as taken and the promise that goes with it, for somebody who wrote at `at`."""
    target = clock.target if clock else None
    is_paused = clock is not None and clock.is_paused
    opens_at = calendars.next_opening(target.calendar, at) if target else None
    return {
        "priority": traits.priority,
        "priority_meaning": policy.meaning_of(traits.priority),
        "due": _text(clock.due if clock and target and not target.soft else None),
        "soft_minutes": target.minutes if target and target.soft and not is_paused else None,
        "hours": target.hours if target else "",
        "hours_timezone": target.calendar.timezone if target else "",
        "open_now": opens_at == at,
        "opens_at": _text(opens_at),
    }


def used_up(found: Judgement) -> dict[str, object]:
    """For the letters about a quota that is used up."""
    assert found.span is not None, "what has no limit is never used up"
    return {
        "quota_unit": found.unit,
        "quota_used": found.used,
        "quota_limit": found.span.limit.count,
        "quota_period": found.span.limit.period.value,
        "next_period": found.span.end.isoformat(),
        "when_used_up": found.verdict.value,
        "paid_way": "",
    }


def lack(found: Judgement, timezone: str, *, due: datetime | None = None) -> dict[str, object]:
    """For the letter to somebody whose request there is nothing left for: of the period, or of the day."""
    common = {"due": _text(due), "timezone": timezone, "ticket": None}
    if found.lack is Lack.PERIOD:
        return common | used_up(found) | {"yes_word": "YES"}
    assert found.span is not None, "a day without a limit is never full"
    return common | {
        "day_limit": found.span.limit.count,
        "next_day": (found.day or found.span.end).isoformat(),
        "when_day_is_full": found.verdict.value,
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
