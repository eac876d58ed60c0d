"""What stands below the words of a mail and is not written for its reader: signatures, device lines, disclaimers.

Folded away only where it is plain what it is; a name under the words may stay with them.
"""

import re

from mailintake.parsing import attribution, device_lines
from mailintake.parsing.signature_words import CLOSINGS, DISCLAIMER_STEMS, DISCLAIMERS, FOOTERS, LOOSE_CLOSINGS

MARKS = frozenset({"-- ", "--", "--\xa0", "---"})
_LINES = 40
_LAYERS = 4  # a name, a device, a disclaimer, a scanner
_SHORT = 12
_BLOCK = 14
_CONTACT = re.compile(r"@|www\.|https?://|(?:\+|\b00|\(0)[0-9][0-9 ()./-]{6,}|[0-9][0-9 ()/-]{7,}[0-9]")
_DASHED = re.compile(r"[-–—~]{1,2} ?(?:[A-ZÀ-ÞА-Я][^\W\d_]{1,20}\.?)(?: [A-ZÀ-ÞА-Я][^\W\d_]{0,20}\.?){0,2}")
_LABELLED = re.compile(
    r"(?:tel|t|m|e|f|fax|mobile|mob|phone|web|www|mail|email|e-mail|cell|тел|моб)\b[.:]? ", re.IGNORECASE
)
_POSTSCRIPT = re.compile(r"p\.? ?p?\.?s\b|nb\b|btw\b", re.IGNORECASE)
_TRIM = " \t\xa0,.!;:-–—*_"


def apart(lines: list[str]) -> tuple[list[str], list[str]]:
    """The lines without their signature, and the signature; one of them is empty only if `lines` say nothing else."""
    start = min(_marked(lines), _footer(lines))
    first = next((index for index, line in enumerate(lines) if line.strip()), len(lines))
    for _ in range(_LAYERS):
        above = _without_blank(lines, start)
        lower = min(
            _device(lines, above), _dashed_name(lines, above), _disclaimer(lines, above), _closing(lines, above)
        )
        if lower >= above or lower <= first:
            break
        start = lower
    return lines[:start], lines[start:]


def _without_blank(lines: list[str], stop: int) -> int:
    while stop and not lines[stop - 1].strip():
        stop -= 1
    return stop


def _marked(lines: list[str]) -> int:
    """Behind `-- ` of RFC 3676."""
    for index in range(max(0, len(lines) - _LINES), len(lines)):
        line = lines[index]
        # without the space it is the mark only of a short ending: people draw lines with it, too
        if line in MARKS and (line in ("-- ", "--\xa0") or len(lines) - index <= _SHORT):
            if line == "---" and not _looks_like_contact(lines[index + 1 :]):
                continue
            return index if any(other.strip() for other in lines[:index]) else len(lines)
    return len(lines)


def _footer(lines: list[str]) -> int:
    """What list software and scanners add behind a drawn line."""
    for index in range(max(1, len(lines) - _LINES), len(lines)):
        below = next((line for line in lines[index + 1 : index + 4] if line.strip()), "").lower()
        if attribution.is_rule(lines[index]) and any(phrase in below for phrase in FOOTERS):
            return index if any(line.strip() for line in lines[:index]) else len(lines)
    return len(lines)


def _dashed_name(lines: list[str], stop: int) -> int:
    """`-Ann` as the last line, with a blank line above."""
    index = stop - 1
    alone = index > 1 and not lines[index - 1].strip() and bool(_DASHED.fullmatch(lines[index].strip()))
    return index if alone and not lines[_without_blank(lines, index) - 1].lstrip().startswith(("-", "*", "•")) else stop


def _device(lines: list[str], stop: int) -> int:
    """The line a phone or a mail program adds."""
    last = stop - 1
    for index in (last, last - 1):
        if index > 0 and device_lines.is_device_line(lines[index]) and not lines[last].strip(_TRIM).endswith("?"):
            return index
    return stop


def _disclaimer(lines: list[str], stop: int) -> int:
    """The last paragraphs, if the first of them says that the mail is confidential or was scanned."""
    start = stop
    for index in range(stop - 1, max(0, stop - _LINES) - 1, -1):
        begins = index == 0 or not lines[index - 1].strip() or attribution.is_rule(lines[index - 1])
        if begins and lines[index].strip(" \t*_-").lower().startswith(DISCLAIMERS):
            said = " ".join(lines[index : index + 6])[:600].lower()
            start = index if any(stem in said for stem in DISCLAIMER_STEMS) else start
    if start < stop and start and attribution.is_rule(lines[start - 1]):
        start -= 1
    return start


def _closing(lines: list[str], stop: int) -> int:
    """From "Best regards" on, if all below it is short lines with a name, and no words to the reader."""
    for index in range(stop - 1, max(0, stop - _BLOCK) - 1, -1):
        words = lines[index].strip(_TRIM).lower()
        if words.partition(",")[0] in CLOSINGS or words in LOOSE_CLOSINGS:
            below = [line for line in lines[index + 1 : stop] if line.strip()]
            if not below or not all(map(_is_card, below)):
                return stop
            return index if words not in LOOSE_CLOSINGS or _looks_like_contact(below) else stop
    return stop


def _is_card(line: str) -> bool:
    """Whether a line may stand on a visiting card: short, and no sentence."""
    text = line.strip()
    if _CONTACT.search(text) or _LABELLED.match(text):
        return len(text) <= 160
    if len(text) > 100 or text[-1] in "?？!" or text[0].islower() or _POSTSCRIPT.match(text):
        return False
    return len(text.split()) <= 7 or "|" in text


def _looks_like_contact(lines: list[str]) -> bool:
    return 0 < len(lines) <= _BLOCK and any(_CONTACT.search(line) for line in lines)
