"""The JSON Schemas that editors complete and check the files by, told by the readers of the files themselves.

A schema knows shapes and words, not what holds between two places: names that are declared elsewhere, dates that
overlap, keys that exclude each other.
"""

from collections.abc import Callable, Iterator
from functools import partial, singledispatchmethod
from pathlib import Path
from typing import Any

from mailintake.config import accounts, contacts, desk, holidays, host, plans, promises, quotas, rules, statuses
from mailintake.config.accounts import Directory
from mailintake.config.contracts import Known
from mailintake.config.desk import Desk
from mailintake.config.hours import WINDOWS
from mailintake.config.limits import Size
from mailintake.config.mailboxes import mailboxes
from mailintake.config.plans import Channels
from mailintake.config.question import Question
from mailintake.config.quotas import Limits
from mailintake.config.rule_names import Known as KnownToRules
from mailintake.config.shapes import (
    LONGEST_TEXT,
    Choice,
    ListOf,
    Parsed,
    Reader,
    Record,
    Table,
    Text,
    Whole,
    raw,
    yes_or_no,
)
from mailintake.config.source import Listing, Node, Scalar, Section
from mailintake.config.targets import WANTED, Targets
from mailintake.domain.customer import Plan
from mailintake.domain.ticket import Status
from mailintake.errors import ConfigError

Schema = dict[str, Any]

DIALECT = "http://json-schema.org/draft-07/schema#"  # the newest that the language server of YAML knows whole
NAME = r"^[^\W_](?:[\w+-]|\.(?!\.)){0,63}$"
DATE = r"^\d{4}-\d{2}-\d{2}$"
_ONE_VALUE: Schema = {"type": ["string", "number", "boolean"]}
_YES_OR_NO: Schema = {"enum": [True, False, "yes", "no", "on", "off"]}
_ANY_NAME = Scalar("", 0, 0, [], "?")


def schema(name: str) -> Schema:
    """The schema of a file: `mailintake`, `desk`, `accounts` or `rules`."""
    title = {"$schema": DIALECT, "title": f"{name}.yaml"}
    asking = Asking()
    found = _FILES[name](asking)
    return title | found | ({"definitions": asking.definitions} if asking.definitions else {})


class Asking:
    """Asks readers for their schemas; what contains itself becomes one of the `definitions`."""

    def __init__(self) -> None:
        self.definitions: dict[str, Schema] = {}
        self._above: list[frozenset[str]] = []

    def ask(self, reader: object) -> Schema:
        """The schema of whatever the reader takes."""
        if by_hand := _BY_HAND.get(_plain(reader)):
            return by_hand(self)
        if (found := self.describe(reader)) is not None:
            return found
        assert callable(reader)
        return one_of(list(self._answers(reader)))

    def root(self, read: Callable[[Section], object]) -> Schema:
        """The schema of a file; of its keys one by one where its reader first takes them all as they are."""
        question = Question()
        _put(read, Section("", 0, 0, question))
        whole = question.shape
        assert isinstance(whole, Record)
        found = self.ask(whole)
        if not all(reader is raw for reader in whole.fields.values()):
            return found
        answers: dict[str, list[Schema]] = {key: [] for key in whole.fields}
        for kind in range(len(_nodes(question))):
            asked = {key: Question() for key in whole.fields}
            keys = tuple((Scalar("", 0, 0, [], key), _nodes(asked[key])[kind]) for key in whole.fields)
            _put(read, Section("", 0, 0, Question(is_open=True), keys))
            for key, each in asked.items():
                answers[key] += self._told(each, keys[0][1], accepted=True)
        return found | {"properties": {key: one_of(told) for key, told in answers.items()}}

    def _answers(self, reader: Reader[object]) -> Iterator[Schema]:
        for kind in range(3):
            question = Question()
            node = _nodes(question)[kind]
            accepted = _put(reader, node)
            yield from self._told(question, node, accepted=accepted)

    def _told(self, question: Question, node: Node, *, accepted: bool) -> list[Schema]:
        if question.shape is not None:
            return [self.ask(question.shape)]
        if question.refused or not accepted:
            return []
        if isinstance(node, Scalar):
            return [_ONE_VALUE | _said(question.wanted)]
        return [{"type": "array"} if isinstance(node, Listing) else {"type": "object"}]

    @singledispatchmethod
    def describe(self, shape: object) -> Schema | None:
        """The schema of a shape; None for a reader that is none."""
        del shape
        return None

    @describe.register
    def _(self, shape: Text) -> Schema:
        return {"type": ["string", "number", "boolean"], "maxLength": LONGEST_TEXT} | _said(shape.wanted)

    @describe.register
    def _(self, shape: Choice) -> Schema:
        return _words(*shape.words)

    @describe.register
    def _(self, shape: Whole) -> Schema:
        return {"type": "integer", "minimum": shape.least, "maximum": shape.most}

    @describe.register(Parsed)
    def _(self, shape: Parsed[object]) -> Schema:
        return _ONE_VALUE | _said(shape.wanted)

    @describe.register
    def _(self, shape: Size) -> Schema:
        return {"type": "string"} | _said(f"a size from {shape.least} to {shape.most}")

    @describe.register(ListOf)
    def _(self, shape: ListOf[object]) -> Schema:
        item = self.ask(shape.item)
        several: Schema = {"type": "array", "items": item} | ({"minItems": shape.least} if shape.least else {})
        several |= _said(shape.wanted)
        return one_of([item, several]) if shape.or_one else several

    @describe.register(Record)
    def _(self, shape: Record[object]) -> Schema:
        keys = frozenset(shape.fields)
        if keys in self._above:
            return self._defined(keys)
        self._above.append(keys)
        fields = {key: {} if reader is raw else self.ask(reader) for key, reader in shape.fields.items()}
        self._above.pop()
        found: Schema = {"type": "object", "properties": fields, "additionalProperties": False}
        if shape.required:
            found["required"] = list(shape.required)
        else:
            found["type"] = ["object", "null"]
        name = _definition(keys)
        if name in self.definitions:
            self.definitions[name] = found
            return {"$ref": f"#/definitions/{name}"}
        return found

    @describe.register(Table)
    def _(self, shape: Table[object]) -> Schema:
        return _table(self.ask(partial(shape.read, _ANY_NAME)), NAME)

    @describe.register
    def _(self, shape: Targets) -> Schema:
        del shape
        return one_of([_ONE_VALUE | _said(WANTED), _table(_ONE_VALUE)])

    @describe.register
    def _(self, shape: Channels) -> Schema:
        del shape
        several: Schema = {"type": "array", "items": _ONE_VALUE}
        return one_of([several, _table(one_of([several, _table(several)]))])

    @describe.register
    def _(self, shape: Limits) -> Schema:
        del shape
        limit = _ONE_VALUE | _said("a limit such as `5 per month`")
        return _table(one_of([limit, {"type": "array", "items": limit, "minItems": 1}]))

    def _defined(self, keys: frozenset[str]) -> Schema:
        name = _definition(keys)
        self.definitions.setdefault(name, {})
        return {"$ref": f"#/definitions/{name}"}


