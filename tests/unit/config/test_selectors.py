from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.config.selectors import Words
from mailintake.config.source import Node, Scalar, read
from mailintake.domain.target import EVERY_TICKET, Selector, Traits

WORDS = Words(
    priorities=("P1", "P2", "P3", "P4"),
    categories=("incident", "request"),
    topics=("billing", "training"),
    levels=("L1", "L2", "L3"),
    allowed={"incident": ("P1", "P2", "P3", "P4"), "request": ("P3", "P4")},
    category="incident",
)


def _key(text: str) -> Scalar:
    return Scalar("desk.yaml", 1, 1, [], text)


def _warned(words: Words, *rows: str) -> list[str]:
    keys = [_key(row) for row in rows]
    words.warn_of_unreached([(key, words.select(key)) for key in keys])
    return [key.text for key in keys if key.warnings]


@pytest.mark.parametrize(
    ("text", "selector"),
    [
        ("else", EVERY_TICKET),
        ("P1", Selector(priorities=frozenset({"P1"}))),
        ("P2..P4", Selector(priorities=frozenset({"P2", "P3", "P4"}))),
        ("incident", Selector(categories=frozenset({"incident"}))),
        ("billing", Selector(topics=frozenset({"billing"}))),
        ("L1..L2", Selector(levels=frozenset({"L1", "L2"}))),
        ("incident/P1", Selector(frozenset({"P1"}), frozenset({"incident"}))),
        (
            "L2..L3/training/P1..P2/request",
            Selector(frozenset({"P1", "P2"}), frozenset({"request"}), frozenset({"training"}), frozenset({"L2", "L3"})),
        ),
    ],
)
def test_a_selector_names_what_tickets_are_sorted_by(text: str, selector: Selector) -> None:
    assert WORDS.select(_key(text)) == selector


@pytest.mark.parametrize(
    ("text", "priorities"),
    [("P2", ("P2",)), ("P3..P4", ("P3", "P4")), ("[P4, P1..P2]", ("P1", "P2", "P4")), ("[P1, P1]", ("P1",))],
)
def test_priorities_are_named_by_word_range_or_list(text: str, priorities: tuple[str, ...]) -> None:
    node = read(f"it: {text}\n".encode(), file="desk.yaml").get("it")
    assert isinstance(node, Node)
    assert WORDS.priorities_in(node) == priorities


@pytest.mark.parametrize(
    ("rows", "unreached"),
    [
        (["incident/P1", "P1", "else"], ["P1"]),
        (["request/P1", "else"], ["request/P1"]),
        (["incident", "request", "else"], ["else"]),
        (["incident/P1", "request", "P1", "else"], ["P1"]),
        (["L1", "L2..L3", "else"], []),  # a ticket may have no level yet
        (["billing", "training", "else"], []),
        (["P1..P2", "P3..P4", "P1/billing"], ["P1/billing"]),
    ],
)
def test_a_row_that_no_ticket_reaches_is_known(rows: list[str], unreached: list[str]) -> None:
    assert _warned(WORDS, *rows) == unreached


def test_a_row_for_a_priority_its_category_never_has_says_so() -> None:
    key = _key("request/P1..P2")
    WORDS.warn_of_unreached([(key, WORDS.select(key))])
    assert [warning.text for warning in key.warnings] == [
        "no ticket ever reaches `request/P1..P2`: no category it names has a priority it names"
    ]


def test_where_a_topic_is_always_known_no_row_waits_for_another() -> None:
    words = Words(("P1",), topics=("billing", "training"), topic="billing")
    assert _warned(words, "billing", "training", "else") == ["else"]


PARTS = st.sampled_from(["P1", "P2..P4", "incident", "request", "billing", "L1", "L2..L3"])


@given(st.lists(st.lists(PARTS, min_size=1, max_size=3), max_size=8))
def test_rows_are_reached_as_going_through_every_possible_ticket_shows(rows: list[list[str]]) -> None:
    kinds = {"P": "p", "i": "c", "r": "c", "b": "t", "L": "l"}
    rows = [row for row in rows if len({kinds[part[0]] for part in row}) == len(row)]
    keys = [_key("/".join(row)) for row in rows]
    selectors = [WORDS.select(key) for key in keys]
    WORDS.warn_of_unreached(list(zip(keys, selectors, strict=True)))
    reached = {
        next((number for number, selector in enumerate(selectors) if selector.matches(traits)), None)
        for traits in (
            Traits(priority, category, topic, level)
            for category in WORDS.categories
            for priority, topic, level in product(WORDS.allowed[category], (*WORDS.topics, ""), (*WORDS.levels, ""))
        )
    }
    assert [not key.warnings for key in keys] == [number in reached for number in range(len(keys))]


@pytest.mark.parametrize(("topic_count", "level_count"), [(600, 600), (2001, 0)])
def test_a_table_too_large_to_go_through_has_no_warnings(topic_count: int, level_count: int) -> None:
    topics = tuple(f"t{number}" for number in range(topic_count))
    levels = tuple(f"l{number}" for number in range(level_count))
    words = Words(("P1",), topics=topics, levels=levels)
    assert _warned(words, *topics, *levels, "else", "P1") == []
