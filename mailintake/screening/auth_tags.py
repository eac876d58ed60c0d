"""The tags of a signature: `v=1; a=rsa-sha256; d=example.com; …` (RFC 6376, section 3.2)."""

import re

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_SPACE = re.compile(r"[ \t\r\n]+")


def read(value: str) -> dict[str, str] | None:
    """Values by tag with all white space taken out; None for what is no tag list or names a tag twice."""
    tags: dict[str, str] = {}
    pieces = value.split(";")
    if not pieces[-1].strip():
        pieces.pop()
    for piece in pieces:
        name, equals, content = piece.partition("=")
        name = name.strip(" \t\r\n")
        if not equals or not _NAME.fullmatch(name) or name in tags:
            return None
        tags[name] = _SPACE.sub("", content)
    return tags
