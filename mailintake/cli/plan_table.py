"""Plans as a provider's page shows them: a column each, and a row for everything that they promise."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

from mailintake.config.desk import Desk
from mailintake.domain.customer import ChannelRow, Plan
from mailintake.domain.quota import Limit
from mailintake.domain.target import Metric, Selector, TargetRow

_METRICS = {
    Metric.FIRST_RESPONSE: "first response",
    Metric.NEXT_RESPONSE: "next response",
    Metric.RESOLUTION: "resolution",
}
_EVERY = "every ticket"


@dataclass(frozen=True, slots=True)
class Row:
    """A label, and what stands beside it in the column of each plan: lines, none where the plan says nothing."""

    label: str
    cells: tuple[list[str], ...]


def rows(desk: Desk, plans: Sequence[Plan]) -> Iterator[Row]:
    """The table of these plans, without the rows of which none says anything."""
    before = {
        "price": [_line(plan.price) for plan in plans],
        "contacts": [["any" if plan.contacts is None else str(plan.contacts)] for plan in plans],
        "hours": [_line(plan.hours.text if plan.hours else "") for plan in plans],
    }
    after = {
        "quota": [[f"{unit}: {limits(found)}" for unit, found in plan.quota.items()] for plan in plans],
        "answers": [_line(", ".join(plan.answers)) if plan.answers is not None else [] for plan in plans],
        "channels": [[channel_line(desk, row) for row in plan.channels] for plan in plans],
        "queue": [_line("ahead" if plan.ahead else "") for plan in plans],
        "reports": [_line(plan.reports) for plan in plans],
        "extras": [list(plan.extras) for plan in plans],
    }
    every = [Row(label, tuple(cells)) for label, cells in before.items()]
    every += promises(plans)
    every += [Row(label, tuple(cells)) for label, cells in after.items()]
    yield from (row for row in every if any(row.cells))


def promises(plans: Sequence[Plan]) -> Iterator[Row]:
    """A row for each selector that any of the plans uses, with the promises as they are written."""
    same = all(_rows(plan, Metric.FIRST_RESPONSE) == _rows(plan, Metric.NEXT_RESPONSE) for plan in plans)
    for metric, name in _METRICS.items():
        if same and metric is Metric.NEXT_RESPONSE:
            continue
        called = "every response" if same and metric is Metric.FIRST_RESPONSE else name
        tables = [dict(map(written, _rows(plan, metric))) for plan in plans]
        for selector in _merged([list(table) for table in tables]):
            label = called if selector == _EVERY else f"{called}: {selector}"
            yield Row(label, tuple(_line(table.get(selector, "")) for table in tables))


def written(row: TargetRow) -> tuple[str, str]:
    """The selector of a row and its promise, both as the admin wrote them."""
    selector, colon, promise = row.text.partition(": ")
    return (selector, promise) if colon else (_EVERY, row.text)


def limits(found: Iterable[Limit]) -> str:
    """`1 per month, 2 per day`."""
    return ", ".join(f"{limit.count} per {limit.period.value}" for limit in found)


def channel_line(desk: Desk, row: ChannelRow) -> str:
    """`P1..P2, open: email, phone`."""
    what = ", ".join(filter(None, (selector_text(desk, row.selector), row.use)))
    listed = ", ".join(row.channels) or "none"
    return f"{what}: {listed}" if what else listed


def selector_text(desk: Desk, selector: Selector) -> str:
    """A selector in the words of the desk, "" for every ticket: what follows each other on a scale is a range."""
    scales: Mapping[str, Sequence[str]] = {
        "priorities": [each.key for each in desk.priorities],
        "categories": [each.key for each in desk.categories],
        "topics": list(desk.topics),
        "levels": [each.key for each in desk.levels],
    }
    named = {each.name: getattr(selector, each.name) for each in fields(selector)}
    order = ("categories", "priorities", "topics", "levels")
    return "/".join(_span(scales[kind], named[kind]) for kind in order if named[kind] is not None)


def _span(scale: Sequence[str], names: frozenset[str]) -> str:
    found = [name for name in scale if name in names]
    places = [scale.index(name) for name in found]
    is_range = len(found) > 1 and places[-1] - places[0] == len(found) - 1
    return f"{found[0]}..{found[-1]}" if is_range else "+".join(found)


def _rows(plan: Plan, metric: Metric) -> tuple[TargetRow, ...]:
    return plan.targets.get(metric, ())


def _line(text: str) -> list[str]:
    return [text] if text else []


def _merged(orders: Sequence[Sequence[str]]) -> list[str]:
    """All selectors, each once, in an order that keeps each plan's own as far as they agree; `else` comes last."""
    found: list[str] = []
    for order in orders:
        place = 0
        for selector in order:
            if selector in found:
                place = found.index(selector) + 1
            else:
                found.insert(place, selector)
                place += 1
    return sorted(found, key=lambda selector: selector == "else")