def one_of(schemas: list[Schema]) -> Schema:
    """Any of these, each named once; nothing at all where there is none, for then nothing is known."""
    different = [each for number, each in enumerate(schemas) if each not in schemas[:number]]
    if len(different) <= 1:
        return different[0] if different else {}
    return {"anyOf": different}


def _nodes(question: Question) -> tuple[Node, Node, Node]:
    """The kinds of nodes there are; the text is nobody's, and no null."""
    place = ("", 0, 0, question)
    return Scalar(*place, "?"), Listing(*place, ()), Section(*place)


def _put(reader: Callable[[Any], object], node: Node) -> bool:
    """Whether the reader took the node as far as it asked it."""
    try:
        reader(node)
    except ConfigError:
        return not (isinstance(node.warnings, Question) and node.warnings.refused)
    return True


def _plain(reader: object) -> object:
    while isinstance(reader, partial):
        reader = reader.func
    return reader if callable(reader) and hasattr(reader, "__qualname__") else None


def _said(wanted: str) -> Schema:
    return {"description": wanted} if wanted else {}


def _words(*words: str) -> Schema:
    """Words to choose from; what YAML takes for yes and no is no word to an editor."""
    return {"enum": [str(word) for word in words] + [word == "on" for word in words if word in {"on", "off"}]}


def _table(value: Schema, names: str = "") -> Schema:
    return {"type": "object", "additionalProperties": value} | ({"propertyNames": {"pattern": names}} if names else {})


def _definition(keys: frozenset[str]) -> str:
    return "conditions" if "any" in keys else "-".join(sorted(keys))


# What a reader does by itself, with no shape of its own that it could leave as an answer.


def _or_any(asking: Asking, reader: object, word: str = "any") -> Schema:
    return one_of([{"const": word}, asking.ask(reader)])


def _holidays(asking: Asking) -> Schema:
    country = asking.ask(holidays._COUNTRY)
    shortened = _table(asking.ask(WINDOWS), DATE)
    entry = one_of([_ONE_VALUE | _said("a holiday such as 12-25 or 2026-12-25"), country, shortened])
    return one_of([country, {"type": "array", "items": entry}])


def _shortened(asking: Asking) -> Schema:
    return one_of([asking.ask(holidays._DAYS), _table(asking.ask(WINDOWS), DATE)])


def _contact(asking: Asking) -> Schema:
    alone, record = (asking.ask(partial(contacts._contact_shape, ())) for _ in "x")
    return one_of([alone, record])


def _mailboxes(asking: Asking) -> Schema:
    return {}


def _statuses(asking: Asking) -> Schema:
    word = asking.ask(Text("your word for it"))
    named = {str(status): one_of([word, _YES_OR_NO]) if status is Status.SOLVED else word for status in Status}
    return {"type": ["object", "null"], "properties": named, "additionalProperties": False}


_BY_HAND: dict[object, Callable[[Asking], Schema]] = {}
_FILES: dict[str, Callable[[Asking], Schema]] = {}
