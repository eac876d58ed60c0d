"""Texts as rules speak of them: words, wildcards, regular expressions."""

from collections.abc import Callable
from typing import TypeVar

from mailintake.config.shapes import ListOf, Parsed, Record, yes_or_no
from mailintake.config.source import Node, Section
from mailintake.routing.regex import Pattern
from mailintake.routing.texts import Empty, Is, Like, Regex, TextTest, TextTests, Words
from mailintake.routing.wildcard import Wildcard
from mailintake.routing.words import Phrase, flat

T = TypeVar("T")


def texts(node: Node) -> TextTests:
    """A word or a phrase, a list of them of which one is enough, or a section in which all must hold."""
    if isinstance(node, Section):
        return _SECTION(node)
    return TextTests((Words(_phrases(node)),))


def _some(parse: Callable[[str], T], wanted: str) -> ListOf[T]:
    return ListOf(Parsed(parse, wanted), f"{wanted}, or a list of them", least=1, or_one=True)


def _parse_text(text: str) -> str:
    if not flat(text):
        raise ValueError("nothing is written here: `empty: yes` means that")
    return flat(text)


def _tests(**said: TextTest) -> TextTests:
    if not said:
        raise ValueError("this section is empty; wanted: `words`, `like`, `regex`, `is` or `empty`")
    return TextTests(tuple(said.values()))


_phrases = _some(Phrase.of, "a word or a phrase")
wildcards = _some(Wildcard.of, "a text with `*` and `?`")
pattern = Parsed(Pattern.of, "a regular expression")

_SECTION = Record(
    _tests,
    {
        "words": lambda node: Words(_phrases(node)),
        "like": lambda node: Like(wildcards(node)),
        "regex": lambda node: Regex(_some(Pattern.of, "a regular expression")(node)),
        "is": lambda node: Is(frozenset(_some(_parse_text, "a text")(node))),
        "empty": lambda node: Empty(yes_or_no(node)),
    },
)
