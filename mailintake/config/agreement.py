"""What one contract says in the place of its plan."""

from mailintake.config.desk import Desk, vocabulary
from mailintake.config.promises import METRICS, promise_readers, spread, take_targets
from mailintake.config.shapes import Reader
from mailintake.config.source import Node, Section
from mailintake.domain.customer import Plan

__all__ = ["readers", "spread", "take_targets"]


def readers(table: Section, *, desk: Desk | None, plan: Plan | None) -> dict[str, Reader[object]]:
    """Readers for `hours`, the promises and `quota` of a contract, whose table was spread before.

    Figures count in the contract's own hours, else in the plan's. Where the desk could not be read, or the plan is
    unknown, nothing can be said about them, and nothing is.
    """
    if desk is None or plan is None:
        return dict.fromkeys(("hours", "response", *(metric.value for metric in METRICS), "quota"), _unread)
    hours = table.get("hours")
    if hours is not None and not set(METRICS) & set(table.keys):
        hours.warn("these hours change nothing: a contract's own hours are for figures of its own, and it has none")
    return promise_readers(table, vocabulary(desk), plan_hours=plan.hours, in_contract=True)


def _unread(node: Node) -> tuple[()]:
    del node
    return ()
