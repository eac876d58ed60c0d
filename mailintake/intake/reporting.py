"""A quarter of an account reported: gathered from the database, and told to the account's owner once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from mailintake.config.shapes import nearest
from mailintake.desk import quarter as quarters
from mailintake.desk.quarter import Quarter
from mailintake.desk.report import Report, Standing, Tally, Usage
from mailintake.domain.customer import Account, Contract
from mailintake.domain.decision import Notice
from mailintake.domain.mail import Address
from mailintake.domain.quota import Period
from mailintake.entitlement.quota import Allowance, Span
from mailintake.errors import UsageError
from mailintake.intake import letters
from mailintake.intake.policy import Policy
from mailintake.storage import journal, outbox, reports
from mailintake.storage.reports import Spends

_DAY = timedelta(days=1)
_LONGEST_PERIOD = timedelta(days=366)
_TOO_SHORT_FOR_A_LETTER = frozenset({Period.DAY, Period.WEEK})


@dataclass(frozen=True, slots=True)
class Due:
    """A report that is to be sent without a request."""

    account: str
    quarter: Quarter


def due_reports(policy: Policy, now: datetime) -> list[Due]:
    """The reports that plans promise every quarter, of the quarter that ended last; those already sent too.

    An account whose owner nobody knows is told nothing. The plan is that of the contract at the quarter's end.
    """
    found = []
    for account in policy.directory.accounts.values():
        timezone = zone_of(account, policy)
        contract = _contract_at_end(account, quarters.at(now, timezone).previous, policy)
        ended = quarters.due(policy.desk.plans[contract.plan].reports, contract, now, timezone=timezone)
        if ended is not None and account.owner:
            found.append(Due(account.key, ended))
    return found


def quarter_named(text: str, account: Account, policy: Policy, *, now: datetime) -> Quarter:
    """The quarter of this name. UsageError for what is none, or has not begun where the account is."""
    current = quarters.at(now, zone_of(account, policy))
    try:
        found = quarters.parse(text)
    except ValueError:
        near = nearest(text, _latest(current)) or f"; write it like `{current}`"
        raise UsageError(f"`{text:.40}` is no quarter{near}") from None
    if found > current:
        raise UsageError(f"{found} has not begun; the latest quarter is `{current}`")
    return found


def zone_of(account: Account, policy: Policy) -> str:
    """The zone on whose days an account's quarters begin."""
    return policy.zone_of(account, account.contracts[-1])


def report(connection: Connection, account: Account, quarter: Quarter, policy: Policy, *, now: datetime) -> Report:
    """The figures of a quarter, as far as it has come by now: in one transaction, a slice of tickets at a time."""
    timezone, desk = zone_of(account, policy), policy.desk
    since, until = quarter.bounds(timezone)
    tally = Tally(
        timezone=timezone,
        now=now,
        priorities=[each.key for each in desk.priorities],
        levels=[each.key for each in desk.levels],
    )
    for ticket, clocks in reports.tickets_of(connection, account.key, since=since, until=until):
        tally.add(ticket, clocks)
    covering = [each for each in account.contracts if quarters.is_covered(quarter, each)]
    longest_ago = quarter.first - _LONGEST_PERIOD
    spends = reports.spends(connection, account.key, since=longest_ago, until=quarter.next.first)
    return Report(
        desk=desk.name,
        account=account.key,
        name=account.name,
        plans=tuple(dict.fromkeys(each.plan for each in covering)),
        quarter=quarter,
        timezone=timezone,
        until=min(now, until),
        is_over=until <= now,
        figures=tally.figures(),
        # where one contract follows another in the midst of a period, both would tell of it
        usage=tuple(
            dict.fromkeys(
                used
                for each in covering
                for allowance in policy.allowances(account, each)
                for used in usage(allowance, each, quarter, spends.get(allowance.unit.key, {}))
            )
        ),
        refusals=dict(reports.refusals(connection, account.key, since=since, until=until).most_common()),
    )


