"""The arguments of MAIL and RCPT (RFC 5321, 4.1.2), read strictly.

What is let through here goes into the database and into letters: nothing but addresses passes.
"""

import re
from dataclasses import dataclass

from mailintake.transports import replies
from mailintake.transports.replies import Reply

LONGEST = 512  # RFC 5321, 4.5.3.1.3 asks for 256 at least; forwarders that rewrite the sender need more

_TEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-\u00a0-\U0010ffff]+"
_QUOTED = r'"(?:[^"\\\x00-\x1f\x7f]|\\[\x20-\x7e])*"'
_LABEL = r"[A-Za-z0-9_\-\u00a0-\U0010ffff]+"
_ATOMS = rf"{_TEXT}(?:\.{_TEXT})*"
_DOMAIN = rf"(?:{_LABEL}(?:\.{_LABEL})*\.?|\[[A-Za-z0-9:.\-]+\])"
_SENDER = re.compile(rf"(?:{_ATOMS}|{_QUOTED})@{_DOMAIN}")
_RECIPIENT = re.compile(rf"(?P<local>{_ATOMS})@{_DOMAIN}")
_BRACKETS = re.compile(r' *<(?P<path>(?:"(?:[^"\\]|\\.)*"|[^">])*)>(?: (?P<rest>.*))?')
_NEW_NAMES = frozenset("%!")  # relaying by rewriting the local part: user%host@relay, host!user@relay


@dataclass(frozen=True, slots=True)
class Sender:
    """What MAIL said: an address or "" for the null return path, and the announced size in bytes or 0."""

    address: str
    size: int


def sender(argument: str) -> Sender | Reply:
    """Read `FROM:<path> [parameters]`; a Reply says what is wrong with it. Source routes are not taken."""
    path, parameters = _parted(argument, keyword="FROM:")
    if path is None:
        return replies.MAIL_SYNTAX
    if path and not is_address(path):
        return replies.BAD_SENDER
    size = 0
    for parameter in parameters:
        name, _, value = parameter.upper().partition("=")
        match name:
            case "SIZE":  # RFC 1870, 6.1: up to twenty digits
                if not (value.isascii() and value.isdigit() and len(value) <= 20):
                    return replies.BAD_PARAMETER
                size = int(value)
            case "BODY":
                if value not in {"7BIT", "8BITMIME"}:
                    return replies.BAD_PARAMETER
            case "SMTPUTF8":
                if value:
                    return replies.BAD_PARAMETER
            case _:
                return replies.UNKNOWN_PARAMETER
    return Sender(address=path, size=size)


def recipient(argument: str) -> str | Reply:
    """Read `TO:<path>`; a Reply says what is wrong with it. `<postmaster>` in any case comes back as "postmaster".

    Routes, quoted local parts and the old ways of naming another host behind ours are refused: none of them is a
    mailbox here. A bare postmaster always is one (RFC 5321, 4.5.1).
    """
    path, parameters = _parted(argument, keyword="TO:")
    if path is None:
        return replies.RCPT_SYNTAX
    if path.isascii() and path.lower() == "postmaster":
        return "postmaster"
    match = _RECIPIENT.fullmatch(path)
    if not match or not _is_sane(path):
        return replies.BAD_RECIPIENT
    if not _NEW_NAMES.isdisjoint(match["local"]):
        return replies.NO_RELAYING
    return replies.UNKNOWN_PARAMETER if parameters else path


def _parted(argument: str, *, keyword: str) -> tuple[str | None, list[str]]:
    """The path without its brackets, or None, and the words behind it."""
    if argument[: len(keyword)].upper() != keyword:
        return None, []
    match = _BRACKETS.fullmatch(argument, len(keyword))
    return (match["path"], (match["rest"] or "").split()) if match else (None, [])


def is_address(text: str) -> bool:
    """Whether this is one address and nothing else, fit for a line of SMTP between < and >."""
    return _SENDER.fullmatch(text) is not None and _is_sane(text)


def _is_sane(path: str) -> bool:
    return len(path.encode()) <= LONGEST and path.isprintable()
