"""Which contract is in force at an instant, if any (DOMAIN S13, S14)."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from mailintake.domain.customer import Contract


class Force(StrEnum):
    """Where an instant lies beside a contract's days; the days of grace count as in force."""

    IN_FORCE = "in-force"
    NOT_STARTED = "not-started"
    EXPIRED = "contract-expired"


def force(contract: Contract, at: datetime, *, timezone: str) -> Force:
    """Contract dates are whole local days of the account: from 00:00 of `begins` to the end of the last day of grace.

    `at` is an aware instant, `timezone` the account's IANA zone.
    """
    return _on(contract, _day(at, timezone))


def contract_at(contracts: Sequence[Contract], at: datetime, *, timezone: str) -> tuple[Contract, Force]:
    """The contract that decides at this instant, and whether it is in force.

    It is the last that has begun, for a new contract ends the grace of the old one; before all, it is the first that
    will begin. `contracts` are those of an account: at least one, in the order of time, and none over another.
    """
    today = _day(at, timezone)
    found = next((each for each in reversed(contracts) if _on(each, today) is not Force.NOT_STARTED), contracts[0])
    return found, _on(found, today)


def _day(at: datetime, timezone: str) -> date:
    return at.astimezone(ZoneInfo(timezone)).date()


def _on(contract: Contract, day: date) -> Force:
    if contract.begins and day < contract.begins:
        return Force.NOT_STARTED
    if contract.ends and (day - contract.ends).days > contract.grace_days:
        return Force.EXPIRED
    return Force.IN_FORCE
