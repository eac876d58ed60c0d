"""Regular expressions: found in linear time, many at once, and never left out for want of memory."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.routing.regex import LONGEST, Pattern, Patterns

EXPRESSIONS = ["a+b", "^re:", "[0-9]{3}", "x|yz", "é.*ü", r"\bdown\b", "q$"]


def test_a_pattern_is_found_anywhere_whatever_its_case() -> None:
    assert Pattern.of("inc[0-9]+").found(b"Fwd: INC42")
    assert not Pattern.of("(?-i)inc[0-9]+").found(b"Fwd: INC42")


@pytest.mark.parametrize(("text", "why"), [("(a", "missing )"), ("(?=a)", "invalid perl operator"), ("", "1 to 1000"),
                                           ("a" * (LONGEST + 1), "1 to 1000"), (r"\pL{900}", "too large")])  # fmt: skip
def test_what_is_no_expression_says_why(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why.replace(")", r"\)")):
        Pattern.of(text)


def test_groups_are_extracted_or_all_that_matches() -> None:
    assert Pattern.of("host (\\S+) is (?:down|up) since (\\d+)").extract(b"Host DB1 is down since 5 min") == "DB1 5"
    assert Pattern.of("host \\S+").extract("on Host dé1 now".encode()) == "Host dé1"
    assert Pattern.of("(a)|(b)").extract(b"b") == "b"
    assert Pattern.of("nothing").extract(b"else") == ""


def test_an_expression_that_would_explode_is_harmless() -> None:
    # (a+)+$ takes a back-tracking engine 2^40 steps here: it would never come back
    assert not Pattern.of("(a+)+$").found(b"a" * 40 + b"!")
    assert Pattern.of("(x+x+)+y").found(b"x" * 20_000 + b"y")


@given(st.lists(st.sampled_from(EXPRESSIONS)), st.text(alphabet="abxyzqreéü:0123 down\n"))
def test_many_at_once_find_what_each_finds_alone(texts: list[str], text: str) -> None:
    encoded = text.encode()
    assert Patterns(texts).found(encoded) == {each for each in texts if Pattern.of(each).found(encoded)}


@given(st.lists(st.text(alphabet="aA.*+ (", min_size=1, max_size=3)), st.text(alphabet="aA.*+ ("))
def test_literal_texts_mean_themselves(needles: list[str], text: str) -> None:
    assert Patterns(needles, literal=True).found(text.encode()) == {each for each in needles if each in text}


def test_more_than_one_pass_holds_are_sought_in_several() -> None:
    numbers = [f"word{number:04}" for number in range(2500)]
    assert Patterns(numbers, literal=True).found(b"word0003 word2499") == {"word0003", "word2499"}


def test_want_of_memory_leaves_nothing_out() -> None:
    large = [f"[a-q][^u-z]{{20}}x{number}" for number in range(30)]
    for memory in (1, 20_000, 100_000):
        found = Patterns(large, memory=memory).found(b"abcdefghijklmnopqrstuvwx7" * 50)
        assert found >= {each for each in large if Pattern.of(each).found(b"abcdefghijklmnopqrstuvwx7" * 50)}
