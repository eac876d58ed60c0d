"""Which addresses are the same person's (DOMAIN E2, SECURITY T29)."""

import re
import unicodedata
from typing import Literal

PlusTags = Literal["ignore", "keep"]

_LONGEST = 254  # RFC 5321, 4.5.3.1.3: a path of 256 octets with its angle brackets
_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\x80-\U0010ffff-]"  # RFC 5322, 3.2.3 with RFC 6532, 3.2
_DOT_ATOM = re.compile(rf"{_ATEXT}+(?:\.{_ATEXT}+)*")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")


def key(address: str, *, plus_tags: PlusTags = "ignore") -> str | None:
    """What two addresses of one person have in common; None for what is no plain `local@domain`.

    Case does not count, nor does a `+tag` unless it is kept, nor do needless quotes; dots do. A letter is lowered only
    where it is one half of a pair, so that neither `ſ` nor `ı` becomes the ASCII letter it resembles.
    """
    if len(address) > _LONGEST:
        return None
    local, at, domain = address.rpartition("@")
    local_part, domain_part = _local(local, plus_tags) if at else None, domain_key(domain)
    return f"{local_part}@{domain_part}" if local_part and domain_part else None


def domain_key(domain: str) -> str | None:
    """A domain as its lower-case A-labels (RFC 5890, 2.3.2.1); None for an address literal or what is no domain."""
    if not domain or len(domain) > _LONGEST or not _is_plain(domain):
        return None
    labels = [_label(label) for label in unicodedata.normalize("NFC", domain).split(".")]
    joined = ".".join(label for label in labels if label)
    return joined if all(labels) and len(joined) < _LONGEST else None


def _label(label: str) -> str | None:
    lowered = _lower(label)
    if lowered.isascii() and not lowered.startswith("xn--"):
        return lowered if _LABEL.fullmatch(lowered) else None
    import idna  # its tables cost time that most sets of addresses never need

    try:
        return idna.encode(lowered).decode("ascii")
    except idna.IDNAError:
        return None


def _local(local: str, plus_tags: PlusTags) -> str | None:
    if len(local) > 1 and local[0] == local[-1] == '"':
        content = _unquoted(local[1:-1])
        if content is None:
            return None
    else:
        content = local
        if not _DOT_ATOM.fullmatch(content):
            return None
    if not _is_plain(content):
        return None
    content = unicodedata.normalize("NFC", "".join(map(_lower, unicodedata.normalize("NFC", content))))
    if not _DOT_ATOM.fullmatch(content):
        return '"' + re.sub(r'(["\\])', r"\\\1", content) + '"'
    untagged = content.partition("+")[0]
    return untagged if plus_tags == "ignore" and _DOT_ATOM.fullmatch(untagged) else content


def _unquoted(content: str) -> str | None:
    """The words between the quotes of a quoted-string (RFC 5321, 4.1.2), escapes undone."""
    if re.fullmatch(r'(?:[^"\\]|\\.)*', content):
        return re.sub(r"\\(.)", r"\1", content)
    return None


def _is_plain(text: str) -> bool:
    """No control, format, unassigned or spacing character but the space, and none that NFC turns into ASCII."""
    if text.isascii():
        return text.isprintable()
    return all(
        character == " " if unicodedata.category(character)[0] in "CZ" else not _poses_as_ascii(character)
        for character in text
    )


def _poses_as_ascii(character: str) -> bool:
    return not character.isascii() and unicodedata.normalize("NFC", character).isascii()


def _lower(text: str) -> str:
    """Each letter of an upper and lower pair lowered, the others as they are."""
    if text.isascii():
        return text.lower()
    return "".join(c.lower() if len(c.lower()) == 1 and c.lower().upper() == c else c for c in text)
