"""Mails are fetched a few at a time, in order, and few bytes together."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from mailintake.domain.mailbox import Found
from mailintake.runners.mailbox_fetch import groups

SIZES = st.lists(st.integers(0, 20))


@given(sizes=SIZES, most=st.integers(1, 5), largest=st.integers(1, 30))
def test_groups_keep_the_order_and_the_limits(sizes: list[int], most: int, largest: int) -> None:
    found = [Found(uid, size, None) for uid, size in enumerate(sizes, 1)]
    made = groups(found, most=most, largest_together=largest)
    assert [each for group in made for each in group] == found
    for group in made:
        assert 1 <= len(group) <= most
        assert len(group) == 1 or sum(each.size for each in group) <= largest


@given(sizes=SIZES)
def test_no_group_could_have_taken_the_first_of_the_next(sizes: list[int]) -> None:
    made = groups([Found(uid, size, None) for uid, size in enumerate(sizes, 1)], most=4, largest_together=25)
    for group, following in pairwise(made):
        assert len(group) == 4 or sum(each.size for each in group) + following[0].size > 25
