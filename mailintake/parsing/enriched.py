"""text/enriched (RFC 1896) and text/richtext (RFC 1341), which a few old programs send, as plain text."""

import re

_COMMAND = re.compile(r"<(?:/?([A-Za-z0-9-]{1,60}))>|<<")
_BREAKS = re.compile(r"\n+")


def to_plain(text: str, *, rich: bool = False) -> str:
    """The text without its commands; `rich` for text/richtext, where line breaks are commands too."""
    out: list[str] = []
    position = 0
    parameter = False
    for match in _COMMAND.finditer(text):
        if not parameter:
            out.append(text[position : match.start()])
        position = match.end()
        name = (match[1] or "").lower()
        if name == "param":
            parameter = not match[0].startswith("</")
        elif not parameter:
            out.append(_meaning(match[0], name, rich=rich))
    out.append(text[position:])
    plain = "".join(out)
    if rich:
        return plain
    # a line break alone is wrapping; of several the first is
    return _BREAKS.sub(lambda found: found[0][1:] or " ", plain).strip()


def _meaning(command: str, name: str, *, rich: bool) -> str:
    if command == "<<" or (rich and name == "lt"):
        return "<"
    return "\n" if rich and name in ("nl", "np") else ""
