"""Plans: what a provider's table of prices and promises says, line by line (DOMAIN section 13)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from mailintake.config.promises import Vocabulary, promise_readers, spread, take_targets
from mailintake.config.question import Either, Table, answer
from mailintake.config.selectors import Words
from mailintake.config.shapes import (
    Choice,
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
from mailintake.domain.customer import ChannelRow, Plan
from mailintake.domain.target import EVERY_TICKET, Selector

MOST_CONTACTS = 100_000
USES = ("open", "talk")
_OWN = ("like", "archived")
_CHANNELS = ListOf(Parsed(parse_key, "a channel"), "a list of channels")
_ROLES = ListOf(Text("a role"), "a list of roles, or `any`", least=1)
_QUEUE = Choice(("ahead", "normal"))

Entries = dict[str, tuple[Scalar, Node]]


def contact_limit(node: Node) -> int | None:
    """How many may write; None for `any`."""
    answer(node, Either(("any", Whole(1, MOST_CONTACTS))))
    found = scalar(node, "a number of people or `any`")
    return None if found.text == "any" else Whole(1, MOST_CONTACTS)(node)


@dataclass(frozen=True)
class Channels:
    """Reads a list of channels, or a table of lists by selector, by use (`open`, `talk`), or by both in turn."""

    words: Words

    def __call__(self, node: Node) -> tuple[ChannelRow, ...]:
        rows = Either((_CHANNELS, Table(lambda _, value: _CHANNELS(value), of_names=False)))
        answer(node, Either((*rows.shapes, Table(lambda _, value: answer(value, rows), of_names=False))))
        return tuple(self._rows(node, use=""))

    def _rows(self, node: Node, *, use: str) -> Iterator[ChannelRow]:
        if not isinstance(node, Section):
            yield ChannelRow(EVERY_TICKET, _CHANNELS(node), use)
            return
        selected: list[tuple[Scalar, Selector]] = []
        problems = Collecting()
        for key, value in node.entries:
            with problems:
                if key.text in USES and not use:
                    yield from self._rows(value, use=key.text)
                    continue
                selected.append((key, self.words.select(key)))
                yield ChannelRow(selected[-1][1], _CHANNELS(value), use)
        problems.settle()
        self.words.warn_of_unreached(selected)


def read_plans(plans: Node | None, defaults: Node | None, *, known: Vocabulary, problems: Collecting) -> Named[Plan]:
    """Every plan, with the desk's `defaults` and what it is `like` filled in."""
    base: Entries = {}
    with problems:
        base = _defaults(defaults) if defaults else {}
    tables = read_named("plan", plans, lambda _, node: section(node, "what the plan promises"), problems)

    def read(key: Scalar, node: Node) -> Plan:
        own = section(node, "what the plan promises")
        entries = base | _inherited(own, tables, (key.text,))
        return _plan(key.text, replace(own, entries=tuple(entries.values())), known)

    return read_named("plan", plans, read, problems)


def _defaults(node: Node) -> Entries:
    found = section(node)
    for key, _ in found.entries:
        if key.text in _OWN:
            raise key.wrong(f"`{key.text}` belongs to one plan, not to all")
    return _entries(found)


def _entries(table: Section) -> Entries:
    return {key.text: (key, value) for key, value in spread(table).entries}


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


def _plan(key: str, table: Section, known: Vocabulary) -> Plan:
    promises = promise_readers(table, known)
    return Record(
        partial(_make, key),
        {
            "like": raw,
            "archived": yes_or_no,
            "price": Text("a price"),
            "contacts": contact_limit,
            **promises,
            "answers": _roles,
            "channels": Channels(known.words),
            "queue": lambda node: _QUEUE(node) == "ahead",
            "reports": Text("what reports there are"),
            "extras": ListOf(Text("what else comes with the plan"), "a list of extras"),
        },
        required=("contacts",),
        into={"queue": "ahead"},
    )(table)


def _roles(node: Node) -> tuple[str, ...] | None:
    answer(node, Either(("any", _ROLES)))
    if isinstance(node, Scalar) and node.text == "any":
        return None
    return _ROLES(node)


def _make(key: str, *, contacts: int | None, like: object = None, **said: object) -> Plan:
    """What the plan is `like` has been filled in already."""
    del like
    hours = said.get("hours")
    targets = take_targets(said)
    return Plan(key, contacts, targets, hours=hours, **said)  # type: ignore[arg-type]  # each was read as its field's type
