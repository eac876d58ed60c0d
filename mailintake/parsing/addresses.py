"""The strict reading of an address field: our own second opinion on who wrote a mail (SECURITY T03).

Anything that two readers could read in two ways is not read at all.
"""

import re
import unicodedata

from mailintake.domain.mail import Address
from mailintake.parsing import words

_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}"
_DOT_ATOM = rf"{_ATEXT}(?:\.{_ATEXT}){{0,16}}"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = rf"{_LABEL}(?:\.{_LABEL}){{0,31}}"
_ADDR_SPEC = re.compile(rf"({_DOT_ATOM})@({_DOMAIN})")
_LOOSE = re.compile(r"(?:\"[^\"@<>\\]{1,64}\"|[^\s<>\"'(),;:\[\]@]{1,64})@[^\s<>\"'(),;:\[\]@]{1,253}")
_ENCODED = re.compile(r"(?:=\?[^?\s]{1,60}\?[bBqQ]\?[^?]{0,400}\?=[ \t]{0,9}){1,20}")
_AROUND = " \t<>[](){}\"',;:"
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def is_plain(address: str) -> bool:
    """Whether it is a dot-atom at a host name, ASCII only, within the lengths of RFC 5321."""
    match = _ADDR_SPEC.fullmatch(address)
    return bool(match) and len(match[1]) <= 64 and len(address) <= 254 if match else False


def is_international(address: str) -> bool:
    """Whether it is a dot-atom at a domain with letters beyond ASCII (RFC 6532), and reads in one way only.

    Only letters, marks and digits may be beyond ASCII, and only such as stay what they are under NFKC: a full-width
    `ａ` or a ligature is how one address is dressed up as another.
    """
    if address.isascii() or len(address.encode("utf-8", "replace")) > 254:
        return False
    if not unicodedata.is_normalized("NFKC", address):
        return False
    plain = "".join(char if char < "\x80" or unicodedata.category(char)[0] not in "LMN" else "x" for char in address)
    return is_plain(plain)


def strict_mailbox(text: str) -> str | None:
    """The address of a field that is exactly one plain mailbox: `a@b`, `<a@b>` or `phrase <a@b>`; otherwise None.

    A phrase may hold words, encoded words and one quoted string, but nothing that is structure elsewhere. Letters
    beyond ASCII are allowed as `is_international` has it.
    """
    text = text.strip(" \t")
    if is_plain(text) or is_international(text):
        return text
    if not text.endswith(">"):
        return None
    phrase, angle, address = text[:-1].rpartition("<")
    address = address.strip(" \t")
    if not angle or not (is_plain(address) or is_international(address)) or not _is_phrase(phrase.strip(" \t")):
        return None
    return address


def plain_mailbox(text: str) -> list[tuple[str, str]]:
    """Name and address of a field that `strict_mailbox` reads and that has no quotes; else nothing."""
    if '"' in text or "," in text:
        return []
    address = strict_mailbox(text)
    return [(text.rpartition("<")[0].strip(), address)] if address else []


def _is_phrase(phrase: str) -> bool:
    quoted = escaped = False
    for char in phrase:
        if escaped:
            escaped = False
        elif quoted and char == "\\":
            escaped = True
        elif char == '"':
            quoted = not quoted
        elif (char < " " and char != "\t") or (not quoted and char in '()<>[]:;@\\,"'):
            return False
    return not quoted and not escaped


def display_name(name: str, *, beside: bytes = b"") -> str:
    """A name for people: encoded words decoded wherever they stand, nothing invisible, at most 200 characters."""
    name = words.decode_text(name, beside=beside)
    name = _INVISIBLE.sub("", name).strip()
    if len(name) > 1 and name[0] == name[-1] and name[0] in "'\"":
        name = name[1:-1].strip()
    return name[:200]


def clean_address(address: str) -> str | None:
    """An address fit for a column: no controls, white space only in a quoted local part, not too long; else None."""
    address = words.one_line(address)
    local, at, domain = address.rpartition("@")
    if not at or not domain or len(address) > 320:
        return None
    quoted = len(local) > 2 and local[0] == local[-1] == '"' and local.isprintable()
    return None if any(char.isspace() for char in (domain if quoted else address)) else address


def loose(text: str) -> tuple[str, str] | None:
    """Name and address of a field that no parser understands: the first thing in it that looks like an address.

    Good enough to show, never to trust.
    """
    match = _LOOSE.search(text) or _LOOSE.search(words.decode_text(text))
    if match is None:
        return None
    name = match.string[: match.start()].strip(_AROUND).removesuffix("mailto").strip(_AROUND)
    return name, match[0].rstrip(".")


def of_encoded_words(text: str) -> Address | None:
    """The mailbox of a field that is nothing but encoded words and holds `Name <a@b>` in them, against RFC 2047, 5.

    To be shown to people only: no part of a decision may read decoded words again (SECURITY T28), so no field of a
    `ParsedMessage` comes from here.
    """
    if not _ENCODED.fullmatch(text.strip(' \t"')):
        return None
    decoded = words.decode_text(text.strip(' \t"'))
    address = strict_mailbox(decoded)
    return to_address(decoded.rpartition("<")[0].strip(), address) if address and "=?" not in decoded else None


def to_address(name: str, address: str, *, beside: bytes = b"") -> Address | None:
    """A mailbox with its name, or None if there is no address in it; `beside` as in `charsets.decode`."""
    cleaned = clean_address(address)
    if cleaned is None:
        return None
    shown = display_name(name, beside=beside)
    return Address(cleaned, "" if shown == cleaned else shown)
