"""What is odd about rules: some that no mail reaches, conditions that say nothing, rules that never matched."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from mailintake.errors import Problem
from mailintake.routing.conditions import All, Any, Condition, Not
from mailintake.routing.rules import Rule, Rules, in_short


def lint(rules: Rules) -> tuple[Problem, ...]:
    """Warnings about rules that cannot be meant as they stand. There may be more; of those there are, each is true."""
    problems: list[Problem] = []
    stops: list[_Stop] = []
    for rule in rules.rules:
        problems += _about(rule, stops)
        if not (rule.goes_on or rule.shadow):
            stops.append(_Stop(rule, frozenset(_needed(rule.when))))
    return tuple(problems)


def never_matched(rules: Rules, hits: Collection[str], *, days: int) -> tuple[Problem, ...]:
    """Warnings about rules that are not among `hits`, the names of those that matched in the last `days`."""
    return tuple(
        _warning(rule, f"rule `{rule.name}` has matched no mail in the last {days} days")
        for rule in rules.rules
        if rule.name not in hits
    )


def implies(given: Condition, wanted: Condition) -> bool:
    """Whether `wanted` surely holds wherever `given` does; False where that is not plain to see."""
    return _Implication().holds(given, wanted)


@dataclass(frozen=True, slots=True)
class _Stop:
    """A rule below which no mail comes that it takes, and the words of which a rule must speak to be shadowed by it."""

    rule: Rule
    words: frozenset[str]


def _about(rule: Rule, earlier: Sequence[_Stop]) -> Iterator[Problem]:
    if rule.when.is_never:
        yield _warning(rule, f"rule `{rule.name}` can never match: its conditions are never so")
        return
    for part in rule.when.parts:
        if part.is_always:
            yield _warning(rule, f"rule `{rule.name}`: `{in_short(str(part))}` is so of every mail")
    spoken = frozenset(_spoken(rule.when))
    stops = (each.rule for each in earlier if each.words <= spoken)
    if first := next((each for each in stops if implies(rule.when, each.when)), None):
        if first.when.is_always:
            why = f"`{first.name}` in line {first.place.line} takes every mail"
        else:
            why = f"`{first.name}` in line {first.place.line} takes every mail that it would match"
        yield _warning(rule, f"no mail ever reaches rule `{rule.name}`: {why}")


def _spoken(condition: Condition) -> Iterator[str]:
    """The words of all that stands in a condition."""
    if isinstance(condition, All | Any):
        for part in condition.parts:
            yield from _spoken(part)
    elif isinstance(condition, Not):
        yield from _spoken(condition.part)
    else:
        yield condition.word


def _needed(condition: Condition) -> Iterator[str]:
    """Words without which nothing can be seen to imply a condition."""
    if condition.is_always or isinstance(condition, Any | Not):
        return
    if isinstance(condition, All):
        for part in condition.parts:
            yield from _needed(part)
    else:
        yield condition.word


def _warning(rule: Rule, text: str) -> Problem:
    return Problem(rule.place.file, rule.place.line, rule.place.column, text, is_warning=True)


class _Implication:
    """Remembers what it has found, so that nested conditions are compared once with each other, not over and over."""

    def __init__(self) -> None:
        self._found: dict[tuple[int, int], bool] = {}

    def holds(self, given: Condition, wanted: Condition) -> bool:
        if not (isinstance(given, _NESTED) or isinstance(wanted, _NESTED)):
            return wanted.covers(given) or wanted.is_always or given.is_never
        key = (id(given), id(wanted))
        if key not in self._found:
            self._found[key] = self._follows(given, wanted)
        return self._found[key]

    def _follows(self, given: Condition, wanted: Condition) -> bool:
        if isinstance(wanted, All):
            return all(self.holds(given, part) for part in wanted.parts)
        if isinstance(given, Any):
            return all(self.holds(part, wanted) for part in given.parts)
        if isinstance(wanted, Any) and any(self.holds(given, part) for part in wanted.parts):
            return True
        if isinstance(given, All):
            return any(self.holds(part, wanted) for part in given.parts) or wanted.is_always
        if isinstance(given, Not) and isinstance(wanted, Not) and self.holds(wanted.part, given.part):
            return True
        return wanted.is_always or given.is_never


_NESTED = (All, Any, Not)
