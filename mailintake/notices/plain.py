"""Text in which nothing acts: no control character, no hidden change of direction, no half a character."""

import re

LIMIT = 200

# C0 and C1 except those that part words or lines, marks of direction, zero-width fillers, non-characters and lone
# surrogates. The joiners U+200C and U+200D stay: Persian, Hindi and emoji are misspelt without them.
_ACTING = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffe\uffff"
    "\ud800-\udfff]"
)


def one_line(text: str, limit: int = LIMIT) -> str:
    """The text as one line of at most `limit` characters; any white space becomes one space."""
    text = text[: limit * 10]
    if not text.isprintable():
        text = _ACTING.sub("", text)
    return " ".join(text.split())[:limit].rstrip()


def flat(text: str, limit: int) -> str:
    """The first `limit` characters with their line breaks turned into spaces."""
    text = text[:limit]
    return text if text.isprintable() else " ".join(_ACTING.sub("", text).splitlines())


def lines(text: str) -> str:
    """The text with its lines, which end in LF whatever ended them before; tabs stay."""
    return _ACTING.sub("", "\n".join(text.splitlines()))
