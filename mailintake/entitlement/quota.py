"""Whether something is left of what a plan limits, and when there is again (DOMAIN E6).

What is kept of a spend is the local day it was spent on. Days are enough for every period: a limit counts the spends
whose days lie in its span. So a spend given back (spam, merge, waive) is taken away from its own day; its month gets it
back, a month that has ended gives nothing to the next, and there is nothing to reset when a new one begins. What waits
for room is spent on the day it waits for, which may lie ahead, and counts in that day's month.
"""

from bisect import bisect_left
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import accumulate
from zoneinfo import ZoneInfo

from mailintake.domain.quota import Limit, Period, Unit, WhenUsedUp

LONGEST_WAIT = timedelta(days=400)
"""How far ahead room is looked for: over the whole of the next year, whatever day it begins on."""

_MONTHS = {Period.CONTRACT_MONTH: 1, Period.CONTRACT_YEAR: 12}
_CALENDAR = {Period.CONTRACT_MONTH: Period.MONTH, Period.CONTRACT_YEAR: Period.YEAR}


class Verdict(StrEnum):
    """What becomes of a request as far as one unit goes.

    FREE: it spends none of the unit. SPEND: one is spent. OVER: nothing is left; one is spent all the same, as overage
    (`accept`). EXEMPT: nothing is left and nothing is spent, because its priority never stops. WAIT: it opens, its
    clock starts on a later day, and that day's one is spent. QUOTE: it opens and waits for a yes to the price. REFUSE:
    it does not open.
    """

    FREE = "free"
    SPEND = "spend"
    OVER = "over"
    EXEMPT = "exempt"
    WAIT = "wait"
    QUOTE = "quote"
    REFUSE = "refuse"


class Lack(StrEnum):
    """Of which there is nothing left: the unit's period, or only its day; NONE while there is."""

    NONE = ""
    PERIOD = "quota-used-up"
    DAY = "day-full"


@dataclass(frozen=True, slots=True)
class Span:
    """A limit and the local days, `start` up to but not including `end`, over which it counts."""

    limit: Limit
    start: date
    end: date


class Spent:
    """How many of a unit an account has spent on which local days, those given back left out."""

    def __init__(self, days: Mapping[date, int]) -> None:
        self._days = sorted(days)
        self._sums = (0, *accumulate(days[day] for day in self._days))

    def within(self, span: Span) -> int:
        """How many on the days of a span."""
        return self._sums[bisect_left(self._days, span.end)] - self._sums[bisect_left(self._days, span.start)]

    def leaves(self, span: Span) -> int:
        """How many are left there, never less than none."""
        return max(0, span.limit.count - self.within(span))


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a contract gives of a unit, counted in `timezone`, the account's, from `begins`, the contract's first day.

    Every limit holds. Without any, the plan does not count the unit.
    """

    unit: Unit
    limits: Sequence[Limit]
    timezone: str
    begins: date | None = None

    def day_of(self, at: datetime) -> date:
        """The local day of an aware instant: of the time the request was received."""
        return _local_day(at, self.timezone)

    def spans_on(self, day: date) -> tuple[Span, ...]:
        """Where each limit counts on this day, in the order of the limits."""
        return tuple(Span(limit, *_period_on(limit.period, day, self.begins)) for limit in self.limits)

    def looks_back_to(self, at: datetime) -> date:
        """The first day whose spends `judge` must know; it must know all later ones too, also those ahead."""
        day = self.day_of(at)
        return min((span.start for span in self.spans_on(day)), default=day)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What becomes of a request, and the figures for its letter.

    `span` is the one that decides: the longest-lasting of those with nothing left, else the period with the least
    left; None for FREE. `used` were spent in it before this request. `day` is the local day one is to be spent on, None
    where none is. In UTC, `next_begins` is when the span is over and its limit counts anew, `starts_at` when the clock
    of a request that waits starts; None for all others.
    """

    unit: str
    verdict: Verdict
    lack: Lack = Lack.NONE
    span: Span | None = None
    used: int = 0
    day: date | None = None
    next_begins: datetime | None = None
    starts_at: datetime | None = None

    @property
    def left(self) -> int:
        """How many are left in the span after this request; 0 for FREE, which has no span."""
        if self.span is None:
            return 0
        takes = self.day is not None and self.span.start <= self.day < self.span.end
        return max(0, self.span.limit.count - self.used - takes)


def period_of(period: Period, at: datetime, *, timezone: str, begins: date | None = None) -> tuple[date, date]:
    """The local days, first and first after, of the period that `at` lies in.

    Months and years are the calendar's, weeks begin on Mondays. A contract's begin on the anniversaries of `begins`, as
    counted from that day itself: of a 31st on the last day of shorter months, of 29 February on the 28th in common
    years. Without `begins` they are the calendar's. `at` is aware.
    """
    return _period_on(period, _local_day(at, timezone), begins)


