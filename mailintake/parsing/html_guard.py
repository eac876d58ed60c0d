"""A linear look at HTML before any parser of trees may see it (LIBRARIES, section 12)."""

import re

_MAX_DEPTH = 300
_MAX_TAGS = 100_000
_MAX_TAG = 32 * 1024
_MAX_AMPERSANDS = 60_000
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
_HIDDEN = re.compile(r"(?is)<(script|style|title|head)\b")


def is_tame(html: str) -> bool:
    """Whether tree parsers stay linear on it: not too deep, not too many tags or entities, no tag too long."""
    if html.count("&") > _MAX_AMPERSANDS:
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
    """What is left when everything between angle brackets goes: the last resort, one pass, no tree."""
    out: list[str] = []
    position, size = 0, len(html)
    while position < size:
        opened = html.find("<", position)
        if opened < 0:
            out.append(html[position:])
            break
        out.append(html[position:opened])
        hidden = _HIDDEN.match(html, opened)
        if hidden:
            end = html.lower().find(f"</{hidden[1].lower()}", opened) if len(out) < 64 else -1
            opened = end if end >= 0 else opened
        closed = html.find(">", opened)
        if closed < 0:
            break
        out.append("\n" if html.startswith(("<br", "<p", "<div", "<tr", "</p", "</div"), opened) else " ")
        position = closed + 1
    from html import unescape

    return unescape("".join(out))
