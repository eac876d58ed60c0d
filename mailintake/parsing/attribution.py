"""Lines that announce a quote, in the languages and of the programs people write with.

Every line is looked at a fixed number of times, and the patterns hold no repetition inside a repetition.
"""

import re

from mailintake.parsing import notes_headers
from mailintake.parsing.quote_words import (
    ABOVE,
    DATE_LABELS,
    FORWARDED,
    FORWARDED_BY,
    FROM_LABELS,
    ORIGINAL,
    QUOTING,
    SUBJECT_LABELS,
    TO_LABELS,
    VERBS,
)

_MAX_LENGTH = 500
_MAX_LINES = 4
_MAX_CANDIDATES = 1000
_RULERS_AND = frozenset("-_=*\u2013\u2014#+|")
_ADDRESS = re.compile(r"[^\s<>@\"(),:;]{1,64}@[A-Za-z0-9][A-Za-z0-9.-]{1,253}")
_DATE = re.compile(r"(?<![0-9])(?:(?:19|20)[0-9]{2}(?![0-9])|[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{2,4})")
_CLOCK = re.compile(r"(?<![0-9])[0-9]{1,2}[:.][0-9]{2}(?![0-9])")
_RULE = re.compile(r"[-_=*\u2013\u2014]{3,}")
_LABEL = re.compile(r"[*_> \t\u00a0]{0,6}([^\W\d][^:：<>@]{0,28}?)[ \t\u00a0*_]{0,4}[:：]")
_LETTERS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def find(lines: list[str]) -> int | None:
    """The index of the first line that announces a quote or a forwarded mail, or None.

    A text with hundreds of lines that merely look like one is given up: it is no conversation.
    """
    looked = 0
    for index, line in enumerate(lines):
        if not line or len(line) > _MAX_LENGTH:
            continue
        if line[:4].lstrip(" ")[:1] == ">":
            if line.startswith(">>> ") and _is_groupwise(line):
                return index
            continue
        stripped = line.strip()
        if not stripped:
            continue
        quoting = _QUOTING.match(stripped)
        if not quoting and ":" not in stripped and "：" not in stripped and stripped[0] not in _RULERS_AND:
            continue
        looked += 1
        if looked > _MAX_CANDIDATES:
            return None
        if quoting and _announces_quote(lines, index, stripped[quoting.end() :]):
            return index
        if is_separator(stripped):
            return index
        if asks_for_reply_above(stripped):
            return _with_name_above(lines, index)
        if (start := _header_start(lines, index, stripped)) is not None:
            return before_rule(lines, start)
        if stripped[-1] in ":：" and (length := _length(lines, index)) is not None:
            return index - length + 1
    return None


def _header_start(lines: list[str], index: int, stripped: str) -> int | None:
    """Where the repeated header begins that this line is in; None if it is in none."""
    if stripped[0] == "|":
        return index if notes_headers.is_box_top(lines, index) else None
    kind = label_of(stripped)
    if kind == "to":
        memo = notes_headers.memo_start(lines, index)
        # else only where the sender comes next: "To: all of you" may begin a sentence
        if memo is not None or not any(label_of(line) == "from" for line in lines[index + 1 : index + 3]):
            return memo
    return index if kind is not None and header_block(lines, index) >= 3 else None


def _announces_quote(lines: list[str], index: int, whom: str) -> bool:
    """Whether a line such as `Quoting Ann <ann@…>:` says whose words follow; `whom` is what stands behind "quoting"."""
    if len(whom) > 200:
        return False
    has_address, has_colon = bool(_ADDRESS.search(whom)), whom[-1:] in (":", "：")
    if not _quote_follows(lines, index):
        return has_address and has_colon
    if has_address or has_colon or _DATE.search(whom):
        return True
    # nothing but a name: "Quoting your own manual" is a sentence
    name = whom.split()
    return 0 < len(name) <= 4 and all(word[0].isupper() or not word[0].isascii() for word in name)


def _length(lines: list[str], index: int) -> int | None:
    """How many lines the attribution that ends at this line has, or None."""
    strict = not _quote_follows(lines, index)
    shortest = None
    for length in range(1, _MAX_LINES + 1):
        first = index - length + 1
        if first < 0 or not lines[first].strip() or lines[first].startswith(">"):
            break
        candidate = lines[first : index + 1]
        if is_attribution(candidate, strict=strict):
            if any(_DATE.search(line) or _CLOCK.search(line) for line in candidate):
                return length
            # wrapped: the lines above may hold the date
            shortest = shortest or length
    return shortest


def _quote_follows(lines: list[str], index: int) -> bool:
    for line in lines[index + 1 : index + 4]:
        if line.strip():
            return line[:4].lstrip(" ").startswith((">", "|"))
    return False


def _is_groupwise(line: str) -> bool:
    """`>>> Ann <ann@…> 05/01/2026 10:15 >>>`, and the newer `>>> On 1/5/2026 at 10:15 AM, in message`."""
    if not _DATE.search(line) or not _CLOCK.search(line):
        return False
    return line.rstrip().endswith(">>>") or "in message" in line


def asks_for_reply_above(line: str) -> bool:
    """Whether it is the line above which a ticket system wants its answers."""
    lowered = line.lower()
    return len(line) < 160 and bool(_ABOVE.search(lowered))


def _with_name_above(lines: list[str], index: int) -> int:
    """What announces the letter that begins with such a line belongs to it."""
    above = index - 1
    while above >= 0 and index - above < 3 and not lines[above].strip():
        above -= 1
    if above > 0 and lines[above].rstrip()[-1:] in (":", "：") and _ADDRESS.search(lines[above]):
        return above
    return index


