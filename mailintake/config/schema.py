"""The JSON Schemas that editors complete and check the files by, told by the readers of the files themselves.

A schema knows shapes and words, not what holds between two places: names that are declared elsewhere, days that
overlap, keys that exclude each other.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial, singledispatchmethod
from pathlib import Path
from typing import Any

from mailintake.config import accounts, desk, host, rules
from mailintake.config.contracts import Known
from mailintake.config.limits import Size
from mailintake.config.question import Either, Keys, Question, Table
from mailintake.config.rule_names import Known as KnownToRules
from mailintake.config.shapes import LONGEST_TEXT, Choice, ListOf, Parsed, Record, Text, Whole, raw, yes_or_no
from mailintake.config.source import Listing, Node, Scalar, Section
from mailintake.domain.customer import Plan
from mailintake.errors import ConfigError

Schema = dict[str, Any]

FILES = ("mailintake", "desk", "accounts", "rules")
DIALECT = "http://json-schema.org/draft-07/schema#"  # which every editor's language server knows whole
_NAME = r"^[A-Za-z0-9\u00aa-\uffff][A-Za-z0-9\u00aa-\uffff_+.-]{0,63}$"
_ONE_VALUE = ["string", "number", "boolean"]
_KINDS = (Scalar, Listing, Section)
_A_NAME = Scalar("", 0, 0, [], "a@desk.example")  # which is a right name of anything


def schema(name: str) -> Schema:
    """The schema of one of the FILES."""
    asking = _Asking()
    found = {"mailintake": _mailintake, "desk": _desk, "accounts": _accounts, "rules": _rules}[name](asking)
    told = {"$schema": DIALECT, "title": f"{name}.yaml"} | found
    return told | {"definitions": asking.definitions} if asking.definitions else told


def _mailintake(asking: "_Asking") -> Schema:
    return asking.root(partial(host.read, directory=Path(), environment={}))


def _desk(asking: "_Asking") -> Schema:
    found = asking.root(desk.read)
    keys: Schema = found["properties"]
    plan: Schema = keys["plans"]["additionalProperties"]
    del plan["required"]  # what a plan needs may come from another that it is `like`, or from `defaults`
    own = {key: value for key, value in plan["properties"].items() if key not in {"like", "archived"}}
    keys["defaults"] = {"type": ["object", "null"], "properties": own, "additionalProperties": False}
    return found | {"properties": keys | _accounts(asking)["properties"]}  # these may stand in either file


def _accounts(asking: "_Asking") -> Schema:
    found = asking.root(partial(accounts.read, known=Known((), (), (), _BARE_DESK)))
    del found["required"]  # `accounts` may stand in desk.yaml
    return found


def _rules(asking: "_Asking") -> Schema:
    return asking.root(partial(rules.read, known=KnownToRules(_BARE_DESK, accounts.Directory({}, {}, {}, {}, {}))))


_BARE_DESK = desk.Desk("", (), "UTC", (), "", {"": Plan("", None, {})})
"""A desk that declares no names, and the plan of a contract that names none."""


class _Asking:
    """Asks readers what they would take; what contains itself becomes one of the `definitions`."""

    def __init__(self) -> None:
        self.definitions: dict[str, Schema] = {}
        self._above: list[frozenset[str]] = []

    def root(self, read: Callable[[Section], object]) -> Schema:
        """The schema of a file; by one key after the other where its reader first takes them all as they are."""
        question = Question()
        _put(read, Section("", 0, 0, question))
        whole = question.shape
        assert isinstance(whole, Record)
        found = self.ask(whole)
        if any(reader is not raw for reader in whole.fields.values()):
            return found
        keys = {key: self._by_kind(partial(_read_under, read, whole.fields, key)) for key in whole.fields}
        return found | {"properties": keys}

    def ask(self, reader: object) -> Schema:
        """The schema of whatever the reader takes."""
        found = self._described(reader)
        if found is None:
            assert callable(reader)
            found = self._by_kind(reader)
        return found

    def _by_kind(self, reader: Callable[[Node], object], kinds: Iterable[type[Node]] = _KINDS) -> Schema:
        """Any of what the reader takes of a scalar, of a list, and of a section."""
        told = []
        for kind in kinds:
            question = Question()
            accepted = _put(reader, _node(kind, question))
            if question.shape is not None:
                told.append(self.ask(question.shape))
            elif accepted and not question.refused:
                told.append(_WHOLE_KINDS[kind] | _said(question.wanted if kind is Scalar else ""))
        return _any_of(told)

    @singledispatchmethod
    def _described(self, shape: object) -> Schema | None:
        """The schema of a shape; None for a function, which must be asked."""
        if shape is yes_or_no:
            return {"enum": [True, False, "yes", "no", "on", "off"]}  # to YAML 1.2, `yes` is a word
        return {} if shape is raw else None

    @_described.register
    def _(self, shape: str) -> Schema:
        return {"const": shape}

    @_described.register
    def _(self, shape: Text) -> Schema:
        return {"type": _ONE_VALUE, "maxLength": LONGEST_TEXT} | _said(shape.wanted)

    @_described.register
    def _(self, shape: Choice) -> Schema:
        # what a word of ours is to us may be yes or no to an editor
        return {"enum": [*map(str, shape.words), *({"on": True, "off": False}[w] for w in shape.words if w in _SWITCH)]}

    @_described.register
    def _(self, shape: Whole) -> Schema:
        return {"type": "integer", "minimum": shape.least, "maximum": shape.most}

    @_described.register(Parsed)
    def _(self, shape: Parsed[object]) -> Schema:
        return {"type": _ONE_VALUE} | _said(shape.wanted)

    @_described.register
    def _(self, shape: Size) -> Schema:
        return {"type": "string"} | _said(f"a size such as 25 MB, from {shape.least} to {shape.most}")

    @_described.register(ListOf)
    def _(self, shape: ListOf[object]) -> Schema:
        item = self.ask(shape.item)
        several: Schema = {"type": "array", "items": item} | _said(shape.wanted)
        if shape.least:
            several["minItems"] = shape.least
        return _any_of([self._by_kind(shape.item, (Scalar,)), several]) if shape.or_one else several

    @_described.register
    def _(self, shape: Either) -> Schema:
        return _any_of(map(self.ask, shape.shapes))

    @_described.register
    def _(self, shape: Table) -> Schema:
        found = {"type": ["object", "null"], "additionalProperties": self.ask(partial(shape.read, _A_NAME))}
        return found | {"propertyNames": {"pattern": _NAME}} if shape.of_names else found

    @_described.register
    def _(self, shape: Keys) -> Schema:
        fields = {str(key): self.ask(reader) for key, reader in shape.fields.items()}
        return {"type": ["object", "null"], "properties": fields, "additionalProperties": False}

    @_described.register(Record)
    def _(self, shape: Record[object]) -> Schema:
        keys = frozenset(shape.fields)
        name = shape.wanted.rpartition(" ")[2]
        if keys in self._above:
            self.definitions[name] = {}
            return {"$ref": f"#/definitions/{name}"}
        self._above.append(keys)
        found: Schema = {
            "type": "object" if shape.required else ["object", "null"],
            "properties": {str(key): self.ask(reader) for key, reader in shape.fields.items()},
            "additionalProperties": self.ask(shape.others) if shape.others else False,
        }
        self._above.pop()
        if shape.required:
            found["required"] = list(shape.required)
        if name not in self.definitions:
            return found
        self.definitions[name] = found
        return {"$ref": f"#/definitions/{name}"}


_SWITCH = frozenset({"on", "off"})
_WHOLE_KINDS: Mapping[type[Node], Schema] = {
    Scalar: {"type": _ONE_VALUE},
    Listing: {"type": "array"},
    Section: {"type": ["object", "null"]},
}


def _node(kind: type[Node], question: Question) -> Node:
    """A question of this kind; the text is no word of anybody's, and no null."""
    if kind is Scalar:
        return Scalar("", 0, 0, question, "?")
    return Listing("", 0, 0, question, ()) if kind is Listing else Section("", 0, 0, question)


def _read_under(read: Callable[[Section], object], keys: Iterable[str], asked: str, node: Node) -> None:
    """Read a file in which nothing is known but that `node` stands under the key that is `asked` about."""
    opened = Question(is_open=True)
    entries = [(Scalar("", 0, 0, [], key), _node(Section, Question()) if key != asked else node) for key in keys]
    _put(read, Section("", 0, 0, opened, tuple(entries)))


def _put(reader: Callable[[Any], object], node: Node) -> bool:
    """Put a question; whether the reader took it, or only did not like what it says."""
    try:
        reader(node)
    except ConfigError:
        return isinstance(node.warnings, Question) and not node.warnings.refused
    return True


def _any_of(schemas: Iterable[Schema]) -> Schema:
    """Any of these, each named once; anything where nothing is known."""
    different: list[Schema] = []
    for each in schemas:
        different += [each] if each not in different else []
    if len(different) <= 1:
        return different[0] if different else {}
    return {"anyOf": different}


def _said(wanted: str) -> Schema:
    return {"description": wanted} if wanted else {}
