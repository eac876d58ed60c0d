"""`mailintake plans`: what each plan promises, as a provider's page shows it."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailintake.cli.common import JsonOption, default_config, print_json, print_table, shown, zone_shown

if TYPE_CHECKING:
    from mailintake.config.desk import Desk
    from mailintake.domain.customer import Plan
    from mailintake.domain.sorting import Topic
    from mailintake.domain.target import TargetRow

DeskOption = Annotated[
    Path,
    typer.Option(
        "--config",
        "-c",
        default_factory=default_config,
        show_default="$MAILINTAKE_CONFIG, ./config or /etc/mailintake",
        help="A desk file, or a directory with desk.yaml.",
    ),
]
_NARROWEST = 20
"""Columns of a terminal that a plan needs to be read."""


def plans(
    config: DeskOption,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[PLAN]...", help="Plans [default: all].", show_default=False)
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show what plans promise: times, hours, contacts, quotas, channels; and the words of the desk."""
    from mailintake.cli import promises

    desk = promises.desk_at(config)
    found = [promises.plan_of(desk, name) for name in dict.fromkeys(names or desk.plans)]
    if as_json:
        print_json(_as_json(desk, found))
        return
    print(shown(desk.name + "".join(f", {key}: {value}" for key, value in desk.terms.items())))
    _show_plans(desk, found)
    _show_words(desk)


def _show_plans(desk: "Desk", found: "list[Plan]") -> None:
    from mailintake.cli import plan_table

    rows = list(plan_table.rows(desk, found))
    label = max((len(row.label) for row in rows), default=0)
    together = max(1, (shutil.get_terminal_size().columns - label) // _NARROWEST)
    for first in range(0, len(found), together):
        some = found[first : first + together]
        print()
        heads = [f"{plan.key} (archived)" if plan.archived else plan.key for plan in some]
        lines = ([row.label, *row.cells[first : first + together]] for row in rows)
        print_table(("", *heads), lines, empty="")


def _show_words(desk: "Desk") -> None:
    for title, columns, rows in _words(desk):
        if rows:
            print()
            print_table((title, *columns), rows, empty="")


def _words(desk: "Desk") -> Iterator[tuple[str, tuple[str, ...], list[tuple[object, ...]]]]:
    """What the tables speak of, part by part: a title, more columns, and rows."""

    def marked(key: str, default: str) -> str:
        return f"{key} (default)" if key == default else key

    yield (
        "priority",
        ("meaning",),
        [(marked(each.key, desk.default_priority), each.meaning) for each in desk.priorities],
    )
    yield (
        "category",
        ("priorities", "meaning"),
        [
            (marked(each.key, desk.default_category), ", ".join(each.priorities), each.meaning)
            for each in desk.categories
        ],
    )
    yield (
        "topic",
        ("support", "level", "priority", "meaning"),
        [
            (marked(each.key, desk.default_topic), each.support.value, each.level, each.priority, _about(each))
            for each in desk.topics.values()
        ],
    )
    yield "level", ("called",), [(each.key, each.label) for each in desk.levels]
    yield "region", ("zone",), [(name, zone_shown(region.timezone)) for name, region in desk.regions.items()]
    if not desk.regions:
        yield "zone", (), [(zone_shown(desk.timezone),)]
    yield "status", ("called",), [(status.value, word) for status, word in desk.statuses.items()]


def _about(topic: "Topic") -> list[str]:
    only = f"only for: {topic.only_for}" if topic.only_for else ""
    plans_of = f"only with: {', '.join(sorted(topic.plans))}" if topic.plans is not None else ""
    return [line for line in (topic.meaning, topic.note, only, plans_of) if line]


def _as_json(desk: "Desk", found: "list[Plan]") -> dict[str, object]:
    return {
        "desk": desk.name,
        "terms": dict(desk.terms),
        "timezone": desk.timezone,
        "plans": [_plan_as_json(desk, plan) for plan in found],
        "priorities": [{"key": each.key, "meaning": each.meaning} for each in desk.priorities],
        "default_priority": desk.default_priority,
        "categories": [
            {"key": each.key, "meaning": each.meaning, "priorities": each.priorities} for each in desk.categories
        ],
        "default_category": desk.default_category or None,
        "topics": [
            {
                "key": each.key,
                "meaning": each.meaning,
                "support": each.support.value,
                "level": each.level or None,
                "priority": each.priority or None,
                "only_for": each.only_for or None,
                "plans": None if each.plans is None else sorted(each.plans),
                "note": each.note,
            }
            for each in desk.topics.values()
        ],
        "default_topic": desk.default_topic or None,
        "levels": [{"key": each.key, "label": each.label} for each in desk.levels],
        "regions": [{"name": name, "timezone": region.timezone} for name, region in desk.regions.items()],
        "statuses": {status.value: word for status, word in desk.statuses.items()},
    }


def _plan_as_json(desk: "Desk", plan: "Plan") -> dict[str, object]:
    from mailintake.cli.plan_table import selector_text
    from mailintake.domain.target import Metric

    return {
        "key": plan.key,
        "archived": plan.archived,
        "price": plan.price or None,
        "contacts": plan.contacts,
        "hours": plan.hours.text if plan.hours else None,
        **{
            metric.value: [_row_as_json(desk, row) for row in plan.targets.get(metric, ())]
            for metric in (Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE, Metric.RESOLUTION)
        },
        "quota": {
            unit: [{"count": limit.count, "period": limit.period.value} for limit in of_unit]
            for unit, of_unit in plan.quota.items()
        },
        "answers": plan.answers,
        "channels": [
            {"for": selector_text(desk, row.selector) or None, "use": row.use or None, "channels": row.channels}
            for row in plan.channels
        ],
        "ahead": plan.ahead,
        "reports": plan.reports or None,
        "extras": plan.extras,
    }


def _row_as_json(desk: "Desk", row: "TargetRow") -> dict[str, object]:
    from mailintake.cli.plan_table import selector_text
    from mailintake.domain.target import Counting

    is_open = row.minutes is not None and row.counting is Counting.OPEN
    return {
        "row": row.text,
        "for": selector_text(desk, row.selector) or None,
        "target_minutes": row.minutes,
        "counting": row.counting.value if row.minutes is not None else None,
        "soft": row.soft,
        "hours": row.hours.text if is_open else None,
        "by_contract": row.by_contract,
    }
