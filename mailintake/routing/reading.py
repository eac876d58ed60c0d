"""One mail as conditions look at it: what must be made of its texts is made once, and only when somebody asks."""

from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from mailintake.domain import calendar
from mailintake.domain.hours import Calendar
from mailintake.domain.routing import Subject
from mailintake.routing.words import flat, spaced

LONGEST_TEXT = 100_000
"""Characters of a text at which words and wildcards look."""

LONGEST_FOR_REGEX = 20_000
"""Characters of a text at which regular expressions look."""


class Reading:
    """A mail, and what was made of it so far."""

    def __init__(self, mail: Subject) -> None:
        self.mail = mail
        self._flat: dict[str, str] = {}
        self._words: dict[str, str] = {}
        self._encoded_words: dict[str, bytes] = {}
        self._encoded: dict[str, bytes] = {}
        self._open: dict[int, bool] = {}
        self._days: dict[str, date] = {}

    @cached_property
    def headers(self) -> dict[str, tuple[str, ...]]:
        """The values of each header field, by its name in lower case."""
        found: dict[str, list[str]] = {}
        for name, value in self.mail.headers:
            found.setdefault(name, []).append(value)
        return {name: tuple(values) for name, values in found.items()}

    def flat(self, text: str) -> str:
        """A text of the mail, folded, in one line."""
        if text not in self._flat:
            self._flat[text] = flat(text[:LONGEST_TEXT])
        return self._flat[text]

    def words(self, text: str) -> str:
        """The words of a text of the mail, with spaces around each."""
        if text not in self._words:
            self._words[text] = spaced(text[:LONGEST_TEXT])
        return self._words[text]

    def encoded_words(self, text: str) -> bytes:
        """The same in UTF-8."""
        if text not in self._encoded_words:
            self._encoded_words[text] = self.words(text).encode("utf-8", "replace")
        return self._encoded_words[text]

    def encoded(self, text: str) -> bytes:
        """A text of the mail in UTF-8."""
        if text not in self._encoded:
            self._encoded[text] = text[:LONGEST_FOR_REGEX].encode("utf-8", "replace")
        return self._encoded[text]

    def is_open(self, hours: Calendar) -> bool:
        """Whether the mail came within these hours."""
        # by identity: rules share the calendars of one file, and to compare two is dearer than to ask one
        if id(hours) not in self._open:
            self._open[id(hours)] = calendar.is_open(hours, self.mail.received_at)
        return self._open[id(hours)]

    def day(self, timezone: str) -> date:
        """The local date on which the mail came."""
        if timezone not in self._days:
            self._days[timezone] = self.local(timezone).date()
        return self._days[timezone]

    def local(self, timezone: str) -> datetime:
        """The local time at which the mail came."""
        return self.mail.received_at.astimezone(ZoneInfo(timezone))
