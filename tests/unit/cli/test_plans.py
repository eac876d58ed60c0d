"""Plans are shown as their provider's page has them."""

import json
from pathlib import Path

import pytest

from mailintake.cli import plan_table
from mailintake.cli.plans import plans
from mailintake.cli.promises import desk_at
from mailintake.domain.target import EVERY_TICKET, Selector
from mailintake.errors import UsageError

EXAMPLES = Path(__file__).parents[3] / "config" / "examples"


def table(example: str) -> dict[str, tuple[list[str], ...]]:
    desk = desk_at(EXAMPLES / example)
    return {row.label: row.cells for row in plan_table.rows(desk, list(desk.plans.values()))}


def printed(capsys: pytest.CaptureFixture[str], example: str, *names: str) -> list[str]:
    plans(EXAMPLES / example, list(names))
    return [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]


def test_each_promise_stands_as_it_was_written() -> None:
    found = table("b2bee")
    assert found["contacts"] == (["1"], ["2"], ["3"])
    assert found["first response: significant"] == (
        ["4h in Mon-Fri 08:00-18:00"],
        ["2h in Mon-Fri 08:00-20:00"],
        ["1h in Mon-Fri 08:00-22:00"],
    )
    assert found["quota"][1] == ["credits: 5 per month, 2 per day"]
    assert found["channels"][1] == ["critical..minor: chat, ticket, email", "no-impact: ticket, email"]
    assert found["queue"] == ([], ["ahead"], ["ahead"])


def test_what_no_plan_says_has_no_row() -> None:
    assert {"price", "answers", "resolution", "reports"} & set(table("b2bee")) == set()


def test_uses_of_channels_are_told_apart() -> None:
    assert table("beesender")["channels"][1] == ["open: chatbot, email, portal", "talk: email, phone"]


def test_one_promise_for_every_response_is_one_row() -> None:
    found = table("owox")
    assert found["every response"][:3] == (["2h"], ["4h"], ["8h"])
    assert {label for label in found if "first" in label or "next" in label} == set()


def test_rows_of_different_plans_come_in_one_order(tmp_path: Path) -> None:
    file = tmp_path / "desk.yaml"
    file.write_text(
        "desk: {name: D, mailbox: a@d.example, timezone: UTC}\n"
        "priorities: {P1: a, P2: b, P3: c}\n"
        "default_priority: P2\n"
        "defaults: {contacts: any, hours: 24/7}\n"
        "plans: {one: {first_response: {P2: 2h, else: 8h}}, two: {first_response: {P1: 1h, P2: 4h}},\n"
        "        three: {first_response: 3h}}\n"
    )
    desk = desk_at(file)
    found = [row.label for row in plan_table.promises(list(desk.plans.values()))]
    assert found == ["first response", "first response: P1", "first response: P2", "first response: else"]


def test_selectors_are_written_as_ranges() -> None:
    desk = desk_at(EXAMPLES / "beesender")
    every = frozenset({"P2", "P3", "P4"})
    both = Selector(priorities=every, categories=frozenset({"incident"}))
    assert plan_table.selector_text(desk, both) == "incident/P2..P4"
    assert plan_table.selector_text(desk, Selector(priorities=frozenset({"P1", "P3"}))) == "P1+P3"
    assert plan_table.selector_text(desk, Selector(topics=frozenset({"changed-packages"}))) == "changed-packages"
    assert plan_table.selector_text(desk, EVERY_TICKET) == ""


def test_archived_plans_are_marked_and_the_words_stand_below(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    lines = printed(capsys, "owox", "enterprise", "cost-data-archive")
    assert "enterprise cost-data-archive (archived)" in lines
    assert any(line.startswith("normal (default) ") for line in lines)
    assert "UTC+2" in lines
    assert "waiting Ждет вашего ответа" in lines


def test_on_a_narrow_terminal_plans_stand_below_each_other(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    assert sum(line.startswith("contacts ") for line in printed(capsys, "b2bee")) == 3


def test_regions_levels_and_topics_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(capsys, "creatio")
    assert "gmt-2 UTC-2" in lines
    assert "L2 Second line" in lines
    assert "only for: certified-developer" in lines


def test_programs_get_all_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    plans(EXAMPLES / "creatio", ["premium"], as_json=True)
    (plan,) = json.loads(capsys.readouterr().out)["plans"]
    assert [(row["row"], row["for"], row["target_minutes"]) for row in plan["first_response"]] == [
        ("high: 30m", "high", 30),
        ("medium: 2h", "medium", 120),
    ]
    assert plan["resolution"][0]["by_contract"] is True
    assert (plan["contacts"], plan["hours"], plan["ahead"]) == (15, "24/7", True)


def test_an_unknown_plan_is_refused() -> None:
    with pytest.raises(UsageError, match="did you mean `premium`"):
        plans(EXAMPLES / "b2bee", ["premum"])
