"""Clocks reckoned once more: by their tickets' journals, to compare, or under today's configuration, to renew."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from mailintake.cli.stored_clocks import UNREADABLE, readable
from mailintake.domain.progress import Progress
from mailintake.domain.sla import Clock, noticed
from mailintake.domain.target import Metric
from mailintake.domain.ticket import Status, Ticket
from mailintake.errors import UsageError
from mailintake.intake.happenings import replay
from mailintake.intake.policy import Policy
from mailintake.storage import terms, tickets
from mailintake.storage.engine import Database

SETTLED = frozenset({Status.CLOSED, Status.MERGED, Status.SPAM, Status.REFUSED})
"""Tickets whose clocks nobody renews."""

_SLICE = 250
_COMPARED = (
    "state",
    "target",
    "started",
    "counted_from",
    "pauses",
    "due",
    "stopped_at",
    "breached_at",
    "forgiven",
)


@dataclass(frozen=True, slots=True)
class Difference:
    """Something in which a stored clock is not the one that the journal leads to.

    `field` is `clock` where one of the two is not there at all: then the states are compared, None for it.
    """

    metric: Metric
    round: int
    field: str
    stored: object
    recomputed: object


@dataclass(frozen=True, slots=True)
class Proof:
    """How the stored clocks of a ticket, so many, compare with its journal's.

    Without `has_history` the journal does not go back far enough; `problem` says why it, or a clock, cannot be read.
    """

    ticket_id: int
    clocks: int
    differences: tuple[Difference, ...] = ()
    has_history: bool = True
    problem: str = ""

    @property
    def differs(self) -> bool:
        """Whether the journal does not bear out what is stored."""
        return bool(self.differences or self.problem)


@dataclass(frozen=True, slots=True)
class Renewal:
    """What today's configuration made of a ticket: its clocks that moved, before and after, or why none did."""

    ticket_id: int
    moved: tuple[tuple[Clock, Clock], ...] = ()
    why_not: str = ""


def proofs(database: Database, numbers: Sequence[int], *, now: datetime) -> Iterator[Proof]:
    """Compare the clocks of these tickets, or of all, with those that their journals lead to.

    UsageError for a ticket that is not there.
    """
    for some in _slices(database, numbers):
        with database.reading() as connection:
            numbers_there = [ticket.id for ticket in tickets.by_id(connection, some)]
            stored = readable(connection, numbers_there)
            found = [_proof(connection, number, stored.get(number), now=now) for number in numbers_there]
        yield from found


def renewals(
    database: Database, numbers: Sequence[int], policy: Policy, renew: Callable[[int], bool]
) -> Iterator[Renewal]:
    """Bring these tickets, or all that are not settled, under what their customers are promised today (DOMAIN S13).

    `renew` does it to one ticket and says whether anything changed. What is up to date is not mentioned. UsageError for
    a ticket that is not there.
    """
    for some in _slices(database, numbers):
        with database.reading() as connection:
            found = tickets.by_id(connection, some)
        for ticket in found:
            if numbers or ticket.status not in SETTLED:
                renewal = _renewal(database, ticket, policy, renew)
                if renewal is not None:
                    yield renewal


def compare(stored: Sequence[Clock], recomputed: Sequence[Clock], *, now: datetime) -> tuple[Difference, ...]:
    """In what stored clocks are not those that were recomputed.

    A breach is recorded when somebody looks, so both sides are first looked at: as they stopped, or now.
    """
    ours, theirs = _by_key(stored, now=now), _by_key(recomputed, now=now)
    found: list[Difference] = []
    for key in dict.fromkeys((*ours, *theirs)):
        one, other = ours.get(key), theirs.get(key)
        if one is None or other is None:
            found.append(Difference(*key, "clock", one and one.state, other and other.state))
            continue
        pairs = ((name, getattr(one, name), getattr(other, name)) for name in _COMPARED)
        found += (Difference(*key, name, value, made) for name, value, made in pairs if value != made)
    return tuple(found)


def _by_key(found: Sequence[Clock], *, now: datetime) -> dict[tuple[Metric, int], Clock]:
    return {(clock.metric, clock.round): noticed(clock, at=clock.stopped_at or now) for clock in found}


def _proof(connection: Connection, number: int, stored: Sequence[Clock] | None, *, now: datetime) -> Proof:
    if stored is None:
        return Proof(number, 0, problem=UNREADABLE)
    try:
        made: Progress | None = replay(connection, number)
    except (ValueError, KeyError, AssertionError) as error:
        return Proof(number, len(stored), problem=f"its journal cannot be read: {error}")
    if made is None:
        return Proof(number, len(stored), has_history=False)
    return Proof(number, len(stored), compare(stored, made.clocks, now=now))


def _renewal(database: Database, ticket: Ticket, policy: Policy, renew: Callable[[int], bool]) -> Renewal | None:
    """What becomes of one ticket, None if it is up to date."""
    if why_not := _why_not(ticket, policy):
        return Renewal(ticket.id, why_not=why_not)
    if terms.of_terms(policy.terms_of(ticket)).digest == ticket.terms:
        return None
    before = _clocks_now(database, ticket.id)
    if before is None:
        return Renewal(ticket.id, why_not=UNREADABLE)
    if not renew(ticket.id):
        return Renewal(
            ticket.id, why_not="the running daemon has not taken this configuration over: see `mailintake status`"
        )
    after = _clocks_now(database, ticket.id) or ()
    return Renewal(ticket.id, tuple((old, new) for old, new in zip(before, after, strict=False) if old != new))


def _why_not(ticket: Ticket, policy: Policy) -> str:
    if ticket.status in SETTLED:
        return f"it is {ticket.status.value}, so its clocks stand"
    if ticket.account not in policy.directory.accounts:
        return f"the configuration has no account {ticket.account} any more, so it keeps what it was promised"
    return ""


def _clocks_now(database: Database, number: int) -> Sequence[Clock] | None:
    with database.reading() as connection:
        return readable(connection, [number]).get(number)


def _slices(database: Database, numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    """Numbers of tickets, few enough at a time for one statement and little memory."""
    with database.reading() as connection:
        if missing := set(numbers) - {ticket.id for ticket in tickets.by_id(connection, numbers)}:
            raise UsageError(f"there is no ticket {min(missing)}")
        newest = tickets.latest(connection, limit=1)
    wanted = tuple(dict.fromkeys(numbers)) or range(1, newest[0].id + 1 if newest else 1)
    return (wanted[first : first + _SLICE] for first in range(0, len(wanted), _SLICE))
