"""A second opinion on working time: one look at the wall clock per minute (or second), and nothing clever.

Written from DOMAIN S4 to S9 alone; it shares no code with `mailintake.domain.calendar` beyond the values.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mailintake.domain.calendar import Calendar, Pauses

MINUTE = timedelta(minutes=1)


class Wall:
    """The clock on the desk's wall, and the opening hours pinned beside it."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self.zone = ZoneInfo(calendar.timezone)
        self.pinned: dict[date, list[tuple[datetime, datetime]]] = {}

    def is_working(self, moment: datetime) -> bool:
        """Read the clock, then look through the windows of that date and of the eve."""
        if self.calendar.always:
            return True
        reading = moment.astimezone(self.zone).replace(tzinfo=None)
        today = reading.date()
        if today not in self.pinned:
            self.pinned[today] = [*self.windows(today - timedelta(days=1)), *self.windows(today)]
        return any(opens <= reading < closes for opens, closes in self.pinned[today])

    def windows(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """The windows that begin on this date, as readings."""
        holidays = self.calendar.holidays
        if day in holidays.shortened:
            windows = holidays.shortened[day]
        elif day in holidays.dates or any((day.month, day.day) == yearly for yearly in holidays.yearly):
            windows = ()
        else:
            windows = self.calendar.week[day.weekday()]
        midnight = datetime.combine(day, time())
        next_midnight = midnight + timedelta(days=1)
        for window in windows:
            yield (
                midnight + window.start * MINUTE,
                (next_midnight if window.end < window.start else midnight) + window.end * MINUTE,
            )


def is_paused(moment: datetime, pauses: Pauses) -> bool:
    return any(begin <= moment and (end is None or moment < end) for begin, end in pauses)


def moments(start: datetime, end: datetime, step: timedelta) -> Iterator[datetime]:
    moment = start
    while moment < end:
        yield moment
        moment += step


def due(
    calendar: Calendar,
    start: datetime,
    target: timedelta,
    *,
    pauses: Pauses = (),
    give_up: datetime,
    step: timedelta = MINUTE,
) -> datetime | None:
    """Step through time until enough has been counted; None if that has not happened at `give_up`.

    Right where start, target, pauses and windows all lie on whole steps.
    """
    if any(end is None for _, end in pauses):
        return None
    wall, elapsed = Wall(calendar), timedelta(0)
    for moment in moments(start, give_up, step):
        if elapsed >= target:
            return moment
        if not is_paused(moment, pauses) and wall.is_working(moment):
            elapsed += step
    return give_up if elapsed >= target else None


def worked(
    calendar: Calendar, start: datetime, end: datetime, *, pauses: Pauses = (), step: timedelta = MINUTE
) -> timedelta:
    """Count the steps."""
    wall = Wall(calendar)
    counted = (
        step for moment in moments(start, end, step) if not is_paused(moment, pauses) and wall.is_working(moment)
    )
    return sum(counted, timedelta(0))


def next_opening(calendar: Calendar, at: datetime, *, give_up: datetime) -> datetime | None:
    """The first minute that is worked."""
    wall = Wall(calendar)
    return next((moment for moment in moments(at, give_up, MINUTE) if wall.is_working(moment)), None)


def intervals(calendar: Calendar, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """Worked minutes, strung together."""
    wall = Wall(calendar)
    strung: list[tuple[datetime, datetime]] = []
    for moment in moments(start, end, MINUTE):
        if wall.is_working(moment):
            begins = strung.pop()[0] if strung and strung[-1][1] == moment else moment
            strung.append((begins, min(moment + MINUTE, end)))
    return strung


def utc(text: str) -> datetime:
    """`2026-03-06 18:30` as an instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
