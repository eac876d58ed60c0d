"""What was understood, as JSON."""

import json

from mailintake.domain.mail import Kind, Screening
from mailintake.parsing.parser import parse
from mailintake.parsing.report import as_json, envelope_of, likely_sender

KEYS = [
    "file",
    "message_id",
    "from",
    "reply_to",
    "to",
    "cc",
    "subject",
    "date",
    "in_reply_to",
    "references",
    "text",
    "html",
    "reply_text",
    "quoted",
    "signature",
    "language",
    "attachments",
    "kind",
    "kind_reason",
    "bounce",
    "calendar",
    "forwarded",
    "protection",
    "defects",
    "error",
]


def test_the_keys_are_always_the_same() -> None:
    message = parse(b"From: ann@kunde.example\n\nx")
    found = as_json(message, Screening(Kind.MESSAGE, "why"), file="a.eml")
    assert list(found) == KEYS
    assert list(as_json(None, None, file="a.eml", error="no such file")) == KEYS
    json.dumps(found)


def test_an_error_is_reported_with_its_file() -> None:
    found = as_json(None, None, file="a.eml", error="no such file")
    assert (found["file"], found["error"], found["kind"]) == ("a.eml", "no such file", None)


def test_a_guessed_sender_is_called_one() -> None:
    message = parse(b"Reply-To: ann@kunde.example\n\nx")
    assert message.from_ is None
    found = as_json(message, None, file="a.eml")
    assert found["from"] == {"address": "ann@kunde.example", "name": ""}
    assert "sender-guessed-from-reply-to" in found["defects"]  # type: ignore[operator]  # a list, as JSON has it


def test_the_return_path_is_the_last_resort() -> None:
    sender, source = likely_sender(parse(b"Return-Path: <ann@kunde.example>\n\nx"))
    assert sender is not None
    assert (sender.address, source) == ("ann@kunde.example", "return-path")


def test_the_envelope_of_a_file() -> None:
    assert envelope_of(parse(b"Return-Path: <>\nTo: a@b.example\n\n")).return_path == ""
    assert envelope_of(parse(b"From: ann@kunde.example\nTo: a@b.example\n\n")).recipients == ("a@b.example",)
