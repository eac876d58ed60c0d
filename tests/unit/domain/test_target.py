import pytest

from mailintake.domain.hours import Holidays
from mailintake.domain.target import (
    EVERY_TICKET,
    Counting,
    Selector,
    TargetRow,
    Traits,
    resolved,
    target_for,
    with_contract,
)
from tests.unit.domain.clock_builders import ALWAYS, OFFICE, a_row, a_target, closed, hours


def of(priorities: str = "", categories: str = "", topics: str = "", levels: str = "") -> Selector:
    """A selector of the words given, parted by spaces; nothing given is everything."""
    return Selector(
        *(frozenset(words.split()) if words else None for words in (priorities, categories, topics, levels))
    )


NOTHING = frozenset[str]()


# Which tickets a row speaks of


@pytest.mark.parametrize(
    ("selector", "traits", "speaks"),
    [
        (EVERY_TICKET, Traits("P1"), True),
        (EVERY_TICKET, Traits(""), True),
        (of("P1"), Traits("P1"), True),
        (of("P1"), Traits("P2"), False),
        (of("P1"), Traits(""), False),
        (of("P1"), Traits("P1", "incident", "billing", "L2"), True),
        (of("P2 P3 P4"), Traits("P4"), True),
        (of("P2 P3 P4"), Traits("P1"), False),
        (of(categories="incident"), Traits("P1", "incident"), True),
        (of(categories="incident"), Traits("P1", "request"), False),
        (of(categories="incident"), Traits("P1"), False),
        (of(categories="incident"), Traits("incident"), False),
        (of(topics="billing"), Traits("P1", topic="billing"), True),
        (of(topics="billing"), Traits("P1", category="billing"), False),
        (of(levels="SLA1"), Traits("P1", level="SLA1"), True),
        (of(levels="SLA1"), Traits("P1", level="SLA2"), False),
        (of("P1", "incident"), Traits("P1", "incident"), True),
        (of("P1", "incident"), Traits("P2", "incident"), False),
        (of("P1", "incident"), Traits("P1", "request"), False),
        (of("P1", "incident", "outage", "L2"), Traits("P1", "incident", "outage", "L2"), True),
        (of("P1", "incident", "outage", "L2"), Traits("P1", "incident", "outage", "L1"), False),
        (Selector(priorities=NOTHING), Traits("P1"), False),
        (Selector(priorities=NOTHING), Traits(""), False),
    ],
)
def test_a_selector_speaks_of_tickets_with_all_its_traits(selector: Selector, traits: Traits, speaks: bool) -> None:
    assert selector.matches(traits) is speaks


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (EVERY_TICKET, EVERY_TICKET, EVERY_TICKET),
        (EVERY_TICKET, of("P1"), of("P1")),
        (of("P1"), EVERY_TICKET, of("P1")),
        (of("P1 P2"), of("P2 P3"), of("P2")),
        (of("P1"), of(topics="billing"), of("P1", topics="billing")),
        (of("P1"), of("P2"), Selector(priorities=NOTHING)),
        (of("P1", levels="L1 L2"), of("P1", levels="L2"), of("P1", levels="L2")),
        (of(categories="incident"), of("P1", "incident"), of("P1", "incident")),
    ],
)
def test_a_narrowed_selector_speaks_of_what_both_do(one: Selector, other: Selector, both: Selector) -> None:
    assert one.narrowed(other) == other.narrowed(one) == both


# Which row speaks

TABLE = (
    a_target(30, selector=of("P1"), text="P1: 30m"),
    a_target(None, selector=of("P4"), text="P4: none"),
    a_target(60, selector=of("P1 P2 P3", "incident"), text="incident/P1..P3: 1h"),
    a_target(120, selector=of(levels="SLA2"), text="SLA2: 2h"),
    a_target(90, selector=of(topics="billing"), text="billing: 1h30m"),
    a_target(240, text="else: 4h"),
    a_target(5, text="never reached: 5m"),
)


@pytest.mark.parametrize(
    ("traits", "row"),
    [
        (Traits("P1"), "P1: 30m"),
        (Traits("P1", "incident", "billing", "SLA2"), "P1: 30m"),
        (Traits("P2", "incident"), "incident/P1..P3: 1h"),
        (Traits("P3", "incident", "billing", "SLA2"), "incident/P1..P3: 1h"),
        (Traits("P3", "request", "billing", "SLA2"), "SLA2: 2h"),
        (Traits("P3", "request", "billing", "SLA1"), "billing: 1h30m"),
        (Traits("P2"), "else: 4h"),
        (Traits("P5", "incident"), "else: 4h"),
        (Traits(""), "else: 4h"),
        (Traits("P4"), None),
        (Traits("P4", "incident", "billing", "SLA2"), None),
    ],
)
def test_the_first_row_that_speaks_is_the_one(traits: Traits, row: str | None) -> None:
    found = target_for(TABLE, traits)
    assert (found.text if found else None) == row


def test_without_a_row_nothing_is_promised() -> None:
    assert target_for(TABLE[:5], Traits("P5", "request")) is None
    assert target_for((), Traits("P1")) is None


# A row on a clock


