"""One support desk: mailboxes, hours, priorities, plans, senders and reminders (DOMAIN section 13)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from mailintake.config.holidays import holidays_list
from mailintake.config.hours import hours_entry
from mailintake.config.plans import read_plans
from mailintake.config.reminders import reminders
from mailintake.config.shapes import (
    Choice,
    ListOf,
    Named,
    Parsed,
    Reader,
    Record,
    Text,
    raw,
    read_named,
    scalar,
    section,
    yes_or_no,
)
from mailintake.config.source import Collecting, Node, Scalar, Section
from mailintake.config.zones import zone
from mailintake.domain.calendar import Holidays, Hours
from mailintake.domain.customer import NewSender, Plan
from mailintake.domain.sla import Step
from mailintake.entitlement import identity

_LATER = (
    "categories",
    "default_category",
    "topics",
    "default_topic",
    "levels",
    "escalation",
    "statuses",
    "hold",
    "quotas",
    "request",
    "closing",
    "who_decides_priority",
)
_ELSEWHERE = {word: f"`{word}` stands in accounts.yaml" for word in ("accounts", "agents", "teams")} | {
    word: f"`{word}` stands in mailintake.yaml" for word in ("listeners", "outgoing", "state", "database", "limits")
}
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address of the desk and what new mail to it does; `to` says where a redirected sender should turn."""

    address: str
    new_mail: Literal["open", "redirect", "ignore"] = "open"
    queue: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True)
class Region:
    """A clock on which the hours of some contracts tick, with its holidays."""

    timezone: str
    holidays: Holidays = field(default_factory=Holidays)


