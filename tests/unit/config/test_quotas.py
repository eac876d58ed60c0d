import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.config import desk, source
from mailintake.config.quotas import LARGEST_LIMIT, parse_limit
from mailintake.domain.quota import Limit, Period, Unit, WhenUsedUp

TEXT = """\
desk: {name: Desk, mailbox: support@desk.example, timezone: Europe/Ljubljana}
priorities: {P1: a, P2: b}
default_priority: P2
topics: {processes: a, analytics: b, other: c}
quotas:
  credits:
    spent_by: each new request
    carry_over: no
    when_used_up: quote
    when_day_is_full: accept
    never_stops: [P1]
  cases: {topics: [processes, analytics]}
  plain:
plans:
  basic: {contacts: 1, quota: {credits: [1 per month, 2 per day], cases: 5 per contract-year}}
  more: {like: basic, quota: {}}
"""


def test_units_say_what_spends_them_and_what_happens_when_they_are_gone() -> None:
    found = desk.read(source.read(TEXT.encode(), file="desk.yaml"))
    assert found.units == {
        "credits": Unit("credits", None, WhenUsedUp.QUOTE, WhenUsedUp.ACCEPT, frozenset({"P1"})),
        "cases": Unit("cases", frozenset({"processes", "analytics"})),
        "plain": Unit("plain"),
    }


def test_plans_give_so_many_in_which_time() -> None:
    found = desk.read(source.read(TEXT.encode(), file="desk.yaml"))
    assert found.plans["basic"].quota == {
        "credits": (Limit(1, Period.MONTH), Limit(2, Period.DAY)),
        "cases": (Limit(5, Period.CONTRACT_YEAR),),
    }
    assert found.plans["more"].quota == {}


@given(st.integers(0, LARGEST_LIMIT), st.sampled_from(Period))
def test_every_limit_that_can_be_written_is_read(count: int, period: Period) -> None:
    assert parse_limit(f"{count}  per {period}") == Limit(count, period)


@given(st.text("0123456789 permonthday-", max_size=16))
def test_any_text_is_a_limit_or_has_an_explanation(text: str) -> None:
    try:
        limit, explanation = parse_limit(text), ""
    except ValueError as error:
        limit, explanation = None, str(error)
    assert bool(explanation) == (limit is None)
    assert limit is None or f"{limit.count} per {limit.period}" == " ".join(text.split())


def test_a_million_is_the_most() -> None:
    with pytest.raises(ValueError, match="not a whole number from 0 to 1000000"):
        parse_limit(f"{LARGEST_LIMIT + 1} per day")
