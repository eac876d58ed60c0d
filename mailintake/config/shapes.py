"""What a value may look like: small readers that are put together into the grammar of a file.

A reader takes a node and returns a checked value, or raises ConfigError with all that is wrong below the node. Readers
are data, so that the JSON Schema of a file can be made from what reads it (`schema`).
"""

import difflib
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Generic, TypeVar

from mailintake.config.question import Table, answer, hint
from mailintake.config.source import Collecting, Listing, Node, Scalar, Section
from mailintake.errors import ConfigError

T = TypeVar("T")
Reader = Callable[[Node], T]

_BOOLEANS = {"yes": True, "true": True, "on": True, "no": False, "false": False, "off": False}
_KEY = re.compile(r"[^\W_](?:[\w+-]|\.(?!\.))*")
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
LONGEST_TEXT = 1000


def nearest(word: str, words: Iterable[str], *, cutoff: float = 0.6) -> str:
    """`; did you mean …?` with the word most like this one, or nothing."""
    by_folded = {known.casefold(): known for known in words}
    found = difflib.get_close_matches(word.casefold(), by_folded, n=1, cutoff=cutoff)
    return f"; did you mean `{by_folded[found[0]]}`?" if found else ""


def listed(words: Iterable[str]) -> str:
    """Words as a sentence names them: `a`, `b` or `c`."""
    *others, last = (f"`{word}`" for word in words)
    return f"{', '.join(others)} or {last}" if others else last


def raw(node: Node) -> Node:
    """The node itself, for what can be understood only beside other parts."""
    return node


def scalar(node: Node, wanted: str) -> Scalar:
    """A node that holds one value; `wanted` says which, for the message."""
    hint(node, wanted=wanted, refused=not isinstance(node, Scalar))
    if not isinstance(node, Scalar):
        raise node.wrong(f"{'a list' if isinstance(node, Listing) else 'a section'} stands here; wanted: {wanted}")
    if node.is_null:
        raise node.wrong(f"nothing stands here; wanted: {wanted}")
    return node


def section(node: Node, wanted: str = "a section of keys and values") -> Section:
    """A node that holds keys; one that holds nothing is an empty section."""
    if isinstance(node, Section):
        return node
    if isinstance(node, Scalar) and node.is_null:
        return Section(node.file, node.line, node.column, node.warnings)
    hint(node, refused=True)
    raise node.wrong(f"{'a list' if isinstance(node, Listing) else 'one value'} stands here; wanted: {wanted}")


@dataclass(frozen=True)
class Text:
    """A line for people."""

    wanted: str = "a text"

    def __call__(self, node: Node) -> str:
        answer(node, self)
        found = scalar(node, self.wanted)
        text = found.text.strip()
        if not text or len(text) > LONGEST_TEXT or not text.isprintable():
            raise node.wrong(f"{self.wanted} is one line of 1 to {LONGEST_TEXT:,} characters")
        return text


@dataclass(frozen=True)
class Choice:
    """One word of a few; those of `later` are promised by the grammar and not kept yet."""

    words: tuple[str, ...]
    later: tuple[str, ...] = ()

    def __call__(self, node: Node) -> str:
        answer(node, self)
        word = scalar(node, listed(self.words)).text
        if word in self.later:
            raise node.wrong(f"`{word}` is not supported yet by this version; wanted: {listed(self.words)}")
        if word not in self.words:
            hint = nearest(word, self.words) or f"; wanted: {listed(self.words)}"
            raise node.wrong(f"unknown word `{word}`{hint}")
        return word


def yes_or_no(node: Node) -> bool:
    """`yes` or `no`, and YAML's other words for them."""
    answer(node, yes_or_no)
    found = scalar(node, "`yes` or `no`")
    if found.quoted:
        raise node.wrong("wanted: `yes` or `no`, without quotes")
    if found.text.lower() not in _BOOLEANS:
        raise node.wrong(f"`{found.text}` is neither `yes` nor `no`")
    return _BOOLEANS[found.text.lower()]


def path_in(directory: Path) -> "Parsed[Path]":
    """A path, relative ones from `directory`, without the `..` that an admin would have to solve in the head."""
    return Parsed(lambda text: Path(os.path.normpath(directory / text)), "a path")


@dataclass(frozen=True)
class Whole:
    """A whole number within bounds, in plain digits."""

    least: int
    most: int

    def __call__(self, node: Node) -> int:
        answer(node, self)
        wanted = f"a whole number from {self.least} to {self.most}"
        found = scalar(node, wanted)
        if found.quoted:
            raise node.wrong(f"wanted: {wanted}, without quotes")
        if not re.fullmatch(r"-?(0|[1-9][0-9]{0,14})", found.text):
            raise node.wrong(f"`{found.text}` is not {wanted} in plain digits")
        if not self.least <= int(found.text) <= self.most:
            raise node.wrong(f"{found.text} is not {wanted}")
        return int(found.text)


@dataclass(frozen=True)
class Parsed(Generic[T]):
    """A value with a small grammar of its own; `parse` raises ValueError with the sentence to show."""

    parse: Callable[[str], T]
    wanted: str

    def __call__(self, node: Node) -> T:
        answer(node, self)
        found = scalar(node, self.wanted)
        try:
            return self.parse(found.text.strip())
        except ValueError as error:
            raise node.wrong(str(error)) from None


