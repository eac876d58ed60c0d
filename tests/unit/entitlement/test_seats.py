"""Who may write under a plan's limit (DOMAIN E3 to E5)."""

import pytest

from mailintake.domain.customer import NewSender
from mailintake.entitlement.seats import Seats, Standing, standing


@pytest.mark.parametrize(
    ("holders", "limit", "key", "new_sender", "expected"),
    [
        (["ana"], 2, "ana", NewSender.REFUSE, Standing.SEATED),
        (["ana"], 2, "ben", NewSender.REFUSE, Standing.NOT_AUTHORISED),
        (["ana"], 2, "ben", NewSender.SEAT, Standing.MAY_SIT),
        (["ana", "ben"], 2, "carl", NewSender.SEAT, Standing.OVER_LIMIT),
        (["ana", "ben"], 2, "carl", NewSender.REFUSE, Standing.OVER_LIMIT),
        (["ana", "ben"], 2, "ben", NewSender.SEAT, Standing.SEATED),
        (["ana", "ben", "carl"], 2, "carl", NewSender.SEAT, Standing.OVER_LIMIT),
        ([], None, "anybody", NewSender.REFUSE, Standing.SEATED),
        ([], 0, "ana", NewSender.SEAT, Standing.OVER_LIMIT),
    ],
    ids=[
        "a listed contact sits",
        "a new sender is refused",
        "a new sender takes a free seat",
        "nobody sits when all seats are taken",
        "a full table is told apart from a closed one",
        "who sits keeps the seat",
        "after a change to fewer seats the last of the list stand",
        "contacts: any seats everybody",
        "a plan without seats seats nobody",
    ],
)
def test_standing(holders: list[str], limit: int | None, key: str, new_sender: NewSender, expected: Standing) -> None:
    assert standing(Seats(holders, limit), key, new_sender=new_sender) is expected


def test_a_list_longer_than_the_limit_takes_all_seats_and_no_more() -> None:
    assert Seats(["ana", "ben", "carl"], 2).used == 2
