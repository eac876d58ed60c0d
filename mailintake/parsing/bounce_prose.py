"""Bounces in prose: what mail servers write that never learnt RFC 3464.

Servers differ in every sentence, but not in their habits: the address that failed stands at the beginning of a line or
behind a label, the answer of the other server near it, and the returned mail behind a line that says so.
"""

import re
from collections.abc import Iterable

from mailintake.domain.mail import DeliveryReport
from mailintake.parsing import words
from mailintake.parsing.bounce_reasons import REASONS
from mailintake.parsing.bounce_words import (
    DAEMONS,
    DELAY,
    FINAL,
    RECIPIENT_LABELS,
    RETURNED,
    SENDER_LABELS,
    STILL_TRYING,
)
from mailintake.parsing.header_block import HeaderBlock

_REACH = 256 * 1024
_LINES = 2000
_NEAR = 14
ENHANCED = re.compile(r"(?<![0-9.])([245])\.([0-7])\.([0-9]{1,3})(?![0-9]|\.[0-9])")
_REPLY = re.compile(r"(?<![0-9.:])([45][0-5][0-9])(?![0-9.:])")
_SAID = re.compile(r"(?<![0-9.])[45][0-9]{2}[ -](?:[45]\.[0-9]{1,3}\.[0-9]{1,3} )?\S|#[45]\.[0-9]\.[0-9]")
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9][A-Za-z0-9.-]{0,250}[A-Za-z0-9]")
_QUOTED = re.compile(r"\"[^\"@<>\n]{1,64}\"@[A-Za-z0-9][A-Za-z0-9.-]{0,250}[A-Za-z0-9]")
_LABEL = re.compile(r"([^\W\d_][\w \-()]{0,40}?)[ \t]{0,8}[:：]")
_RETURNED_ID = re.compile(r"^[> \t]{0,8}message-id:[ \t\n]{0,8}(<[^<>\s]{1,998}>)", re.IGNORECASE | re.MULTILINE)
_FIELD = re.compile(
    r"[> \t]{0,8}(?:return-path|received|dkim-signature|mime-version|x-mailer|content-type): ", re.IGNORECASE
)
_VERSION = re.compile(r"(?:version|exim|postfix|sendmail|ver\.?|imail|v)[ /]{0,2}$", re.IGNORECASE)
_BRACKETS = "<>\"'`(){}[]*•- \t:;,.　"


def read(text: str, block: HeaderBlock, *, not_these: Iterable[str] = ()) -> DeliveryReport:
    """What the text of a bounce tells of its first recipient; `not_these` are addresses that cannot be the one."""
    text = text[:_REACH]
    lines = text.split("\n", _LINES)[:_LINES]
    told = lines[: _returned_at(lines)]
    others = {address.lower() for address in not_these}
    recipient, line = _recipient(told, others)
    if not recipient and len(told) < 12:
        # what looked like the returned mail may be a few lines about it
        told = lines[:60]
        recipient, line = _recipient(told, others)
    named = _ADDRESS.search(words.decode_value(block.first("x-failed-recipients")))
    if named:
        line = next((number for number, other in enumerate(told) if named[0] in other), line)
        recipient = named[0]
    if not recipient:
        recipient = _returned_to(lines[len(told) :], others)
    subject = words.decode_value(block.first("subject"))
    near = told[line : line + _NEAR] if line is not None else []
    delayed = is_delayed(subject, told)
    code, diagnostic = _code(near, delayed=delayed)
    if not code:
        code, diagnostic = _code(told, delayed=delayed)
    if not code:
        code = reason("\n".join(near), delayed=delayed) or reason("\n".join((subject, *told)), delayed=delayed)
    code = code or ("4.0.0" if delayed else "5.0.0")
    returned = _RETURNED_ID.search(text)
    return DeliveryReport(
        recipient=recipient,
        status=code,
        action="delayed" if delayed else "failed",
        diagnostic=(diagnostic or _words_near(near, recipient))[:2000],
        original_message_id=returned[1] if returned else None,
    )


def is_delayed(subject: str, lines: list[str]) -> bool:
    """Whether the server is still trying."""
    text = "\n".join((subject, *lines[:80])).lower()
    if any(phrase in text for phrase in STILL_TRYING):
        return True
    return any(phrase in text for phrase in DELAY) and not any(phrase in text for phrase in FINAL)


def enhanced(text: str) -> str:
    """The first code of RFC 3463 that says more than its class, else the first, else ""."""
    general = ""
    for match in ENHANCED.finditer(text):
        if match[1] == "2" or _VERSION.search(text[max(0, match.start() - 10) : match.start()]):
            continue
        if match[2] != "0" or match[3] != "0":
            return match[0]
        general = general or match[0]
    return general


