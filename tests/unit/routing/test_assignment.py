"""Who gets a ticket."""

import pytest

from mailintake.domain.routing import Assign, Assigning
from mailintake.routing.assignment import choose

TEAM = ("ana", "ben", "cem", "dora")
IN_TURN = Assign(Assigning.ROUND_ROBIN)
LEAST_BUSY = Assign(Assigning.LEAST_BUSY)


def test_a_person_gets_it_or_who_is_named_next() -> None:
    assign = Assign(Assigning.PERSON, ("ana", "ben"))
    assert choose(assign) == "ana"
    assert choose(assign, absent={"ana"}) == "ben"
    assert choose(assign, absent={"ana", "ben"}) == ""


@pytest.mark.parametrize(
    ("last", "absent", "chosen"),
    [
        ("", (), "ana"),
        ("ana", (), "ben"),
        ("dora", (), "ana"),
        ("ben", ("cem",), "dora"),
        ("cem", ("cem", "dora"), "ana"),
        ("somebody who left", (), "ana"),
        ("ben", ("ana", "cem", "dora"), "ben"),
    ],
)
def test_in_turn_the_next_who_is_there(last: str, absent: tuple[str, ...], chosen: str) -> None:
    assert choose(IN_TURN, members=TEAM, last=last, absent=absent) == chosen


def test_in_turn_everybody_gets_as_many() -> None:
    last, given = "", []
    for _ in range(12):
        last = choose(IN_TURN, members=TEAM, last=last)
        given.append(last)
    assert {agent: given.count(agent) for agent in TEAM} == dict.fromkeys(TEAM, 3)


def test_the_least_busy_who_is_there() -> None:
    busy = {"ana": 3, "ben": 1, "cem": 1}
    assert choose(LEAST_BUSY, members=TEAM, open_tickets=busy) == "dora"
    assert choose(LEAST_BUSY, members=TEAM, open_tickets=busy, absent={"dora"}) == "ben"


def test_among_those_named_not_the_whole_team() -> None:
    assert choose(Assign(Assigning.LEAST_BUSY, ("cem", "dora")), members=TEAM) == "cem"
    assert choose(Assign(Assigning.ROUND_ROBIN, ("cem", "dora")), members=TEAM, last="cem") == "dora"


def test_nobody_where_nobody_is() -> None:
    assert choose(IN_TURN) == ""
    assert choose(LEAST_BUSY, members=TEAM, absent=TEAM) == ""
