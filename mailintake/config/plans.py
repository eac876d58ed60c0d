"""Plans: what a provider's table of prices and promises says, line by line (DOMAIN section 13)."""

from dataclasses import dataclass, replace
from functools import partial

from mailintake.config.hours import OpeningHours
from mailintake.config.shapes import (
    ListOf,
    Named,
    Parsed,
    Record,
    Text,
    Whole,
    parse_key,
    raw,
    read_named,
    scalar,
    section,
    yes_or_no,
)
from mailintake.config.source import Collecting, Node, Scalar, Section
from mailintake.config.targets import Targets, select
from mailintake.domain.calendar import Hours
from mailintake.domain.customer import Plan
from mailintake.domain.sla import TargetRow
from mailintake.errors import ConfigError

MOST_CONTACTS = 100_000
_OWN = ("like", "archived")
_LATER = ("next_response", "response", "resolution", "quota", "answers", "queue", "reports")
_CHANNELS = ListOf(Parsed(parse_key, "a channel"), "a list of channels")

Entries = dict[str, tuple[Scalar, Node]]


def contact_limit(node: Node) -> int | None:
    """How many may write; None for `any`."""
    found = scalar(node, "a number of people or `any`")
    return None if found.text == "any" else Whole(1, MOST_CONTACTS)(node)


@dataclass(frozen=True)
class Channels:
    """Reads a list of channels, or lists by use (`open`, `talk`) or by priority, of which the union counts."""

    priorities: tuple[str, ...]

    def __call__(self, node: Node) -> tuple[str, ...]:
        if not isinstance(node, Section):
            return _CHANNELS(node)
        found, problems = dict[str, None](), Collecting()
        for key, value in node.entries:
            with problems:
                if key.text not in {"open", "talk"}:
                    select(key, self.priorities)
                found |= dict.fromkeys(_CHANNELS(value))
        problems.settle()
        return tuple(found)


def read_plans(
    plans: Node | None,
    defaults: Node | None,
    *,
    priorities: tuple[str, ...],
    hours: Named[Hours],
    problems: Collecting,
) -> Named[Plan]:
    """Every plan, with the desk's `defaults` and what it is `like` filled in."""
    base: Entries = {}
    with problems:
        base = _defaults(defaults) if defaults else {}
    tables = read_named("plan", plans, lambda _, node: section(node, "what the plan promises"), problems)

    def read(key: Scalar, node: Node) -> Plan:
        own = section(node, "what the plan promises")
        entries = base | _inherited(own, tables, (key.text,))
        return _plan(key.text, replace(own, entries=tuple(entries.values())), priorities, OpeningHours(hours))

    return read_named("plan", plans, read, problems)


def _defaults(node: Node) -> Entries:
    found = section(node)
    for key, _ in found.entries:
        if key.text in _OWN:
            raise key.wrong(f"`{key.text}` belongs to one plan, not to all")
    return _entries(found)


def _entries(table: Section) -> Entries:
    return {key.text: (key, value) for key, value in table.entries}


def _inherited(table: Section, tables: Named[Section], trail: tuple[str, ...]) -> Entries:
    """What the plans above in the chain of `like` say, the nearest last; of their own they keep _OWN."""
    like = table.get("like")
    if like is None:
        return _entries(table)
    parent = tables.name(like)
    if parent in trail:
        raise like.wrong(f"plans are like each other in a circle: {' → '.join((*trail, parent))}")
    above = _inherited(tables(like), tables, (*trail, parent))
    return {key: entry for key, entry in above.items() if key not in _OWN} | _entries(table)


def _plan(key: str, table: Section, priorities: tuple[str, ...], opening: OpeningHours) -> Plan:
    hours: Hours | None = None
    written = table.get("hours")
    if written is not None:
        try:
            hours = opening(written)
        except ConfigError:
            hours = None  # the record below reads it again and says what is wrong
    promised = Targets(priorities, opening, hours, broken_hours=written is not None and hours is None)
    return Record(
        partial(_make, key),
        {
            "like": raw,
            "archived": yes_or_no,
            "price": Text("a price"),
            "contacts": contact_limit,
            "hours": opening,
            "first_response": promised,
            "channels": Channels(priorities),
            "extras": ListOf(Text("what else comes with the plan"), "a list of extras"),
        },
        required=("contacts",),
        later=_LATER,
    )(table)


def _make(
    key: str,
    *,
    contacts: int | None,
    first_response: tuple[TargetRow, ...] = (),
    like: object = None,
    hours: object = None,
    **said: object,
) -> Plan:
    """The two that other keys have used up are taken and left."""
    del like, hours
    return Plan(key, contacts, first_response, **said)  # type: ignore[arg-type]  # each was read as its field's type
