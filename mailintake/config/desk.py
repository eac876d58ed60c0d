"""One support desk: all that it has decided beforehand (DOMAIN section 13)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from mailintake.config.closing import Closing, closing
from mailintake.config.holidays import holidays_list
from mailintake.config.hours import hours_entry
from mailintake.config.mailboxes import Mailbox, address, mailboxes
from mailintake.config.plans import read_plans
from mailintake.config.promises import Vocabulary
from mailintake.config.quotas import read_units
from mailintake.config.reminders import reminders
from mailintake.config.request import Request, request
from mailintake.config.selectors import Words
from mailintake.config.senders import Senders, senders
from mailintake.config.shapes import Choice, ListOf, Named, Parsed, Reader, Record, Text, raw, read_named, section
from mailintake.config.sorting import read_sorting
from mailintake.config.source import Collecting, Node, Scalar, Section
from mailintake.config.statuses import clock_rules, statuses
from mailintake.config.trust import Trust, trust
from mailintake.config.zones import zone
from mailintake.domain.customer import Plan
from mailintake.domain.hours import Holidays, Hours
from mailintake.domain.quota import Unit
from mailintake.domain.reminder import Step
from mailintake.domain.sorting import Category, Level, Priority, Topic
from mailintake.domain.terms import ClockRules
from mailintake.domain.ticket import Status

__all__ = ["Desk", "Mailbox", "Region", "Senders", "address", "language", "names", "read", "vocabulary"]

_KEYS = (
    "desk",
    "regions",
    "holidays",
    "hours",
    "priorities",
    "default_priority",
    "who_decides_priority",
    "categories",
    "default_category",
    "topics",
    "default_topic",
    "levels",
    "escalation",
    "statuses",
    "hold",
    "on_change",
    "on_plan_change",
    "defaults",
    "plans",
    "quotas",
    "request",
    "senders",
    "trust",
    "closing",
    "reminders",
)
_ELSEWHERE = {
    word: f"`{word}` stands in mailintake.yaml" for word in ("listeners", "outgoing", "state", "database", "limits")
}
SameMail = Literal["primary", "linked", "copy"]
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_WHO_DECIDES = Choice(("agents", "sender"))
_ON_PLAN_CHANGE = Choice(("keep", "recalculate"))


@dataclass(frozen=True, slots=True)
class Region:
    """A clock on which the hours of some contracts tick, with its holidays."""

    timezone: str
    holidays: Holidays = field(default_factory=Holidays)


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything a desk has decided beforehand.

    `default_category` and `default_topic` are "" where a ticket has none until somebody sorts it. `statuses` holds the
    desk's words for ours, of those that it renames; it goes without `solved` where that is False. `terms` are for
    people. `same_mail` is what becomes of one mail that reaches several mailboxes: one ticket in the `primary` one, a
    ticket in each that are `linked`, or a `copy` for each.
    """

    name: str
    mailboxes: tuple[Mailbox, ...]
    timezone: str
    priorities: tuple[Priority, ...]
    default_priority: str
    plans: Mapping[str, Plan]
    languages: tuple[str, ...] = ("en",)
    holidays: Holidays = field(default_factory=Holidays)
    regions: Mapping[str, Region] = field(default_factory=dict)
    hours: Mapping[str, Hours] = field(default_factory=dict)
    senders: Senders = field(default_factory=Senders)
    trust: Trust = field(default_factory=Trust)
    reminders: tuple[Step, ...] = ()
    categories: tuple[Category, ...] = ()
    default_category: str = ""
    topics: Mapping[str, Topic] = field(default_factory=dict)
    default_topic: str = ""
    levels: tuple[Level, ...] = ()
    statuses: Mapping[Status, str] = field(default_factory=dict)
    solved: bool = True
    clock_rules: ClockRules = field(default_factory=ClockRules)
    recalculate_on_plan_change: bool = False
    units: Mapping[str, Unit] = field(default_factory=dict)
    request: Request | None = None
    closing: Closing = field(default_factory=Closing)
    sender_decides_priority: bool = False
    terms: Mapping[str, str] = field(default_factory=dict)
    same_mail: SameMail = "primary"


def parse_language(text: str) -> str:
    """`en`, `pt-BR` (RFC 5646). Raises ValueError."""
    if not _LANGUAGE.fullmatch(text):
        raise ValueError(f"`{text}` is no language: write its code, such as en or pt-BR")
    return text


language = Parsed(parse_language, "a language such as en")


def names(root: Section, key: str) -> tuple[str, ...]:
    """The names declared in a part of the file, whether or not they are in order."""
    part = root.get(key)
    return part.keys if isinstance(part, Section) else ()


def vocabulary(desk: Desk) -> Vocabulary:
    """What the promises of a contract may refer to."""
    words = Words(
        tuple(each.key for each in desk.priorities),
        tuple(each.key for each in desk.categories),
        tuple(desk.topics),
        tuple(each.key for each in desk.levels),
        {each.key: each.priorities for each in desk.categories},
        desk.default_category,
        desk.default_topic,
    )
    hours = Named("hours entry", desk.hours, tuple(desk.hours))
    return Vocabulary(words, hours, Named("unit", desk.units, tuple(desk.units)))


