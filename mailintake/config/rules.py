"""Routing rules and their tests, as an admin writes them in rules.yaml."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from mailintake.config.rule_actions import Actions
from mailintake.config.rule_conditions import Conditions
from mailintake.config.rule_names import Known, place
from mailintake.config.rule_trials import Trials
from mailintake.config.shapes import ListOf, Parsed, Record, nearest, parse_key, raw, section, yes_or_no
from mailintake.config.source import Collecting, Node, Scalar, Section
from mailintake.domain.routing import Place
from mailintake.errors import Problem
from mailintake.routing.actions import Then
from mailintake.routing.conditions import All
from mailintake.routing.rules import Rule, Rules
from mailintake.routing.trial import Trial

__all__ = ["Known", "RuleFile", "read", "unknown_templates"]

MOST_RULES = 2000


@dataclass(frozen=True, slots=True)
class RuleFile:
    """The rules in their order, the tests that stand below them, and the letters they name with their first place."""

    rules: Rules = field(default_factory=Rules)
    trials: tuple[Trial, ...] = ()
    templates: Mapping[str, Place] = field(default_factory=dict)


def read(root: Section, *, known: Known) -> RuleFile:
    """The rules of rules.yaml. Raises ConfigError with all that is wrong."""
    problems = Collecting()
    with problems:
        Record(dict, {"rules": raw, "tests": raw})(root)
    reader = _Reader(known)
    rules: tuple[Rule, ...] = ()
    with problems:
        if (node := _written(root, "rules")) is not None:
            rules = ListOf(reader.rule, "a list of rules")(node)
            if len(rules) > MOST_RULES:
                raise node.wrong(f"{len(rules):,} rules are more than {MOST_RULES:,}")
    trials: tuple[Trial, ...] = ()
    with problems:
        if (node := _written(root, "tests")) is not None:
            trials = Trials(known, tuple(reader.lines))(node)
    problems.settle()
    return RuleFile(Rules(rules), trials, dict(known.templates))


def unknown_templates(used: Mapping[str, Place], known: Collection[str]) -> tuple[Problem, ...]:
    """What is wrong with the letters that rules name, beside those there are."""
    return tuple(
        Problem(at.file, at.line, at.column, f"unknown letter `{name}`{nearest(name, known)}")
        for name, at in used.items()
        if name not in known
    )


def _written(root: Section, key: str) -> Node | None:
    node = root.get(key)
    return None if isinstance(node, Scalar) and node.is_null else node


class _Reader:
    """Reads one rule after the other; `lines` are those in which their names stand."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._conditions = Conditions(known)
        self.lines: dict[str, int] = {}

    def rule(self, node: Node) -> Rule:
        written = section(node, "a rule: `name`, `when` and `then`")
        name = self._name(written)

        def rule(
            *, then: Then, when: All | None = None, goes_on: bool = False, shadow: bool = False, **_: object
        ) -> Rule:
            return Rule(name, when or All(()), then, goes_on, shadow, place(node))

        return Record(
            rule,
            {
                "name": raw,
                "when": self._conditions,
                "then": Actions(self._known, name),
                "continue": yes_or_no,
                "shadow": yes_or_no,
            },
            ("name", "then"),
            {"continue": "goes_on"},
        )(written)

    def _name(self, written: Section) -> str:
        node = written.get("name")
        if node is None:
            return ""
        name = Parsed(parse_key, "a name")(node)
        if name in self.lines:
            raise node.wrong(
                f"there is a rule `{name}` already, in line {self.lines[name]}: each has a name of its own"
            )
        self.lines[name] = node.line
        return name
