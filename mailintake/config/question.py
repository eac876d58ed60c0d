"""A node that nobody wrote: readers answer it with what they would take.

So the schema of a file is told by the very functions that read the file. A question is a node as any other, except for
the list to which its warnings go; a reader of a shape meets it, leaves itself as the answer, and goes no further.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from mailintake.config.source import Node, Scalar
from mailintake.errors import ConfigError, Problem


@dataclass(eq=False)
class Question(list[Problem]):
    """What was learnt: the `shape` that came last, which knows most, or else in words what is `wanted`.

    `refused` says that the reader takes no node of this kind. A question that `is_open` has keys, which are asked about
    each by itself.
    """

    shape: object = None
    wanted: str = ""
    refused: bool = False
    is_open: bool = field(default=False)


def answer(node: Node, shape: object) -> None:
    """Leave `shape` as the answer if this node is a question. Raises ConfigError, which says nothing."""
    question = node.warnings
    if isinstance(question, Question) and not question.is_open:
        question.shape = shape
        raise ConfigError(())


def hint(node: Node, *, wanted: str = "", refused: bool = False) -> None:
    """Say about a question what is `wanted` in the place of the node, or that it cannot be of this kind."""
    if isinstance(node.warnings, Question):
        node.warnings.wanted = wanted or node.warnings.wanted
        node.warnings.refused |= refused


@dataclass(frozen=True)
class Table:
    """An answer: a section whose keys are the author's own, names unless `of_names` is False."""

    read: Callable[[Scalar, Node], object]
    of_names: bool = True


@dataclass(frozen=True)
class Either:
    """An answer: one of several shapes, or a word."""

    shapes: tuple[object, ...]


@dataclass(frozen=True)
class Keys:
    """An answer: a section with these keys, none of which is needed."""

    fields: Mapping[str, object]
