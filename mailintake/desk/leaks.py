"""Whether words on their way to a customer repeat what we wrote to agents only (SECURITY T37).

A letter is cut into runs of a few words; what is covered by such runs is the letter's, however it was quoted and
wrapped. What the customer knows anyway, their own words above all, does not count. Linear in all lengths.
"""

import re
from collections.abc import Iterable, Iterator

# A tag as `domain.tag` makes them, in a subject, a reply address or a Message-ID.
_TAG = re.compile(r"([+#<][1-9][0-9]{0,17})\.[a-z2-7]{16,32}(?=[@\].])", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
_RUN = 4  # words
_LETTER = 16 * 1024  # characters
_LETTERS = 50
_LINES = 3
_CHARACTERS = 120


def repeats(text: str, *, ours: Iterable[str], known: Iterable[str]) -> bool:
    """Whether `text` repeats three lines or 120 characters on end of the letters in `ours`.

    `known` are texts that the reader has written or read: what stands there may be repeated. Of both the first fifty
    count, and of each the first 16 kB.
    """
    secret = _runs(ours)
    if not secret:
        return False
    secret -= _runs(known)
    found = [(match.start(), match.end()) for match in _WORD.finditer(text)]
    words = [text[begin:end].casefold() for begin, end in found]
    covered = bytearray(len(words))
    for index in range(len(words) - _RUN + 1):
        if hash(tuple(words[index : index + _RUN])) in secret:
            covered[index : index + _RUN] = b"\1" * _RUN
    return any(_is_long(text[found[first][0] : found[last][1]]) for first, last in _stretches(covered))


def without_tokens(text: str) -> str:
    """The text without the secret half of tags: they are made for the agent, not for whoever reads the answer."""
    return _TAG.sub(r"\1", text)


def _is_long(said: str) -> bool:
    return len(said) >= _CHARACTERS or sum(map(bool, map(_WORD.search, said.split("\n")))) >= _LINES


def _stretches(covered: bytearray) -> Iterator[tuple[int, int]]:
    """The first and the last of the words in each stretch that is covered."""
    for match in re.finditer(rb"\x01+", bytes(covered)):
        yield match.start(), match.end() - 1


def _runs(texts: Iterable[str]) -> set[int]:
    found: set[int] = set()
    for _, text in zip(range(_LETTERS), texts, strict=False):
        words = [match[0].casefold() for match in _WORD.finditer(text[:_LETTER])]
        found.update(hash(tuple(words[index : index + _RUN])) for index in range(len(words) - _RUN + 1))
    return found
