"""What stands under `when:` of a rule."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, partial

from mailintake.config.desk import language
from mailintake.config.hours import WANTED, OpeningHours, parse_hours
from mailintake.config.limits import parse_size
from mailintake.config.question import Table, answer
from mailintake.config.rule_names import Known, or_none, some
from mailintake.config.rule_texts import texts, wildcards
from mailintake.config.shapes import (
    Choice,
    ListOf,
    Named,
    Parsed,
    Reader,
    Record,
    Text,
    day,
    scalar,
    section,
    yes_or_no,
)
from mailintake.config.source import Collecting, Node, Scalar, Section
from mailintake.domain.hours import Calendar, calendar_for
from mailintake.domain.mail import Kind
from mailintake.domain.trust import Verdict
from mailintake.entitlement import identity
from mailintake.routing.conditions import CONDITIONS, All, Any, Condition, Not
from mailintake.routing.conditions.attachment import Attachment
from mailintake.routing.conditions.domain import Domain
from mailintake.routing.conditions.header import Header
from mailintake.routing.conditions.one_of import OneOf
from mailintake.routing.conditions.recipient import Recipient
from mailintake.routing.conditions.sender import Sender
from mailintake.routing.conditions.size import Size, Span
from mailintake.routing.conditions.texts_of import TextsOf
from mailintake.routing.conditions.time import Between, During
from mailintake.routing.conditions.yes_no import YesNo
from mailintake.routing.wildcard import Wildcard

FIELD = re.compile(r"[!-9;-~]{1,100}")  # RFC 5322, 2.2: printable ASCII but the colon
_SIZE = re.compile(r"(?:(over|under) (.+))|(?:(.+?)\.\.(.+))")
_LIST = "a list of conditions"


@dataclass(frozen=True)
class Conditions:
    """Reads a section of conditions, all of which must hold."""

    known: Known
    _calendars: dict[str, Calendar] = field(default_factory=dict)

    def __call__(self, node: Node) -> All:
        found: All = Record(self._all, self.readers, wanted="a section of conditions")(node)
        if not found.parts:
            raise node.wrong("no condition stands here; leave `when` out for a rule that takes every mail")
        return found

    @staticmethod
    def _all(**said: Condition) -> All:
        # `time:` and `header:` may say several things, which hold together as all others do
        parts = (
            part
            for word, condition in said.items()
            for part in (condition.parts if isinstance(condition, All) and word != All.word else (condition,))
        )
        return All(tuple(parts))

    @cached_property
    def readers(self) -> dict[str, Reader[Condition]]:
        """A reader for every word."""
        known = self.known
        return {
            "sender": partial(_addresses, Sender, known.plus_tags),
            "domain": lambda node: Domain(frozenset(_domains(node))),
            "account": self._names("account", known.of_people("account", lambda directory: directory.accounts)),
            "plan": self._names("plan", known.of_desk("plan", lambda desk: desk.plans)),
            "role": self._names("role", Text("a role")),
            "contact": partial(_yes_no, "contact"),
            "language": self._names("language", language),
            "recipient": partial(_addresses, Recipient, "keep"),
            "mailbox": self._names("mailbox", self._mailbox),
            "subject": partial(_texts, "subject"),
            "text": partial(_texts, "text"),
            "says": partial(_texts, "says"),
            "body": partial(_texts, "body"),
            "header": _headers,
            "attachment": _attachment,
            "kind": self._names("kind", Choice(tuple(Kind)), or_nothing=False),
            "priority": self._names(
                "priority", known.of_desk("priority", lambda desk: (each.key for each in desk.priorities))
            ),
            "time": self._time,
            "authentication": self._names("authentication", Choice(tuple(Verdict)), or_nothing=False),
            "size": lambda node: Size(_SPAN(node)),
            "reply": partial(_yes_no, "reply"),
            "all": lambda node: All(self._several(node)),
            "any": lambda node: Any(self._several(node)),
            "not": lambda node: Not(self._within(node)),
        }

    def _several(self, node: Node) -> tuple[Condition, ...]:
        return ListOf(self._within, _LIST, least=1)(node)

    def _within(self, node: Node) -> Condition:
        """Conditions within others; one alone stands for itself."""
        found = self(node)
        return found.parts[0] if len(found.parts) == 1 else found

    def _names(self, word: str, item: Reader[str], *, or_nothing: bool = True) -> Reader[Condition]:
        condition = CONDITIONS[word]
        assert issubclass(condition, OneOf)
        read = some(or_none(item) if or_nothing else item, f"{word}, or a list of such")
        return lambda node: condition(frozenset(map(str, read(node))))

    def _mailbox(self, node: Node) -> str:
        known = self.known.of_desk("mailbox", lambda desk: (each.address.lower() for each in desk.mailboxes))
        found = scalar(node, "a mailbox of the desk")
        return known(replace(found, text=found.text.lower()))

    def _time(self, node: Node) -> Condition:
        if not isinstance(node, Section):
            return self._during(node, wanted=True)
        return Record(
            partial(self._when, node),
            {
                "during": partial(self._during, wanted=True),
                "outside": partial(self._during, wanted=False),
                "from": day,
                "to": day,
            },
        )(node)

    def _when(
        self, node: Node, *, during: Condition | None = None, outside: Condition | None = None, **days: date
    ) -> All:
        first, last = days.get("from"), days.get("to")
        parts = [each for each in (during, outside) if each is not None]
        if first and last and last < first:
            raise node.wrong(f"{last} comes before {first}: no mail ever comes between")
        if first or last:
            parts.append(Between(first, last, self.known.desk.timezone if self.known.desk else "UTC"))
        if not parts:
            raise node.wrong("this section is empty; wanted: `during`, `outside`, `from` or `to`")
        return All(tuple(parts))

    def _during(self, node: Node, *, wanted: bool) -> Condition:
        found = scalar(node, WANTED)
        if found.text not in self._calendars:
            self._calendars[found.text] = self._calendar(found)
        return During(found.text, self._calendars[found.text], wanted=wanted)

    def _calendar(self, found: Scalar) -> Calendar:
        desk = self.known.desk
        if desk is None:  # what its names stand for has been lost with it
            return Calendar("UTC", parse_hours("24/7").week, always=True)
        hours = OpeningHours(Named("hours entry", desk.hours, tuple(desk.hours)))(found)
        return calendar_for(hours, timezone=desk.timezone, holidays=desk.holidays)


def _yes_no(word: str, node: Node) -> Condition:
    condition = CONDITIONS[word]
    assert issubclass(condition, YesNo)
    return condition(wanted=yes_or_no(node))


def _texts(word: str, node: Node) -> Condition:
    condition = CONDITIONS[word]
    assert issubclass(condition, TextsOf)
    return condition(texts(node))


def _parse_address(plus_tags: identity.PlusTags, text: str) -> str | Wildcard:
    if "*" in text or "?" in text:
        return Wildcard.of(text)
    key = identity.key(text, plus_tags=plus_tags)
    if key is None:
        raise ValueError(f"`{text}` is no mail address such as ana@bakery.example or *@bakery.example")
    return key


def _addresses(condition: Callable[..., Condition], plus_tags: identity.PlusTags, node: Node) -> Condition:
    wanted = "an address, such as ana@bakery.example or *@bakery.example"
    address = Parsed(partial(_parse_address, plus_tags), wanted)
    found = ListOf(address, f"{wanted}, or a list of them", least=1, or_one=True)(node)
    return condition(
        frozenset(each for each in found if isinstance(each, str)),
        tuple(each for each in found if isinstance(each, Wildcard)),
    )


def _parse_any_domain(text: str) -> str:
    star, plain = ("*.", text[2:]) if text.startswith("*.") else ("", text)
    key = identity.domain_key(plain)
    if key is None:
        raise ValueError(f"`{text}` is no domain such as bakery.example, or *.bakery.example for all below it")
    return star + key


_domains = some(Parsed(_parse_any_domain, "a domain"), "a domain, or a list of them")


def _headers(node: Node) -> All:
    answer(node, Table(lambda _, value: texts(value), of_names=False))
    problems, parts = Collecting(), list[Condition]()
    for key, value in section(node, "names of header fields, each with what it says").entries:
        with problems:
            if not FIELD.fullmatch(key.text):
                raise key.wrong(f"`{key.text}` is no name of a header field such as List-Id")
            parts.append(Header(key.text.lower(), texts(value)))
    problems.settle()
    if not parts:
        raise node.wrong("no header field is named here, such as `List-Id: orders`")
    return All(tuple(parts))


def _attachment(node: Node) -> Condition:
    if not isinstance(node, Section):
        return Attachment(wanted=yes_or_no(node))
    found = Record(Attachment, {"name": wildcards, "type": wildcards, "size": _SPAN}, into=_INTO)(node)
    if not (found.names or found.types or found.span):
        raise node.wrong("this section is empty; wanted: `name`, `type` or `size`")
    return found


def _parse_span(text: str) -> Span:
    found = _SIZE.fullmatch(" ".join(text.split()))
    if not found:
        raise ValueError(f"`{text}` is no range of sizes: write `over 5 MB`, `under 10 kB` or `1 MB..5 MB`")
    word, bound, least, most = found.groups()
    if word == "over":
        return Span(text, least=parse_size(bound) + 1)
    if word == "under":
        return Span(text, most=_below(parse_size(bound)))
    if parse_size(most.strip()) < parse_size(least.strip()):
        raise ValueError(f"`{text}` is turned round: the smaller size stands first")
    return Span(text, parse_size(least.strip()), parse_size(most.strip()))


def _below(size: int) -> int:
    if size == 0:
        raise ValueError("nothing is under 0 B")
    return size - 1


_SPAN = Parsed(_parse_span, "sizes such as `over 5 MB`")
_INTO = {"name": "names", "type": "types", "size": "span"}
