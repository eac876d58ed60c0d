"""In what two sets of clocks differ, and in what they do not."""

from dataclasses import replace
from datetime import timedelta

from mailintake.cli.recalculation import compare
from mailintake.domain import sla
from mailintake.domain.sla import Clock, ClockState
from mailintake.domain.target import Metric
from tests.builders import MONDAY_TEN, a_target

HOUR = timedelta(hours=1)
LATE = MONDAY_TEN + timedelta(days=3)


def a_clock(metric: Metric = Metric.FIRST_RESPONSE) -> Clock:
    return sla.start(metric, a_target(), at=MONDAY_TEN)


def differing(stored: list[Clock], recomputed: list[Clock]) -> list[tuple[str, object, object]]:
    return [(each.field, each.stored, each.recomputed) for each in compare(stored, recomputed, now=LATE)]


def test_equal_clocks_do_not_differ_in_whatever_order() -> None:
    first, second = a_clock(), a_clock(Metric.RESOLUTION)
    assert differing([first, second], [second, first]) == []


def test_each_field_that_differs_is_named() -> None:
    paused = sla.pause(a_clock(), at=MONDAY_TEN + HOUR)
    assert [name for name, _, _ in differing([paused], [a_clock()])] == ["pauses", "due", "breached_at"]
    moved = replace(a_clock(), target=a_target(60))
    assert differing([moved], [a_clock()]) == [("target", a_target(60), a_target())]


def test_a_breach_that_nobody_has_looked_at_yet_is_none_that_differs() -> None:
    looked_at = sla.noticed(a_clock(), at=LATE)
    assert looked_at.breached_at is not None
    assert differing([looked_at], [a_clock()]) == []


def test_a_breach_recorded_for_an_answer_in_time_differs() -> None:
    answered = sla.stop(a_clock(), at=MONDAY_TEN + HOUR)
    assert [name for name, _, _ in differing([replace(answered, breached_at=LATE)], [answered])] == ["breached_at"]


def test_a_clock_that_is_only_on_one_side_is_named_once() -> None:
    both = [a_clock(), a_clock(Metric.RESOLUTION)]
    assert differing(both[:1], both) == [("clock", None, ClockState.RUNNING)]
    assert differing(both, both[:1]) == [("clock", ClockState.RUNNING, None)]
    again = replace(a_clock(), round=2)
    assert differing([again], [a_clock()]) == [("clock", ClockState.RUNNING, None), ("clock", None, ClockState.RUNNING)]
