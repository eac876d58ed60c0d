"""The headers that Lotus Notes draws above what it quotes: boxes of lines, and memos without a label for the sender."""

import re

from mailintake.parsing.quote_words import SUBJECT_LABELS, TO_LABELS

_BOX_TOP = re.compile(r"[ \t]{0,4}\|[-+]{4,}>[ \t]*")
_BOX_EDGE = re.compile(r"[ \t]{0,4}>[-+]{4,}\|?[ \t]*")
_DATE = re.compile(r"(?<![0-9])[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{2,4}(?![0-9])|(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
_CLOCK = re.compile(r"(?<![0-9.])[0-9]{1,2}[:.][0-9]{2}(?![0-9]|\.[0-9])")
_LABELLED = re.compile(r"[ \t]{0,40}([^\W\d_][^\n:：<>@]{0,28}?)[ \t\u00a0]{0,20}[:：]")
_SHORT = 120
_MEMO_ABOVE = 8
_MEMO_BELOW = 6


def is_box_top(lines: list[str], index: int) -> bool:
    """Whether the box of Notes begins here: `|---------->`, and a line `>-----|` soon after."""
    return bool(_BOX_TOP.fullmatch(lines[index][:200])) and any(map(is_box_edge, lines[index + 1 : index + 20]))


def is_box_edge(line: str) -> bool:
    """Whether it is a line of such a box that begins as a quoted line would."""
    return bool(_BOX_EDGE.fullmatch(line[:400]))


def unboxed(lines: list[str]) -> list[str]:
    """The lines with what stands in boxes taken out of them, and each label beside its value."""
    out: list[str] = []
    label = False
    for line in lines:
        if _BOX_TOP.fullmatch(line[:400]) or is_box_edge(line):
            continue
        text = line.strip()
        if not text.startswith("|"):
            out.append(line)
            continue
        text = text.strip("| \t\u00a0")
        if text and label:
            out[-1] += " " + text
            label = False
        elif text:
            out.append(text)
            label = text[-1] in ":："
    return out


def memo_start(lines: list[str], index: int) -> int | None:
    """The first line of a memo whose To stands at `index`: sender and date above it, the subject below it.

    None if that line is not of a memo.
    """
    if _label(lines[index]) not in TO_LABELS:
        return None
    below = lines[index + 1 : index + _MEMO_BELOW]
    if not any(_label(line) in SUBJECT_LABELS for line in below):
        return None
    dated = None
    for above in range(index - 1, max(-1, index - _MEMO_ABOVE), -1):
        line = lines[above].strip()
        if len(line) > _SHORT or _label(line) in SUBJECT_LABELS:
            return None
        if _is_instant(line):
            dated = above
            break
    if dated is None:
        return None
    first = dated
    while first and dated - first < 3 and _may_name(lines[first - 1].strip()):
        first -= 1
    # a date with nobody's name above is one that somebody writes about
    return first if first < dated else None


def memo_values(lines: list[str], first: int) -> dict[str, str]:
    """Sender, date and subject of the memo that begins at this line."""
    values: dict[str, str] = {}
    for line in lines[first : first + _MEMO_ABOVE + _MEMO_BELOW]:
        label = _label(line)
        if label in SUBJECT_LABELS:
            values["subject"] = re.split("[:：]", line, maxsplit=1)[1].strip()
            break
        if _DATE.search(line) and _CLOCK.search(line):
            values.setdefault("date", line.strip())
        elif line.strip() and not label:
            values["from"] = f"{values.get('from', '')} {line.strip()}".strip()[:_SHORT]
    return values


def _is_instant(line: str) -> bool:
    """Whether the line is a date and a time and hardly more: "Mon 05/01/2026 10:15 AM CET"."""
    if not _DATE.search(line) or not _CLOCK.search(line) or line.endswith((".", "?", "!")):
        return False
    return sum(word.strip(".,").isalpha() for word in line.split()) <= 3


def _may_name(line: str) -> bool:
    """Whether the line may stand above the date of a memo: who wrote it, for whom, and whom to answer."""
    return 0 < len(line) <= _SHORT and len(line.split()) <= 8 and line[-1] not in ".!?,"


def _label(line: str) -> str:
    match = _LABELLED.match(line[:200])
    return match[1].strip().lower() if match else ""
