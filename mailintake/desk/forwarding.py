"""What an agent hands on: whose mail it is, and which words are the agent's own."""

from dataclasses import dataclass
from datetime import datetime

from mailintake.domain.mail import Address, ParsedMessage

_REACH = 400  # lines in which the repeated header is looked for
_HEADER = 12
_RULE = "-_=* \t\xa0>"


@dataclass(frozen=True, slots=True)
class Original:
    """The mail that was handed on, as whoever handed it on shows it: nobody vouches for its author.

    `date` is in UTC, None if the mail names none that can be read.
    """

    author: Address
    subject: str
    date: datetime | None
    text: str


def original(message: ParsedMessage) -> Original | None:
    """The mail within a forwarded one; None where there is none, or it names no author.

    Where the text repeats a header, its text is what stands below, `>` in front of its lines taken away. Otherwise it
    is the mail that is attached.
    """
    head = message.forwarded
    lines = message.text.split("\n")
    start = _author_line(lines, message)
    if head is not None and head.from_ is not None and start is not None:
        text = _unquoted(lines[_end_of_header(lines, start) :])
        return Original(head.from_, head.subject or message.subject, head.date, text)
    if message.attached is not None:
        within = message.attached
        return Original(within.author, within.subject, within.date, within.text) if within.author else None
    return Original(head.from_, head.subject or message.subject, head.date, "") if head and head.from_ else None


def own_words(message: ParsedMessage) -> str:
    """The newly written words; of a forwarded mail those above what it forwards."""
    if message.forwarded is None:
        return message.reply_text
    lines = message.reply_text.split("\n")
    start = _author_line(lines, message)
    if start is None:
        return message.reply_text
    while start and _is_label(lines[start - 1]):
        start -= 1
    words = "\n".join(lines[:start]).rstrip().split("\n")
    return "\n".join(words[:-1] if _introduces(words[-1]) else words).strip("\n")


def _author_line(lines: list[str], message: ParsedMessage) -> int | None:
    """The line of the repeated header that names the author; None if it is not in the text."""
    author = message.forwarded.from_ if message.forwarded else None
    if author is None:
        return None
    address = author.address.lower()
    for number, line in enumerate(lines[:_REACH]):
        if address in line[:1000].lower() and _is_label(line):
            return number
    return None


def _is_label(line: str) -> bool:
    """Whether it may be a line of a header: a few letters and a colon in front."""
    label, colon, _ = line[:60].replace("：", ":").partition(":")
    label = label.strip(_RULE)
    return bool(colon and label) and len(label) <= 30 and "@" not in label and "#" not in label


def _introduces(line: str) -> bool:
    """Whether a line says that a forwarded mail follows: a rule, perhaps with words in it, or words and a colon."""
    return line.lstrip(" >").startswith(("--", "__", "==", "**")) or line.rstrip().endswith((":", "："))


def _end_of_header(lines: list[str], start: int) -> int:
    """The first line behind the empty one that ends the header; Apple's and others' have none within."""
    for number in range(start + 1, min(len(lines), start + _HEADER)):
        if not lines[number].strip(_RULE):
            return number + 1
    return start + 1


def _unquoted(lines: list[str]) -> str:
    said = [line for line in lines if line.strip()]
    if said and all(line.lstrip().startswith(">") for line in said):
        lines = [line.lstrip()[1:].removeprefix(" ") for line in lines]
    return "\n".join(lines).strip("\n")
