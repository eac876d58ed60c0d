"""A chart is well-formed, says in words what it shows, and lets no label act."""

from collections.abc import Callable, Sequence
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.desk import charts
from mailintake.desk.charts import WIDTH, Bar

Draw = Callable[[str, str, Sequence[Bar]], str]

DRAWN: list[Draw] = [charts.strip, charts.columns, charts.rows]
BARS = [Bar("kept", 3, "met"), Bar('<b>late</b> & "more"', 1, "breached")]
SOME_BARS = st.lists(st.builds(Bar, st.sampled_from("ab"), st.integers(0, 10**6), of=st.integers(0, 99)), min_size=1)


def boxes(svg: str) -> list[tuple[float, float]]:
    """Where each rectangle begins and how wide it is."""
    found = ElementTree.fromstring(svg).iter("rect")
    return [(float(each.attrib["x"]), float(each.attrib["width"])) for each in found if each.get("class") != "axis"]


@pytest.mark.parametrize("draw", DRAWN)
def test_a_chart_says_in_words_what_it_shows(draw: Draw) -> None:
    svg = ElementTree.fromstring(draw("one", "Promises & more", BARS))
    title, desc = svg.find("title"), svg.find("desc")
    assert title is not None
    assert desc is not None
    assert (title.text, desc.text) == ("Promises & more", 'kept: 3; <b>late</b> & "more": 1')
    assert svg.attrib["role"] == "img"
    assert svg.attrib["aria-labelledby"].split() == [title.attrib["id"], desc.attrib["id"]] == ["one-title", "one-desc"]
    assert {each.tag for each in svg.iter()} <= {"svg", "title", "desc", "rect", "text"}


def test_parts_of_a_strip_are_as_wide_as_their_values() -> None:
    assert boxes(charts.strip("one", "", BARS)) == [(0, WIDTH * 3 / 4 - 1), (WIDTH * 3 / 4, WIDTH / 4 - 1)]


def test_the_highest_column_has_the_whole_height() -> None:
    found = ElementTree.fromstring(charts.columns("one", "", [Bar("a", 4), Bar("b", 1), Bar("c", 0)])).iter("rect")
    high, low, _axis = (float(each.attrib["height"]) for each in found)
    assert (high, low) == (110, 27.5)


def test_a_row_fills_its_limit_and_shows_what_is_beyond() -> None:
    track, inside = boxes(charts.rows("one", "", [Bar("June", 2, of=5)]))
    assert (track, inside) == ((0, WIDTH), (0, WIDTH * 2 / 5))
    track, inside, beyond = boxes(charts.rows("one", "", [Bar("July", 8, of=5)]))
    assert (inside, beyond) == ((0, WIDTH * 5 / 8), (WIDTH * 5 / 8, WIDTH * 3 / 8))


@pytest.mark.parametrize("draw", [charts.strip, charts.columns])
def test_of_nothing_there_is_no_chart(draw: Draw) -> None:
    assert draw("one", "", [Bar("kept", 0)]) == draw("one", "", []) == ""


@given(SOME_BARS)
def test_nothing_is_drawn_outside_the_frame(bars: list[Bar]) -> None:
    for draw in (charts.strip, charts.columns, charts.rows):
        if svg := draw("one", "", bars):
            assert all(x >= 0 and width >= 0 and x + width <= WIDTH + 0.6 for x, width in boxes(svg))
