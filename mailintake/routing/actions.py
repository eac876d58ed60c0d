"""The words under `then:`: what a rule says about a mail it matches, and how what several say becomes one route."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from mailintake.domain.routing import Assign, Link, Route, Sla
from mailintake.routing.reading import Reading
from mailintake.routing.regex import Pattern

LONGEST_KEY = 200


@dataclass(frozen=True, slots=True)
class LinkBy:
    """How mails about one and the same thing are known: by what stands in a part of them.

    `part` is `subject`, `text`, `sender`, or `header` with its `name` in lower case. With `find` only what this finds
    counts, its groups if it has any; of a mail in which nothing is found, nothing is linked.
    """

    part: str
    within: timedelta
    name: str = ""
    find: Pattern | None = None

    def link(self, reading: Reading, rule: str) -> Link | None:
        """The link of this mail. Keys of different rules never meet."""
        found = next((text for text in self._texts(reading) if text.strip()), "")
        if self.find is not None:
            found = self.find.extract(reading.encoded(found))
        value = reading.flat(found)
        if not value:
            return None
        if len(value) > LONGEST_KEY:
            value = hashlib.sha256(value.encode("utf-8", "replace")).hexdigest()
        return Link(f"{rule}:{value}", self.within)

    def _texts(self, reading: Reading) -> tuple[str, ...]:
        mail = reading.mail
        if self.part == "header":
            return reading.headers.get(self.name, ())
        return ({"subject": mail.subject, "text": mail.text, "sender": mail.sender}[self.part],)


@dataclass(frozen=True, slots=True, kw_only=True)
class Then:
    """What one rule says; "", () and None where it says nothing of the sort. The fields are those of a route.

    `ignore` and `quarantine` are the reason why.
    """

    queue: str = ""
    team: str = ""
    assign: Assign | None = None
    priority: str = ""
    category: str = ""
    topic: str = ""
    level: str = ""
    tags: tuple[str, ...] = ()
    language: str = ""
    acknowledge: str = ""
    notify: tuple[str, ...] = ()
    reply: str = ""
    redirect: str = ""
    ignore: str = ""
    quarantine: str = ""
    link: LinkBy | None = None
    watchers: tuple[str, ...] = ()
    sla: Sla | None = None


Said = dict[str, Any]
Action = Callable[[Said, str, Any], None]


def _first(said: Said, word: str, value: object) -> None:
    """Of several rules the first that says something is heard."""
    said.setdefault(word, value)


def _more(said: Said, word: str, value: tuple[str, ...]) -> None:
    """What several rules say adds up."""
    said[word] = tuple(dict.fromkeys((*said.get(word, ()), *value)))


def _end(said: Said, word: str, value: str) -> None:
    """A mail ends in one way: the first rule that names one is heard."""
    if not said.keys() & ENDS:
        said[word] = value


ENDS = frozenset({"redirect", "ignore", "quarantine"})

ACTIONS: Mapping[str, Action] = {
    "queue": _first,
    "team": _first,
    "assign": _first,
    "priority": _first,
    "category": _first,
    "topic": _first,
    "level": _first,
    "tags": _more,
    "language": _first,
    "acknowledge": _first,
    "notify": _more,
    "reply": _first,
    "redirect": _end,
    "ignore": _end,
    "quarantine": _end,
    "link": _first,
    "watchers": _more,
    "sla": _first,
}


class RouteMaker:
    """A route in the making: rules say what they say, one after the other."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._said: Said = {}
        self._rules: list[str] = []
        self._shadow: list[str] = []

    def shadow(self, rule: str) -> None:
        """A rule matched that is only tried out."""
        self._shadow.append(rule)

    def apply(self, rule: str, then: Then) -> None:
        """A rule matched: what it says is heard."""
        self._rules.append(rule)
        for word, act in ACTIONS.items():
            value = getattr(then, word)
            if isinstance(value, LinkBy):
                value = value.link(self._reading, rule)
            if value:
                act(self._said, word, value)

    def made(self) -> Route:
        """The route, once all rules have been heard."""
        if not self._rules and not self._shadow:
            return NO_ROUTE
        return Route(**self._said, rules=tuple(self._rules), shadow=tuple(self._shadow))


NO_ROUTE = Route()
