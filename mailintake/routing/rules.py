"""Ordered rules of which the first that matches wins, and why each of the others did not."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from mailintake.domain.decision import Outcome
from mailintake.domain.routing import Found, Place, Route, RuleTrace, Subject
from mailintake.routing.actions import RouteMaker, Then
from mailintake.routing.conditions import All, Condition
from mailintake.routing.index import Index
from mailintake.routing.reading import Reading

LONGEST_SAID = 120
"""Characters of a condition, and of what it saw, in a trace."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as the admin wrote it, at `place`.

    With `goes_on` (`continue: yes`) the rules after it are asked as well. One in `shadow` is only recorded: it decides
    nothing and stops nothing.
    """

    name: str
    when: All
    then: Then
    goes_on: bool = False
    shadow: bool = False
    place: Place = field(default_factory=Place)


class Rules:
    """The rules of a desk in their order, made ready once for many mails."""

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        self.rules = tuple(rules)
        self._ready = tuple(_cheap_first(rule.when) for rule in self.rules)
        self._index = Index(self._ready)

    def __eq__(self, other: object) -> bool:
        return self.rules == other.rules if isinstance(other, Rules) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.rules)

    def matching(self, reading: Reading) -> Iterable[Rule]:
        """The rules that match, in order, those in shadow too, as if each went on."""
        for number in self._index.candidates(reading):
            if self._ready[number].holds(reading):
                yield self.rules[number]


def decide(rules: Rules, subject: Subject) -> Route:
    """What the rules say about a mail. Pure: the same mail and the same rules, the same route."""
    reading = Reading(subject)
    route = RouteMaker(reading)
    for rule in rules.matching(reading):
        if rule.shadow:
            route.shadow(rule.name)
            continue
        route.apply(rule.name, rule.then)
        if not rule.goes_on:
            break
    return route.made()


def explain(rules: Rules, subject: Subject) -> tuple[Route, tuple[RuleTrace, ...]]:
    """The same route, and for every rule what became of it."""
    reading = Reading(subject)
    traces: list[RuleTrace] = []
    is_over = False
    for rule in rules.rules:
        if is_over:
            traces.append(RuleTrace(rule.name, Found.NOT_REACHED))
            continue
        failed = next((part for part in rule.when.parts if not part.holds(reading)), None)
        if failed is not None:
            traces.append(RuleTrace(rule.name, Found.FAILED, in_short(str(failed)), in_short(failed.saw(reading))))
            continue
        traces.append(RuleTrace(rule.name, Found.SHADOW if rule.shadow else Found.MATCHED))
        is_over = not (rule.shadow or rule.goes_on)
    return decide(rules, subject), tuple(traces)


def ending(route: Route) -> Outcome | None:
    """How a mail ends if a rule ends it; None where it goes its way."""
    if route.ignore:
        return Outcome.IGNORED
    if route.quarantine:
        return Outcome.QUARANTINED
    return Outcome.REFUSED if route.redirect else None


def in_short(text: str) -> str:
    """A text in one line of at most LONGEST_SAID characters."""
    line = " ".join(text[: 4 * LONGEST_SAID].split())
    return line if len(line) <= LONGEST_SAID else f"{line[: LONGEST_SAID - 1]}…"


def _cheap_first(condition: All) -> All:
    """The same with its parts in the order of what they cost."""
    return All(tuple(sorted(condition.parts, key=_weight)))


def _weight(condition: Condition) -> int:
    return condition.weight
