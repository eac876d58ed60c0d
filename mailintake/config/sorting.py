"""What a desk sorts its tickets by: priorities, categories, topics and levels (DOMAIN sections 8, 11 and 13)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from mailintake.config.selectors import SINGULAR, Words
from mailintake.config.shapes import Choice, ListOf, Named, Parsed, Record, Text, parse_key, read_named, scalar, section
from mailintake.config.source import Collecting, Node, Scalar, Section
from mailintake.domain.sorting import Category, Level, Priority, Support, Topic
from mailintake.errors import ConfigError

_TAKEN = {
    "open": "`open` is a use of channels, so a table could not tell them apart: choose another name",
    "talk": "`talk` is a use of channels, so a table could not tell them apart: choose another name",
}
_ONLY_PRIORITY = Priority("normal", "Every request")


@dataclass(frozen=True)
class Sorting:
    """The four scales, those parts of them that could be read, and the words a selector may use."""

    priorities: Named[Priority]
    categories: Named[Category]
    topics: Named[Topic]
    levels: Named[Level]
    words: Words
    defaults: Mapping[str, str] = field(default_factory=dict)


def read_sorting(root: Section, *, plans: tuple[str, ...], problems: Collecting) -> Sorting:
    """The scales of desk.yaml with their `default_…`; `plans` are the names a topic may speak of."""
    _refuse_second_names(root, problems)
    priorities = _priorities(root.get("priorities"), problems)
    levels = read_named("level", root.get("levels"), _level, problems)
    scale = Words(priorities.declared)
    categories = read_named("category", root.get("categories"), partial(_category, scale), problems)
    references = _References(priorities, levels, Named("plan", {}, plans))
    topics = read_named("topic", root.get("topics"), references.topic, problems)

    defaults: dict[str, str] = {}
    with problems:
        defaults["default_priority"] = _default_priority(root, priorities)
    for key, named in (("default_category", categories), ("default_topic", topics)):
        with problems:
            if node := root.get(key):
                defaults[key] = named.name(node)
    words = Words(
        priorities.declared,
        categories.declared,
        topics.declared,
        levels.declared,
        {category.key: category.priorities for category in categories.values.values()},
        defaults.get("default_category", ""),
        defaults.get("default_topic", ""),
    )
    _warn_of_unlikely_default(root, words, defaults)
    return Sorting(priorities, categories, topics, levels, words, defaults)


def _priorities(node: Node | None, problems: Collecting) -> Named[Priority]:
    if node is None:
        return Named("priority", {_ONLY_PRIORITY.key: _ONLY_PRIORITY}, (_ONLY_PRIORITY.key,))

    def read(key: Scalar, value: Node) -> Priority:
        return Priority(key.text, Text("a meaning")(value))

    with problems:
        if not section(node).entries:
            raise node.wrong("`priorities` is empty; wanted: at least one")
    return read_named("priority", node, read, problems)


def _level(key: Scalar, node: Node) -> Level:
    return Level(key.text, Text("what the level is called")(node))


def _category(scale: Words, key: Scalar, node: Node) -> Category:
    def category(*, means: str = "", priorities: tuple[str, ...] = scale.priorities) -> Category:
        return Category(key.text, priorities, means)

    if not isinstance(node, Section):
        return category(means=Text("what the category means")(node))
    return Record(category, {"means": Text("a meaning"), "priorities": scale.priorities_in})(node)


@dataclass(frozen=True)
class _References:
    """What a topic may name."""

    priorities: Named[Priority]
    levels: Named[Level]
    plans: Named[object]

    def topic(self, key: Scalar, node: Node) -> Topic:
        """One entry of `topics`: a meaning, or a section."""
        if not isinstance(node, Section):
            return Topic(key.text, Text("what the topic means")(node))
        return Record(
            partial(Topic, key.text),
            {
                "means": Text("a meaning"),
                "level": self.levels.name,
                "priority": self.priorities.name,
                "support": lambda support: Support(Choice(tuple(Support))(support)),
                "only_for": Parsed(parse_key, "an attribute of contacts"),
                "plans": self._plans,
                "note": Text("a note for letters"),
                "after_contract_end": lambda word: Choice(("accept", "refuse"))(word) == "accept",
            },
            into={"means": "meaning"},
        )(node)

    def _plans(self, node: Node) -> frozenset[str]:
        return frozenset(ListOf(self.plans.name, "a list of plans", least=1, or_one=True)(node))


def _default_priority(root: Section, priorities: Named[Priority]) -> str:
    if (node := root.get("default_priority")) is not None:
        return priorities.name(scalar(node, "the name of a priority"))
    if len(priorities.declared) == 1:
        return priorities.declared[0]
    if not priorities.declared:
        raise ConfigError(())  # of which the part itself has been told
    raise root.wrong("`default_priority` is missing: which is meant when nobody has looked yet?")


def _warn_of_unlikely_default(root: Section, words: Words, defaults: Mapping[str, str]) -> None:
    node, category = root.get("default_category"), defaults.get("default_category", "")
    priority = defaults.get("default_priority")
    if node and priority and priority not in words.allowed.get(category, words.priorities):
        node.warn(f"`{category}` never has `{priority}`, the default priority: it gets the nearest that it may have")


def _refuse_second_names(root: Section, problems: Collecting) -> None:
    """A selector's word needs no prefix because no two things have the same name."""
    first: dict[str, str] = {} if root.get("priorities") else {_ONLY_PRIORITY.key: "the only priority"}
    for key, kind in sorted(_named(root), key=lambda it: (it[0].line, it[0].column)):
        with problems:
            if key.text in _TAKEN:
                raise key.wrong(_TAKEN[key.text])
            if key.text in first:
                raise key.wrong(f"`{key.text}` is {first[key.text]} already: a {kind} needs a name of its own")
            first[key.text] = f"a {kind} in line {key.line}"


def _named(root: Section) -> Iterator[tuple[Scalar, str]]:
    for key, kind in SINGULAR.items():
        node = root.get(key)
        if isinstance(node, Section):
            yield from ((name, kind) for name, _ in node.entries)
