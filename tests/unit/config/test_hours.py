from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.config.holidays import holidays_list
from mailintake.config.hours import DAYS, hours_entry, parse_hours, parse_window
from mailintake.config.shapes import Named
from mailintake.config.source import Node, read
from mailintake.domain.hours import Holidays, Window, calendar_for

NINE_TO_SIX = (Window(540, 1080),)
MAY_DAY = Holidays(frozenset({(5, 1)}))
LISTS = Named("list of holidays", {"may": MAY_DAY}, ("may",))


def _node(text: str) -> Node:
    node = read(f"it: {text}\n".encode(), file="desk.yaml").get("it")
    assert node is not None
    return node


def test_weekdays_from_nine_to_six() -> None:
    hours = parse_hours("Mon-Fri 09:00-18:00")
    assert hours.week == (*(NINE_TO_SIX,) * 5, (), ())
    assert (hours.text, hours.holidays_too, hours.always) == ("Mon-Fri 09:00-18:00", False, False)


def test_lunch_breaks_saturdays_and_holidays_too() -> None:
    hours = parse_hours("mon - thu 9:00-12:00, 13:00-18:00; Sat, Sun 10:00-12:00, holidays too")
    weekday, weekend = (Window(540, 720), Window(780, 1080)), (Window(600, 720),)
    assert hours.week == (weekday, weekday, weekday, weekday, (), weekend, weekend)
    assert hours.holidays_too


def test_a_span_of_days_may_go_over_the_end_of_the_week() -> None:
    assert [bool(day) for day in parse_hours("Fri-Mon 09:00-18:00").week] == [
        True,
        False,
        False,
        False,
        True,
        True,
        True,
    ]


def test_round_the_clock_knows_no_holidays() -> None:
    hours = parse_hours("24/7")
    assert hours.always
    assert hours.holidays_too
    assert hours.week == ((Window(0, 1440),),) * 7


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("09:00-18:00", Window(540, 1080)),
        ("8:00 - 24:00", Window(480, 1440)),
        ("22:00-06:00", Window(1320, 360)),
        ("22:00-00:00", Window(1320, 1440)),
        ("00:00-24:00", Window(0, 1440)),
    ],
)
def test_a_window_is_read(text: str, window: Window) -> None:
    assert parse_window(text) == window


@given(st.integers(0, 1439), st.integers(1, 1440))
def test_every_window_that_can_be_written_is_read(start: int, end: int) -> None:
    text = f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"
    if start == end:
        with pytest.raises(ValueError, match="is no time at all"):
            parse_window(text)
    else:
        assert parse_window(text) == Window(start, end)


@given(st.text("MonTueFriSat 0123456789:-,;/holidays", max_size=40))
def test_any_line_is_hours_or_has_an_explanation(text: str) -> None:
    try:
        hours = parse_hours(text)
    except ValueError as error:
        explanation = str(error)
    else:
        explanation = hours.text if any(hours.week) else ""  # none that never opens is read
    assert explanation


def test_hours_day_by_day_in_a_zone_of_their_own() -> None:
    node = _node("{timezone: UTC+2, mon: [09:00-12:00, 13:00-17:00], sat: 10:00-12:00, holidays: too}")
    hours = hours_entry({}, (), node, lists=LISTS)
    assert hours.text == "Mon 09:00-12:00, 13:00-17:00; Sat 10:00-12:00, holidays too"
    assert hours.timezone == "Etc/GMT-2"
    assert parse_hours(hours.text).week == hours.week


@pytest.mark.parametrize("day", DAYS)
def test_every_day_has_its_place(day: str) -> None:
    week = hours_entry({}, (), _node(f"{{{day}: 09:00-18:00}}"), lists=LISTS).week
    assert week[DAYS.index(day)] == NINE_TO_SIX
    assert sum(map(bool, week)) == 1


def test_an_entry_may_name_an_earlier_one() -> None:
    office = parse_hours("Mon-Fri 09:00-18:00")
    assert hours_entry({"office": office}, ("office", "same"), _node("office"), lists=LISTS) is office


def test_hours_may_have_holidays_of_their_own() -> None:
    hours = hours_entry({}, (), _node("{fri: 09:00-18:00, holidays: may}"), lists=LISTS)
    assert (hours.text, hours.holidays, hours.holidays_too) == ("Fri 09:00-18:00", MAY_DAY, False)
    calendar = calendar_for(hours, timezone="UTC", holidays=Holidays(frozenset({(1, 2)})))
    assert calendar.windows_on(date(2026, 5, 1)) == ()
    assert calendar.windows_on(date(2026, 1, 2)) == NINE_TO_SIX


def test_holidays_of_all_four_kinds() -> None:
    node = _node("[01-01, 02-29, 2026-04-06, 2026-12-30..2027-01-01, {2026-12-24: 09:00-13:00, 2026-12-23: []}]")
    assert holidays_list(node) == Holidays(
        yearly=frozenset({(1, 1), (2, 29)}),
        dates=frozenset(
            {date(2026, 4, 6), date(2026, 12, 30), date(2026, 12, 31), date(2027, 1, 1)},
        ),
        shortened={date(2026, 12, 24): (Window(540, 780),), date(2026, 12, 23): ()},
    )
