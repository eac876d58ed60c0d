"""Each mail here is read as the file of the same name says; keys that the file does not name are not compared."""

import json
from pathlib import Path

import pytest

from mailintake.parsing.parser import parse
from mailintake.parsing.report import as_json, envelope_of
from mailintake.screening import screen

MAILS = sorted(Path(__file__).parent.glob("*.eml"))


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_the_mail_is_read_as_expected(path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    message = parse(path.read_bytes())
    own = frozenset({"support@desk.example"})
    screening = screen(message, envelope_of(message), own_addresses=own, loop_mark="mark-of-ours")
    found = as_json(message, screening, file=path.name)
    found["may_open"], found["may_be_answered"] = screening.may_open, screening.may_be_answered
    assert pick(found, expected) == expected


def pick(found: object, expected: object) -> object:
    """The part of what was found that the expectation speaks about; lists keep their length."""
    if isinstance(found, dict) and isinstance(expected, dict):
        return {key: pick(found.get(key, "missing"), value) for key, value in expected.items()}
    if isinstance(found, list) and isinstance(expected, list) and len(found) == len(expected):
        return [pick(one, other) for one, other in zip(found, expected, strict=True)]
    return found
