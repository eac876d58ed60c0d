"""Quarters of the calendar as an account's clock reads them, and which of them are reported without being asked."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from mailintake.domain.customer import Contract
from mailintake.domain.hours import zone

SENT_WITHIN = timedelta(days=30)
"""How long after its end a quarter is still reported by itself; an older report would only surprise."""

_NAME = re.compile(r"([12][0-9]{3})-?[Qq]([1-4])")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """Three months of a year; `number` is 1 to 4."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.next.first - _DAY

    @property
    def next(self) -> "Quarter":
        """The quarter after this one."""
        return Quarter(self.year, self.number + 1) if self.number < 4 else Quarter(self.year + 1, 1)

    @property
    def previous(self) -> "Quarter":
        """The quarter before this one."""
        return Quarter(self.year, self.number - 1) if self.number > 1 else Quarter(self.year - 1, 4)

    def bounds(self, timezone: str) -> tuple[datetime, datetime]:
        """The instants, in UTC, at which it begins and has ended in an IANA zone."""
        return _midnight(self.first, timezone), _midnight(self.next.first, timezone)


def parse(text: str) -> Quarter:
    """`2026Q4`, also `2026-q4`. ValueError for anything else."""
    found = _NAME.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r:.40} is no quarter such as 2026Q4")
    return Quarter(int(found[1]), int(found[2]))


def of_day(day: date) -> Quarter:
    """The quarter that a day lies in."""
    return Quarter(day.year, (day.month + 2) // 3)


def at(moment: datetime, timezone: str) -> Quarter:
    """The quarter that an aware instant lies in, as clocks in an IANA zone read it."""
    return of_day(moment.astimezone(zone(timezone)).date())


def is_automatic(reports: str) -> bool:
    """Whether a plan's `reports` promises one every quarter without a request: it says `quarterly` and nothing else."""
    return " ".join(reports.split()).casefold() == "quarterly"


def is_covered(quarter: Quarter, contract: Contract) -> bool:
    """Whether a contract is in force on any day of a quarter; days of grace are not counted."""
    begins, ends = contract.begins or date.min, contract.ends or date.max
    return begins <= quarter.last and ends >= quarter.first


def due(reports: str, contract: Contract, now: datetime, *, timezone: str) -> Quarter | None:
    """The quarter whose report is to be sent by now without a request, to an account in an IANA zone.

    That is the one that ended last, for SENT_WITHIN, if the plan's `reports` promises it and the contract covers some
    of it. Whether it has been sent already is not asked here.
    """
    ended = at(now, timezone).previous
    _, end = ended.bounds(timezone)
    is_fresh = now - end < SENT_WITHIN
    return ended if is_automatic(reports) and is_fresh and is_covered(ended, contract) else None


def _midnight(day: date, timezone: str) -> datetime:
    # Read before a gap, as the first `fold` is, a midnight that nobody sees lies right where the gap ends.
    return datetime.combine(day, time(), zone(timezone)).astimezone(UTC)
