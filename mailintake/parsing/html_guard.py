"""A linear look at HTML before any parser of trees may see it (LIBRARIES, section 12)."""

import re
from html import unescape

_MAX_DEPTH = 300
_MAX_TAGS = 60_000
_MAX_TAG = 32 * 1024
_MAX_ENTITIES = 60_000
_LIKE_NBSP = re.compile("[\x80-\xbf]")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,15})")
# Elements whose missing end tags are normal, or which have none.
_LOOSE = frozenset(
    [
        "p",
        "li",
        "td",
        "th",
        "tr",
        "dt",
        "dd",
        "option",
        "thead",
        "tbody",
        "tfoot",
        "colgroup",
        "br",
        "img",
        "hr",
        "meta",
        "link",
        "input",
        "col",
        "area",
        "base",
        "wbr",
        "param",
        "source",
        "embed",
        "html",
        "head",
        "body",
    ]
)
_MAX_HIDDEN = 64
_HIDDEN = re.compile(r"<(script|style|title)\b", re.IGNORECASE)
_BREAK = re.compile(r"</?(?:br|p|div|tr|li|h[1-6]|blockquote)\b[^<>]*>", re.IGNORECASE)
_ANY_TAG = re.compile(r"<[^<>]*>")
_BLANK_LINES = re.compile(r"\n{3,}")


def is_tame(html: str) -> bool:
    """Whether tree parsers stay linear on it: not too deep, not too many tags or entities, no tag too long."""
    # the sanitiser writes out & and nbsp as entities, stumbles over all that begins in UTF-8 as nbsp does, and its time
    # grows with the square of their number
    if html.count("&") + len(_LIKE_NBSP.findall(html)) > _MAX_ENTITIES:
        return False
    depth = deepest = count = 0
    for match in _TAG.finditer(html):
        count += 1
        if count > _MAX_TAGS:
            return False
        if match[2].lower() in _LOOSE:
            continue
        depth += -1 if match[1] else 1
        deepest = max(deepest, depth)
        depth = max(depth, 0)
    return deepest <= _MAX_DEPTH and not _has_long_tag(html)


def _has_long_tag(html: str) -> bool:
    position = 0
    while (opened := html.find("<", position)) >= 0:
        closed = html.find(">", opened)
        if closed < 0:
            return len(html) - opened > _MAX_TAG
        if closed - opened > _MAX_TAG:
            return True
        position = closed + 1
    return False


def without_tags(html: str) -> str:
    """What is left when everything between angle brackets goes: the last resort, without a tree."""
    text = _ANY_TAG.sub(" ", _BREAK.sub("\n", _without_hidden(html)))
    lines = [" ".join(line.split()) for line in unescape(text).split("\n")]
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()


def _without_hidden(html: str) -> str:
    """Without the content of the first few scripts and styles."""
    if not _HIDDEN.search(html):
        return html
    lowered = html.lower()
    out: list[str] = []
    position = 0
    for _ in range(_MAX_HIDDEN):
        opened = _HIDDEN.search(html, position)
        closed = lowered.find(f"</{opened[1].lower()}", opened.end()) if opened else -1
        if opened is None or closed < 0 or len(lowered) != len(html):
            break
        out.append(html[position : opened.start()])
        position = closed
    out.append(html[position:])
    return "".join(out)
