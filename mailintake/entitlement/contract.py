"""Is the contract in force at this instant (DOMAIN S14)."""

from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from mailintake.domain.customer import Contract


class Force(StrEnum):
    """Where an instant lies beside a contract's days."""

    IN_FORCE = "in-force"
    NOT_STARTED = "not-started"
    EXPIRED = "contract-expired"


def force(contract: Contract, at: datetime, *, timezone: str) -> Force:
    """Contract dates are whole local days of the account: from 00:00 of `begins` to the end of `ends`."""
    today = at.astimezone(ZoneInfo(timezone)).date()
    if contract.begins and today < contract.begins:
        return Force.NOT_STARTED
    if contract.ends and today > contract.ends:
        return Force.EXPIRED
    return Force.IN_FORCE
