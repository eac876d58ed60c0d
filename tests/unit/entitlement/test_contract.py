"""Contract dates are whole local days of the account (DOMAIN S14)."""

from datetime import UTC, date, datetime

import pytest

from mailintake.domain.customer import Contract
from mailintake.entitlement.contract import Force, force

YEAR = Contract("basic", begins=date(2026, 1, 1), ends=date(2026, 12, 31))


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2025, 12, 31, 16, 59, 59, tzinfo=UTC), Force.NOT_STARTED),
        (datetime(2025, 12, 31, 17, 0, tzinfo=UTC), Force.IN_FORCE),
        (datetime(2026, 12, 31, 16, 59, 59, tzinfo=UTC), Force.IN_FORCE),
        (datetime(2026, 12, 31, 17, 0, tzinfo=UTC), Force.EXPIRED),
    ],
)
def test_the_days_are_those_of_the_account(at: datetime, expected: Force) -> None:
    assert force(YEAR, at, timezone="Asia/Ho_Chi_Minh") is expected


def test_an_open_end_never_comes() -> None:
    assert force(Contract("basic"), datetime(2099, 1, 1, tzinfo=UTC), timezone="UTC") is Force.IN_FORCE
