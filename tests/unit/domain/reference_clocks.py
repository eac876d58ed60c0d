"""A second opinion on the clocks of a ticket: a look at every minute of its life, and nothing clever.

Written from DOMAIN S2 to S17 and section 11 alone; it shares no code with `mailintake.domain.{sla,progress}` beyond the
values. Right where everything happens at whole minutes, one after the other. A clock here remembers the minutes in
which it did not count; its due is found by counting the others.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from mailintake.domain.calendar import Calendar
from mailintake.domain.progress import Happening, What
from mailintake.domain.target import Counting, Metric, Target, Traits
from mailintake.domain.terms import ClockRules, Terms
from mailintake.domain.ticket import Hold, Status
from tests.unit.domain.reference_calendar import MINUTE, Wall

AT_THE_DESK = {Status.NEW, Status.OPEN}
PUT_AWAY = {Status.SOLVED, Status.CLOSED, Status.MERGED, Status.SPAM, Status.REFUSED}
ANSWERS = {Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE}
LONG_ENOUGH = timedelta(days=40)


class Minutes(dict[datetime, bool]):
    """Whether a clock in these hours counts a minute if it runs (S4, S6); every minute is looked up once."""

    def __init__(self, calendar: Calendar, counting: Counting) -> None:
        super().__init__()
        self.wall = None if counting is Counting.WALL else Wall(calendar)

    def __missing__(self, minute: datetime) -> bool:
        found = self[minute] = self.wall is None or self.wall.is_working(minute)
        return found


minutes_of = lru_cache(maxsize=64)(Minutes)


@dataclass(eq=False)
class ReferenceClock:
    metric: Metric
    number: int
    row: Target | None
    started: datetime
    since: datetime
    state: str = "running"
    stopped: datetime | None = None
    breach: datetime | None = None
    forgiven: bool = False
    lost: set[datetime] = field(default_factory=set)

    def is_lost(self, minute: datetime) -> bool:
        """What comes after the end is lost only if the clock goes on some day."""
        return minute in self.lost and (self.stopped is None or minute < self.stopped)

    def due(self, row: Target | None, since: datetime) -> datetime | None:
        """Count minutes until there are enough, none of them lost (S5)."""
        if row is None or row.minutes is None:
            return None
        left, minute, end, counts = row.minutes, since, since + LONG_ENOUGH, minutes_of(row.calendar, row.counting)
        while left and minute < end:
            left -= counts[minute] and not self.is_lost(minute)
            minute += MINUTE
        return None if left else minute

    def own_due(self) -> datetime | None:
        return self.due(self.row, self.since)

    def elapsed(self, now: datetime) -> int:
        """Minutes of the row used up."""
        assert self.row is not None
        end, minute, used = self.stopped or now, self.since, 0
        counts = minutes_of(self.row.calendar, self.row.counting)
        while minute < end:
            used += counts[minute] and not self.is_lost(minute)
            minute += MINUTE
        return used

    def change(self, row: Target | None, at: datetime, *, from_start: bool) -> None:
        """S12, word by word."""
        never = at + 100 * LONG_ENOUGH
        if self.state != "running" or row == self.row:
            return
        d0 = self.own_due() or never
        d1 = self.due(row, self.started) or never
        d2 = self.due(row, at) or never
        if d1 >= d0 or from_start:
            self.row, self.since = row, self.started
        elif d2 < d0:
            self.row, self.since = row, at

    def stop(self, state: str, at: datetime) -> None:
        if self.state == "running":
            self.state, self.stopped = state, at

    def go_on(self) -> None:
        self.state, self.stopped = "running", None


class ReferenceTicket:
    """One ticket, lived through minute by minute."""

    def __init__(self, opening: Happening, terms: Terms) -> None:
        assert opening.traits is not None
        self.terms, self.rules = terms, terms.rules
        self.traits: Traits = opening.traits
        self.status = opening.status or Status.NEW
        self.hold = opening.hold
        self.asked = self.answered = False
        self.clocks: list[ReferenceClock] = []
        self.ran_when_put_away: list[ReferenceClock] = []
        self.minute = opening.at
        self.start_usual_clocks()

    # What happens

    def happen(self, happening: Happening, terms: Terms) -> None:
        self.live_until(happening.at)
        self.terms, self.rules = terms, terms.rules
        match happening.what:
            case What.ASKED:
                self.asked = True
            case What.CUSTOMER_WROTE:
                self.customer_wrote()
            case What.DESK_ANSWERED:
                self.desk_answered()
            case What.SORTED:
                assert happening.traits is not None
                self.traits = happening.traits
                self.change_all()
            case What.ESCALATED:
                assert happening.traits is not None
                self.traits = happening.traits
                self.escalated(self.rules)
            case What.MOVED:
                assert happening.status is not None
                self.moved(happening.status, happening.hold)
            case What.FORGIVEN:
                for clock in self.clocks:
                    clock.forgiven = clock.forgiven or clock.breach is not None
            case What.RENEWED:
                self.change_all()
                self.start_usual_clocks()
            case What.OPENED:
                raise AssertionError("twice?")

    def live_until(self, end: datetime) -> None:
        """Minute after minute: whoever does not count loses it, and whoever is over its due is late."""
        dues = {clock: clock.own_due() for clock in self.clocks if clock.state == "running" and not self.stands(clock)}
        while self.minute < end:
            for clock in self.clocks:
                if clock not in dues:
                    clock.lost.add(self.minute)
            self.minute += MINUTE
            for clock, due in dues.items():
                is_hard = clock.row is not None and not clock.row.soft
                if is_hard and clock.breach is None and due is not None and self.minute > due:
                    clock.breach = due

    def stands(self, clock: ReferenceClock) -> bool:
        """S10."""
        if self.asked or self.status is Status.PENDING:
            return True
        if clock.metric is Metric.FIRST_RESPONSE:
            return False
        if self.status is Status.HOLD:
            return self.rules.internal_stops if self.hold is Hold.INTERNAL else self.rules.external_stops
        return self.status is Status.WAITING

    def customer_wrote(self) -> None:
        """S11, S15."""
        self.asked = False
        was_solved = self.status is Status.SOLVED
        if self.status in {Status.WAITING, Status.HOLD, Status.SOLVED}:
            self.status = Status.OPEN
        if was_solved:
            for clock in self.clocks:
                if clock.metric is Metric.RESOLUTION:
                    clock.go_on()
            self.start(Metric.NEXT_RESPONSE)
        elif self.status in AT_THE_DESK and self.answered and not self.is_awaited():
            self.start(Metric.NEXT_RESPONSE)

    def desk_answered(self) -> None:
        """S3."""
        if self.status is Status.PENDING or self.status in PUT_AWAY - {Status.SOLVED}:
            return
        self.answered, self.asked = True, False
        for clock in self.clocks:
            if clock.metric is not Metric.RESOLUTION:
                clock.stop("met", self.minute)
        if self.status is not Status.SOLVED:
            self.status = Status.WAITING

    def escalated(self, rules: ClockRules) -> None:
        """S17."""
        if not rules.restarts:
            self.change_all()
            return
        for clock in self.clocks:
            if clock.metric is Metric.LEVEL_RESPONSE:
                clock.stop("cancelled", self.minute)
        if self.is_alive():
            self.start(Metric.LEVEL_RESPONSE)

    def moved(self, status: Status, hold: Hold) -> None:
        """Section 11, S16."""
        was_alive, was_put_away = self.is_alive(), self.status in PUT_AWAY
        self.status, self.hold = status, hold
        if status in PUT_AWAY:
            if was_alive:
                self.ran_when_put_away = [clock for clock in self.clocks if clock.state == "running"]
            for clock in self.clocks:
                is_kept = clock.metric is Metric.RESOLUTION and status in {Status.SOLVED, Status.CLOSED}
                clock.stop("met" if is_kept else "cancelled", self.minute)
        elif was_put_away:
            for clock in self.ran_when_put_away:
                clock.go_on()
        self.start_usual_clocks()

    # Helpers

    def is_alive(self) -> bool:
        return self.status is not Status.PENDING and self.status not in PUT_AWAY

    def is_awaited(self) -> bool:
        return any(clock.metric in ANSWERS and clock.state == "running" for clock in self.clocks)

    def start_usual_clocks(self) -> None:
        """S2, S11: what every ticket has from the moment that it is accepted."""
        if not self.is_alive():
            return
        had = {clock.metric for clock in self.clocks}
        if Metric.FIRST_RESPONSE not in had and not self.answered and not self.is_awaited():
            self.start(Metric.FIRST_RESPONSE)
        if Metric.RESOLUTION not in had:
            self.start(Metric.RESOLUTION)

    def start(self, metric: Metric) -> None:
        if any(row.minutes is not None for row in self.rows(metric)):
            number = 1 + len([clock for clock in self.clocks if clock.metric is metric])
            self.clocks.append(ReferenceClock(metric, number, self.row(metric), self.minute, self.minute))

    def change_all(self) -> None:
        for clock in self.clocks:
            clock.change(self.row(clock.metric), self.minute, from_start=self.rules.from_start)

    def rows(self, metric: Metric) -> tuple[Target, ...]:
        named = Metric.FIRST_RESPONSE if metric is Metric.LEVEL_RESPONSE else metric
        return self.terms.targets.get(named, ())

    def row(self, metric: Metric) -> Target | None:
        for row in self.rows(metric):
            wanted = row.selector
            said = (
                (wanted.priorities, self.traits.priority),
                (wanted.categories, self.traits.category),
                (wanted.topics, self.traits.topic),
                (wanted.levels, self.traits.level),
            )
            if all(words is None or word in words for words, word in said):
                return row if row.minutes is not None else None
        return None


def lived(history: Iterable[tuple[Happening, Terms]], now: datetime) -> ReferenceTicket:
    """The ticket at `now`, after all of its history."""
    steps: Iterator[tuple[Happening, Terms]] = iter(history)
    ticket = ReferenceTicket(*next(steps))
    for happening, terms in steps:
        ticket.happen(happening, terms)
    ticket.live_until(now)
    return ticket