@dataclass(frozen=True, slots=True)
class Priority:
    """A priority and what it means; the most urgent stands first."""

    key: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Senders:
    """What is done about senders: new ones, and those for whom nobody vouches."""

    new_at_known_domain: NewSender = NewSender.REFUSE
    plus_tags: identity.PlusTags = "ignore"
    unverified: Literal["accept", "hold"] = "accept"
    answer_unverified: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything a desk has decided beforehand."""

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
    senders: Senders = Senders()
    reminders: tuple[Step, ...] = ()


def parse_language(text: str) -> str:
    """`en`, `pt-BR` (RFC 5646). Raises ValueError."""
    if not _LANGUAGE.fullmatch(text):
        raise ValueError(f"`{text}` is no language: write its code, such as en or pt-BR")
    return text


def parse_address(text: str) -> str:
    """A plain address. Raises ValueError."""
    if identity.key(text) is None:
        raise ValueError(f"`{text}` is no mail address such as ana@bakery.example")
    return text


language = Parsed(parse_language, "a language such as en")
address = Parsed(parse_address, "a mail address")

_SENDERS = Record(
    Senders,
    {
        "new_at_known_domain": lambda node: NewSender(Choice(tuple(NewSender), later=("ask",))(node)),
        "plus_tags": Choice(("ignore", "keep")),
        "unverified": Choice(("accept", "hold")),
        "answer_unverified": yes_or_no,
    },
    later=("removed_may_reply", "seat_cooldown"),
)


def names(root: Section, key: str) -> tuple[str, ...]:
    """The names declared in a part of the file, whether or not they are in order."""
    part = root.get(key)
    return part.keys if isinstance(part, Section) else ()


def read(root: Section) -> Desk:
    """The desk of desk.yaml. Raises ConfigError with all that is wrong."""
    problems = Collecting()
    parts: dict[str, Node] = {}
    with problems:
        known = ("desk", "regions", "holidays", "hours", "priorities", "default_priority", "defaults", "plans")
        fields: dict[str, Reader[object]] = dict.fromkeys((*known, "senders", "reminders"), raw)
        Record(dict, fields, required=("desk", "plans"), later=_LATER, elsewhere=_ELSEWHERE)(root)
    parts = {key.text: value for key, value in root.entries}

    lists = read_named("list of holidays", parts.get("holidays"), lambda _, node: holidays_list(node), problems)
    regions = read_named("region", parts.get("regions"), lambda _, node: _region(node, lists), problems)
    hours = _hours(parts.get("hours"), problems)
    meanings = read_named("priority", parts.get("priorities"), lambda _, node: Text("a meaning")(node), problems)
    if "priorities" not in parts:
        meanings = Named("priority", {"normal": "Every request"}, ("normal",))
    priorities = tuple(Priority(key, meaning) for key, meaning in meanings.values.items())
    plans = read_plans(
        parts.get("plans"), parts.get("defaults"), priorities=meanings.declared, hours=hours, problems=problems
    )
    rest: dict[str, object] = {}
    with problems:
        rest["default_priority"] = _default_priority(root, parts.get("default_priority"), meanings)
    for key, reader in (("senders", _SENDERS), ("reminders", reminders)):
        with problems:
            if key in parts:
                rest[key] = reader(parts[key])
    with problems:
        _refuse_empty(parts)
    with problems:
        if "desk" in parts:
            rest |= _desk(lists, has_regions="regions" in parts)(parts["desk"])
    problems.settle()
    return Desk(
        priorities=priorities,
        plans=plans.values,
        regions=regions.values,
        hours=hours.values,
        **rest,  # type: ignore[arg-type]  # each was read as its field's type
    )


def _refuse_empty(parts: Mapping[str, Node]) -> None:
    for key in ("priorities", "plans"):
        if key in parts and not section(parts[key]).entries:
            raise parts[key].wrong(f"`{key}` is empty; wanted: at least one")


def _desk(lists: Named[Holidays], *, has_regions: bool) -> Record[dict[str, object]]:
    return Record(
        partial(_checked_desk, has_regions=has_regions),
        {
            "name": Text("the desk's name"),
            "mailbox": lambda node: (Mailbox(address(node)),),
            "mailboxes": _mailboxes,
            "languages": ListOf(language, "a list of languages", least=1, or_one=True),
            "timezone": zone,
            "holidays": lists,
        },
        required=("name",),
        later=("terms",),
    )


def _checked_desk(*, has_regions: bool, **said: object) -> dict[str, object]:
    if ("mailbox" in said) == ("mailboxes" in said):
        raise ValueError("a desk has either one `mailbox` or a section of `mailboxes`")
    if "timezone" not in said and not has_regions:
        raise ValueError("`timezone` is missing: on which clock are the opening hours read?")
    mailboxes = said.pop("mailbox", None) or said.pop("mailboxes")
    return {"timezone": "UTC", **said, "mailboxes": mailboxes}


def _mailboxes(node: Node) -> tuple[Mailbox, ...]:
    found, problems = dict[str, Mailbox](), Collecting()
    for key, value in section(node).entries:
        with problems:
            mailbox = Record(
                partial(_mailbox, address(key)),
                {
                    "new_mail": Choice(("open", "redirect", "ignore")),
                    "queue": Text("the name of a queue"),
                    "to": Text("where to turn instead"),
                },
            )(value)
            same = identity.key(mailbox.address) or ""
            if same in found:
                raise key.wrong(f"`{mailbox.address}` is the same mailbox as `{found[same].address}`")
            found[same] = mailbox
    problems.settle()
    if not found:
        raise node.wrong("`mailboxes` is empty; wanted: at least one")
    return tuple(found.values())


def _mailbox(where: str, **said: str) -> Mailbox:
    mailbox = Mailbox(where, **said)  # type: ignore[arg-type]  # `new_mail` was read as one of its words
    if mailbox.new_mail == "redirect" and not mailbox.to:
        raise ValueError("`redirect` needs `to`: where should the sender turn?")
    return mailbox


def _region(node: Node, lists: Named[Holidays]) -> Region:
    if isinstance(node, Section):
        return Record(Region, {"timezone": zone, "holidays": lists}, required=("timezone",))(node)
    return Region(zone(node))


def _hours(node: Node | None, problems: Collecting) -> Named[Hours]:
    """Entries in order, for one may name an earlier one."""
    declared = node.keys if isinstance(node, Section) else ()
    earlier: dict[str, Hours] = {}

    def read(key: Scalar, value: Node) -> Hours:
        earlier[key.text] = found = hours_entry(earlier, declared, value)
        return found

    return read_named("hours entry", node, read, problems)


def _default_priority(root: Section, node: Node | None, priorities: Named[str]) -> str:
    if node is not None:
        return priorities.name(scalar(node, "the name of a priority"))
    if len(priorities.declared) == 1:
        return priorities.declared[0]
    raise root.wrong("`default_priority` is missing: which is meant when nobody has looked yet?")
