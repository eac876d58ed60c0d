"""Whom a fetched mail came from: the Return-Path that was written on delivery, else its author, never nobody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.config.fetch import Fetch
from mailintake.config.secret import Secret
from mailintake.config.source import Node
from mailintake.domain.mail import Envelope
from mailintake.runners.mailbox_mail import envelope_of
from mailintake.storage.body import Body

HERE = Node("mailintake.yaml", 1, 1, [])
FETCH = Fetch("support", "imap.desk.example", 993, "support", Secret("env", "X", HERE), "support@desk.example", HERE)


def sender(mail: bytes) -> str:
    found = envelope_of(Body.of(mail), FETCH)
    assert found == Envelope(found.return_path, ("support@desk.example",))
    return found.return_path


@pytest.mark.parametrize(
    ("mail", "expected"),
    [
        (b"Return-Path: <ana@bakery.example>\r\nFrom: mia@mill.example\r\n\r\n", "ana@bakery.example"),
        (b"return-path:ana@bakery.example\nFrom: mia@mill.example\n\n", "ana@bakery.example"),
        (b"Return-Path:\r\n <ana@bakery.example>\r\nFrom: mia@mill.example\r\n\r\n", "ana@bakery.example"),
        (b"Received: x\r\nReturn-Path: <ana@bakery.example>\r\n\r\n", "ana@bakery.example"),
        (b"Return-Path: <>\r\nFrom: mia@mill.example\r\n\r\n", ""),
        (b"From: Mia <mia@mill.example>\r\n\r\nReturn-Path: <ana@bakery.example>\r\n", "mia@mill.example"),
        (b"Subject: nobody\r\n\r\n", "unknown"),
        (b"", "unknown"),
        (b"Return-Path: <ana@bakery.example>", "ana@bakery.example"),
    ],
)
def test_the_sender_is_who_the_delivery_agent_says_else_the_author(mail: bytes, expected: str) -> None:
    assert sender(mail) == expected


FIELDS = st.lists(
    st.sampled_from(
        [b"From: mia@mill.example", b"Return-Path: <tea@tannery.example>", b"Received: x", b"\t folded", b""]
    )
)


@given(fields=FIELDS, end=st.sampled_from([b"\n", b"\r\n"]))
def test_what_follows_a_return_path_at_the_top_changes_nothing(fields: list[bytes], end: bytes) -> None:
    top = b"Return-Path: <ana@bakery.example>" + end
    below = end.join([b"X-First: x", *fields])
    assert sender(top + below) == "ana@bakery.example"
