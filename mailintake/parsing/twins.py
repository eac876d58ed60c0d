"""Whether a mail's plain text may be believed to be what its writer saw (SECURITY T20)."""

import re

from mailintake.parsing.body import Selection

_PLAIN = {"text/plain"}
_BEGINNING = 20_000
_LINK = re.compile(r"<[^<>\n]{1,400}>")
_HASHES = "#＃﹟♯"
_BLOCK_LINES = 200


def all_is_plain(found: Selection, text: str) -> bool:
    """Whether every word of `text` is from a text/plain part, the first one from the first of them.

    A text that begins with a `#`, as commands to a desk do, must begin in the same way in the HTML beside it: else
    somebody sees one mail and a program another. Only then is the HTML read.
    """
    views = found.views
    if found.text_types != _PLAIN or not views or not (views[0].plain or "").strip():
        return False
    if any(view.html and not (view.plain or "").strip() for view in views):
        return False
    block = _block(text)
    if not block or not views[0].html:
        return True
    from mailintake.parsing import html_text

    shown, _ = html_text.render(views[0].html)
    return _squeezed(shown[: 2 * _BEGINNING]).startswith(_squeezed(block))


def _block(text: str) -> str:
    """The lines with which a text begins that begin with a `#`, empty ones between them left out."""
    lines = [line.strip() for line in text[:_BEGINNING].split("\n", _BLOCK_LINES)[:_BLOCK_LINES]]
    said = [line for line in lines if line]
    end = next((index for index, line in enumerate(said) if _visible(line)[:1] not in _HASHES), len(said))
    return "\n".join(said[:end])


def _visible(line: str) -> str:
    return "".join(filter(str.isprintable, line))


def _squeezed(text: str) -> str:
    """The letters, digits and hashes: programs differ in white space, and write a link's target behind it."""
    return "".join(letter for letter in _LINK.sub("", text).casefold() if letter.isalnum() or letter in _HASHES)
