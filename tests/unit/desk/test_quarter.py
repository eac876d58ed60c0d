"""A quarter begins and ends at the account's own midnight, and is reported unasked only where the plan says so."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.desk import quarter
from mailintake.desk.quarter import Quarter
from mailintake.domain.customer import Contract

SAIGON, NEW_YORK = "Asia/Ho_Chi_Minh", "America/New_York"
MOMENT = timedelta(microseconds=1)
EVERY_QUARTER = st.builds(Quarter, st.integers(1900, 2900), st.integers(1, 4))


@pytest.mark.parametrize(
    ("timezone", "begins", "ends"),
    [
        (SAIGON, datetime(2026, 9, 30, 17, tzinfo=UTC), datetime(2026, 12, 31, 17, tzinfo=UTC)),
        (NEW_YORK, datetime(2026, 10, 1, 4, tzinfo=UTC), datetime(2027, 1, 1, 5, tzinfo=UTC)),  # summer, then winter
        ("UTC", datetime(2026, 10, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_quarter_begins_and_ends_at_local_midnight(timezone: str, begins: datetime, ends: datetime) -> None:
    assert Quarter(2026, 4).bounds(timezone) == (begins, ends)


def test_a_midnight_that_clocks_skip_comes_when_the_gap_ends() -> None:
    begins, _ = Quarter(1995, 1).bounds("Pacific/Kiritimati")  # went from 31 December straight to 1 January, 24 h on
    assert begins.astimezone(ZoneInfo("Pacific/Kiritimati")).date() == date(1995, 1, 1)


@given(EVERY_QUARTER, st.sampled_from([SAIGON, NEW_YORK, "Australia/Lord_Howe", "Asia/Tehran"]))
def test_quarters_follow_each_other_without_a_gap(found: Quarter, timezone: str) -> None:
    since, until = found.bounds(timezone)
    assert until == found.next.bounds(timezone)[0]
    assert found.next.previous == found
    assert found < found.next
    assert quarter.at(since, timezone) == quarter.at(until - MOMENT, timezone) == found
    assert quarter.of_day(found.first) == quarter.of_day(found.last) == found
    assert found.last - found.first in {timedelta(days=days - 1) for days in (90, 91, 92)}


@given(EVERY_QUARTER)
def test_a_quarter_is_read_as_it_is_written(found: Quarter) -> None:
    assert quarter.parse(str(found)) == quarter.parse(f" {found.year}-q{found.number}") == found


@pytest.mark.parametrize("text", ["", "2026", "2026Q0", "2026Q5", "26Q4", "2026Q44", "Q4 2026", "٢٠٢٦Q4", "0026Q4"])
def test_what_is_no_quarter_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no quarter such as 2026Q4"):
        quarter.parse(text)


@pytest.mark.parametrize(
    ("reports", "automatic"),
    [
        ("quarterly", True),
        (" Quarterly ", True),
        ("quarterly on request", False),
        ("monthly", False),
        ("hàng quý", False),
        ("", False),
    ],
)
def test_only_quarterly_alone_is_sent_unasked(reports: str, automatic: bool) -> None:
    assert quarter.is_automatic(reports) is automatic


@pytest.mark.parametrize(
    ("contract", "covered"),
    [
        (Contract("p"), True),
        (Contract("p", begins=date(2026, 12, 31)), True),
        (Contract("p", begins=date(2027, 1, 1)), False),
        (Contract("p", ends=date(2026, 10, 1)), True),
        (Contract("p", ends=date(2026, 9, 30), grace_days=30), False),
    ],
)
def test_a_contract_covers_a_quarter_by_its_days_without_grace(contract: Contract, covered: bool) -> None:
    assert quarter.is_covered(Quarter(2026, 4), contract) is covered


def test_a_report_is_due_from_local_midnight_on_for_thirty_days() -> None:
    _, end = Quarter(2026, 4).bounds(SAIGON)
    always, later = Contract("p"), Contract("p", begins=date(2027, 1, 1))

    def due(now: datetime, reports: str = "quarterly", contract: Contract = always) -> Quarter | None:
        return quarter.due(reports, contract, now, timezone=SAIGON)

    assert due(end) == due(end + quarter.SENT_WITHIN - MOMENT) == Quarter(2026, 4)
    assert due(end - MOMENT) is None  # the quarter before ended too long ago
    assert due(end + quarter.SENT_WITHIN) is None
    assert due(end, "quarterly on request") is None
    assert due(end, contract=later) is None
