import json
import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailintake.domain.hours import Calendar, Holidays, Window
from mailintake.domain.snapshot import from_json, parse_window, to_json

windows = st.lists(st.builds(Window, st.integers(0, 1439), st.integers(0, 1440)), max_size=3).map(tuple)
dates = st.dates(date(1990, 1, 1), date(2100, 1, 1))
calendars = st.builds(
    Calendar,
    timezone=st.sampled_from(["UTC", "Europe/Ljubljana", "Etc/GMT-2", "Pacific/Apia"]),
    week=st.tuples(*[windows] * 7),
    holidays=st.builds(
        Holidays,
        yearly=st.frozensets(dates.map(lambda day: (day.month, day.day)), max_size=3),
        dates=st.frozensets(dates, max_size=3),
        shortened=st.dictionaries(dates, windows, max_size=3),
    ),
    always=st.booleans(),
)


@settings(deadline=None)
@given(calendar=calendars)
def test_a_snapshot_comes_back_as_the_same_calendar(calendar: Calendar) -> None:
    text = json.dumps(to_json(calendar))
    again = from_json(json.loads(text))
    assert again == calendar
    assert hash(again) == hash(calendar)
    assert json.dumps(to_json(again)) == text


def test_a_snapshot_is_readable() -> None:
    office = (Window(480, 720), Window(780, 1440))
    calendar = Calendar(
        "Europe/Ljubljana",
        (office, (), (Window(1320, 360),), (), (), (), ()),
        Holidays(
            yearly=frozenset({(12, 25), (5, 1)}),
            dates=frozenset({date(2026, 4, 6)}),
            shortened={date(2026, 12, 24): (Window(540, 780),), date(2026, 12, 31): ()},
        ),
    )
    assert to_json(calendar) == {
        "timezone": "Europe/Ljubljana",
        "hours": {"mon": ["08:00-12:00", "13:00-24:00"], "wed": ["22:00-06:00"]},
        "holidays": ["2026-04-06"],
        "yearly": ["05-01", "12-25"],
        "shortened": {"2026-12-24": ["09:00-13:00"], "2026-12-31": []},
    }


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("09:00-18:00", 540, 1080),
        ("9:00-18:00", 540, 1080),
        ("00:00-24:00", 0, 1440),
        ("22:00-06:00", 1320, 360),
        ("22:00-00:00", 1320, 0),
        ("09:00-09:00", 540, 540),
        ("23:59-24:00", 1439, 1440),
    ],
)
def test_a_window_is_read(text: str, start: int, end: int) -> None:
    assert parse_window(text) == Window(start, end)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "09:00",
        "09:00-",
        "9-18",
        "09:00-18:60",
        "09:60-18:00",
        "24:00-06:00",
        "24:00-24:00",
        "09:00-24:01",
        "09:00-25:00",
        "09:00–18:00",
        "09.00-18.00",
        "09:00-18:00\n",
        "٠٩:٠٠-١٨:٠٠",
        "-1:00-18:00",
        "009:00-18:00",
        "09:00:00-18:00:00",
    ],
)
def test_what_is_no_window_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a window is written HH:MM-HH:MM"):
        parse_window(text)


GOOD: dict[str, object] = {"timezone": "UTC", "hours": {}}


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"timezone": None}, "timezone must be text, not null"),
        ({"timezone": 2}, "timezone must be text, not 2"),
        ({"timezone": "Mars/Phobos"}, "unknown time zone 'Mars/Phobos'"),
        ({"hours": None}, "hours must be an object, not null"),
        ({"hours": ["09:00-18:00"]}, "hours must be an object, not a list"),
        ({"hours": {"mon": "09:00-18:00"}}, "mon must be a list, not '09:00-18:00'"),
        ({"hours": {"mon": None}}, "mon must be a list, not null"),
        ({"hours": {"mon": [9]}}, "a window must be text, not 9"),
        ({"hours": {"mon": ["9-18"]}}, "a window is written HH:MM-HH:MM, not '9-18'"),
        ({"holidays": "2026-01-01"}, "holidays must be a list, not '2026-01-01'"),
        ({"holidays": [20260101]}, "a date must be text, not 20260101"),
        ({"holidays": [{}]}, "a date must be text, not an object"),
        ({"holidays": ["20260101"]}, "a date is written YYYY-MM-DD, not '20260101'"),
        ({"holidays": ["2026-02-30"]}, "no calendar has the date 2026-02-30"),
        ({"yearly": ["2-29"]}, "a yearly date is written MM-DD, not '2-29'"),
        ({"yearly": ["02-30"]}, "no calendar has the date 02-30"),
        ({"shortened": []}, "shortened must be an object, not a list"),
        ({"shortened": {"2026-12-24": "09:00-13:00"}}, "2026-12-24 must be a list, not '09:00-13:00'"),
        ({"shortened": {"12-24": []}}, "a date is written YYYY-MM-DD, not '12-24'"),
        ({"always": 1}, "always must be true or false, not 1"),
    ],
)
def test_an_error_names_what_is_wrong(change: dict[str, object], error: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(error)}$"):
        from_json(GOOD | change)


def test_an_error_quotes_little() -> None:
    with pytest.raises(ValueError, match="time zone") as caught:
        from_json(GOOD | {"timezone": "x" * 100_000})
    assert len(str(caught.value)) < 100


def test_unknown_keys_are_ignored() -> None:
    assert from_json(GOOD | {"colour": "blue", "hours": {"someday": 7}}) == from_json(GOOD)
