"""When the mail came."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from mailintake.domain.hours import Calendar
from mailintake.routing.conditions.condition import Condition
from mailintake.routing.reading import Reading


class Time(Condition):
    """Hours, or dates; where `time:` says both, both hold."""

    word: ClassVar[str] = "time"


@dataclass(frozen=True)
class During(Time):
    """The mail came within these hours; or, not `wanted`, outside them. `written` is how the admin wrote them."""

    cost: ClassVar[int] = 3

    written: str
    hours: Calendar
    wanted: bool = True

    def __str__(self) -> str:
        return f"time: {'' if self.wanted else 'outside '}{self.written}"

    def holds(self, reading: Reading) -> bool:
        return reading.is_open(self.hours) is self.wanted

    def saw(self, reading: Reading) -> str:
        return f"{reading.local(self.hours.timezone):%a %Y-%m-%d %H:%M} {self.hours.timezone}"

    def covers(self, other: Condition) -> bool:
        return isinstance(other, During) and other.wanted is self.wanted and other.hours == self.hours

    @property
    def is_always(self) -> bool:
        return self.hours.always and self.wanted

    @property
    def is_never(self) -> bool:
        return self.hours.always and not self.wanted


@dataclass(frozen=True)
class Between(Time):
    """The mail came on a local date from `first` to `last`, both inclusive; None is no limit."""

    first: date | None
    last: date | None
    timezone: str

    def __str__(self) -> str:
        ends = (("from", self.first), ("to", self.last))
        return f"time: {' '.join(f'{word} {day}' for word, day in ends if day)}"

    def holds(self, reading: Reading) -> bool:
        day = reading.day(self.timezone)
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)

    def saw(self, reading: Reading) -> str:
        return f"{reading.day(self.timezone)} {self.timezone}"

    def covers(self, other: Condition) -> bool:
        return (
            isinstance(other, Between)
            and other.timezone == self.timezone
            and (self.first is None or (other.first is not None and self.first <= other.first))
            and (self.last is None or (other.last is not None and other.last <= self.last))
        )
