from collections.abc import Mapping

import pytest

from mailintake.config import agreement, desk, source
from mailintake.config.hours import parse_hours
from mailintake.config.shapes import Record, section
from mailintake.config.source import Node
from mailintake.domain.quota import Limit, Period
from mailintake.domain.target import Metric, TargetRow
from mailintake.errors import ConfigError

DESK = """\
desk: {name: Desk, mailbox: support@desk.example, timezone: Europe/Ljubljana}
priorities: {P1: a, P2: b}
default_priority: P2
quotas: {credits: }
hours: {office: Mon-Fri 09:00-17:00}
plans:
  open: {contacts: any}
  office: {contacts: any, hours: office, resolution: by contract}
"""

Said = tuple[Mapping[Metric, tuple[TargetRow, ...]], dict[str, object]]


def _read(text: str, *, plan: str = "office", is_broken: bool = False) -> tuple[Said, list[str]]:
    found = desk.read(source.read(DESK.encode(), file="desk.yaml"))
    root = source.read(f"it: {{{text}}}\n".encode(), file="accounts.yaml")
    node = root.get("it")
    assert isinstance(node, Node)
    table = agreement.spread(section(node))
    readers = agreement.readers(table, desk=None if is_broken else found, plan=found.plans.get(plan))

    def made(**said: object) -> Said:
        return agreement.take_targets(said), said

    return Record(made, readers)(table), [str(warning) for warning in root.warnings]


def _row(said: Said, metric: Metric) -> TargetRow:
    (row,) = said[0][metric]
    return row


def test_a_contract_s_figures_count_in_the_plan_s_hours_or_its_own() -> None:
    said, warnings = _read("resolution: 8h")
    assert _row(said, Metric.RESOLUTION).hours == parse_hours("Mon-Fri 09:00-17:00")
    said, more = _read("hours: 24/7, resolution: 8h")
    assert _row(said, Metric.RESOLUTION).hours == parse_hours("24/7")
    assert warnings + more == []
    assert said[1] == {}


def test_response_and_quota_are_read_as_in_a_plan() -> None:
    said, _ = _read("response: 2h, quota: {credits: 7 per month}")
    assert said[0][Metric.FIRST_RESPONSE] == said[0][Metric.NEXT_RESPONSE]
    assert said[1] == {"quota": {"credits": (Limit(7, Period.MONTH),)}}


def test_hours_without_figures_are_worth_a_warning() -> None:
    _, warnings = _read("hours: 24/7")
    (warning,) = warnings
    assert warning.startswith("accounts.yaml:1:13: warning: these hours change nothing: ")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("resolution: 8h", "no opening hours to count in: give the contract `hours:`, or write"),
        ("resolution: by contract", "`by contract` stands in a plan; this is the contract, so write the time"),
        ("response: 8h wall, first_response: 8h wall", "say either it or those"),
        ("quota: {credit: 1 per day}", "did you mean `credits`?"),
        ("first_response: {P3: 8h wall}", "unknown priority `P3`"),
    ],
)
def test_what_cannot_be_is_refused(text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message.replace("?", r"\?")):
        _read(text, plan="open")


@pytest.mark.parametrize(("plan", "is_broken"), [("office", True), ("unknown", False)])
def test_of_a_broken_desk_or_an_unknown_plan_nothing_false_is_said(plan: str, is_broken: bool) -> None:
    text = "hours: nowhere, response: 8h, resolution: {P9: 1h}, quota: {coins: 1 per day}"
    assert _read(text, plan=plan, is_broken=is_broken)[1] == []
