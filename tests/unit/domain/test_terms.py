import pytest

from mailintake.domain.target import Metric, Selector, Target, Traits
from mailintake.domain.terms import ClockRules, Terms
from tests.unit.domain.clock_builders import a_target

FIRST = (
    a_target(30, selector=Selector(levels=frozenset({"L2"})), text="L2: 30m"),
    a_target(None, selector=Selector(priorities=frozenset({"low"})), text="low: none"),
    a_target(60, text="else: 1h"),
)
NOTHING = (a_target(None, text="none"),)


def terms(**targets: tuple[Target, ...]) -> Terms:
    return Terms("basic", {Metric(metric): rows for metric, rows in targets.items()})


@pytest.mark.parametrize(
    ("of", "metric", "promised"),
    [
        (terms(), Metric.FIRST_RESPONSE, False),
        (terms(first_response=()), Metric.FIRST_RESPONSE, False),
        (terms(first_response=FIRST), Metric.FIRST_RESPONSE, True),
        (terms(first_response=FIRST), Metric.NEXT_RESPONSE, False),
        (terms(first_response=FIRST), Metric.RESOLUTION, False),
        (terms(first_response=FIRST), Metric.LEVEL_RESPONSE, True),
        (terms(next_response=FIRST), Metric.LEVEL_RESPONSE, False),
        (terms(first_response=NOTHING), Metric.FIRST_RESPONSE, False),
        (terms(first_response=NOTHING), Metric.LEVEL_RESPONSE, False),
        (terms(resolution=NOTHING + FIRST), Metric.RESOLUTION, True),
    ],
)
def test_a_metric_is_promised_if_any_row_has_minutes(of: Terms, metric: Metric, promised: bool) -> None:
    assert of.promises(metric) is promised


@pytest.mark.parametrize(
    ("metric", "traits", "row"),
    [
        (Metric.FIRST_RESPONSE, Traits("high"), "else: 1h"),
        (Metric.FIRST_RESPONSE, Traits("high", level="L2"), "L2: 30m"),
        (Metric.FIRST_RESPONSE, Traits("low", level="L2"), "L2: 30m"),
        (Metric.FIRST_RESPONSE, Traits("low"), None),
        (Metric.LEVEL_RESPONSE, Traits("high", level="L2"), "L2: 30m"),
        (Metric.LEVEL_RESPONSE, Traits("high", level="L3"), "else: 1h"),
        (Metric.LEVEL_RESPONSE, Traits("low", level="L3"), None),
        (Metric.NEXT_RESPONSE, Traits("high"), None),
        (Metric.RESOLUTION, Traits("high"), None),
    ],
)
def test_a_ticket_is_promised_what_its_row_says(metric: Metric, traits: Traits, row: str | None) -> None:
    target = terms(first_response=FIRST, next_response=NOTHING).target(metric, traits)
    assert (target.text if target else None) == row


def test_the_rules_are_those_of_the_domain_unless_a_desk_has_others() -> None:
    assert terms().rules == ClockRules(from_start=False, internal_stops=False, external_stops=True, restarts=True)


def test_terms_are_equal_where_they_promise_the_same() -> None:
    assert terms(first_response=FIRST) == terms(first_response=FIRST)
    assert terms(first_response=FIRST) != terms(first_response=NOTHING)
    assert hash(terms(first_response=FIRST)) == hash(terms(first_response=FIRST))
