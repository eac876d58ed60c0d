"""Reading YAML with positions, refusing its traps (SECURITY T31).

Only the events of the YAML parser are used: every value stays the text its author wrote, and whoever reads it decides
whether `no`, `9:00`, `01-01` or `2026-01-01` is a word, an hour or a date. So none of YAML's own guesses can mislead.
"""

import re
from dataclasses import dataclass, field

from mailintake.errors import ConfigError, Problem

LARGEST_FILE = 1_000_000
DEEPEST = 20
MOST_NODES = 200_000
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True, slots=True)
class Node:
    """A piece of a file and where it begins; `warnings` is the file's list, to which every node adds."""

    file: str
    line: int
    column: int
    warnings: list[Problem] = field(repr=False, compare=False)

    def wrong(self, text: str) -> ConfigError:
        """The error to raise about this piece."""
        return ConfigError((Problem(self.file, self.line, self.column, text),))

    def warn(self, text: str) -> None:
        """Say something the admin should know, and go on."""
        self.warnings.append(Problem(self.file, self.line, self.column, text, is_warning=True))


@dataclass(frozen=True, slots=True)
class Scalar(Node):
    """A word, a number, a sentence: as written, `quoted` or plain."""

    text: str
    quoted: bool = False

    @property
    def is_null(self) -> bool:
        """Whether nothing was written, or YAML's word for nothing."""
        return not self.quoted and self.text in _NULLS


@dataclass(frozen=True, slots=True)
class Listing(Node):
    """Items one below the other."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Section(Node):
    """Keys and what they hold, in the order of the file; no key twice."""

    entries: tuple[tuple[Scalar, Node], ...] = ()

    def get(self, key: str) -> Node | None:
        """What the key holds, or None."""
        return next((value for scalar, value in self.entries if scalar.text == key), None)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys in the order of the file."""
        return tuple(scalar.text for scalar, _ in self.entries)


class Collecting:
    """Lets what goes wrong in one part not hide what goes wrong in the next.

    Each `with` block swallows a ConfigError and keeps its problems; `settle` raises them together.
    """

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.broken = False

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if not isinstance(error, ConfigError):
            return False
        self.problems += error.problems
        self.broken = True
        return True

    def settle(self) -> None:
        """Raise what was collected, if anything."""
        if self.broken:
            raise ConfigError(tuple(dict.fromkeys(self.problems)))


def read(content: bytes, *, file: str) -> Section:
    """The file's outermost section; an empty file is an empty one. Raises ConfigError."""
    return _Builder(file).build(_text(content, file=file))


def _text(content: bytes, *, file: str) -> str:
    if len(content) > LARGEST_FILE:
        raise _at(file, 1, 1, "this file is larger than 1 MB")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line, column = before.count(b"\n") + 1, len(before.rpartition(b"\n")[2].decode("utf-8", "replace")) + 1
        raise _at(file, line, column, "this byte is not UTF-8: save the file as UTF-8") from None
    for number, line_text in enumerate(text.split("\n"), start=1):
        indent = line_text[: len(line_text) - len(line_text.lstrip(" \t"))]
        if "\t" in indent and line_text.strip():
            raise _at(file, number, indent.index("\t") + 1, "a tab: indent with spaces")
    return text


def _at(file: str, line: int, column: int, text: str) -> ConfigError:
    return ConfigError((Problem(file, line, column, text),))


@dataclass(slots=True)
class _Open:
    """A list or section whose end has not come yet."""

    place: Node
    anchor: str | None
    is_section: bool
    children: list[Node] = field(default_factory=list)
    size: int = 1


