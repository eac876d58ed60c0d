from datetime import date

import pytest

from mailintake.domain.hours import Calendar, Holidays, Hours, Week, Window, calendar_for, zone

OFFICE = Window(540, 1080)
WEEK: Week = ((OFFICE,), (OFFICE,), (OFFICE,), (OFFICE,), (OFFICE,), (), ())
CHRISTMAS = Holidays(yearly=frozenset({(12, 25)}), shortened={date(2026, 12, 24): (Window(540, 780),)})


@pytest.mark.parametrize(
    ("start", "end", "length"),
    [(540, 1080, 540), (0, 1440, 1440), (1320, 360, 480), (1320, 0, 120), (540, 540, 0), (0, 0, 0), (1439, 1438, 1439)],
)
def test_an_end_before_the_start_lies_on_the_next_day(start: int, end: int, length: int) -> None:
    assert Window(start, end).length == length


@pytest.mark.parametrize(("start", "end"), [(-1, 60), (1440, 60), (0, 1441), (0, -1)])
def test_a_window_keeps_to_minutes_a_clock_can_show(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="a window lies between"):
        Window(start, end)


def test_hours_tick_where_the_desk_is() -> None:
    calendar = calendar_for(Hours("Mon-Fri 09:00-18:00", WEEK), timezone="Europe/Kyiv", holidays=CHRISTMAS)
    assert calendar == Calendar("Europe/Kyiv", WEEK, CHRISTMAS)


def test_hours_that_name_their_zone_keep_it() -> None:
    hours = Hours("Mon-Fri 09:00-18:00", WEEK, timezone="Asia/Ho_Chi_Minh")
    assert calendar_for(hours, timezone="Europe/Kyiv", holidays=CHRISTMAS).timezone == "Asia/Ho_Chi_Minh"


@pytest.mark.parametrize("hours", [Hours("", WEEK, holidays_too=True), Hours("24/7", WEEK, always=True)])
def test_hours_that_ignore_holidays_have_none(hours: Hours) -> None:
    calendar = calendar_for(hours, timezone="UTC", holidays=CHRISTMAS)
    assert calendar.holidays == Holidays()
    assert calendar.always is hours.always


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 12, 23), (OFFICE,)),
        (date(2026, 12, 24), (Window(540, 780),)),
        (date(2026, 12, 25), ()),
        (date(2026, 12, 26), ()),
        (date(2026, 12, 28), (OFFICE,)),
    ],
)
def test_a_day_has_its_windows(day: date, expected: tuple[Window, ...]) -> None:
    assert Calendar("UTC", WEEK, CHRISTMAS).windows_on(day) == expected


def test_equal_holidays_hash_alike() -> None:
    twin = Holidays(yearly=frozenset({(12, 25)}), shortened={date(2026, 12, 24): (Window(540, 780),)})
    assert twin == CHRISTMAS
    assert hash(twin) == hash(CHRISTMAS)
    assert len({twin, CHRISTMAS, Holidays()}) == 2


@pytest.mark.parametrize(
    "name", ["", ".", "Europe", "Mars/Phobos", "../../etc/passwd", "/etc/localtime", "nul\0", "\ud800", "x" * 5000]
)
def test_a_zone_nobody_keeps_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="unknown time zone"):
        zone(name)
