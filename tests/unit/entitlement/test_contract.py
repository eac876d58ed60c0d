"""Contract dates are whole local days of the account (DOMAIN S14)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.domain.customer import Contract
from mailintake.entitlement.contract import Force, contract_at, force

YEAR = Contract("basic", begins=date(2026, 1, 1), ends=date(2026, 12, 31))
# none of these sets its clock back over midnight, so that none has the same day twice with another between
ZONES = st.sampled_from(["UTC", "Asia/Ho_Chi_Minh", "Europe/Ljubljana", "Pacific/Apia", "America/Havana", "Etc/GMT+12"])
DAYS = st.dates(date(2009, 1, 1), date(2030, 12, 31))
INSTANTS = st.timedeltas(timedelta(0), timedelta(days=24 * 365)).map(lambda ago: datetime(2032, 1, 1, tzinfo=UTC) - ago)


@st.composite
def successions(draw: st.DrawFn) -> list[Contract]:
    """Contracts as an account has them: in the order of time, without overlap, open at most at the two ends."""
    edges = sorted(draw(st.lists(DAYS, min_size=2, max_size=8, unique=True)))
    edges = edges[: len(edges) // 2 * 2]
    made = [
        Contract(f"plan-{begins}", begins, ends, grace_days=draw(st.integers(0, 60)))
        for begins, ends in zip(edges[::2], edges[1::2], strict=True)
    ]
    if draw(st.booleans()):
        made[0] = Contract(made[0].plan, None, made[0].ends, grace_days=made[0].grace_days)
    if draw(st.booleans()):
        made[-1] = Contract(made[-1].plan, made[-1].begins, None)
    return made


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


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC), Force.IN_FORCE),
        (datetime(2027, 1, 14, 23, 59, 59, tzinfo=UTC), Force.IN_FORCE),
        (datetime(2027, 1, 15, 0, 0, tzinfo=UTC), Force.EXPIRED),
        (datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC), Force.NOT_STARTED),
    ],
)
def test_days_of_grace_follow_the_last_day(at: datetime, expected: Force) -> None:
    graced = Contract("basic", YEAR.begins, YEAR.ends, grace_days=14)
    assert force(graced, at, timezone="UTC") is expected


def test_an_open_end_never_comes() -> None:
    assert force(Contract("basic"), datetime(2099, 1, 1, tzinfo=UTC), timezone="UTC") is Force.IN_FORCE


def test_the_last_day_there_is_may_have_grace() -> None:
    forever = Contract("basic", ends=date.max, grace_days=14)
    assert force(forever, datetime(9999, 12, 31, 12, tzinfo=UTC), timezone="UTC") is Force.IN_FORCE


OLD = Contract("basic", date(2025, 1, 1), date(2025, 12, 31), grace_days=30)
NEW = Contract("premium", date(2026, 1, 10), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2024, 12, 31), (OLD, Force.NOT_STARTED)),
        (date(2025, 6, 1), (OLD, Force.IN_FORCE)),
        (date(2026, 1, 9), (OLD, Force.IN_FORCE)),
        (date(2026, 1, 10), (NEW, Force.IN_FORCE)),
        (date(2026, 12, 31), (NEW, Force.IN_FORCE)),
        (date(2027, 1, 1), (NEW, Force.EXPIRED)),
    ],
)
def test_a_new_contract_ends_the_grace_of_the_old_one(day: date, expected: tuple[Contract, Force]) -> None:
    assert contract_at([OLD, NEW], datetime(day.year, day.month, day.day, 12, tzinfo=UTC), timezone="UTC") == expected


def test_between_two_contracts_the_ended_one_is_named() -> None:
    ended = Contract("basic", ends=date(2025, 12, 31))
    assert contract_at([ended, NEW], datetime(2026, 1, 5, tzinfo=UTC), timezone="UTC") == (ended, Force.EXPIRED)


@given(successions(), INSTANTS, ZONES)
def test_the_contract_whose_days_hold_the_local_date_is_the_one(
    contracts: list[Contract], at: datetime, timezone: str
) -> None:
    today = at.astimezone(ZoneInfo(timezone)).date()
    holding = [each for each in contracts if (each.begins or today) <= today <= (each.ends or today)]
    found, state = contract_at(contracts, at, timezone=timezone)
    assert [found][: len(holding)] == holding
    assert state is force(found, at, timezone=timezone)
    assert not holding or state is Force.IN_FORCE


@given(successions(), INSTANTS, ZONES)
def test_outside_every_contract_only_grace_holds(contracts: list[Contract], at: datetime, timezone: str) -> None:
    today = at.astimezone(ZoneInfo(timezone)).date()
    found, state = contract_at(contracts, at, timezone=timezone)
    if state is Force.EXPIRED:
        assert found.ends
        assert found.ends + timedelta(days=found.grace_days) < today
        assert not any((each.begins or date.min) <= today <= (each.ends or date.max) for each in contracts)
    elif state is Force.NOT_STARTED:
        assert found is contracts[0]
        assert found.begins
        assert today < found.begins


@given(successions(), INSTANTS, st.integers(0, 10**8), ZONES)
def test_time_never_leads_back_to_an_earlier_contract(
    contracts: list[Contract], at: datetime, later: int, timezone: str
) -> None:
    first, _ = contract_at(contracts, at, timezone=timezone)
    second, _ = contract_at(contracts, at + timedelta(seconds=later), timezone=timezone)
    assert contracts.index(first) <= contracts.index(second)
