"""The command answers each line, whatever it holds, and no line is lost."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mailintake.cli.sla import due
from mailintake.errors import UsageError

ROOT = Path(__file__).parents[3]
B2BEE = ROOT / "config" / "examples" / "b2bee"
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


def test_lines_that_come_in_pieces_are_put_together(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    long = json.dumps({**GOOD, "note": "x" * 200_000}).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\r\n".join([long, b"", long, b" ", long]))))
    due(as_json=True)
    assert capsys.readouterr().out.splitlines() == ['{"due": "2026-03-09T08:30:00Z"}'] * 3


def test_an_answer_does_not_wait_for_the_next_question() -> None:
    command = [sys.executable, "-m", "mailintake", "sla", "due", "--json"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as asked:
        assert asked.stdin is not None
        assert asked.stdout is not None
        for _ in range(2):
            asked.stdin.write(json.dumps(GOOD).encode() + b"\n")
            asked.stdin.flush()
            assert json.loads(asked.stdout.readline()) == {"due": "2026-03-09T08:30:00Z"}
        asked.stdin.close()
        assert asked.wait(60) == 0


def test_of_a_plan_one_object_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    due(as_json=True, config=B2BEE, plan="basic", received="2026-03-06T19:30:00+01:00", priority="critical")
    found = json.loads(capsys.readouterr().out)
    assert (found["due"], found["clock_starts"]) == ("2026-03-06T19:30:00Z", "2026-03-06T18:30:00Z")
    due(config=B2BEE / "desk.yaml", plan="basic", received="2026-03-06T18:30Z")
    assert "minor: 24h in Mon-Fri 09:00-17:00" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "--json"),
        ({"priority": "critical"}, "--priority needs --plan"),
        ({"config": B2BEE}, "--config needs --plan"),
        ({"plan": "basic"}, "--received"),
        ({"plan": "basic", "received": "yesterday"}, "no instant"),
        ({"plan": "basic", "received": "2026-03-06T18:30"}, "must name its offset"),
        ({"plan": "basic", "received": "0001-01-01T00:00+10:00"}, "no instant"),
        ({"plan": "basic", "received": "9999-12-31T23:59Z", "priority": "critical"}, "out of range"),
    ],
)
def test_what_is_missing_or_wrong_is_said(said: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        due(**({"config": B2BEE} if "plan" in said else {}) | said)