def parse_date(text: str) -> date:
    """`2026-12-31`. Raises ValueError."""
    if found := _ISO_DATE.fullmatch(text):
        try:
            return date(*map(int, found.groups()))
        except ValueError:
            raise ValueError(f"there is no {text} in the calendar") from None
    raise ValueError(f"`{text}` is no date: write year-month-day, such as 2026-12-31")


day = Parsed(parse_date, "a date such as 2026-12-31")


def parse_key(text: str) -> str:
    """A name that others refer to. Raises ValueError."""
    if len(text) > 64 or not _KEY.fullmatch(text) or text in {"else", "none"}:
        raise ValueError(f"`{text}` cannot be a name: letters, digits, `-`, `_`, `+` and single dots, at most 64")
    return text


@dataclass(frozen=True)
class ListOf(Generic[T]):
    """Items of one sort; one alone may stand without its brackets where `or_one` says so."""

    item: Reader[T]
    wanted: str
    least: int = 0
    or_one: bool = False

    def __call__(self, node: Node) -> tuple[T, ...]:
        answer(node, self)
        if not isinstance(node, Listing):
            if self.or_one and isinstance(node, Scalar) and not node.is_null:
                return (self.item(node),)
            what = "a section" if isinstance(node, Section) else "one value"
            if isinstance(node, Scalar) and node.is_null:
                what = "nothing"
            raise node.wrong(f"{what} stands here; wanted: {self.wanted}")
        if len(node.items) < self.least:
            raise node.wrong(f"this list is empty; wanted: {self.wanted}")
        values, problems = [], Collecting()
        for item in node.items:
            with problems:
                values.append(self.item(item))
        problems.settle()
        return tuple(values)


@dataclass(frozen=True)
class Record(Generic[T]):
    """A section with fixed keys, from which `make` builds the value.

    A key that is absent is not handed to `make`, so defaults stand in the value's class. `into` renames keys. `later`
    are keys of the grammar on which this version does not act, for to ignore them would be a lie; `elsewhere` are those
    that stand in the wrong place, with the sentence to say so. `others` reads keys beyond these.
    """

    make: Callable[..., T]
    fields: Mapping[str, Reader[object]]
    required: tuple[str, ...] = ()
    into: Mapping[str, str] = field(default_factory=dict)
    later: tuple[str, ...] = ()
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    wanted: str = "a section of keys and values"
    others: Reader[object] | None = None

    def __call__(self, node: Node) -> T:
        answer(node, self)
        problems = Collecting()
        found = section(node, self.wanted)
        values: dict[str, object] = {}
        for key, value in found.entries:
            with problems:
                values[self.into.get(key.text, key.text)] = self._reader(key)(value)
        for missing in self.required:
            with problems:
                if missing not in found.keys:
                    raise found.wrong(f"`{missing}` is missing")
        problems.settle()
        try:
            return self.make(**values)
        except ValueError as error:
            raise found.wrong(str(error)) from None

    def _reader(self, key: Scalar) -> Reader[object]:
        if key.text in self.fields:
            return self.fields[key.text]
        if key.text in self.later:
            raise key.wrong(f"`{key.text}` is not supported yet by this version")
        if key.text in self.elsewhere:
            raise key.wrong(self.elsewhere[key.text])
        if self.others:
            return self.others
        similar = nearest(key.text, self.fields) or f"; known here: {listed(self.fields)}"
        raise key.wrong(f"unknown key `{key.text}`{similar}")


@dataclass(frozen=True)
class Named(Generic[T]):
    """Values by name, in the order of the file, and the reader of references to them.

    `declared` also holds the names of those that are broken: whoever refers to one of them is not to blame.
    """

    kind: str
    values: Mapping[str, T]
    declared: tuple[str, ...]

    def __call__(self, node: Node) -> T:
        return self.lookup(scalar(node, f"the name of a {self.kind}"))

    def lookup(self, found: Scalar) -> T:
        """What the name stands for."""
        if found.text in self.values:
            return self.values[found.text]
        if found.text in self.declared:
            raise ConfigError(())
        raise found.wrong(f"unknown {self.kind} `{found.text}`{nearest(found.text, self.declared)}")

    def name(self, node: Node) -> str:
        """The name itself, once it is known to stand for something."""
        found = scalar(node, f"the name of a {self.kind}")
        if found.text not in self.declared:
            self.lookup(found)
        return found.text


def read_named(kind: str, node: Node | None, read: Callable[[Scalar, Node], T], problems: Collecting) -> Named[T]:
    """Each entry of a section read by `read(key, value)`; what is broken is collected and left out."""
    values: dict[str, T] = {}
    declared: tuple[str, ...] = ()
    if node is not None:
        with problems:
            answer(node, Table(read))
            found = section(node)
            declared = found.keys
            for key, value in found.entries:
                with problems:
                    Parsed(parse_key, "a name")(key)
                    values[key.text] = read(key, value)
    return Named(kind, values, declared)
