"""The header block of a mail that was forwarded inside another."""

import re

from mailintake.domain.mail import Address, Forwarded
from mailintake.parsing import addresses, attribution, dates, notes_headers

_ANGLE = re.compile(r"[<\[(](?:mailto:)?([^\s<>\[\]()]{1,64}@[^\s<>\[\]()]{1,254})[>\])]")
_PLAIN = re.compile(r"[^\s<>\[\]()\"',;:]{1,64}@[A-Za-z0-9][A-Za-z0-9.-]{1,253}")
_REACH = 400
_PREFIX = re.compile(
    r"(?:fwd?|wg|wtr|tr|trs|rv|enc|i|doorst|pd|vs|vb|vl|vá|ilt|přeposláno|továbbítás|прсл|пересл|пер|пд|προωθ"
    r"|转发|轉寄|轉發|転送|전달|chuyển tiếp)\s{0,3}[:：]",
    re.IGNORECASE,
)
# A Finnish answer (vastaus), and a Danish or Norwegian mail handed on (videresendt).
_EITHER = re.compile(r"vs\s{0,3}[:：]", re.IGNORECASE)
_FINNISH = "lähettäjä"
_SCANDINAVIAN = "fra"


def is_forward(subject: str, text: str, *, answers: bool = False) -> bool:
    """Whether the subject or the text says that this mail is forwarded.

    `answers` is whether it names a mail that it answers, which decides where a prefix means either.
    """
    subject = subject.strip()
    lines = _lines(text)
    if _PREFIX.match(subject) and not (_EITHER.match(subject) and _repeats_what_it_answers(lines, answers=answers)):
        return True
    index = attribution.find(lines)
    return index is not None and attribution.is_forward_mark(lines[index])


def _repeats_what_it_answers(lines: list[str], *, answers: bool) -> bool:
    """Whether a header above the quote is Finnish, or is in a language without such a prefix and the mail answers."""
    for index, line in enumerate(lines):
        if attribution.label_of(line) == "from" and attribution.header_block(lines, index) >= 3:
            label = line.strip(" \t*_>").lower()
            return label.startswith(_FINNISH) or (answers and not label.startswith(_SCANDINAVIAN))
    return False


def read(text: str) -> Forwarded | None:
    """Sender, subject and date as the forwarded block repeats them; None without a block that names its sender."""
    lines = notes_headers.unboxed(_lines(text))
    for index, line in enumerate(lines):
        memo = notes_headers.memo_start(lines, index) if attribution.label_of(line) == "to" else None
        if memo is not None:
            return _of(notes_headers.memo_values(lines, memo))
        if attribution.label_of(line) in ("from", "date", "subject") and attribution.header_block(lines, index) >= 2:
            return _block(lines[index : index + 12])
    return None


def _lines(text: str) -> list[str]:
    return [line[:1000] for line in text.split("\n", _REACH)[:_REACH]]


def _block(lines: list[str]) -> Forwarded:
    values: dict[str, str] = {}
    for line in lines:
        kind = attribution.label_of(line)
        if kind and kind not in values:
            value = re.split("[:：]", line, maxsplit=1)[1]
            values[kind] = value.strip(" *_\t\xa0")
    return _of(values)


def _of(values: dict[str, str]) -> Forwarded:
    return Forwarded(
        from_=_sender(values.get("from", "")),
        subject=values.get("subject", "")[:500],
        date=dates.lenient(values.get("date", "")),
    )


def _sender(value: str) -> Address | None:
    match = _ANGLE.search(value)
    if match:
        return addresses.to_address(value[: match.start()].strip(" \"'*"), match[1])
    plain = _PLAIN.search(value)
    return addresses.to_address("", plain[0]) if plain else None
