"""The one place where header fields are written, so that nothing in them can act (SECURITY T06).

A field is its name and words. A word is printable ASCII without a space, and a field is folded between words only, so
no value can end a line, start a field, or be cut inside a Message-ID. Text that would not survive as words, and text
that somebody might decode once more ("=?"), travels in encoded-words (RFC 2047).
"""

import binascii
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

import idna

from mailintake import errors
from mailintake.domain.mail import Address
from mailintake.notices import plain

WIDTH = 76  # of a line that holds encoded-words (RFC 2047, 2); we keep all lines to it where the words allow
REFERENCES_KEPT = 20  # after the first, which ties a thread together

_LINE = re.compile(r"[!-9;-~]+:(?: [!-~]+)+")
_WORD = re.compile(r"[!-~]{1,990}")
_LONGEST_WORD = 60  # leaves room for every field's name, so the first word never has to leave the first line
_BYTES_IN_ENCODED_WORD = (_LONGEST_WORD - len("=?utf-8?b?" + "?=")) // 4 * 3
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,980}>")
_DOT_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_PHRASE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*")


def field(name: str, words: Iterable[str]) -> str:
    """One header field, folded (RFC 5322, 2.2.3), without the final line end.

    Raises errors.PermanentError for a word that is none: then something above let it through.
    """
    words = tuple(words)
    whole = f"{name}: {' '.join(words)}"
    if words and len(whole) <= WIDTH and _LINE.fullmatch(whole):
        return whole
    finished: list[str] = []
    line = f"{name}:"
    for word in words:
        if not _WORD.fullmatch(word):
            raise errors.PermanentError(f"{name}: {word[:40]!r} cannot stand in a header field")
        if len(line) + 1 + len(word) > WIDTH:
            finished.append(line)
            line = ""
        line += f" {word}"
    return "\r\n".join((*finished, line))


def text(value: str) -> Sequence[str]:
    """The words of unstructured text, at most 200 characters of it."""
    value = plain.one_line(value)
    words = value.split()
    return words if _can_stand(value, words) else _encoded(value)


def mailbox(address: Address) -> Sequence[str]:
    """The words of `name <local@domain>`; the name quoted or encoded as it needs. Raises errors.LetterRefused."""
    spec = addr_spec(address.address)
    name = plain.one_line(address.name)
    if not name:
        return (spec,)
    words = name.split()
    if not _can_stand(name, words):
        words = _encoded(name)
    elif not _PHRASE.fullmatch(name):
        words = f'"{name}"'.split() if not {'"', "\\"} & set(name) else _encoded(name)
    return (*words, f"<{spec}>")


@lru_cache(maxsize=1024)
def addr_spec(address: str) -> str:
    """The address as it may travel: local part a dot-atom of ASCII, domain as A-labels (RFC 5321, 4.1.2; RFC 5891).

    Raises errors.LetterRefused for any other. A local part beyond ASCII would need SMTPUTF8 all the way, and written as
    an encoded-word it would be somebody else's address.
    """
    local, _, domain = address.rpartition("@")
    host = _a_labels(domain)
    if len(local) > 64 or len(local) + 1 + len(host) > 254 or not _DOT_ATOM.fullmatch(local):
        raise errors.LetterRefused(f"not an address we can write to: {address[:80]!r}")
    return f"{local}@{host}"


def message_id(value: str) -> str:
    """A Message-ID of our own. Raises errors.PermanentError unless it is one (RFC 5322, 3.6.4)."""
    if not _MESSAGE_ID.fullmatch(value):
        raise errors.PermanentError(f"not a Message-ID: {value[:80]!r}")
    return value


def references(in_reply_to: str | None, earlier: Sequence[str]) -> Sequence[str]:
    """The thread's Message-IDs, oldest first: the first and the last twenty, byte for byte (RFC 5322, 3.6.4).

    An id that cannot be written as it stands is left out; in-between ones are what long threads can spare.
    """
    ids = [each for each in earlier if _MESSAGE_ID.fullmatch(each)]
    if in_reply_to and in_reply_to not in ids and _MESSAGE_ID.fullmatch(in_reply_to):
        ids.append(in_reply_to)
    return ids if len(ids) <= REFERENCES_KEPT + 1 else (ids[0], *ids[-REFERENCES_KEPT:])


def _can_stand(value: str, words: Sequence[str]) -> bool:
    return value.isascii() and "=?" not in value and all(len(word) <= _LONGEST_WORD for word in words)


def _encoded(value: str) -> list[str]:
    """Encoded-words in base64, none of which cuts a character in two (RFC 2047, 5)."""
    words = []
    chunk = b""
    for character in value:
        encoded = character.encode()
        if len(chunk) + len(encoded) > _BYTES_IN_ENCODED_WORD:
            words.append(chunk)
            chunk = b""
        chunk += encoded
    words.append(chunk)
    return [f"=?utf-8?b?{binascii.b2a_base64(each, newline=False).decode('ascii')}?=" for each in words]


def _a_labels(domain: str) -> str:
    """The domain in ASCII, lower case; idna judges only what is no plain host name. Raises errors.LetterRefused."""
    host = domain.lower()
    try:
        if len(domain) <= 253 and ("--" in domain or not domain.isascii()):
            host = idna.encode(domain, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError) as error:
        raise errors.LetterRefused(f"not a domain we can write to: {domain[:80]!r}") from error
    if len(host) > 253 or not _HOST.fullmatch(host):
        raise errors.LetterRefused(f"not a domain we can write to: {domain[:80]!r}")
    return host
