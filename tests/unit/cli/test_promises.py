"""What a plan promises to a request, by the examples' and the starter's desk files."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailintake.cli.promises import Request, desk_at, promised
from mailintake.domain.target import Metric
from mailintake.errors import ConfigError, UsageError

CONFIG = Path(__file__).parents[3] / "config"
EXAMPLES = CONFIG / "examples"
FRIDAY_EVENING = datetime(2026, 3, 6, 18, 30, tzinfo=UTC)
NOTHING = ("due", "target_minutes", "counting", "soft", "hours", "timezone", "clock_starts")


def ask(
    example: str,
    plan: str,
    *,
    at: datetime = FRIDAY_EVENING,
    region: str | None = None,
    metric: Metric = Metric.FIRST_RESPONSE,
    **said: str,
) -> dict[str, object]:
    return promised(desk_at(EXAMPLES / example), Request(plan, at, said, region, metric))


def test_a_row_s_own_hours_count() -> None:
    assert ask("b2bee", "basic", priority="critical") == {
        "due": datetime(2026, 3, 6, 19, 30, tzinfo=UTC),
        "target_minutes": 60,
        "counting": "open",
        "soft": False,
        "hours": "Mon-Sun 08:00-22:00, holidays too",
        "timezone": "Europe/Ljubljana",
        "clock_starts": FRIDAY_EVENING,
        "row": "critical: 1h in Mon-Sun 08:00-22:00, holidays too",
    }


def test_what_is_not_said_is_the_desk_s_default() -> None:
    found = ask("b2bee", "basic")
    assert found["row"] == "minor: 24h in Mon-Fri 09:00-17:00"
    assert found["clock_starts"] == datetime(2026, 3, 9, 8, 0, tzinfo=UTC)
    assert found["due"] == datetime(2026, 3, 11, 16, 0, tzinfo=UTC)
    assert ask("beesender", "basic", region="gmt+1")["row"] == "P2..P4: 8h"


def test_the_hours_tick_in_the_region() -> None:
    east, west = (ask("creatio", "basic", region=region, priority="high") for region in ("gmt+10", "gmt-5"))
    assert (east["timezone"], east["due"]) == ("Etc/GMT-10", datetime(2026, 3, 9, 3, 0, tzinfo=UTC))
    assert (west["timezone"], west["due"]) == ("Etc/GMT+5", datetime(2026, 3, 6, 22, 30, tzinfo=UTC))


def test_a_topic_brings_its_level_along() -> None:
    found = ask("procrm", "support", topic="development")
    assert (found["row"], found["soft"]) == ("SLA2..SLA3: 4h soft", True)
    assert ask("procrm", "support")["row"] == "SLA1: 2h"
    assert ask("procrm", "support", level="SLA2")["target_minutes"] == 240


def test_a_category_keeps_the_priority_within_its_own(tmp_path: Path) -> None:
    file = tmp_path / "small.yaml"
    file.write_text(
        "desk: {name: D, mailbox: a@d.example, timezone: UTC}\n"
        "priorities: {P1: all, P2: some, P3: none}\n"
        "default_priority: P1\n"
        "categories: {fault: Something broke, wish: {means: A wish, priorities: P2..P3}}\n"
        "plans: {one: {contacts: any, first_response: {P1: 1h wall, P2: 2h wall, P3: none}}}\n"
    )
    desk = desk_at(file)
    assert promised(desk, Request("one", FRIDAY_EVENING, {"category": "wish"}))["target_minutes"] == 120
    found = promised(desk, Request("one", FRIDAY_EVENING, {}))
    assert (found["target_minutes"], found["counting"], found["hours"]) == (60, "wall", None)
    assert found["clock_starts"] == FRIDAY_EVENING


def test_where_nothing_is_promised_there_is_no_due(tmp_path: Path) -> None:
    unmatched = ask("creatio", "premium", region="gmt+2", priority="low")
    assert unmatched == {**dict.fromkeys(NOTHING), "row": None}
    by_contract = ask("creatio", "premium", region="gmt+2", metric=Metric.RESOLUTION)
    assert by_contract == {**dict.fromkeys(NOTHING), "row": "by contract"}
    assert ask("b2bee", "basic", metric=Metric.NEXT_RESPONSE)["row"] is None


def test_archived_plans_are_asked_like_others() -> None:
    assert ask("owox", "cost-data-archive")["target_minutes"] == 720


@pytest.mark.parametrize(
    ("example", "plan", "said", "words"),
    [
        ("owox", "enterprice", {}, "the desk has no plan `enterprice`; did you mean `enterprise`?"),
        ("b2bee", "gold", {}, "the desk has no plan `gold`; known: `basic`, `standard` or `premium`"),
        ("b2bee", "basic", {"priority": "critcal"}, "did you mean `critical`"),
        ("b2bee", "basic", {"level": "L2"}, "known: none"),
        ("b2bee", "basic", {"region": "gmt+1"}, "no regions"),
        ("creatio", "basic", {}, "`gmt\\+1`, .* or `gmt-5`"),
        ("creatio", "basic", {"region": "gmt2"}, "did you mean `gmt[+-]2`"),
    ],
)
def test_words_that_the_desk_does_not_know_are_named(example: str, plan: str, said: dict[str, str], words: str) -> None:
    with pytest.raises(UsageError, match=words.replace("?", "\\?")):
        ask(example, plan, **said)  # type: ignore[arg-type]  # the region is among them


def test_a_file_that_is_not_there_is_the_configuration_s_fault() -> None:
    with pytest.raises(ConfigError, match="no such file"):
        desk_at(EXAMPLES / "nowhere")
