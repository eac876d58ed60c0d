"""The words written now, apart from what they quote and from the signature; nothing is thrown away."""

from dataclasses import dataclass

from mailintake.parsing import armour, attribution, notes_headers, signature
from mailintake.parsing.marks import NONE, Marks

_SIGNATURE_LINES = 40


@dataclass(frozen=True, slots=True)
class Split:
    """The three pieces of a text; together they hold every character of it that is not white space."""

    reply: str
    quoted: str = ""
    signature: str = ""


def split(text: str, told: Marks = NONE, *, forwarded: bool = False) -> Split:
    """Part a text with LF line ends; `told` is what the sender's own HTML says of its lines.

    When unsure everything is the reply: answers between the quoted lines stay where they stand.
    """
    if not text.strip():
        return Split("")
    lines = text.split("\n")
    armoured = armour.spans(lines)
    if armoured and attribution.find(lines[: armoured[0][0]]) is None:
        return _signed(lines, armoured, forwarded=forwarded)
    spans = _own_signatures(lines, told) if told.signatures else []
    if spans:
        kept = [line for (begin, end) in _between(spans, len(lines)) for line in lines[begin:end]]
        cut = told.cut and told.cut - sum(min(end, told.cut) - begin for begin, end in spans if begin < told.cut)
        parted = _split(kept, cut, forwarded=forwarded)
        if parted.reply:
            signed = [line for (begin, end) in spans for line in lines[begin:end]]
            pieces = (parted.signature, _join(signed))
            return Split(parted.reply, parted.quoted, "\n".join(piece for piece in pieces if piece))
    return _split(lines, told.cut, forwarded=forwarded)


def _signed(lines: list[str], armoured: list[tuple[int, int]], *, forwarded: bool) -> Split:
    """A clear-signed text, parted as any other; its armour and the dashes that escaped its lines are signature."""
    (begin, first), (last, end) = armoured
    words, escapes = armour.unescaped(lines[first:last])
    parted = _split([*lines[:begin], *words, *lines[end:]], None, forwarded=forwarded)
    pieces = (parted.signature, _join(lines[begin:first]), escapes, _join(lines[last:end]))
    return Split(parted.reply, parted.quoted, "\n".join(piece for piece in pieces if piece))


def _own_signatures(lines: list[str], told: Marks) -> list[tuple[int, int]]:
    """Which of the signatures are the writer's: those above the quote, and one below it at the end of the mail."""
    begin, end = told.signatures[-1]
    last = begin - 1
    while last > 0 and not lines[last].strip():
        last -= 1
    is_below = last >= 0 and _is_quoted(lines[last]) and not any(line.strip() for line in lines[end:])
    start = _quote_start(lines[:begin] if is_below else lines, told.cut)
    stop = next((line for line in (start, told.cut) if line is not None), len(lines))
    spans = [(begin, min(end, stop)) for begin, end in told.signatures if begin < stop]
    return [*spans, (begin, end)] if is_below and begin >= stop else spans


def _between(spans: list[tuple[int, int]], stop: int) -> list[tuple[int, int]]:
    """What the spans leave of the lines up to `stop`."""
    begins, ends = zip(*spans, strict=True)
    return list(zip((0, *ends), (*begins, stop), strict=True))


def _split(lines: list[str], cut: int | None, *, forwarded: bool) -> Split:
    start = _quote_start(lines, cut)
    if start is None or (forwarded and attribution.is_forward_or_header(lines, start)):
        body, below = signature.apart(lines) if start is None else (lines, [])
        return Split(_join(body), "", _join(below))
    if any(line.strip() for line in lines[:start]):
        body, own = signature.apart(lines[:start])
        if own:
            return Split(_join(body), _join(lines[start:]), _join(own))
        stop = _signature_below(lines, start)
        return Split(_join(body), _join(lines[start:stop]), _join(lines[stop:]))
    end = _leading_quote_end(lines, start)
    if end is not None:
        body, below = signature.apart(lines[end:])
        return Split(_join(body), _join(lines[:end]), _join(below))
    return Split("", _join(lines))


