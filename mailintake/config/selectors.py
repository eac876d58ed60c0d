"""The words that rows of a table speak of: priorities, categories, topics and levels (DOMAIN section 13: SELECTOR)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import reduce
from operator import or_

from mailintake.config.shapes import listed, nearest, scalar
from mailintake.config.source import Collecting, Listing, Node, Scalar
from mailintake.domain.target import EVERY_TICKET, Selector
from mailintake.errors import ConfigError

SINGULAR = {"priorities": "priority", "categories": "category", "topics": "topic", "levels": "level"}
_FIRST = {"priorities": "the most urgent stands first", "levels": "the bottom rung stands first"}
_MOST_STEPS = 4_000_000
_MOST_COMBINATIONS = 250_000


@dataclass(frozen=True)
class Words:
    """The names a selector may use, by kind and in the order of the desk; no name is of two kinds.

    `allowed` are the priorities of each category that does not take all. `category` and `topic` are those that a
    ticket has which nobody has sorted, "" for none.
    """

    priorities: tuple[str, ...]
    categories: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    allowed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    category: str = ""
    topic: str = ""

    def select(self, key: Scalar) -> Selector:
        """The tickets that `key` speaks of: `P1`, `P2..P4`, `incident/P1`, or `else` for every one."""
        if key.text == "else":
            return EVERY_TICKET
        found: dict[str, frozenset[str]] = {}
        parts = key.text.split("/")
        for part in parts:
            if not part:
                raise key.wrong(f"`{key.text}` is half a selector: a word stands on both sides of `/`")
            kind, names = self._part(key, part, also=() if len(parts) > 1 else ("else",))
            if kind in found:
                raise key.wrong(f"`{key.text}` names a {SINGULAR[kind]} twice: what `/` joins is of different kinds")
            found[kind] = frozenset(names)
        return Selector(**found)

    def priorities_in(self, node: Node) -> tuple[str, ...]:
        """`P1`, a range `P3..P4`, or a list of these, in the order of the desk."""
        wanted, only = "a priority, a range such as P3..P4, or a list of them", Words(self.priorities)
        if isinstance(node, Listing) and not node.items:
            raise node.wrong(f"this list is empty; wanted: {wanted}")
        found, problems = set[str](), Collecting()
        for item in node.items if isinstance(node, Listing) else (node,):
            with problems:
                word = scalar(item, wanted)
                found |= set(only._part(word, word.text)[1])
        problems.settle()
        return tuple(name for name in self.priorities if name in found)

    def warn_of_unreached(self, rows: Sequence[tuple[Scalar, Selector]]) -> None:
        """Say of each row that no ticket gets to it, since those above take all it speaks of."""
        possible, taken = self._reach([selector for _, selector in rows])
        for number, (key, _) in enumerate(rows):
            if not possible >> number & 1:
                key.warn(f"no ticket ever reaches `{key.text}`: no category it names has a priority it names")
            elif not taken >> number & 1:
                key.warn(f"no ticket ever reaches `{key.text}`: the rows above take all it names")

    def _part(self, key: Scalar, part: str, *, also: tuple[str, ...] = ()) -> tuple[str, tuple[str, ...]]:
        """The kind of a word or a range, and the names it stands for; `also` could stand in its place."""
        first, dots, last = part.partition("..")
        if not dots:
            return self._kind(key, part, also=also), (part,)
        if not (first and last):
            raise key.wrong(f"`{part}` is half a range: name both ends, such as {_range(self.priorities)}")
        kind, other = self._kind(key, first), self._kind(key, last)
        if kind != other:
            raise key.wrong(f"`{part}` goes from a {SINGULAR[kind]} to a {SINGULAR[other]}: both ends are of one kind")
        if kind not in _FIRST:
            raise key.wrong(f"`{part}` is a range, but {kind} have no order: give each a row of its own")
        names: tuple[str, ...] = getattr(self, kind)
        begin, end = names.index(first), names.index(last)
        if begin > end:
            raise key.wrong(f"`{part}` is turned round: {_FIRST[kind]}, `{last}..{first}`")
        return kind, names[begin : end + 1]

    def _kind(self, key: Scalar, word: str, *, also: tuple[str, ...] = ()) -> str:
        kinds: dict[str, tuple[str, ...]] = {kind: names for kind in SINGULAR if (names := getattr(self, kind))}
        if found := next((kind for kind, names in kinds.items() if word in names), None):
            return found
        if not kinds:
            raise ConfigError(())  # no priority could be read, for which this row is not to blame
        known = (*(name for names in kinds.values() for name in names), *also)
        hint = nearest(word, known) or f"; known here: {listed(known)}"
        *others, last = (SINGULAR[kind] for kind in kinds)
        raise key.wrong(f"unknown {', '.join(others)}{' or ' if others else ''}{last} `{word}`{hint}")

    def _reach(self, selectors: Sequence[Selector]) -> tuple[int, int]:
        """Two sets of rows, as bits: those that speak of any possible ticket, and those that are some ticket's first.

        Tickets are alike where the same rows speak of them. So each name is as good as the set of rows that take it,
        and what is gone through is the product of those sets, of which there are few. Of a table beyond all measure
        nothing is said, as if every row were reached.
        """
        if len(selectors) * sum(len(getattr(self, kind)) for kind in SINGULAR) > _MOST_STEPS:
            return -1, -1
        rows = {each.name: [getattr(selector, each.name) for selector in selectors] for each in fields(Selector)}
        tickets = {
            _taking(rows["categories"], category) & _taking(rows["priorities"], priority)
            for category in _or_none(self.categories, self.category)
            for priority in self.allowed.get(category, self.priorities)
        }
        for kind, usual in (("topics", self.topic), ("levels", "")):
            more = {_taking(rows[kind], name) for name in _or_none(getattr(self, kind), usual)}
            if len(tickets) * len(more) > _MOST_COMBINATIONS:
                return -1, -1
            tickets = {one & other for one in tickets for other in more}
        return reduce(or_, tickets, 0), reduce(or_, (ticket & -ticket for ticket in tickets), 0)


def _or_none(names: tuple[str, ...], usual: str) -> tuple[str, ...]:
    """What a ticket may be: nothing at all as well, where no name is the usual one."""
    return names if usual else (*names, "")


def _taking(rows: Iterable[frozenset[str] | None], name: str) -> int:
    return sum(1 << number for number, names in enumerate(rows) if names is None or name in names)


def _range(names: tuple[str, ...]) -> str:
    return f"{names[0]}..{names[-1]}" if names else "P1..P3"
