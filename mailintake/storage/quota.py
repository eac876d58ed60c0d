"""What new requests took of a plan's quota, and what was given back (DOMAIN E6)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, and_, func, or_, select, update

from mailintake.domain.quota import Spend
from mailintake.storage.conflict import insert_or_ignore
from mailintake.storage.tables import spend


@dataclass(frozen=True, slots=True)
class Ledger:
    """One unit of one account, with all that was spent from `since` on."""

    account: str
    unit: str
    since: date


def spent(connection: Connection, ledgers: Collection[Ledger]) -> dict[Ledger, dict[date, int]]:
    """How many were spent on which days, those given back left out; days ahead too."""
    if not ledgers:
        return {}
    concerned = or_(
        *(
            and_(spend.c.account == each.account, spend.c.unit == each.unit, spend.c.day >= each.since)
            for each in ledgers
        )
    )
    wanted = (
        select(spend.c.account, spend.c.unit, spend.c.day, func.count().label("units"))
        .where(concerned, spend.c.given_back_at.is_(None))
        .group_by(spend.c.account, spend.c.unit, spend.c.day)
    )
    found: dict[Ledger, dict[date, int]] = {each: {} for each in ledgers}
    by_name = {(each.account, each.unit): each for each in ledgers}
    for row in connection.execute(wanted):
        found[by_name[row.account, row.unit]][row.day] = row.units
    return found


def spend_all(connection: Connection, new: Iterable[tuple[int, str, Spend]], *, now: datetime) -> None:
    """Spend, each for its ticket and account; one that is only reserved counts as given back until it is taken."""
    rows = [
        {
            "account": account,
            "unit": each.unit,
            "ticket_id": ticket_id,
            "day": each.day,
            "at": now,
            "overage": each.overage,
            "given_back_at": now if each.reserved else None,
        }
        for ticket_id, account, each in new
    ]
    if rows:
        connection.execute(insert_or_ignore(connection, spend), rows)


def give_back(connection: Connection, ticket_id: int, *, units: Collection[str] | None = None, now: datetime) -> int:
    """Give back what a ticket took, of these units or of all; to the day it was taken from. How many that were."""
    mine = [spend.c.ticket_id == ticket_id, spend.c.given_back_at.is_(None)]
    if units is not None:
        mine.append(spend.c.unit.in_(units))
    return connection.execute(update(spend).where(*mine).values(given_back_at=now)).rowcount


def take_again(connection: Connection, ticket_id: int, *, units: Collection[str] | None = None) -> int:
    """Undo giving back, of these units or of all; so what was reserved is taken. How many that were."""
    mine = [spend.c.ticket_id == ticket_id, spend.c.given_back_at.is_not(None)]
    if units is not None:
        mine.append(spend.c.unit.in_(units))
    return connection.execute(update(spend).where(*mine).values(given_back_at=None)).rowcount


def of_ticket(connection: Connection, ticket_id: int) -> Sequence[str]:
    """The units a ticket has spent and not been given back."""
    mine = (spend.c.ticket_id == ticket_id, spend.c.given_back_at.is_(None))
    return connection.execute(select(spend.c.unit).where(*mine).order_by(spend.c.id)).scalars().all()