def _join(lines: list[str]) -> str:
    first, last = 0, len(lines)
    while first < last and not lines[first].strip():
        first += 1
    while last > first and not lines[last - 1].strip():
        last -= 1
    return "\n".join(lines[first:last])


def _is_quoted(line: str) -> bool:
    return (
        line[:4].lstrip(" ").startswith(">") and not line.startswith(">From ") and not notes_headers.is_box_edge(line)
    )


def _quote_start(lines: list[str], cut: int | None) -> int | None:
    """The line from which everything to the end is quoted, or the first line of a quote at the top; None if unsure."""
    found = attribution.find(lines)
    if cut is not None and (found is None or cut <= found):
        return _reach(lines, _with_attribution(lines, cut))
    if found is not None:
        return _reach(lines, found)
    # a last block of `>` lines without attribution, nothing behind it
    last = len(lines)
    while last and not lines[last - 1].strip():
        last -= 1
    first = last
    while first and (_is_quoted(lines[first - 1]) or not lines[first - 1].strip()):
        first -= 1
    while first < last and not _is_quoted(lines[first]):
        first += 1
    if first == last:
        return _top_quote(lines)
    if any(_is_quoted(line) for line in lines[:first]):
        return None if any(line.strip() and not _is_quoted(line) for line in lines[:first]) else 0
    return first


def _top_quote(lines: list[str]) -> int | None:
    """0 where the text begins with its only block of quoted lines."""
    index = 0
    while index < len(lines) and not lines[index].strip():
        index += 1
    if index == len(lines) or not _is_quoted(lines[index]):
        return None
    while index < len(lines) and (_is_quoted(lines[index]) or not lines[index].strip()):
        index += 1
    return None if any(_is_quoted(line) for line in lines[index:]) else 0


def _with_attribution(lines: list[str], cut: int) -> int:
    """The quote of the HTML begins at its attribution, which some programs put in front of the marked element."""
    index = cut
    while index and not lines[index - 1].strip():
        index -= 1
    for length in (1, 2, 3):
        if index - length >= 0 and attribution.is_attribution(lines[index - length : index], strict=False):
            return index - length
    return attribution.before_rule(lines, cut)


def _reach(lines: list[str], start: int) -> int | None:
    """`start`, if all behind an attribution with `>` lines is quoted; None for answers between the lines."""
    index = start + lines[start].startswith(">>> ")
    while index < len(lines) and not _is_quoted(lines[index]):
        index += 1
        if index - start > 12:
            return start
    if index == len(lines):
        return start
    if any(line.strip() for line in lines[:start]):
        own_behind = _own_lines_behind(lines, index)
        return None if own_behind else start
    blocks = own = 0
    inside = False
    for line in lines[index:]:
        if _is_quoted(line):
            blocks += not inside
            inside = True
        elif line.strip():
            inside = False
            own += 1
    return start if blocks == 1 or not own else None


def _own_lines_behind(lines: list[str], index: int) -> bool:
    """Whether words of the writer stand behind the first quoted line; footers of lists and scanners do not count."""
    for line in lines[index:]:
        if line in signature.MARKS or attribution.is_rule(line):
            return False
        if line.strip() and not _is_quoted(line):
            return True
    return False


def _leading_quote_end(lines: list[str], start: int) -> int | None:
    """For a text that begins with its quote: the line after the quote, if words follow it."""
    index = start
    seen = False
    while index < len(lines):
        if _is_quoted(lines[index]):
            seen = True
        elif lines[index].strip() and seen:
            return index
        index += 1
    return None


def _signature_below(lines: list[str], start: int) -> int:
    """Where the writer's signature begins that stands below all quoted lines; the end of the text if there is none."""
    index = len(lines)
    for index in range(len(lines) - 1, max(start, len(lines) - _SIGNATURE_LINES) - 1, -1):
        if _is_quoted(lines[index]):
            return len(lines)
        if lines[index] in signature.MARKS:
            break
    else:
        return len(lines)
    return index if any(_is_quoted(line) for line in lines[start:index]) else len(lines)