def has_answer(text: str) -> bool:
    """Whether a line of the text looks like what one mail server answers another."""
    return bool(enhanced(text)) or any(_SAID.search(line[:500]) for line in text.split("\n"))


def reason(text: str, *, delayed: bool = False) -> str:
    """The code that the words of a server stand for, by its reply code or by `delayed` of class 4 or 5; else ""."""
    lowered = text.lower()
    reply = _REPLY.search(text)
    digit = "4" if delayed or (reply is not None and reply[1][0] == "4") else "5"
    for code, table in REASONS:
        if any(phrase in lowered for phrase in table):
            return digit + code[1:]
    if reply is None:
        return ""
    return {"552": "5.2.2", "421": "4.3.2", "452": "4.3.1"}.get(reply[1], f"{digit}.0.0")


def _returned_at(lines: list[str]) -> int:
    """The line at which the returned mail begins."""
    for number, line in enumerate(lines):
        lowered = line[:200].lower()
        if _FIELD.match(line) and number > 2:
            return number
        if number and any(phrase in lowered for phrase in RETURNED) and not _ADDRESS.search(line):
            marked = line.lstrip()[:1] in ("-", "=", "*", "_") or line.rstrip()[-1:] in (":", "-", "：", ".")
            if marked or len(line) < 60:
                return number
    return len(lines)


def _recipient(lines: list[str], others: set[str]) -> tuple[str, int | None]:
    best, best_score, best_line = "", 0, None
    heading = 0
    for number, line in enumerate(lines):
        if "@" not in line:
            lowered = line.lower()
            if line.rstrip()[-1:] in (":", "：", "-") and any(word in lowered for word in _HEADINGS):
                heading = number + 1
            continue
        text = line.strip(_BRACKETS)
        label = _LABEL.match(text)
        name = label[1].strip().lower() if label else ""
        for match in (*_QUOTED.finditer(line[:1000]), *_ADDRESS.finditer(line[:1000])):
            address = match[0].strip("'")
            local = address.partition("@")[0].lower()
            if address.lower() in others or local in DAEMONS or local in ("postmaster", "abuse"):
                continue
            score = 2
            if name in _TO:
                score += 4
            elif name in _FROM or _is_id(line, match.start(), match.end()):
                continue
            elif line.strip(_BRACKETS).startswith(address):
                score += 4
            if heading and number - heading < 6:
                score += 2
            score += any(_SAID.search(other[:500]) for other in lines[number : number + 4])
            if score > best_score:
                best, best_score, best_line = address, score, number
    return best, best_line


_TO, _FROM = frozenset(RECIPIENT_LABELS), frozenset(SENDER_LABELS)
_HEADINGS = ("recipient", "address", "deliver", "fail", "получател", "empfänger", "destinat", "收件人", "宛先")


def _is_id(line: str, start: int, end: int) -> bool:
    """Whether it is a Message-ID or a host's own address rather than somebody's: `id <…>`, `ESMTP id x@y`."""
    before = line[max(0, start - 14) : start].lower()
    return "id:" in before or "id <" in before or before.rstrip("<").endswith(("from ", "from:<", "from: <", "from:"))


def _returned_to(lines: list[str], others: set[str]) -> str:
    """Whom the returned mail was for."""
    for line in lines[:100]:
        if line.lstrip("> \t").lower().startswith(("to:", "x-original-to:", "delivered-to:", "envelope-to:")):
            match = _ADDRESS.search(line)
            if match and match[0].lower() not in others:
                return match[0]
    return ""


def _code(lines: list[str], *, delayed: bool) -> tuple[str, str]:
    """The most telling code and the line it stands in: enhanced ones first, then what the reply code means."""
    general = ("", "")
    for number, line in enumerate(lines):
        found = enhanced(line[:2000])
        if found.endswith(".0.0"):
            general = general if general[0] else (found, line.strip())
        elif found:
            return found, line.strip()
        elif not general[0] and _SAID.search(line[:2000]) and _is_answer(line):
            said = " ".join(other.strip() for other in lines[number : number + 3])
            general = (reason(said, delayed=delayed), line.strip())
    return general


def _is_answer(line: str) -> bool:
    """Whether a three-digit number is the answer of a server, not a size, a port or a date."""
    match = _REPLY.search(line)
    return match is not None and not line[match.end() :].lstrip().lower().startswith(("bytes", "kb", "mb", "octets"))


def _words_near(lines: list[str], recipient: str) -> str:
    """The sentence beside the address, for a server that gives no code."""
    for line in lines:
        said = line.replace(recipient, "").strip(_BRACKETS) if recipient else line.strip()
        if said:
            return said
    return ""
