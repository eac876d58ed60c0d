from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.config.source import Scalar
from mailintake.config.zones import zone
from mailintake.domain.calendar import Calendar, Window, is_open
from mailintake.errors import Problem


def _scalar(text: str) -> Scalar:
    return Scalar("desk.yaml", 1, 1, [], text)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Europe/Ljubljana", "Europe/Ljubljana"),
        ("UTC", "UTC"),
        ("utc", "UTC"),
        ("GMT", "UTC"),
        ("UTC+0", "UTC"),
        ("UTC+2", "Etc/GMT-2"),
        ("GMT+02:00", "Etc/GMT-2"),
        ("UTC-5", "Etc/GMT+5"),
        ("UTC+14", "Etc/GMT-14"),
        ("GMT-12", "Etc/GMT+12"),
    ],
)
def test_a_zone_has_its_name(written: str, name: str) -> None:
    scalar = _scalar(written)
    assert zone(scalar) == name
    assert scalar.warnings == []


def test_utc_plus_two_is_two_hours_ahead() -> None:
    from_nine = Calendar(zone(_scalar("UTC+2")), ((Window(540, 600),),) * 7)  # type: ignore[arg-type]  # seven they are
    assert is_open(from_nine, datetime(2026, 7, 1, 7, 0, tzinfo=UTC))
    assert not is_open(from_nine, datetime(2026, 7, 1, 8, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    ("written", "warning"),
    [
        ("Etc/GMT+2", "`Etc/GMT+2` is 2 h behind UTC: its sign is inverted; write `UTC-2`"),
        ("Etc/GMT-2", "`Etc/GMT-2` is 2 h ahead of UTC: its sign is inverted; write `UTC+2`"),
    ],
)
def test_inverted_signs_are_taken_with_a_warning(written: str, warning: str) -> None:
    scalar = _scalar(written)
    assert zone(scalar) == written
    assert scalar.warnings == [Problem("desk.yaml", 1, 1, warning, is_warning=True)]


@given(st.integers(-12, 14))
def test_every_whole_hour_there_is(hours: int) -> None:
    found = zone(_scalar(f"UTC{hours:+d}"))
    assert found == (f"Etc/GMT{-hours:+d}" if hours else "UTC")
