"""What becomes of a mail that must not be taken, before its end is seen."""

from pathlib import Path

import pytest

from mailintake.storage.body import Body, Budget
from mailintake.transports import replies
from mailintake.transports.incoming import Incoming, hops


def incoming(*, limit: int = 1000, strict: bool = True) -> Incoming:
    body = Body(directory=Path("/nowhere"), budget=Budget())
    return Incoming(body, limit=limit, strict=strict)


def test_a_mail_of_the_limit_is_taken_and_one_byte_more_is_not() -> None:
    exact, over = incoming(limit=5), incoming(limit=4)
    assert exact.feed(b"abc\r\n.\r\n") == b""
    assert over.feed(b"abc\r\n.\r\n") == b""
    assert exact.refusal is None
    assert over.refusal == replies.TOO_LARGE


def test_the_rest_of_a_mail_that_is_too_large_is_read_to_its_dot() -> None:
    mail = incoming(limit=4)
    assert mail.feed(b"x" * 100) is None
    assert mail.feed(b"y" * 100) is None
    assert mail.feed(b"\r\n.\r\nQUIT\r\n") == b"QUIT\r\n"
    assert mail.refusal == replies.TOO_LARGE


@pytest.mark.parametrize("trick", [b"\n.\n", b"\r.\r", b"\n.\r\n", b"\r\n.\n", b"\r\n.\rx"])
def test_lone_line_ends_are_refused_from_strangers_and_kept_from_our_own_mta(trick: bytes) -> None:
    stranger, ours = incoming(strict=True), incoming(strict=False)
    for mail in (stranger, ours):
        assert mail.feed(b"a" + trick + b"b\r\n.\r\n") == b""
    assert stranger.refusal == replies.BARE_LINE_END
    assert ours.refusal is None
    assert b"".join(ours.body.slices()) == b"a" + trick.replace(b"\r\n.", b"\r\n") + b"b\r\n"


@pytest.mark.parametrize(
    ("mail", "count"),
    [
        (b"Received: a\r\nreceived: b\r\n\tReceived: folded\r\nSubject: Received: no\r\n\r\nReceived: body\r\n", 2),
        (b"Received: a\n\nReceived: body\n", 1),
        (b"Subject: x\r\n", 0),
        (b"", 0),
    ],
)
def test_hops_are_received_fields_of_the_header_block(mail: bytes, count: int) -> None:
    assert hops(Body.of(mail)) == count