class _Builder:
    """Makes nodes of events, without recursion and without expanding anchors more than MOST_NODES."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._warnings: list[Problem] = []
        self._stack: list[_Open] = []
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._problems = Collecting()
        self._root: Node | None = None

    def build(self, text: str) -> Section:
        from ruamel.yaml import YAML
        from ruamel.yaml.error import MarkedYAMLError, YAMLStreamError
        from ruamel.yaml.reader import ReaderError

        try:
            for event in YAML(typ="safe", pure=True).parse(text):
                self._take(event)
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            raise _at(self._file, line, column, f"this is not YAML: {_in_short(error)}") from None
        except ReaderError as error:
            before = text[: error.position]
            line, column = before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1
            raise _at(self._file, line, column, "a control character: remove it") from None
        except YAMLStreamError as error:
            raise _at(self._file, 1, 1, f"this is not YAML: {error}") from None
        self._problems.settle()
        if self._root is None or (isinstance(self._root, Scalar) and self._root.is_null):
            return Section(self._file, 1, 1, self._warnings)
        if not isinstance(self._root, Section):
            raise self._root.wrong("a file holds keys and values, such as `desk:`")
        return self._root

    def _place(self, event: object) -> Node:
        mark = event.start_mark  # type: ignore[attr-defined]  # every event has one; their base class does not say so
        return Node(self._file, mark.line + 1, mark.column + 1, self._warnings)

    def _take(self, event: object) -> None:
        from ruamel.yaml import events

        if isinstance(event, events.DocumentStartEvent):
            if self._root is not None:
                raise self._place(event).wrong("a second document begins here: a file holds one")
            if event.version or event.tags:
                raise _at(self._file, 1, 1, "a line with `%` switches the rules of YAML: remove it")
            return
        if isinstance(event, events.AliasEvent):
            self._alias(self._place(event), event.anchor)
        elif isinstance(event, events.ScalarEvent):
            place = self._place(event)
            self._refuse_tag(place, event.ctag)
            scalar = Scalar(*_position(place), event.value, quoted=event.style is not None)
            self._close(scalar, event.anchor, 1)
        elif isinstance(event, (events.MappingStartEvent, events.SequenceStartEvent)):
            place = self._place(event)
            self._refuse_tag(place, event.ctag)
            if len(self._stack) == DEEPEST:
                raise place.wrong(f"more than {DEEPEST} levels deep")
            self._stack.append(_Open(place, event.anchor, isinstance(event, events.MappingStartEvent)))
        elif isinstance(event, (events.MappingEndEvent, events.SequenceEndEvent)):
            done = self._stack.pop()
            node = self._section(done) if done.is_section else Listing(*_position(done.place), tuple(done.children))
            self._close(node, done.anchor, done.size)

    def _refuse_tag(self, place: Node, tag: object) -> None:
        if tag is not None:
            raise place.wrong("tags such as `!!str` are not read here: remove it")

    def _alias(self, place: Node, anchor: str) -> None:
        if anchor not in self._anchors:
            raise place.wrong(f"`*{anchor}` has no finished `&{anchor}` before it")
        node, size = self._anchors[anchor]
        self._close(node, None, size, at=place)

    def _close(self, node: Node, anchor: str | None, size: int, *, at: Node | None = None) -> None:
        if anchor is not None:
            self._anchors[anchor] = (node, size)
        if not self._stack:
            self._root = node
            return
        parent = self._stack[-1]
        parent.children.append(node)
        parent.size += size
        if parent.size > MOST_NODES:
            raise (at or node).wrong(f"more than {MOST_NODES:,} values, anchors counted as often as they are used")

    def _section(self, done: _Open) -> Section:
        entries: dict[str, tuple[Scalar, Node]] = {}
        for key, value in zip(done.children[::2], done.children[1::2], strict=True):
            with self._problems:
                if not isinstance(key, Scalar) or key.is_null:
                    raise key.wrong("a key is a plain word")
                if key.text == "<<":
                    raise key.wrong("`<<` is not read here; a plan can say `like:` and name another")
                if key.text in entries:
                    raise key.wrong(f"`{key.text}` stands here twice, first in line {entries[key.text][0].line}")
                entries[key.text] = (key, value)
        return Section(*_position(done.place), tuple(entries.values()))


def _position(node: Node) -> tuple[str, int, int, list[Problem]]:
    return node.file, node.line, node.column, node.warnings


def _in_short(error: object) -> str:
    """The parser's own words without its picture of the line."""
    problem = str(getattr(error, "problem", "") or getattr(error, "context", "") or "")
    return re.sub(r"\s+", " ", problem).strip()