def is_attribution(lines: list[str], *, strict: bool) -> bool:
    """Whether these lines together say who wrote when: "On Monday, Ann <ann@…> wrote:".

    `strict` asks for more evidence, where no quoted line follows.
    """
    text = " ".join(line.strip() for line in lines)
    if len(text) > _MAX_LENGTH or not text or text[-1] not in ":：":
        return False
    has_date = bool(_DATE.search(text))
    has_clock = bool(_CLOCK.search(text))
    has_address = bool(_ADDRESS.search(text))
    has_verb = _has_verb(text)
    if strict:
        if text.endswith((">:", ">：")) and has_date and has_clock and has_address:
            return True
        return has_verb and has_date and (has_address or has_clock)
    if has_verb:
        return has_date or has_clock or has_address or _ends_with_verb(text)
    return (has_address and (has_date or has_clock)) or (has_date and has_clock)


def _has_verb(text: str) -> bool:
    lowered = text.lower()
    return any(word in VERBS for word in _LETTERS.findall(lowered)) or bool(_INSIDE.search(lowered))


def _ends_with_verb(text: str) -> bool:
    """`Ann Example wrote:`, which only a quoted line right below makes an attribution."""
    found = _LETTERS.findall(text.lower())
    return len(found) <= 5 and len(text) < 60 and found[-1] in VERBS


_QUOTING = re.compile(rf"(?:{'|'.join(sorted(map(re.escape, QUOTING), key=len, reverse=True))})[ :：]", re.IGNORECASE)
# Verbs of two words, and of languages that write no spaces.
_ABOVE = re.compile("|".join(map(re.escape, ABOVE)))
_INSIDE = re.compile("|".join(re.escape(verb) for verb in VERBS if not verb.isalpha() or verb >= "\u2e80"))


def is_separator(line: str) -> bool:
    """Whether it is a rule such as `-----Original Message-----`, or announces a forwarded mail."""
    line = _unspaced(line)
    text = line.strip("-_=*\u2013\u2014 \t>:").lower()
    if not text or len(text) > 200:
        return False
    if text in FORWARDED and line.rstrip()[-1] in ":：":
        return True
    if not _RULE.match(line):
        return False
    spaced = text.replace("-", " ")
    if spaced in ORIGINAL or text in FORWARDED or _names_forwarder(text):
        return True
    # Zoho and Notes rule their attributions on both sides
    if line[-1] != "-":
        return False
    return is_attribution([text + ":"], strict=True) or (_has_verb(text) and bool(_ADDRESS.search(text)))


def _unspaced(line: str) -> str:
    """QQ and NetEase leave the entity in their plain text."""
    return line.replace("\xa0", " ").replace("&nbsp;", " ") if len(line) <= _MAX_LENGTH else line


def _names_forwarder(text: str) -> bool:
    return text.startswith(FORWARDED_BY) and bool(_DATE.search(text) or _ADDRESS.search(text) or "/" in text)


def is_forward_mark(line: str) -> bool:
    """Whether it announces a forwarded mail."""
    line = _unspaced(line)
    text = line.strip("-_=*\u2013\u2014 \t>:").lower()
    return text in FORWARDED or (bool(_RULE.match(line.strip())) and _names_forwarder(text))


def is_forward_or_header(lines: list[str], index: int) -> bool:
    """Whether what begins at this line announces a forwarded mail or repeats its header."""
    for line in lines[index : index + 4]:
        if line.strip() and not is_rule(line):
            return is_forward_mark(line) or _begins_header(line.strip()) or is_separator(line.strip())
    return False


def label_of(line: str) -> str | None:
    """Which header field a line such as `*Von:* Ann` repeats: "from", "date", "to", "subject", or None."""
    match = _LABEL.match(line)
    if match is None:
        return None
    name = match[1].strip(" *_\u00a0").lower()
    for kind, labels in _KINDS:
        if name in labels:
            return kind
    return None


_KINDS = (("from", FROM_LABELS), ("date", DATE_LABELS), ("to", TO_LABELS), ("subject", SUBJECT_LABELS))


def _begins_header(line: str) -> bool:
    return label_of(line) in ("from", "date", "subject")


def header_block(lines: list[str], index: int) -> int:
    """How many different header fields the lines from `index` on repeat; 0 without a sender, or any @ or digit."""
    kinds: set[str] = set()
    has_evidence = False
    blank = 0
    for line in lines[index : index + 12]:
        if not line.strip():
            blank += 1
            if blank > 1 and len(kinds) > 1:
                break
            continue
        kind = label_of(line)
        if kind is None:
            if not kinds or len(kinds) >= 3:
                break
            continue
        if kind == "from" and "@" not in line and line.rpartition(":")[2].lstrip(" *_")[:1].isdigit():
            return 0  # a beginning, not a sender
        kinds.add(kind)
        has_evidence = has_evidence or "@" in line or bool(_CLOCK.search(line))
    return len(kinds) if has_evidence and "from" in kinds else 0


def is_rule(line: str) -> bool:
    """Whether it is nothing but a drawn line."""
    return bool(_RULE.fullmatch(line.strip()))


def before_rule(lines: list[str], index: int) -> int:
    """Outlook draws a line above its header block; it belongs to the quote."""
    above = index - 1
    while above >= 0 and index - above < 3 and not lines[above].strip():
        above -= 1
    if above >= 0 and is_rule(lines[above]):
        return above
    return index