def usage(allowance: Allowance, contract: Contract, quarter: Quarter, spends: Mapping[date, Spends]) -> Iterator[Usage]:
    """What was used of an allowance in each of its periods that touch the quarter while the contract is in force.

    Of days only the busiest.
    """
    first = max(quarter.first, contract.begins or date.min)
    last = min(quarter.last, contract.ends or date.max)
    for place in range(len(allowance.limits)):
        found = [_used(allowance.unit.key, span, quarter, spends) for span in _spans(allowance, place, first, last)]
        if found and found[0].period is Period.DAY:
            yield max(found, key=lambda each: each.used)
        else:
            yield from found


def send(connection: Connection, due: Due, policy: Policy, *, now: datetime) -> bool:
    """Queue the letter about a quarter to the account's owner; False if that was done before, to whomever.

    UsageError where there is no such account or no owner, and for a quarter that is not over.
    """
    account = policy.account_named(due.account)
    if not account.owner:
        raise UsageError(f"account `{account.key}` names no owner to send a report to")
    _, end = due.quarter.bounds(zone_of(account, policy))
    if now < end:
        raise UsageError(f"{due.quarter} is not over yet; it ends on {due.quarter.last}")
    event = f"report {account.key} {due.quarter}"
    if reports.is_told(connection, event):
        return False
    words = letter_words(report(connection, account, due.quarter, policy, now=now))
    notice = Notice("quarterly-report", Address(account.owner), words, policy.language_of(account, None))
    mailbox = policy.desk.mailboxes[0].address
    outbox.add(connection, [letters.letter(notice, policy, event=event, mailbox=mailbox, now=now)], now=now)
    detail = {"account": account.key, "quarter": str(due.quarter)}
    journal.record(connection, "report", at=now, detail=detail)
    return True


def letter_words(found: Report) -> dict[str, object]:
    """The words of the letter. It names no periods shorter than a month, of which there would be too many."""
    return {
        "desk": found.desk,
        "account": found.name,
        "year": found.quarter.year,
        "quarter": found.quarter.number,
        "begins": found.quarter.first.isoformat(),
        "ends": found.quarter.last.isoformat(),
        "tickets": found.figures.requests,
        "met": found.figures.total(Standing.MET),
        "breached": found.figures.total(Standing.BREACHED),
        "quotas": [
            {"unit": f"{each.unit}, {_span_text(each)}", "used": each.used, "limit": each.limit, "period": each.period}
            for each in found.usage
            if each.period not in _TOO_SHORT_FOR_A_LETTER
        ],
    }


def _contract_at_end(account: Account, quarter: Quarter, policy: Policy) -> Contract:
    _, end = quarter.bounds(zone_of(account, policy))
    return policy.contract_at(account, end - timedelta(microseconds=1))[0]


def _latest(current: Quarter) -> Sequence[str]:
    found = [current]
    while len(found) < 8:
        found.append(found[-1].previous)
    return [str(each) for each in found]


def _spans(allowance: Allowance, place: int, first: date, last: date) -> Iterator[Span]:
    day = first
    while day <= last:
        span = allowance.spans_on(day)[place]
        yield span
        day = span.end


def _used(unit: str, span: Span, quarter: Quarter, spends: Mapping[date, Spends]) -> Usage:
    within = [(day, each) for day, each in spends.items() if span.start <= day < span.end]
    here = [each for day, each in within if quarter.first <= day]
    return Usage(
        unit=unit,
        limit=span.limit.count,
        period=span.limit.period,
        begins=span.start,
        ends=span.end - _DAY,
        used=sum(each.count for _, each in within),
        in_quarter=sum(each.count for each in here),
        overage=sum(each.overage for each in here),
    )


def _span_text(each: Usage) -> str:
    """The days of a period, in no language in particular."""
    is_month = each.period is Period.MONTH
    return f"{each.begins:%Y-%m}" if is_month else f"{each.begins} – {each.ends}"
