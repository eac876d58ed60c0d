"""Codes that agree, and errors that say no more than they should."""

import re

import pytest

from mailintake import errors
from mailintake.transports import replies
from mailintake.transports.replies import Reply

ALL = {name: value for name, value in vars(replies).items() if isinstance(value, Reply)}


@pytest.mark.parametrize("reply", ALL.values(), ids=ALL.keys())
def test_code_and_enhanced_code_agree(reply: Reply) -> None:
    if reply.enhanced:
        assert re.fullmatch(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}", reply.enhanced)
        assert reply.enhanced[0] == str(reply.code)[0]
    else:
        assert reply.code == 354


@pytest.mark.parametrize("reply", ALL.values(), ids=ALL.keys())
def test_a_reply_is_one_line_of_ascii(reply: Reply) -> None:
    line = bytes(reply)
    assert line.endswith(b"\r\n")
    assert line[:-2].decode("ascii").isprintable()
    assert len(line) <= 512


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.OutOfSpace("disk"), 452),
        (errors.StorageBusy("lock"), 451),
        (errors.TemporaryError("x"), 451),
        (errors.TooLarge("x"), 552),
        (errors.NoSuchMailbox("x"), 550),
        (errors.PermanentError("x"), 554),
        (RuntimeError("password=tiger"), 451),
        (OSError(5, "I/O error"), 451),
    ],
)
def test_only_what_is_permanent_by_its_type_is_called_so(error: Exception, code: int) -> None:
    reply = replies.for_error(error)
    assert reply.code == code
    assert "tiger" not in reply.text
