import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.config.hours import OpeningHours, parse_hours
from mailintake.config.selectors import Words
from mailintake.config.shapes import Named
from mailintake.config.source import Node, read
from mailintake.config.targets import LONGEST_MINUTES, Targets, parse_amount
from mailintake.domain.target import EVERY_TICKET, Counting, Selector, TargetRow

OFFICE = parse_hours("Mon-Fri 09:00-18:00")
WORDS = Words(("P1", "P2", "P3", "P4"))


def _read(text: str) -> tuple[tuple[TargetRow, ...], list[str]]:
    node = read(f"it: {text}\n".encode(), file="desk.yaml").get("it")
    assert isinstance(node, Node)
    targets = Targets(WORDS, OpeningHours(Named("hours entry", {"office": OFFICE}, ("office",))), OFFICE)
    return targets(node), [str(warning) for warning in node.warnings]


def test_a_bare_promise_holds_for_every_priority() -> None:
    assert _read("2h") == ((TargetRow("2h", EVERY_TICKET, 120, OFFICE),), [])


def test_rows_are_kept_in_order_and_as_written() -> None:
    rows, warnings = _read("{P1: 4h, P2..P3: 8h soft, else: none}")
    assert warnings == []
    assert rows == (
        TargetRow("P1: 4h", Selector(frozenset({"P1"})), 240, OFFICE),
        TargetRow("P2..P3: 8h soft", Selector(frozenset({"P2", "P3"})), 480, OFFICE, soft=True),
        TargetRow("else: none", EVERY_TICKET, None, OFFICE),
    )


def test_a_row_may_bring_its_own_hours() -> None:
    rows, _ = _read('"1h30m soft in Mon-Sun 08:00-22:00, holidays too"')
    expected = parse_hours("Mon-Sun 08:00-22:00, holidays too")
    assert rows == (
        TargetRow("1h30m soft in Mon-Sun 08:00-22:00, holidays too", EVERY_TICKET, 90, expected, soft=True),
    )


@pytest.mark.parametrize("text", ["4h in office", "4h  in  office"])
def test_a_row_may_name_hours(text: str) -> None:
    assert _read(text)[0][0].hours is OFFICE


def test_what_the_contract_says_counts_where_the_plan_says_so() -> None:
    rows, warnings = _read("{P1: by contract, else: 8h}")
    assert warnings == []
    assert rows[0] == TargetRow("P1: by contract", Selector(frozenset({"P1"})), None, OFFICE, by_contract=True)
    assert rows[1].minutes == 480


def test_wall_counts_every_hour() -> None:
    (row,), warnings = _read("24h wall")
    assert (row.counting, row.minutes, warnings) == (Counting.WALL, 1440, [])


def test_wall_beside_hours_is_worth_a_warning() -> None:
    (row,), warnings = _read("24h wall in office")
    assert row.counting is Counting.WALL
    assert warnings == [
        "desk.yaml:1:5: warning: `wall` counts every hour, so the opening hours behind `in` have no effect"
    ]


@pytest.mark.parametrize(
    ("text", "column", "key"),
    [
        ("{P1..P3: 1h, P2: 2h}", 18, "P2"),
        ("{P1..P4: 1h, else: 2h}", 18, "else"),
        ("{else: 1h, P1: 2h}", 16, "P1"),
        ("{P1: 1h, P2..P4: 2h, P1..P4: 3h}", 26, "P1..P4"),
    ],
)
def test_a_row_nobody_reaches_is_worth_a_warning(text: str, column: int, key: str) -> None:
    _, warnings = _read(text)
    assert warnings == [
        f"desk.yaml:1:{column}: warning: no ticket ever reaches `{key}`: the rows above take all it names"
    ]


@given(st.integers(0, 9_999), st.integers(0, 9_999))
def test_amounts_are_whole_minutes(hours: int, minutes: int) -> None:
    text = (f"{hours}h" if hours else "") + (f"{minutes}m" if minutes else "")
    if text:
        assert parse_amount(text) == hours * 60 + minutes


@given(st.text("0123456789hmd ", max_size=12))
def test_any_text_is_an_amount_or_has_an_explanation(text: str) -> None:
    try:
        minutes, explanation = parse_amount(text), ""
    except ValueError as error:
        minutes, explanation = 0, str(error)
    assert bool(explanation) != (0 < minutes <= LONGEST_MINUTES)
