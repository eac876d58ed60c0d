"""What an agent orders by mail: the closed vocabulary of commands, and until when they say."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from mailintake.domain.hours import zone

MIDNIGHT = time(0)


class Word(StrEnum):
    """Every command there is, by its English word."""

    TAKE = "take"
    ASSIGN = "assign"
    PRIORITY = "priority"
    CATEGORY = "category"
    TOPIC = "topic"
    LEVEL = "level"
    STATUS = "status"
    HOLD = "hold"
    SOLVED = "solved"
    CLOSE = "close"
    REOPEN = "reopen"
    MERGE = "merge"
    SPLIT = "split"
    SPAM = "spam"
    NOTE = "note"
    CC = "cc"
    CONTACT = "contact"
    ACCEPT = "accept"
    WAIVE = "waive"
    ACK = "ack"
    DUE = "due"
    NEW = "new"
    UNDO = "undo"
    HELP = "help"
    TICKET = "ticket"


class Choice(StrEnum):
    """What may stand behind a command where it offers a choice."""

    UP = "up"
    INTERNAL = "internal"
    EXTERNAL = "external"
    ADD = "add"
    REMOVE = "remove"
    APPROVE = "approve"
    DECLINE = "decline"


@dataclass(frozen=True, slots=True)
class Ahead:
    """So long from now: first days of the local calendar, then minutes as they pass."""

    days: int = 0
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class OnDate:
    """A day of the calendar, and a time of that day."""

    day: date
    at: time = MIDNIGHT


@dataclass(frozen=True, slots=True)
class InDays:
    """A time of the day that is so many days after today; 1 is tomorrow."""

    days: int
    at: time = MIDNIGHT


@dataclass(frozen=True, slots=True)
class OnWeekday:
    """The first such moment still to come; Monday is 0, as in `date.weekday`."""

    weekday: int
    at: time = MIDNIGHT


When = Ahead | OnDate | InDays | OnWeekday


@dataclass(frozen=True, slots=True)
class Given:
    """What stands behind the word of a command; each command has its own of these.

    `name` is an agent, a team, a priority, a mail address, a code…, as written: whether there is such a thing is for
    whoever carries it out. `numbers` are of a ticket, a refused mail, or of messages.
    """

    choice: Choice | None = None
    name: str = ""
    numbers: tuple[int, ...] = ()
    until: When | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """One line of an agent's. `ticket` is the one it names for itself, None for the one the mail belongs to.

    `line` is what was written, for the receipt.
    """

    word: Word
    line: str
    given: Given = Given()
    ticket: int | None = None


def resolve(when: When, now: datetime, timezone: str) -> datetime | None:
    """The instant in UTC that was meant at `now` (aware) on the clocks of `timezone`; None if it has passed already.

    A time that the clock skips in spring is as long after midnight as it would have been; of one that comes twice in
    autumn the first is meant. None too beyond the end of the calendar; ValueError for a zone nobody keeps.
    """
    clock = zone(timezone)
    try:
        instant = _instant(when, now.astimezone(clock), clock)
    except OverflowError:
        return None
    return instant if instant > now else None


def _instant(when: When, here: datetime, clock: ZoneInfo) -> datetime:
    match when:
        case Ahead(days, minutes):
            return _at(here.date() + timedelta(days=days), here.timetz(), clock) + timedelta(minutes=minutes)
        case OnDate(day, at):
            return _at(day, at, clock)
        case InDays(days, at):
            return _at(here.date() + timedelta(days=days), at, clock)
        case OnWeekday(weekday, at):
            day = here.date() + timedelta(days=(weekday - here.weekday()) % 7)
            moment = _at(day, at, clock)
            return moment if moment > here else _at(day + timedelta(days=7), at, clock)


def _at(day: date, at: time, clock: ZoneInfo) -> datetime:
    return datetime.combine(day, at, clock).astimezone(UTC)
