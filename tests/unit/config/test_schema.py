"""The schemas that editors use are those of this version's readers, and refuse no file that is right."""

import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from mailintake.config import accounts, desk, host, rules, schema, source
from mailintake.config.contracts import Known
from mailintake.config.rule_names import Known as KnownToRules
from mailintake.config.source import Listing, Node, Scalar, Section
from mailintake.domain.customer import Plan
from mailintake.errors import ConfigError

ROOT = Path(__file__).parents[3]
SHIPPED = sorted((ROOT / "config").glob("**/*.yaml"))
BAD = sorted((ROOT / "tests" / "configs" / "bad").glob("*.yaml"))
BLOCKS = [
    pytest.param(name, text, id=f"{page.stem}-{number}-{name}")
    for page in sorted(ROOT.glob("docs/**/*.md"))
    for number, (name, text) in enumerate(
        re.findall(r"<!-- (\w+)\.yaml.*? -->\n```yaml\n(.*?)```", page.read_text(), re.DOTALL)
    )
]
OF_SHAPE = ("unknown key", "unknown word", "stands here; wanted", "in plain digits", "neither `yes` nor `no`")
"""What a schema sees. Names, dates, sums, files and the grammar of a value are the readers' alone."""
BEYOND = {
    "target_words": "the words behind an amount are the grammar of one value",
}

SCHEMAS = {name: schema.schema(name) for name in schema.FILES}


def as_an_editor_reads(node: Node) -> Any:
    """The values of YAML 1.2, in which `yes` is a word and `2026-01-01` too."""
    if isinstance(node, Section):
        return {key.text: as_an_editor_reads(value) for key, value in node.entries}
    if isinstance(node, Listing):
        return [as_an_editor_reads(item) for item in node.items]
    assert isinstance(node, Scalar)
    if node.is_null:
        return None
    if node.quoted or not re.fullmatch(r"true|false|[-+]?\d+(\.\d+)?", node.text):
        return node.text
    return json.loads(node.text.lstrip("+").lstrip("0") or "0")


def faults(name: str, text: bytes) -> list[str]:
    content = as_an_editor_reads(source.read(text, file=name))
    return [f"{list(each.path)}: {each.message[:200]}" for each in Draft7Validator(SCHEMAS[name]).iter_errors(content)]


@pytest.mark.parametrize("name", schema.FILES)
def test_what_is_shipped_is_what_the_readers_say(name: str) -> None:
    Draft7Validator.check_schema(SCHEMAS[name])
    shipped = (ROOT / "config" / "schema" / f"{name}.schema.json").read_text(encoding="utf-8")
    assert json.loads(shipped) == SCHEMAS[name], "./dev mailintake schema --write config/schema"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: "-".join(path.relative_to(ROOT / "config").parts))
def test_a_file_that_comes_with_us_fits_and_names_its_schema(path: Path) -> None:
    first = path.read_text().partition("\n")[0]
    named = first.removeprefix("# yaml-language-server: $schema=")
    assert (path.parent / named).resolve() == ROOT / "config" / "schema" / f"{path.stem}.schema.json"
    assert faults(path.stem, path.read_bytes()) == []


@pytest.mark.parametrize(("name", "text"), BLOCKS)
def test_an_example_of_the_documentation_fits(name: str, text: str) -> None:
    assert faults(name, text.encode()) == []


def is_of_shape(path: Path) -> bool:
    if path.stem in BEYOND:
        return False
    said = path.with_suffix(".error").read_text(encoding="utf-8")
    return any(words in said for words in OF_SHAPE)


@pytest.mark.parametrize("path", [path for path in BAD if is_of_shape(path)], ids=lambda path: path.stem)
def test_what_is_wrong_in_shape_is_refused(path: Path) -> None:
    name = path.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ").partition(".yaml")[0]
    assert faults(name, path.read_bytes())


# Keys, one record after the other: what the schema lets stand in it the reader knows, and nothing else.

BARE = desk.Desk("", (), "UTC", (), "", {"": Plan("", None, {})})
READERS: dict[str, Callable[[Section], object]] = {
    "mailintake": partial(host.read, directory=Path(), environment={}),
    "desk": desk.read,
    "accounts": partial(accounts.read, known=Known((), (), (), BARE)),
    "rules": partial(rules.read, known=KnownToRules(BARE, accounts.Directory({}, {}, {}, {}, {}))),
}
Wrap = Callable[[Any], Any]


def records(
    of: dict[str, Any], part: dict[str, Any], wrap: Wrap, *, seen: frozenset[str]
) -> Iterator[tuple[Wrap, set[str]]]:
    """Every record of a schema: its keys, and what makes a whole file of one."""
    if reference := part.get("$ref"):
        if reference not in seen:
            below = of["definitions"][reference.rpartition("/")[2]]
            yield from records(of, below, wrap, seen=seen | {reference})
        return
    for each in part.get("anyOf", ()):
        yield from records(of, each, wrap, seen=seen)
    if "items" in part:
        yield from records(of, part["items"], lambda value: wrap([value]), seen=seen)
    if isinstance(below := part.get("additionalProperties"), dict):
        name = "a" if "propertyNames" in part else "a@desk.example"
        yield from records(of, below, lambda value: wrap({name: value}), seen=seen)
    keys = part.get("properties", {})
    if keys and below is False:
        yield wrap, set(keys)
    for key, value in keys.items():
        yield from records(of, value, lambda inner, key=key: wrap({key: inner}), seen=seen)


def moved_to_another_file(name: str, wrap: Wrap) -> bool:
    return name == "desk" and next(iter(wrap({}) or {"desk": 0})) in accounts.SECTIONS


@pytest.mark.parametrize("name", schema.FILES)
def test_readers_know_the_keys_of_the_schema_and_no_others(name: str) -> None:
    found = list(records(SCHEMAS[name], SCHEMAS[name], lambda value: value, seen=frozenset()))
    assert len(found) > 5
    for wrap, keys in found:
        if moved_to_another_file(name, wrap):
            continue
        known = keys - set(accounts.SECTIONS) if name == "desk" else keys
        written = {key: {} for key in (*sorted(known), "zzz")} | ({"name": "x"} if "name" in known else {})
        written.pop("like", None)  # of a plan that is not there, nothing else is said
        content = wrap(written)
        if "defaults" in content:
            content["plans"] = {"a": {}}  # for only by a plan are they read
        text = json.dumps(content)
        with pytest.raises(ConfigError) as refused:
            READERS[name](source.read(text.encode(), file=name))
        unknown = re.findall(r"unknown (?:key|status) `([^`]+)`", str(refused.value))
        assert set(unknown) == {"zzz"}, text
