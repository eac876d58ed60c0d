"""Mails of the past with what was recorded of them, and who had a seat when; only to look at."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from mailintake.domain.decision import Enrolled, Outcome
from mailintake.domain.trust import Authentication, Verdict
from mailintake.storage import spool
from mailintake.storage.spool import Entry
from mailintake.storage.tables import contact, journal, message, ticket
from mailintake.storage.tables import spool as table


@dataclass(frozen=True, slots=True)
class Past:
    """A mail that was decided at `at`, with the `detail` of the journal's line about it.

    `follows` is the ticket that its own one follows, None for none. `authentication` is what was known of the sender,
    None where that was not recorded.
    """

    entry: Entry
    at: datetime
    detail: Mapping[str, Any]
    follows: int | None = None
    authentication: Authentication | None = None

    @property
    def is_new_request(self) -> bool:
        """Whether it went the way of a new request: it joined no ticket but by a rule, and was no copy."""
        if self.entry.outcome == Outcome.JOINED.value:
            return bool(self.detail.get("rules"))
        return self.entry.reason != "duplicate"


@dataclass(frozen=True, slots=True)
class Seats:
    """Who took a seat by mail or by command, and when; the contacts of the files are not among them."""

    taken: tuple[tuple[datetime, Enrolled], ...] = ()
    _by_account: dict[str, list[tuple[datetime, Enrolled]]] = field(default_factory=dict, init=False, compare=False)
    _by_key: dict[str, list[tuple[datetime, Enrolled]]] = field(default_factory=dict, init=False, compare=False)

    def __post_init__(self) -> None:
        for at, each in self.taken:
            self._by_account.setdefault(each.account, []).append((at, each))
            self._by_key.setdefault(each.key, []).append((at, each))

    def of(self, account: str, at: datetime) -> tuple[Enrolled, ...]:
        """The enrolled contacts of an account as they were at an instant."""
        return tuple(_then(each, at) for since, each in self._by_account.get(account, ()) if since < at)

    def homes(self, at: datetime) -> Mapping[str, str]:
        """By address key the accounts that had given people a seat by then."""
        return _Homes(self._by_key, at)


@dataclass(frozen=True, slots=True)
class _Homes(Mapping[str, str]):
    """Looked up one by one: most mails ask for none of them."""

    by_key: Mapping[str, Sequence[tuple[datetime, Enrolled]]]
    at: datetime

    def __getitem__(self, key: str) -> str:
        mine = (_then(each, self.at) for since, each in self.by_key[key] if since < self.at)
        account = next((each.account for each in mine if each.removed_at is None), None)
        if account is None:
            raise KeyError(key)
        return account

    def __iter__(self) -> Iterator[str]:
        return (key for key in self.by_key if key in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __bool__(self) -> bool:
        return bool(self.by_key)  # whether anybody may be found, without looking for all


def count(connection: Connection, *, since: datetime) -> int:
    """How many mails that came since an instant have been decided."""
    return connection.execute(select(func.count()).select_from(table).where(*_decided(since))).scalar_one()


def numbers(connection: Connection, *, since: datetime, after: int = 0, limit: int) -> list[int]:
    """The numbers of such mails, in order, those `after` one."""
    wanted = select(table.c.id).where(*_decided(since), table.c.id > after).order_by(table.c.id).limit(limit)
    return list(connection.execute(wanted).scalars())


def of_ticket(connection: Connection, ticket_id: int) -> list[Past]:
    """The mails on a ticket, those that came to it by a merger too, in the order of their numbers."""
    decided = select(journal.c.spool_id).where(journal.c.ticket_id == ticket_id, journal.c.spool_id.is_not(None))
    there = select(message.c.spool_id).where(message.c.ticket_id == ticket_id)
    return told(connection, sorted(set(connection.execute(decided.union(there)).scalars())))


def told(connection: Connection, numbers: Sequence[int]) -> list[Past]:
    """What is recorded of these mails, in their order; nothing of those about which nothing was decided."""
    return list(_told(connection, numbers))


def seats(connection: Connection) -> Seats:
    """All seats that were ever taken."""
    rows = connection.execute(select(*contact.c).order_by(contact.c.id))
    return Seats(
        tuple(
            (row.enrolled_at, Enrolled(row.account, row.key, row.address, row.name, row.role, row.removed_at))
            for row in rows
        )
    )


def _decided(since: datetime) -> tuple[ColumnElement[bool], ...]:
    return (table.c.received_at >= since, table.c.state != "waiting")


def _told(connection: Connection, numbers: Sequence[int]) -> Iterator[Past]:
    decided = _lines(connection, numbers)
    follows = _follows(connection, numbers)
    verdicts = _verdicts(connection, numbers)
    for number in numbers:
        entry = spool.get(connection, number)
        if entry is not None and number in decided:
            at, detail = decided[number]
            is_own = entry.outcome == Outcome.OPENED.value
            yield Past(entry, at, detail, follows.get(number) if is_own else None, verdicts.get(number))


def _lines(connection: Connection, numbers: Iterable[int]) -> dict[int, tuple[datetime, Mapping[str, Any]]]:
    """By mail the last line that says how it was decided; a mail that could not be read has none."""
    wanted = select(journal.c.spool_id, journal.c.at, journal.c.detail).where(journal.c.spool_id.in_(list(numbers)))
    rows = connection.execute(wanted.order_by(journal.c.id))
    return {row.spool_id: (row.at, row.detail) for row in rows if "trace" in row.detail}


def _follows(connection: Connection, numbers: Iterable[int]) -> dict[int, int]:
    wanted = select(table.c.id, ticket.c.follows).join(ticket, table.c.ticket_id == ticket.c.id)
    rows = connection.execute(wanted.where(table.c.id.in_(list(numbers)), ticket.c.follows.is_not(None)))
    return {row.id: row.follows for row in rows}


def _verdicts(connection: Connection, numbers: Iterable[int]) -> dict[int, Authentication]:
    wanted = select(message.c.spool_id, message.c.verdict, message.c.verdict_why)
    rows = connection.execute(wanted.where(message.c.spool_id.in_(list(numbers)), message.c.verdict != ""))
    return {
        row.spool_id: Authentication(Verdict(row.verdict), source="as recorded", why=row.verdict_why) for row in rows
    }


def _then(enrolled: Enrolled, at: datetime) -> Enrolled:
    """Who was removed only later still had the seat."""
    if enrolled.removed_at is None or enrolled.removed_at <= at:
        return enrolled
    return Enrolled(enrolled.account, enrolled.key, enrolled.address, enrolled.name, enrolled.role)
