"""What plans and contracts promise in the same words: hours, times to answer and to solve, and how much of what."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from mailintake.config.hours import OpeningHours
from mailintake.config.question import answer
from mailintake.config.quotas import Limits
from mailintake.config.selectors import Words
from mailintake.config.shapes import (
    Named,
    Reader,
)
from mailintake.config.source import Node, Scalar, Section
from mailintake.config.targets import PROMISED, Targets
from mailintake.domain.hours import Hours
from mailintake.domain.quota import Unit
from mailintake.domain.target import Metric, TargetRow
from mailintake.errors import ConfigError

METRICS = (Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE, Metric.RESOLUTION)
_RESPONSES = (Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE)


@dataclass(frozen=True)
class Vocabulary:
    """What promises may refer to: the words that tickets are sorted by, named hours, and units of quotas."""

    words: Words
    hours: Named[Hours]
    units: Named[Unit]


def spread(table: Section) -> Section:
    """The table with `response` taken for what it stands for, the first and every next response.

    Beside one of those it stays, for `promise_readers` to say what is wrong with it.
    """
    if set(_RESPONSES) & set(table.keys):
        return table
    entries: list[tuple[Scalar, Node]] = []
    for key, value in table.entries:
        names = _RESPONSES if key.text == "response" else (key.text,)
        entries += ((replace(key, text=str(name)), value) for name in names)
    return replace(table, entries=tuple(entries))


def promise_readers(
    table: Section, known: Vocabulary, *, plan_hours: Hours | None = None, in_contract: bool = False
) -> dict[str, Reader[object]]:
    """Readers for the keys of a table, already spread, that say what is promised; its `hours` hold for all of them.

    `plan_hours` are those of the plan that a contract's figures count in unless the contract has its own.
    """
    opening = OpeningHours(known.hours)
    written, hours = table.get("hours"), plan_hours
    is_broken = False
    if written is not None:
        try:
            hours = opening(written)
        except ConfigError:
            is_broken = True  # the reader of `hours` comes by it again and says what is wrong
    promised = Targets(known.words, opening, hours, broken_hours=is_broken, in_contract=in_contract)
    return {
        "hours": opening,
        "response": _twice,
        **{metric.value: promised for metric in METRICS},
        "quota": Limits(known.units),
    }


def take_targets(said: dict[str, object]) -> Mapping[Metric, tuple[TargetRow, ...]]:
    """The rows by metric, taken out of what was read, and `hours`, which the rows hold already."""
    said.pop("hours", None)
    return {metric: said.pop(metric.value) for metric in METRICS if metric.value in said}  # type: ignore[misc]  # as read


def _twice(node: Node) -> object:
    answer(node, PROMISED)
    raise node.wrong("`response` means `first_response` and `next_response`: say either it or those")
