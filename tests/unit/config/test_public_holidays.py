from datetime import date

import pytest

from mailintake.config.holidays import holidays_list
from mailintake.config.public_holidays import FIRST_YEAR, LAST_YEAR
from mailintake.config.source import Node, read
from mailintake.domain.hours import Holidays, Window


def _read(text: str) -> tuple[Holidays, list[str]]:
    root = read(f"it: {text}\n".encode(), file="desk.yaml")
    node = root.get("it")
    assert isinstance(node, Node)
    return holidays_list(node), [str(warning) for warning in root.warnings]


@pytest.mark.parametrize("code", ["SI", "si", "[{country: SI}]", "{country: SI}"])
def test_a_country_s_holidays_are_dates_of_fixed_years(code: str) -> None:
    found, warnings = _read(code if code[0] in "[{" else f"{{country: {code}}}")
    assert {date(2026, 2, 8), date(2026, 4, 6), date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 26)} <= found.dates
    assert {day.year for day in found.dates} == set(range(FIRST_YEAR, LAST_YEAR + 1))
    assert (found.yearly, found.shortened, warnings) == (frozenset(), {}, [])


def test_norway_is_no_boolean() -> None:
    assert date(2026, 5, 17) in _read("{country: NO}")[0].dates


def test_a_day_observed_in_the_place_of_a_weekend_s_is_among_them() -> None:
    found, _ = _read("{country: GB, region: ENG}")
    assert date(2022, 1, 3) in found.dates


def test_a_region_has_more_than_its_country() -> None:
    epiphany = date(2026, 1, 6)
    assert epiphany in _read("{country: DE, region: BY}")[0].dates
    assert epiphany not in _read("{country: DE}")[0].dates


def test_days_are_added_and_removed_one_by_one_or_each_year() -> None:
    found, _ = _read(
        "{country: SI, add: [12-31, 2026-12-28..2026-12-29, {2026-12-24: 09:00-13:00}], remove: [01-02, 2026-02-08]}"
    )
    assert found.yearly == frozenset({(12, 31)})
    assert {date(2026, 12, 28), date(2026, 12, 29), date(2027, 2, 8)} <= found.dates
    assert not [day for day in found.dates if (day.month, day.day) == (1, 2) or day == date(2026, 2, 8)]
    assert found.shortened == {date(2026, 12, 24): (Window(540, 780),)}


def test_a_public_holiday_may_be_shortened() -> None:
    found, _ = _read("[{country: SI}, {2026-12-25: 09:00-11:00}]")
    assert date(2026, 12, 25) not in found.dates
    assert found.shortened == {date(2026, 12, 25): (Window(540, 660),)}


def test_several_countries_may_stand_in_one_list() -> None:
    found, _ = _read("[{country: SI}, {country: AT}, 2026-12-28]")
    assert {date(2026, 2, 8), date(2026, 10, 26), date(2026, 12, 28)} <= found.dates