def read(root: Section) -> Desk:
    """The desk of desk.yaml. Raises ConfigError with all that is wrong."""
    problems = Collecting()
    with problems:
        fields: dict[str, Reader[object]] = dict.fromkeys(_KEYS, raw)
        Record(dict, fields, required=("desk", "plans"), elsewhere=_ELSEWHERE)(root)
    parts = {key.text: value for key, value in root.entries}

    lists = read_named("list of holidays", parts.get("holidays"), lambda _, node: holidays_list(node), problems)
    regions = read_named("region", parts.get("regions"), lambda _, node: _region(node, lists), problems)
    hours = _hours(parts.get("hours"), lists, problems)
    sorting = read_sorting(root, plans=names(root, "plans"), problems=problems)
    units = read_units(parts.get("quotas"), sorting.words, problems)
    known = Vocabulary(sorting.words, hours, units)
    plans = read_plans(parts.get("plans"), parts.get("defaults"), known=known, problems=problems)
    with problems:
        if "plans" in parts and not section(parts["plans"]).entries:
            raise parts["plans"].wrong("`plans` is empty; wanted: at least one")

    has_levels = bool(sorting.levels.declared)
    rest: dict[str, object] = dict(sorting.defaults)
    readers: dict[str, Reader[dict[str, object]]] = {
        "desk": _desk(lists, has_regions="regions" in parts),
        **_BY_KEY,
        "reminders": lambda node: {"reminders": reminders(node, has_levels=has_levels)},
    }
    for key, reader in readers.items():
        with problems:
            if key in parts:
                rest |= reader(parts[key])
    with problems:
        rest["clock_rules"] = clock_rules(parts, has_levels=has_levels)
    with problems:
        _check_rating(root, rest)
    problems.settle()
    return Desk(
        priorities=tuple(sorting.priorities.values.values()),
        categories=tuple(sorting.categories.values.values()),
        topics=sorting.topics.values,
        levels=tuple(sorting.levels.values.values()),
        plans=plans.values,
        regions=regions.values,
        hours=hours.values,
        units=units.values,
        **rest,  # type: ignore[arg-type]  # each was read as its field's type
    )


def _statuses(node: Node) -> dict[str, object]:
    found = statuses(node)
    return {"statuses": found.words, "solved": found.solved}


_BY_KEY: Mapping[str, Reader[dict[str, object]]] = {
    "who_decides_priority": lambda node: {"sender_decides_priority": _WHO_DECIDES(node) == "sender"},
    "on_plan_change": lambda node: {"recalculate_on_plan_change": _ON_PLAN_CHANGE(node) == "recalculate"},
    "statuses": _statuses,
    "request": lambda node: {"request": request(node)},
    "senders": lambda node: {"senders": senders(node)},
    "trust": lambda node: {"trust": trust(node)},
    "closing": lambda node: {"closing": closing(node)},
}


def _check_rating(root: Section, said: Mapping[str, object]) -> None:
    """The moment at which a rating is asked for must come."""
    part, found = root.get("closing"), said.get("closing")
    if isinstance(found, Closing) and found.rating and found.rating.ask == "at-solved" and not said.get("solved", True):
        where = part.get("rating") if isinstance(part, Section) else None
        raise (where or root).wrong("no ticket is ever solved here, for `solved` is off: ask `at-closed`")


def _desk(lists: Named[Holidays], *, has_regions: bool) -> Record[dict[str, object]]:
    return Record(
        partial(_checked_desk, has_regions=has_regions),
        {
            "name": Text("the desk's name"),
            "mailbox": lambda node: (Mailbox(address(node)),),
            "mailboxes": mailboxes,
            "languages": ListOf(language, "a list of languages", least=1, or_one=True),
            "timezone": zone,
            "holidays": lists,
            "terms": _terms,
            "same_mail": Choice(("primary", "linked", "copy")),
        },
        required=("name",),
    )


def _checked_desk(*, has_regions: bool, **said: object) -> dict[str, object]:
    if ("mailbox" in said) == ("mailboxes" in said):
        raise ValueError("a desk has either one `mailbox` or a section of `mailboxes`")
    if "timezone" not in said and not has_regions:
        raise ValueError("`timezone` is missing: on which clock are the opening hours read?")
    found = said.pop("mailbox", None) or said.pop("mailboxes")
    return {"timezone": "UTC", **said, "mailboxes": found}


def _terms(node: Node) -> Mapping[str, str]:
    problems = Collecting()
    found = read_named("term", node, lambda _, value: Text("a text")(value), problems)
    problems.settle()
    return found.values


def _region(node: Node, lists: Named[Holidays]) -> Region:
    if isinstance(node, Section):
        return Record(Region, {"timezone": zone, "holidays": lists}, required=("timezone",))(node)
    return Region(zone(node))


def _hours(node: Node | None, lists: Named[Holidays], problems: Collecting) -> Named[Hours]:
    """Entries in order, for one may name an earlier one."""
    declared = node.keys if isinstance(node, Section) else ()
    earlier: dict[str, Hours] = {}

    def read(key: Scalar, value: Node) -> Hours:
        earlier[key.text] = found = hours_entry(earlier, declared, value, lists=lists)
        return found

    return read_named("hours entry", node, read, problems)
