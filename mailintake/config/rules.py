"""Routing rules; in this version a desk works without any."""

from dataclasses import dataclass

from mailintake.config.shapes import Record
from mailintake.config.source import Listing, Node, Scalar, Section


@dataclass(frozen=True, slots=True)
class Rules:
    """No rule: every mail goes the common way."""


def read(root: Section) -> Rules:
    """The rules of rules.yaml. Raises ConfigError."""
    return Record(lambda **_: Rules(), {"rules": _none})(root)


def _none(node: Node) -> None:
    if isinstance(node, Listing) and not node.items:
        return
    if isinstance(node, Scalar) and node.is_null:
        return
    first = node.items[0] if isinstance(node, Listing) else node
    raise first.wrong("routing rules are not supported yet by this version: leave `rules: []`")
