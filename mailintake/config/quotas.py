"""What requests spend, and how much of it a plan or a contract gives (DOMAIN E6, section 13: LIMIT)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from mailintake.config.question import Table, answer
from mailintake.config.selectors import Words
from mailintake.config.shapes import (
    Choice,
    ListOf,
    Named,
    Parsed,
    Reader,
    Record,
    listed,
    nearest,
    read_named,
    section,
    yes_or_no,
)
from mailintake.config.source import Collecting, Node, Scalar
from mailintake.domain.quota import Limit, Period, Unit, WhenUsedUp

LARGEST_LIMIT = 1_000_000
_LIMIT = re.compile(r"(\S+) per (\S+)")


def parse_limit(text: str) -> Limit:
    """`5 per month`, `2 per day`. Raises ValueError."""
    found = _LIMIT.fullmatch(" ".join(text.split()))
    if not found:
        raise ValueError(f"`{text}` is no limit: write how many in which time, such as `5 per month`")
    count, period = found.groups()
    if not re.fullmatch(r"0|[1-9][0-9]{0,6}", count) or int(count) > LARGEST_LIMIT:
        raise ValueError(f"`{count}` is not a whole number from 0 to {LARGEST_LIMIT} in plain digits")
    if period not in tuple(Period):
        raise ValueError(f"unknown time `{period}`{nearest(period, Period) or f'; wanted: {listed(Period)}'}")
    return Limit(int(count), Period(period))


_LIMITS = ListOf(Parsed(parse_limit, "a limit such as `5 per month`"), "a list of limits", least=1, or_one=True)


@dataclass(frozen=True)
class Limits:
    """Reads `quota`: for each unit a limit, or several of different times that all hold."""

    units: Named[Unit]

    def __call__(self, node: Node) -> Mapping[str, tuple[Limit, ...]]:
        answer(node, Table(lambda _, value: _LIMITS(value)))
        found, problems = dict[str, tuple[Limit, ...]](), Collecting()
        for key, value in section(node, "how much of which unit, such as {credits: 5 per month}").entries:
            with problems:
                found[self.units.name(key)] = _limits(value)
        problems.settle()
        return found


def read_units(node: Node | None, words: Words, problems: Collecting) -> Named[Unit]:
    """The units of `quotas`."""

    def read(key: Scalar, value: Node) -> Unit:
        return Record(
            partial(_unit, key.text),
            {
                "spent_by": Choice(("each new request",)),
                "topics": ListOf(Named("topic", {}, words.topics).name, "a list of topics", least=1, or_one=True),
                "carry_over": _never_carried_over,
                "when_used_up": _outcome(*WhenUsedUp),
                "when_day_is_full": _outcome(WhenUsedUp.WAIT, WhenUsedUp.REFUSE, WhenUsedUp.ACCEPT),
                "never_stops": words.priorities_in,
            },
        )(value)

    return read_named("unit", node, read, problems)


def _unit(
    key: str, *, topics: tuple[str, ...] | None = None, never_stops: tuple[str, ...] = (), **said: object
) -> Unit:
    """`spent_by` and `carry_over` can say only one thing each, and have said it."""
    outcomes = {word: said[word] for word in ("when_used_up", "when_day_is_full") if word in said}
    named = None if topics is None else frozenset(topics)
    return Unit(key, named, never_stops=frozenset(never_stops), **outcomes)  # type: ignore[arg-type]  # as read


def _limits(node: Node) -> tuple[Limit, ...]:
    limits = _LIMITS(node)
    periods = [limit.period for limit in limits]
    if twice := next((period for period in periods if periods.count(period) > 1), None):
        raise node.wrong(f"two limits `per {twice}`: only the smaller could ever count")
    return limits


def _outcome(*words: WhenUsedUp) -> Reader[WhenUsedUp]:
    choice = Choice(words)
    return lambda node: WhenUsedUp(choice(node))


def _never_carried_over(node: Node) -> None:
    if yes_or_no(node):
        raise node.wrong("`carry_over` can only be `no`: each period has an allowance of its own, and ends with it")
