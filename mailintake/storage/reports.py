"""What is stored of an account's quarter, handed on a slice at a time."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, case, func, select

from mailintake.domain.decision import Outcome
from mailintake.domain.sla import Clock
from mailintake.domain.ticket import Ticket
from mailintake.storage import clocks, tickets
from mailintake.storage.tables import journal, outbox, spend, spool, ticket

_SLICE = 250
_BEFORE_THE_ACCOUNT = ("unknown-sender", "redirect")
"""Reasons for which mail is refused before anybody asks whose it is."""


@dataclass(frozen=True, slots=True)
class Spends:
    """How many of a unit were spent on a local day, those given back left out; `overage` of them beyond the limit."""

    count: int
    overage: int


def tickets_of(
    connection: Connection, account: str, *, since: datetime, until: datetime
) -> Iterator[tuple[Ticket, list[Clock] | None]]:
    """The tickets of an account received in [since, until), each with its clocks; None for those that cannot be read.

    A zone may have vanished. They come in the order of their numbers, and few at a time are held in memory.
    """
    wanted = (
        select(ticket.c.id)
        .where(ticket.c.account == account, ticket.c.received_at >= since, ticket.c.received_at < until)
        .order_by(ticket.c.id)
        .limit(_SLICE)
    )
    last = 0
    while numbers := connection.execute(wanted.where(ticket.c.id > last)).scalars().all():
        found = _clocks(connection, numbers)
        for each in tickets.by_id(connection, numbers):
            yield each, found[each.id]
        last = numbers[-1]


def refusals(connection: Connection, account: str, *, since: datetime, until: datetime) -> Counter[str]:
    """How many mails received in [since, until) were refused to an account, by reason.

    Whose mail it was the trace says, in the step that found the sender's account.
    """
    wanted = (
        select(spool.c.reason, journal.c.detail)
        .join(journal, journal.c.spool_id == spool.c.id)
        .where(spool.c.outcome == Outcome.REFUSED.value, spool.c.reason.not_in(_BEFORE_THE_ACCOUNT))
        .where(spool.c.received_at >= since, spool.c.received_at < until)
        .where(journal.c.event == Outcome.REFUSED.value)
        .execution_options(yield_per=_SLICE)
    )
    found: Counter[str] = Counter()
    whose = ["contact", f"account {account}"]
    for reason, detail in connection.execute(wanted):
        if any([check, why] == whose for check, _, why in detail.get("trace", ())):
            found[reason] += 1
    return found


def spends(connection: Connection, account: str, *, since: date, until: date) -> dict[str, dict[date, Spends]]:
    """What an account has spent on the local days [since, until), by unit and day."""
    over = func.sum(case((spend.c.overage, 1), else_=0))
    wanted = (
        select(spend.c.unit, spend.c.day, func.count().label("units"), over.label("over"))
        .where(spend.c.account == account, spend.c.day >= since, spend.c.day < until)
        .where(spend.c.given_back_at.is_(None))
        .group_by(spend.c.unit, spend.c.day)
    )
    found: dict[str, dict[date, Spends]] = {}
    for row in connection.execute(wanted):
        found.setdefault(row.unit, {})[row.day] = Spends(row.units, row.over)
    return found


def is_told(connection: Connection, event: str) -> bool:
    """Whether a letter about an event has been queued for anybody."""
    return connection.execute(select(outbox.c.id).where(outbox.c.event == event).limit(1)).first() is not None


def _clocks(connection: Connection, numbers: Sequence[int]) -> dict[int, list[Clock] | None]:
    try:
        return _of(connection, numbers)
    except ValueError:
        return {number: _of_one(connection, number) for number in numbers}


def _of_one(connection: Connection, number: int) -> list[Clock] | None:
    try:
        return _of(connection, [number])[number]
    except ValueError:
        return None


def _of(connection: Connection, numbers: Sequence[int]) -> dict[int, list[Clock] | None]:
    found: dict[int, list[Clock]] = {number: [] for number in numbers}
    for each in clocks.of_tickets(connection, numbers):
        found[each.ticket_id].append(each.clock)
    return dict(found)