def test_a_row_is_resolved_in_a_zone_with_holidays() -> None:
    row = a_row(240, OFFICE, selector=of("P1"), text="P1: 4h soft", soft=True)
    target = resolved(row, timezone="Europe/Kyiv", holidays=closed("Tue"))
    assert (target.text, target.selector, target.minutes, target.soft) == ("P1: 4h soft", of("P1"), 240, True)
    assert (target.counting, target.hours) == (Counting.OPEN, "Mon-Fri 09:00-18:00")
    assert (target.calendar.timezone, target.calendar.week) == ("Europe/Kyiv", OFFICE.week)
    assert target.calendar.holidays == closed("Tue")


@pytest.mark.parametrize(
    ("opening", "zone", "holidays"),
    [
        (OFFICE, "UTC", closed("Tue")),
        (hours("Mon-Fri 09:00-18:00", holidays_too=True), "UTC", Holidays()),
        (ALWAYS, "UTC", Holidays()),
        (hours("Mon-Fri 09:00-18:00", timezone="Asia/Tokyo"), "Asia/Tokyo", closed("Tue")),
        (hours("Mon-Fri 09:00-18:00", holidays=closed("Wed")), "UTC", closed("Wed")),
        (hours("Mon-Fri 09:00-18:00", holidays=Holidays()), "UTC", Holidays()),
        (hours("Mon-Fri 09:00-18:00", holidays=closed("Wed"), holidays_too=True), "UTC", Holidays()),
    ],
)
def test_hours_bring_their_own_zone_and_holidays_if_they_name_any(
    opening: object, zone: str, holidays: Holidays
) -> None:
    target = resolved(a_row(60, opening), timezone="UTC", holidays=closed("Tue"))  # type: ignore[arg-type]  # of a table
    assert (target.calendar.timezone, target.calendar.holidays) == (zone, holidays)


def test_equal_rows_in_equal_hours_are_equal_targets() -> None:
    assert a_target(60) == a_target(60)
    assert a_target(60) != a_target(60, zone="Europe/Kyiv")
    assert a_target(60) != a_target(60, soft=True)
    assert len({a_target(60), a_target(60), a_target(60, wall=True)}) == 2


# What the contract adds

PLAN = (a_row(60, selector=of("P1"), text="P1: 1h"), a_row(240, text="else: 4h"))
OPEN_PLAN = (
    a_row(60, selector=of("P1"), text="P1: 1h"),
    a_row(None, selector=of("P2"), text="P2: by contract", by_contract=True),
    a_row(240, text="else: 4h"),
)
ALL_BY_CONTRACT = (a_row(None, text="by contract", by_contract=True),)
SPLIT = (a_row(30, selector=of("P1"), text="P1: 30m"), a_row(90, selector=of("P2"), text="P2: 1h30m"))


@pytest.mark.parametrize(
    ("plan", "contract", "promised"),
    [
        (PLAN, (), {"P1": 60, "P2": 240}),
        (PLAN, (a_row(30),), {"P1": 30, "P2": 30}),
        (PLAN, SPLIT, {"P1": 30, "P2": 90, "P3": None}),
        ((), (a_row(30),), {"P1": 30}),
        ((), (), {"P1": None}),
        (OPEN_PLAN, (), {"P1": 60, "P2": None, "P3": 240}),
        (OPEN_PLAN, (a_row(30),), {"P1": 60, "P2": 30, "P3": 240}),
        (OPEN_PLAN, SPLIT, {"P1": 60, "P2": 90, "P3": 240}),
        (OPEN_PLAN, (a_row(30, selector=of("P1")),), {"P1": 60, "P2": None, "P3": 240}),
        (ALL_BY_CONTRACT, (), {"P1": None, "P2": None}),
        (ALL_BY_CONTRACT, (a_row(30),), {"P1": 30, "P2": 30}),
        (ALL_BY_CONTRACT, SPLIT, {"P1": 30, "P2": 90, "P3": None}),
        (ALL_BY_CONTRACT, (a_row(None, text="none"),), {"P1": None}),
    ],
)
def test_a_contract_fills_what_is_left_to_it_or_else_replaces_the_plan(
    plan: tuple[TargetRow, ...], contract: tuple[TargetRow, ...], promised: dict[str, int | None]
) -> None:
    rows = with_contract(plan, contract)
    targets = [resolved(row, timezone="UTC", holidays=Holidays()) for row in rows]
    found = {priority: target_for(targets, Traits(priority)) for priority in promised}
    assert {priority: target.minutes if target else None for priority, target in found.items()} == promised


def test_a_contract_changes_nothing_but_to_whom_its_rows_speak() -> None:
    row = a_row(30, ALWAYS, selector=of(topics="billing"), text="billing: 30m wall soft", wall=True, soft=True)
    narrowed, _ = with_contract((a_row(None, selector=of("P2"), by_contract=True),), (row,))
    assert narrowed.selector == of("P2", topics="billing")
    assert (narrowed.text, narrowed.minutes, narrowed.hours) == (row.text, 30, ALWAYS)
    assert (narrowed.counting, narrowed.soft, narrowed.by_contract) == (Counting.WALL, True, False)
