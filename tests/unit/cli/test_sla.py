"""The command answers each line, whatever it holds, and no line is lost."""

import io
import json
import sys

import pytest

from mailintake.cli.sla import due
from mailintake.errors import UsageError

GOOD = {
    "calendar": {"timezone": "Europe/Ljubljana", "hours": {"fri": ["08:00-20:00"], "mon": ["08:00-20:00"]}},
    "start": "2026-03-06T18:30:00Z",
    "target_minutes": 120,
}


def test_every_line_has_its_answer_in_order(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [json.dumps(GOOD).encode(), b"{bad", b"\xff\xfe", json.dumps(GOOD).encode()]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\n".join(lines))))
    due(as_json=True)
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer["due"] for answer in answers] == ["2026-03-09T08:30:00Z", None, None, "2026-03-09T08:30:00Z"]
    assert "error" in answers[1]
    assert "error" in answers[2]


def test_there_is_no_other_form_yet() -> None:
    with pytest.raises(UsageError, match="--json"):
        due(as_json=False)
