"""ISO-2022-JP with the signs of Windows programs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.parsing.iso_2022_jp import decode


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\x1b$B-!\x1b(B", "①"),
        (b"\x1b$B-j\x1b(B abc", "㈱ abc"),
        (b"\x1b(I1\x1b(B", "ｱ"),
        (b"plain", "plain"),
        (b"\x1b$BF|K\\\x1b(B\nnext", "日本\nnext"),
        (b"\x1b$BF|\nnext", "日\nnext"),
    ],
)
def test_signs_that_the_codec_refuses_are_read(data: bytes, text: str) -> None:
    assert decode(data) == text


@given(st.text(alphabet="日本語のメール、abc 123。", max_size=50))
def test_it_agrees_with_the_codec_on_all_else(text: str) -> None:
    assert decode(text.encode("iso2022_jp")) == text


@given(st.binary(max_size=100))
def test_any_bytes_are_survived(data: bytes) -> None:
    decode(data)
