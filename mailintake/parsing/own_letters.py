"""A reply parted by comparing it with the letters we sent ourselves, whatever program and language quoted them.

A letter is cut into shingles of a few words and their hashes put into a set; a line of the reply is ours when nearly
all its words lie in shingles of that set. Marks of quotation, line breaks and letter case do not count. Linear in the
length of reply and letters.
"""

import re
from collections.abc import Iterable, Sequence

from mailintake.parsing import attribution, device_lines, reply, signature

_WORD = re.compile(r"[^\W_]+")
_SHINGLE = 4
_LETTER = 64 * 1024
_LETTERS = 50
_REPLY_LINES = 20_000
# How many of our words in a row a reply must repeat before we believe that it quotes us.
_ENOUGH = 12


def split(text: str, letters: Iterable[str]) -> reply.Split | None:
    """The three pieces of a reply that quotes one of our `letters` (their plain text); None if it quotes none.

    Answers between the lines of our letter stay where they stand: then all is the reply, as `reply.split` has it.
    """
    lines = text.split("\n", _REPLY_LINES)
    ours = _lines_of_ours(lines, _shingles(letters))
    if not any(ours):
        return None
    first = ours.index(True)
    last = len(ours) - 1 - ours[::-1].index(True)
    start, stop = _announced(lines, first), last + 1
    while stop < len(lines) and (lines[stop].startswith(">") or not lines[stop].strip()):
        stop += 1
    inside = range(first, last + 1)
    if any(not ours[index] and not lines[index].startswith(">") and lines[index].strip() for index in inside):
        return reply.Split(_join(lines))
    above, below = lines[:start], lines[stop:]
    if not any(line.strip() for line in above):
        body, end = signature.apart(below)
        return reply.Split(_join(body), _join(lines[:stop]), _join(end))
    if not any(line.strip() for line in below):
        body, end = signature.apart(above)
        return reply.Split(_join(body), _join(lines[start:]), _join(end))
    return _both(above, lines[start:stop], below)


def _both(above: list[str], quoted: list[str], below: list[str]) -> reply.Split:
    """Words above and below our letter: a signature below is one; other words may answer it, and all stays."""
    first = next(line for line in below if line.strip())
    if first in signature.MARKS or device_lines.is_device_line(first):
        return reply.Split(_join(above), _join(quoted), _join(below))
    return reply.Split(_join([*above, *quoted, *below]))


def _join(lines: Sequence[str]) -> str:
    return "\n".join(lines).strip("\n")


def _words(line: str) -> list[str]:
    return _WORD.findall(line.casefold())


def _shingles(letters: Iterable[str]) -> set[int]:
    found: set[int] = set()
    for _, letter in zip(range(_LETTERS), letters, strict=False):
        words = _words(letter[:_LETTER])
        found.update(hash(tuple(words[index : index + _SHINGLE])) for index in range(len(words) - _SHINGLE + 1))
    return found


def _lines_of_ours(lines: list[str], shingles: set[int]) -> list[bool]:
    """For each line whether it repeats a letter of ours; lines without words follow the one before."""
    words: list[str] = []
    owner: list[int] = []
    for number, line in enumerate(lines):
        found = _words(line[:4000])
        words += found
        owner += [number] * len(found)
    covered = bytearray(len(words))
    for index in range(len(words) - _SHINGLE + 1):
        if hash(tuple(words[index : index + _SHINGLE])) in shingles:
            covered[index : index + _SHINGLE] = b"\1" * _SHINGLE
    if sum(covered) < _ENOUGH:
        return [False] * len(lines)
    total, hits = [0] * len(lines), [0] * len(lines)
    for number, hit in zip(owner, covered, strict=True):
        total[number] += 1
        hits[number] += hit
    ours: list[bool] = []
    for number in range(len(lines)):
        if total[number]:
            ours.append(hits[number] * 4 >= total[number] * 3)
        else:
            ours.append(bool(ours) and ours[-1] and not lines[number].strip())
    return ours


def _announced(lines: list[str], first: int) -> int:
    """Where the announcement above our letter begins: an attribution, a rule, a repeated header."""
    found = attribution.find(lines[:first])
    if found is not None and first - found < 16:
        return found
    above = first
    while above and not lines[above - 1].strip(" >\t"):
        above -= 1
    for length in (1, 2, 3):
        if above - length >= 0:
            candidate = [line.lstrip("> ") for line in lines[above - length : above]]
            if attribution.is_attribution(candidate, strict=False) or all(map(attribution.is_rule, candidate)):
                return above - length
    return first
