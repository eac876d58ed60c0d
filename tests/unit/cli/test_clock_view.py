"""A clock as people and programs see it."""

import io
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mailintake.cli.clock_view import as_json, explained, show, standing
from mailintake.domain import sla
from mailintake.domain.hours import Calendar, Window
from mailintake.domain.sla import Clock
from mailintake.domain.target import EVERY_TICKET, Counting, Metric, Target

MONDAY = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)  # 10:00 two hours ahead
NOW = datetime(2026, 3, 20, tzinfo=UTC)
_NINE_TO_SIX = (Window(9 * 60, 18 * 60),)
_CALENDAR = Calendar("Etc/GMT-2", (_NINE_TO_SIX,) * 5 + ((), ()))
TARGET = Target(
    "P1: 12h", EVERY_TICKET, 720, Counting.OPEN, soft=False, hours="Mon-Fri 09:00-18:00", calendar=_CALENDAR
)


def a_clock(target: Target | None = TARGET) -> Clock:
    return sla.start(Metric.FIRST_RESPONSE, target, at=MONDAY)


def shown(clock: Clock, capsys: pytest.CaptureFixture[str]) -> str:
    show(clock, now=NOW)
    return capsys.readouterr().out


def test_standing_says_all_that_is_the_case() -> None:
    late = sla.noticed(a_clock(), at=NOW)
    assert standing(a_clock()) == "running"
    assert standing(sla.pause(a_clock(), at=MONDAY)) == "running, paused"
    assert standing(sla.stop(a_clock(), at=MONDAY)) == "met"
    assert standing(sla.forgive(late)) == "running, breached, forgiven"
    assert standing(sla.cancel(late, at=NOW)) == "cancelled, breached"


def test_a_clock_is_shown_with_a_table_and_a_bar_for_each_day(capsys: pytest.CaptureFixture[str]) -> None:
    lines = [" ".join(line.split()) for line in shown(a_clock(), capsys).splitlines()]
    assert lines[:6] == [
        "first response: running",
        "row P1: 12h",
        "hours Mon-Fri 09:00-18:00",
        "zone UTC+2",
        "started Mon 2026-03-09 10:00",
        "due Tue 2026-03-10 13:00",
    ]
    assert "Mon 2026-03-09 10:00 Mon 2026-03-09 18:00 480 480" in lines
    assert "Tue 2026-03-10 09:00 Tue 2026-03-10 13:00 240 720" in lines
    assert "2026-03-09 Mon ·········░████████······" in lines
    assert "2026-03-10 Tue ·········████░░░░░······" in lines


def test_without_utf_8_the_bars_are_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", out)
    show(replace(a_clock(), target=replace(TARGET, text="Срочно: 12h")), now=NOW)
    out.flush()
    assert isinstance(out.buffer, io.BytesIO)
    written = out.buffer.getvalue().decode("ascii")
    assert ".........-########......" in written
    assert "\\u0421" in written


def test_seconds_are_shown_where_there_are_any(capsys: pytest.CaptureFixture[str]) -> None:
    clock = sla.start(Metric.NEXT_RESPONSE, TARGET, at=MONDAY + timedelta(seconds=30))
    assert "Mon 2026-03-09 10:00:30" in shown(clock, capsys)
    assert explained(clock, now=NOW)["counted"][0]["minutes"] == 479.5  # type: ignore[index]  # a list of objects


def test_of_a_long_clock_only_the_first_days_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    long = shown(a_clock(replace(TARGET, minutes=100 * 540)), capsys)
    assert "and 81 more days" in long
    assert "and 57 more, 54000 minutes in all" in long
    assert len(long.splitlines()) < 150


def test_many_pauses_are_summed_up(capsys: pytest.CaptureFixture[str]) -> None:
    clock = a_clock()
    for number in range(30):
        clock = sla.pause(clock, at=MONDAY + timedelta(minutes=2 * number))
        clock = sla.resume(clock, at=MONDAY + timedelta(minutes=2 * number + 1))
    assert "and 10 pauses before these" in shown(clock, capsys)


def test_what_has_no_promise_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert "nothing is promised" in shown(a_clock(None), capsys)
    assert explained(a_clock(None), now=NOW)["counted"] == []


def test_a_paused_clock_has_no_due(capsys: pytest.CaptureFixture[str]) -> None:
    paused = sla.pause(a_clock(), at=MONDAY + timedelta(hours=1))
    assert "open while it is paused" in shown(paused, capsys)
    assert as_json(paused)["pauses"] == [{"from": MONDAY + timedelta(hours=1), "to": None}]


def test_a_wall_clock_names_no_hours() -> None:
    wall = as_json(a_clock(replace(TARGET, counting=Counting.WALL)))
    assert (wall["hours"], wall["counting"], wall["target_minutes"]) == (None, "wall", 720)
