"""Files are read once they have come to rest, and not again before they change."""

from hypothesis import given
from hypothesis import strategies as st

from mailintake.runners.watching import REST_SECONDS, Glance, Settling

EMPTY: Glance = {}
OLD: Glance = {"desk.yaml": (1, 10)}
NEW: Glance = {"desk.yaml": (2, 10)}


def test_files_never_read_are_worth_reading_once_they_rest() -> None:
    settling = Settling()
    assert settling.look(OLD, at=5) == REST_SECONDS
    assert settling.look(OLD, at=5 + REST_SECONDS / 4) == REST_SECONDS * 3 / 4
    assert settling.look(OLD, at=5 + REST_SECONDS) == 0


def test_what_was_read_is_not_worth_it_again() -> None:
    settling = Settling()
    settling.look(OLD, at=0)
    settling.read(OLD)
    assert settling.look(OLD, at=100) is None


def test_every_change_begins_the_rest_anew() -> None:
    settling = Settling()
    settling.look(OLD, at=0)
    assert settling.look(NEW, at=0.75 * REST_SECONDS) == REST_SECONDS
    assert settling.look(OLD, at=1.5 * REST_SECONDS) == REST_SECONDS


def test_a_file_that_vanishes_is_a_change() -> None:
    settling = Settling()
    settling.look(OLD, at=0)
    settling.read(OLD)
    assert settling.look(EMPTY, at=1) == REST_SECONDS


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 8)), max_size=30))
def test_nothing_is_read_that_changed_within_the_rest(looks: list[tuple[int, int]]) -> None:
    """Each look is of a state of one file, so many eighths of a second after the one before."""
    settling, at, seen = Settling(), 0.0, list[tuple[float, int]]()
    for state, eighths in looks:
        at += eighths / 8
        found = {"desk.yaml": (state,)}
        seen.append((at, state))
        if settling.look(found, at=at) == 0:
            assert {earlier for moment, earlier in seen if moment > at - REST_SECONDS} == {state}
            settling.read(found)
            assert settling.look(found, at=at) is None
