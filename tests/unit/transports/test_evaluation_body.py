"""The hash of a body is the one that dkimpy, and everybody else, comes to."""

import hashlib

import pytest
from dkim.canonicalization import CanonicalizationPolicy
from hypothesis import given, settings
from hypothesis import strategies as st

from mailintake.transports import evaluation_body
from mailintake.transports.evaluation_body import body_hash


def expected(body: bytes, *, relaxed: bool) -> bytes:
    lines = body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    policy = CanonicalizationPolicy.from_c_value(b"simple/relaxed" if relaxed else b"simple/simple")
    return hashlib.sha256(policy.canonicalize_body(lines)).digest()


@given(
    st.lists(st.sampled_from([b"a", b" ", b"\t", b"\r\n", b"\n", b"\r", b"line", b"  \r\n", b"\r\n\r\n"]), max_size=30),
    st.booleans(),
)
def test_it_is_what_the_library_says(pieces: list[bytes], relaxed: bool) -> None:
    body = b"".join(pieces)
    assert body_hash(b"head: er\r\n\r\n" + body, 12, relaxed=relaxed) == expected(body, relaxed=relaxed)


@settings(max_examples=300)
@given(
    st.lists(st.sampled_from([b"a", b" ", b"\t", b"\r\n", b"\n", b"\r", b"\r\n" * 9, b" " * 9]), max_size=60),
    st.integers(1, 12),
    st.booleans(),
)
def test_it_does_not_matter_how_the_body_is_cut_up(pieces: list[bytes], size: int, relaxed: bool) -> None:
    body = b"".join(pieces)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluation_body, "_BLOCK", size)
        assert body_hash(body, 0, relaxed=relaxed) == expected(body, relaxed=relaxed)


@pytest.mark.parametrize("relaxed", [True, False])
@pytest.mark.parametrize("unit", [b" ", b"\r\n", b"\r", b" \r\n", b"\t \n", b"a "])
def test_a_large_body_of_one_kind_is_read_in_one_pass(unit: bytes, relaxed: bool) -> None:
    body = unit * 300_000 + b"x\r\n"
    assert len(body_hash(body, 0, relaxed=relaxed)) == 32


# RFC 6376, 3.4.5
EXAMPLE = b" C \r\nD \t E\r\n\r\n\r\n"


def test_the_example_of_the_standard() -> None:
    assert body_hash(EXAMPLE, 0, relaxed=True) == hashlib.sha256(b" C\r\nD E\r\n").digest()
    assert body_hash(EXAMPLE, 0, relaxed=False) == hashlib.sha256(b" C \r\nD \t E\r\n").digest()


def test_an_empty_body() -> None:
    assert body_hash(b"", 0, relaxed=True) == hashlib.sha256(b"").digest()
    assert body_hash(b"", 0, relaxed=False) == hashlib.sha256(b"\r\n").digest()
