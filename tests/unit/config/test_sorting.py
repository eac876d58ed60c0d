import pytest

from mailintake.config import desk, source
from mailintake.config.desk import Desk
from mailintake.domain.sorting import Category, Level, Support, Topic

HEAD = "desk: {name: Desk, mailbox: support@desk.example, timezone: Europe/Ljubljana}\nplans: {basic: {contacts: 2}}\n"
PRIORITIES = "priorities: {P1: a, P2: b, P3: c}\ndefault_priority: P2\n"


def _read(text: str) -> tuple[Desk, list[str]]:
    root = source.read((HEAD + text).encode(), file="desk.yaml")
    return desk.read(root), [str(warning) for warning in root.warnings]


def test_categories_have_all_priorities_or_some() -> None:
    found, warnings = _read(
        PRIORITIES
        + "categories:\n  incident: {means: Something broke}\n  request: {priorities: P2..P3}\n  wish: A wish\n"
        + "  idea: {priorities: [P3, P1]}\ndefault_category: incident\n"
    )
    assert found.categories == (
        Category("incident", ("P1", "P2", "P3"), "Something broke"),
        Category("request", ("P2", "P3")),
        Category("wish", ("P1", "P2", "P3"), "A wish"),
        Category("idea", ("P1", "P3")),
    )
    assert found.default_category == "incident"
    assert warnings == []


def test_defaults_that_do_not_go_together_are_worth_a_warning() -> None:
    _, warnings = _read(PRIORITIES + "categories: {request: {priorities: P3}}\ndefault_category: request\n")
    assert warnings == [
        "desk.yaml:6:19: warning: `request` never has `P2`, the default priority: it gets the nearest that it may have"
    ]


def test_topics_say_all_that_there_is_to_say() -> None:
    found, _ = _read(
        PRIORITIES
        + "levels: {L1: First line, L2: Second line}\ntopics:\n  billing: Invoices\n  training: {support: quoted}\n"
        + "  development: {means: Advice, level: L2, priority: P1, only_for: certified, plans: basic, note: Ask us,\n"
        + "                after_contract_end: accept}\n"
        + "default_topic: billing\n"
    )
    assert found.levels == (Level("L1", "First line"), Level("L2", "Second line"))
    assert found.topics == {
        "billing": Topic("billing", "Invoices"),
        "training": Topic("training", support=Support.QUOTED),
        "development": Topic(
            "development",
            "Advice",
            "L2",
            "P1",
            only_for="certified",
            plans=frozenset({"basic"}),
            note="Ask us",
            after_contract_end=True,
        ),
    }
    assert found.default_topic == "billing"


@pytest.mark.parametrize("support", Support)
def test_every_kind_of_support_can_be_written(support: Support) -> None:
    found, _ = _read(f"topics: {{it: {{support: {support}, after_contract_end: refuse}}}}\n")
    assert found.topics["it"] == Topic("it", support=support)
