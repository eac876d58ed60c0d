"""Content-Type and Content-Disposition: a word and its parameters (RFC 2045, RFC 2231), read as mailers write them."""

import re
from urllib.parse import unquote_to_bytes

from mailintake.parsing import charsets, limits, words

_CONTINUED = re.compile(r"([^*]+)\*(?:([0-9]{1,3})(\*?))?")


def parse(value: bytes, *, fallback: str | None = None) -> tuple[str, dict[str, str], list[str]]:
    """The word in lower case, the parameters by lower-case name, and defects.

    A parameter named twice keeps its first value. Only the first 128 parameters are read.
    """
    if b";" not in value and b"(" not in value:
        return value.decode("ascii", "ignore").strip().lower(), {}, []
    text, _ = charsets.decode(value, None, fallback=fallback)
    defects: list[str] = []
    pieces = _pieces(text, defects)
    plain: dict[str, str] = {}
    split: dict[str, dict[int, tuple[str, bool]]] = {}
    for piece in pieces[1:]:
        name, equals, content = piece.partition("=")
        name = name.strip().lower()
        if not equals or not name:
            continue
        match = _CONTINUED.fullmatch(name)
        if match is None:
            plain.setdefault(name, _unquote(content.strip()))
        else:
            number = int(match[2]) if match[2] else 0
            encoded = match[2] is None or bool(match[3])
            split.setdefault(match[1], {}).setdefault(number, (_unquote(content.strip()), encoded))
    for name, sections in split.items():
        joined = _join(sections)
        if joined:
            plain[name] = joined
    return pieces[0].strip().lower() if pieces else "", plain, defects


def _pieces(text: str, defects: list[str]) -> list[str]:
    """Split at semicolons outside quotes, comments taken out; one pass over the text."""
    if '"' not in text and "(" not in text:
        found = text.split(";", limits.PARAMETERS + 1)
        if len(found) > limits.PARAMETERS + 1:
            defects.append("too-many-parameters")
        return found[: limits.PARAMETERS + 1]
    pieces: list[str] = []
    piece: list[str] = []
    quoted = escaped = False
    comment = 0
    previous = ""
    for char in text:
        if escaped:
            escaped = False
        elif char == "\\" and (quoted or comment):
            escaped = True
        elif comment:
            comment += (char == "(") - (char == ")")
            continue
        elif char == '"':
            quoted = not quoted
        elif char == "(" and not quoted and previous in "; \t":
            comment = 1
            continue
        elif char == ";" and not quoted:
            pieces.append("".join(piece))
            piece = []
            previous = char
            if len(pieces) > limits.PARAMETERS:
                defects.append("too-many-parameters")
                return pieces
            continue
        if not comment:
            piece.append(char)
            previous = char
    pieces.append("".join(piece))
    return pieces


def _unquote(content: str) -> str:
    if not content.startswith('"'):
        return content
    out: list[str] = []
    escaped = False
    for char in content[1:]:
        if escaped:
            # a back-slash before a letter is a Windows path, not a quoted pair
            out.append(char if char in '"\\' else "\\" + char)
            escaped = False
        elif char == "\\":
            escaped = True
        elif char == '"':
            break
        else:
            out.append(char)
    return "".join(out)


def _join(sections: dict[int, tuple[str, bool]]) -> str:
    charset = ""
    data: list[bytes] = []
    for expected, number in enumerate(sorted(sections)):
        if number != expected:
            break
        content, encoded = sections[number]
        if encoded and number == 0:
            label, quote, rest = content.partition("'")
            if quote and "'" in rest:
                charset, content = label, rest.partition("'")[2]
        data.append(unquote_to_bytes(content) if encoded else content.encode("utf-8", "replace"))
    return charsets.decode(b"".join(data), charset or "utf-8")[0]


def text_of(parameters: dict[str, str], name: str) -> str:
    """A parameter for people: encoded words decoded, though the standard forbids them here."""
    value = parameters.get(name, "")
    return words.decode_text(value) if value else ""
