"""Who may write under a plan's limit of authorised contacts (DOMAIN E3 to E5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from mailintake.domain.customer import NewSender


class Standing(StrEnum):
    """What a sender is to the account."""

    SEATED = "seated"
    MAY_SIT = "may-sit"
    MAY_ASK = "may-ask"
    NOT_AUTHORISED = "not-authorised"
    OVER_LIMIT = "over-limit"


@dataclass(frozen=True, slots=True)
class Seats:
    """The seats of an account: who holds one, by address key in the order of the list, and how many there are.

    `limit` is None for `contacts: any`.
    """

    holders: Sequence[str]
    limit: int | None

    @property
    def used(self) -> int:
        """How many are taken; a list longer than the limit takes them all."""
        return len(self.holders) if self.limit is None else min(len(self.holders), self.limit)


def standing(seats: Seats, key: str, *, new_sender: NewSender) -> Standing:
    """What the sender known as `key` is.

    After a change to fewer seats the first of the list keep theirs and the rest are over the limit (E5). A new sender
    takes a free seat only where the desk says `seat`, and waits for the owner's word where it says `ask`; whether the
    seat is still free is asked inside the transaction that takes it.
    """
    if seats.limit is None:
        return Standing.SEATED
    if key in seats.holders:
        return Standing.SEATED if seats.holders.index(key) < seats.limit else Standing.OVER_LIMIT
    if len(seats.holders) >= seats.limit:
        return Standing.OVER_LIMIT
    return _NEW_SENDERS[new_sender]


_NEW_SENDERS = {
    NewSender.SEAT: Standing.MAY_SIT,
    NewSender.ASK: Standing.MAY_ASK,
    NewSender.REFUSE: Standing.NOT_AUTHORISED,
}
