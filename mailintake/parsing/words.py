"""Header text as people read it: encoded words, undeclared 8-bit, and nothing that could break a line or a database.

Each word is decoded once, and the result is never read again as anything but text (SECURITY T28).
"""

import binascii
import re

from mailintake.parsing import charsets

_WORD = re.compile(r"=\?([^?\s*]{1,60})(?:\*[^?\s]{0,40})?\?([bBqQ])\?([^?]*)\?=")
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/]+")


def decode_value(value: bytes, *, fallback: str | None = None, beside: bytes = b"") -> str:
    """An unstructured field as one line of text; `fallback` and `beside` as in `charsets.decode`."""
    if value.isascii() and b"\x1b" not in value:
        text = value.decode("ascii")
    else:
        text = charsets.decode(value, None, fallback=fallback, beside=beside)[0]
    return decode_text(text, beside=beside)


def decode_text(text: str, *, beside: bytes = b"") -> str:
    """Encoded words decoded, control characters and line breaks turned into spaces."""
    return one_line(decode_words(text, beside=beside) if "=?" in text else text)


def foreign_bytes(value: bytes) -> bytes:
    """The bytes of a field that are not in what they are declared to be, raw or in encoded words; b"" for none."""
    if not value.isascii():
        return value if charsets.is_foreign(value, None) else b""
    if b"=?" not in value:
        return b""
    runs = _runs([_parts(match) for match in _WORD.finditer(value.decode("ascii"))])
    return b"\n".join(data for label, data in runs if charsets.is_foreign(data, label))


def one_line(text: str) -> str:
    """Safe for a log line or a database column; white space at the ends taken off."""
    if not text.isprintable():
        text = _BIDI.sub("", _UNSAFE.sub(" ", text))
        text = text.encode("utf-8", "replace").decode("utf-8") if _has_surrogate(text) else text
    return text.strip()


def clean_text(text: str) -> str:
    """Body text: LF line ends, no NUL, no other control characters but tab, no lone surrogates."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _CONTROLS.search(text):
        text = text.translate(_BODY_CONTROLS)
    return text.encode("utf-8", "replace").decode("utf-8") if _has_surrogate(text) else text


_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_BODY_CONTROLS = {code: " " if code in (0x0B, 0x0C) else None for code in (*range(9), 0x0B, 0x0C, *range(14, 32), 127)}


def _has_surrogate(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def decode_words(text: str, *, beside: bytes = b"") -> str:
    """Encoded words (RFC 2047) in a text, also inside quotes or cut through a character."""
    out: list[str] = []
    pending: list[tuple[str, str, str]] = []
    position = 0
    for match in _WORD.finditer(text):
        between = text[position : match.start()]
        if not (pending and not between.strip(" \t\r\n")):
            out.append(_run(pending, beside))
            pending = []
            out.append(between)
        pending.append(_parts(match))
        position = match.end()
    out.extend((_run(pending, beside), text[position:]))
    return "".join(out)


def _parts(match: re.Match[str]) -> tuple[str, str, str]:
    return match[1].lower(), match[2].lower(), match[3]


def _run(words: list[tuple[str, str, str]], beside: bytes) -> str:
    return "".join(charsets.decode(data, label, beside=beside)[0] for label, data in _runs(words))


def _runs(words: list[tuple[str, str, str]]) -> list[tuple[str, bytes]]:
    """Charset and bytes of adjacent words; those of one charset are one string, since mailers cut inside characters."""
    out: list[tuple[str, bytes]] = []
    charset = ""
    data: list[bytes] = []
    carry = ""
    for index, (label, encoding, content) in enumerate(words):
        if label != charset and data:
            out.append((charset, b"".join(data)))
            data = []
        charset = label
        if encoding == "q":
            data.append(_q(content))
            continue
        letters = carry + _NOT_BASE64.sub("", content)
        carry = ""
        if index + 1 < len(words) and words[index + 1][:2] == (label, "b") and "=" not in content:
            keep = len(letters) % 4
            if keep:
                letters, carry = letters[:-keep], letters[-keep:]
        data.append(_b(letters))
    if data:
        out.append((charset, b"".join(data)))
    return out


def _q(content: str) -> bytes:
    return binascii.a2b_qp(content.replace(" ", "_").encode("utf-8", "replace"), header=True)


def _b(letters: str) -> bytes:
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    return binascii.a2b_base64(letters + "=" * (-len(letters) % 4))
