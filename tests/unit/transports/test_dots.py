"""Content and final dot, against a reader that works line by line."""

from hypothesis import given, settings
from hypothesis import strategies as st

from mailintake.transports.dots import Dots, has_bare_line_end

PIECES = st.lists(st.sampled_from([b"\r", b"\n", b".", b"a", b"\r\n", b"\r\n.", b"..", b"xy"]), max_size=15)


def read(pieces: list[bytes]) -> tuple[bytes, bytes | None]:
    dots, content, rest = Dots(), b"", None
    for piece in pieces:
        if rest is not None:
            rest += piece
            continue
        content += dots.feed(piece)
        rest = dots.rest
    return content, rest


def read_by_lines(stream: bytes) -> tuple[bytes, bytes | None]:
    lines = stream.split(b"\r\n")
    for number, line in enumerate(lines[:-1]):
        if line == b".":
            content = [one.removeprefix(b".") for one in lines[:number]]
            return b"".join(one + b"\r\n" for one in content), b"\r\n".join(lines[number + 1 :])
    return b"", None


@settings(deadline=None)
@given(PIECES, PIECES)
def test_pieces_of_any_size_are_read_as_lines_are(before: list[bytes], after: list[bytes]) -> None:
    stream = b"".join(before) + b"\r\n.\r\n" + b"".join(after)
    expected = read_by_lines(stream)
    assert read([stream]) == expected
    assert read([stream[i : i + 1] for i in range(len(stream))]) == expected
    for cut in range(1, len(stream)):
        assert read([stream[:cut], stream[cut:]]) == expected


def test_a_mail_may_be_empty() -> None:
    assert read([b".\r\n"]) == (b"", b"")
    assert read([b".", b"\r", b"\nQUIT\r\n"]) == (b"", b"QUIT\r\n")


def test_the_end_is_not_seen_before_it_comes() -> None:
    assert read([b"a\r\n.\r"])[1] is None


def test_only_crlf_dot_crlf_ends_the_data() -> None:
    for trick in (b"\n.\n", b"\r.\r", b"\n.\r\n", b"\r\n.\n", b"\r\n.\r", b"\r\n\x00.\r\n"):
        content, rest = read([b"a" + trick + b"MAIL FROM:<x@y.example>\r\n.\r\n"])
        assert rest == b""
        assert content.endswith(b"MAIL FROM:<x@y.example>\r\n")


def test_one_dot_is_taken_from_a_line_that_starts_with_one() -> None:
    assert read([b"..\r\n.a\r\nb.\r\n...\r\n.\r\n"])[0] == b".\r\na\r\nb.\r\n..\r\n"


@given(PIECES)
def test_a_line_end_is_bare_if_something_is_left_without_the_pairs(pieces: list[bytes]) -> None:
    content = b"".join(pieces)
    left = content.replace(b"\r\n", b"")
    assert has_bare_line_end(content) == (b"\r" in left or b"\n" in left)