def midnight(day: date, timezone: str) -> datetime:
    """The first moment, in UTC, at which this day has come: not 00:00 where clocks skip it."""
    # Read before a gap, as the first `fold` is, a midnight that nobody sees lies right where the gap ends.
    return datetime.combine(day, time(), ZoneInfo(timezone)).astimezone(UTC)


def judge(allowance: Allowance, at: datetime, spent: Spent, *, priority: str, topic: str) -> Judgement:
    """What becomes of a request received at `at`, with this priority and topic, given what is spent already.

    Used up comes before full for the day: who has nothing left for the month is not told to wait for tomorrow. A limit
    per day is always the day's, also where it is the only one. A priority that never stops spends only where every
    limit has room. What would wait longer than LONGEST_WAIT is refused.
    """
    unit = allowance.unit
    if not allowance.limits or (unit.topics is not None and topic not in unit.topics):
        return Judgement(unit.key, Verdict.FREE)
    day = allowance.day_of(at)
    spans = allowance.spans_on(day)
    lack, span = _deciding(spans, spent)
    verdict = _verdict(unit, lack, priority)
    on: date | None = day
    if verdict is Verdict.WAIT:
        on = first_day_with_room(allowance, spent, after=day)
        verdict = Verdict.WAIT if on else Verdict.REFUSE
    elif verdict not in {Verdict.SPEND, Verdict.OVER}:
        on = None
    return Judgement(
        unit.key,
        verdict,
        lack,
        span,
        used=spent.within(span),
        day=on,
        next_begins=midnight(span.end, allowance.timezone),
        starts_at=midnight(on, allowance.timezone) if on and verdict is Verdict.WAIT else None,
    )


def first_day_with_room(allowance: Allowance, spent: Spent, *, after: date) -> date | None:
    """The first day later than `after` on which every limit has room; None if LONGEST_WAIT brings none."""
    day = after + timedelta(days=1)
    while day - after <= LONGEST_WAIT:
        ends = [span.end for span in allowance.spans_on(day) if not spent.leaves(span)]
        if not ends:
            return day
        day = max(ends)
    return None


def strictest(judgements: Iterable[Judgement]) -> Judgement | None:
    """Of the judgements on several units the one that decides: refusal, then quote, then the longest wait.

    None where the request simply opens. Where one refuses or quotes, nothing is spent of the others.
    """
    strict = {Verdict.WAIT: 0, Verdict.QUOTE: 1, Verdict.REFUSE: 2}
    stopping = (each for each in judgements if each.verdict in strict)
    return max(stopping, key=lambda each: (strict[each.verdict], each.day or date.min), default=None)


def _deciding(spans: Sequence[Span], spent: Spent) -> tuple[Lack, Span]:
    periods = [span for span in spans if span.limit.period is not Period.DAY]
    full = [span for span in spans if not spent.leaves(span)]
    if used_up := [span for span in full if span in periods]:
        return Lack.PERIOD, max(used_up, key=lambda span: span.end)
    if full:
        return Lack.DAY, full[0]
    return Lack.NONE, min(periods or spans, key=spent.leaves)


def _verdict(unit: Unit, lack: Lack, priority: str) -> Verdict:
    if lack is Lack.NONE:
        return Verdict.SPEND
    if priority in unit.never_stops:
        return Verdict.EXEMPT
    return _VERDICTS[unit.when_day_is_full if lack is Lack.DAY else unit.when_used_up]


_VERDICTS = {
    WhenUsedUp.REFUSE: Verdict.REFUSE,
    WhenUsedUp.QUOTE: Verdict.QUOTE,
    WhenUsedUp.WAIT: Verdict.WAIT,
    WhenUsedUp.ACCEPT: Verdict.OVER,
}


def _local_day(at: datetime, timezone: str) -> date:
    return at.astimezone(ZoneInfo(timezone)).date()


def _period_on(period: Period, day: date, begins: date | None) -> tuple[date, date]:
    if begins is not None and period in _MONTHS:
        return _anniversaries(begins, day, _MONTHS[period])
    return _calendar_period(_CALENDAR.get(period, period), day)


def _calendar_period(period: Period, day: date) -> tuple[date, date]:
    if period is Period.DAY:
        return day, day + timedelta(days=1)
    if period is Period.WEEK:
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=7)
    first = day.replace(day=1) if period is Period.MONTH else day.replace(month=1, day=1)
    return first, _months_after(first, 1 if period is Period.MONTH else 12)


def _anniversaries(begins: date, day: date, months: int) -> tuple[date, date]:
    """The last anniversary up to `day`, and the next one."""
    passed = (day.year - begins.year) * 12 + day.month - begins.month
    count = passed // months * months
    if _months_after(begins, count) > day:
        count -= months
    return _months_after(begins, count), _months_after(begins, count + months)


def _months_after(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
