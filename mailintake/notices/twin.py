"""The HTML twin of a letter: its blocks in the plainest markup that reads well on a phone and in the dark.

No colour is set but a grey that shows on black and on white, so that a reader's dark mode has nothing to fight with; no
picture, no script, nothing from elsewhere. Styles stand in the tags, for some mail programs drop all others. Every
word is escaped, and nothing but what the template's filter `linked` marked becomes a link.
"""

import re
from collections.abc import Iterator, Sequence
from html import escape

from mailintake.notices.blocks import (
    LINK_BEGINS,
    LINK_ENDS,
    WITHOUT_LINKS,
    AsWritten,
    Block,
    Items,
    Paragraph,
    Quote,
    Rows,
    Verbatim,
)

_LINK = re.compile(f"{LINK_BEGINS}(https?://[^{LINK_BEGINS}{LINK_ENDS}]*){LINK_ENDS}")

_P = '<p style="margin:0 0 16px">'
_TABLE = (
    '<table role="presentation" cellpadding="0" cellspacing="0" border="0" width="100%"'
    ' style="margin:0 0 16px;border-collapse:collapse;border-top:1px solid #888888">'
)
_KEY = '<td valign="top" style="padding:6px 16px 6px 0;border-bottom:1px solid #888888;width:30%">'
_VALUE = '<td valign="top" style="padding:6px 0;border-bottom:1px solid #888888;word-break:break-word">'
_LIST = '<ul style="margin:0 0 16px;padding:0 0 0 24px">'
_ITEM = '<li style="margin:0 0 4px;word-break:break-word">'
_QUOTE = '<blockquote style="margin:0 0 16px;padding:0 0 0 12px;border-left:3px solid #888888;word-break:break-word">'
_VERBATIM = (
    '<pre style="margin:0 0 16px;padding:0 0 0 12px;white-space:pre-wrap;word-break:break-word;'
    'font-family:ui-monospace,Menlo,Consolas,monospace">'
)
_AS_WRITTEN = '<div style="margin:0 0 16px;word-break:break-word">'
_WIDE = re.compile(r"^ +| {2,}|\t")


def as_html(blocks: Sequence[Block]) -> str:
    """The blocks as HTML, for inside of the layout; a line of source for each line of the letter."""
    return "\n".join(line for block in blocks for line in _html(block))


def _html(block: Block) -> Iterator[str]:
    match block:
        case Paragraph(lines):
            yield _P + _broken(lines) + "</p>"
        case Items(lines):
            yield _LIST
            yield from (f"{_ITEM}{_words(line)}</li>" for line in lines)
            yield "</ul>"
        case Rows(rows):
            yield _TABLE
            yield from (f"<tr>{_KEY}{_words(key)}</td>\n{_VALUE}{_words(value)}</td></tr>" for key, value in rows)
            yield "</table>"
        case Verbatim(lines):
            yield _VERBATIM + "\n".join(map(_words, lines)) + "</pre>"
        case Quote(lines):
            yield _QUOTE + _broken(lines) + "</blockquote>"
        case AsWritten(lines):
            yield _AS_WRITTEN + _broken(list(map(_spaced, lines))) + "</div>"


def _broken(lines: Sequence[str]) -> str:
    return "<br>\n".join(map(_words, lines))


def _spaced(line: str) -> str:
    """The line with the gaps that HTML would close."""
    return _WIDE.sub(lambda gap: "\u00a0" * (8 if gap[0] == "\t" else len(gap[0])), line)


def _words(text: str) -> str:
    """The words escaped; a link where `linked` marked one."""
    escaped = escape(text)
    if LINK_BEGINS not in escaped:
        return escaped
    return _LINK.sub(r'<a href="\1" rel="noopener noreferrer">\1</a>', escaped).translate(WITHOUT_LINKS)
