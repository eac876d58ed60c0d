"""What the pages on rules say is so: each word has its heading, and every example passes the tests that stand in it."""

import re
from pathlib import Path

import pytest

from mailintake.config import rules as rules_file
from mailintake.config import source
from mailintake.config.rules import Known, RuleFile
from mailintake.routing.actions import ACTIONS
from mailintake.routing.conditions import CONDITIONS
from mailintake.routing.lint import lint
from mailintake.routing.rules import decide
from mailintake.routing.trial import run
from tests.subjects import known

DOCS = Path(__file__).parents[3] / "docs"
WORDS = DOCS / "routing-words.md"
RECIPES = DOCS / "howto" / "routing-recipes.md"
GUIDE = DOCS / "howto" / "routing.md"

BLOCK = re.compile(r"^<!-- (\w+\.yaml): desk -->\n```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#{1,3} (.+)$", re.MULTILINE)


def parts(page: Path) -> dict[str, str]:
    """The text below each heading."""
    pieces = HEADING.split(page.read_text())
    return dict(zip(pieces[1::2], pieces[2::2], strict=True))


def desk_of(page: Path) -> Known:
    files = {name: text for name, text in BLOCK.findall(page.read_text()) if name != "rules.yaml"}
    return known(files["accounts.yaml"], files["desk.yaml"])


def read(page: Path, text: str) -> RuleFile:
    desk = desk_of(page)
    root = source.read(text.encode(), file="rules.yaml")
    return rules_file.read(root, known=Known(desk.desk, desk.directory))


EXAMPLES = [
    pytest.param(page, heading, text, id=f"{page.stem}-{heading}-{number}")
    for page in (WORDS, RECIPES, GUIDE)
    for heading, part in parts(page).items()
    for number, (name, text) in enumerate(BLOCK.findall(part))
    if name == "rules.yaml"
]


@pytest.mark.parametrize(("page", "heading", "text"), EXAMPLES)
def test_an_example_does_what_it_says(page: Path, heading: str, text: str) -> None:
    found = read(page, text)
    assert found.trials, f"{heading}: an example without tests shows nothing"
    assert [line for trial in found.trials for line in run(found.rules, trial)] == []
    assert lint(found.rules) == ()


@pytest.mark.parametrize(("page", "heading", "text"), EXAMPLES)
def test_every_rule_of_an_example_is_seen_at_work(page: Path, heading: str, text: str) -> None:
    found = read(page, text)
    routes = [decide(found.rules, trial.subject) for trial in found.trials if trial.subject is not None]
    at_work = {name for route in routes for name in (*route.rules, *route.shadow)}
    assert {rule.name for rule in found.rules.rules} == at_work, heading


def test_every_condition_and_action_has_its_heading_and_an_example_with_it() -> None:
    page = parts(WORDS)
    for word in (*CONDITIONS, *ACTIONS):
        assert f"`{word}`" in page
        assert re.search(rf"\b{word}:", page[f"`{word}`"])
    assert {heading.strip("`") for heading in page if heading.startswith("`")} == {*CONDITIONS, *ACTIONS}


def test_there_are_twenty_recipes() -> None:
    assert sum("rules.yaml: desk" in part for part in parts(RECIPES).values()) >= 20
