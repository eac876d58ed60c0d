"""A finished letter: header fields, words and files, written by ourselves and read back before they leave.

The standard library's EmailMessage decodes a subject once more and wraps long Message-IDs into encoded-words, which
breaks threads, and it takes ten times as long.
"""

import binascii
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from email.errors import MultipartInvariantViolationDefect
from email.parser import HeaderParser
from email.utils import format_datetime, getaddresses
from types import MappingProxyType
from typing import Any

from mailintake import errors
from mailintake.domain.letter import Draft, Enclosure, Letter
from mailintake.domain.tag import without_tag
from mailintake.notices import enclosures, headers, plain

LONGEST_LINE = 998  # RFC 5322, 2.1.1

NOTHING: Mapping[Any, Any] = MappingProxyType({})

Fields = list[tuple[str, Sequence[str]]]
Part = tuple[Fields, bytes]


def finish(
    draft: Draft,
    *,
    subject: str,
    body: str,
    date: datetime,
    html: str | None = None,
    language: str | None = None,
    enclosed: Mapping[Enclosure, bytes] = NOTHING,
) -> Letter:
    """The letter's bytes, the same for the same draft, words, files and date.

    `html` says what `body` says; with it the words are a multipart/alternative, plain text first (RFC 2046, 5.1.4).
    `language` is that of the words, the draft's if left out. `enclosed` is what the draft's attachments hold; those it
    leaves out stay behind. The envelope's sender is the draft's: the null one, unless a person wrote, so that no
    answer to an automatic letter comes back to anybody (RFC 3834, 3.3). Raises errors.LetterRefused for an address that
    cannot travel, errors.PermanentError for a letter that does not read back as what was meant, ValueError for a date
    without offset.
    """
    if date.tzinfo is None:
        raise ValueError("a letter's date names its offset from UTC")
    recipient = headers.addr_spec(draft.recipient.address)
    return_path = headers.addr_spec(draft.return_path) if draft.return_path else ""
    parts = [_part("plain", body)] if html is None else [_part("plain", body), _part("html", html)]
    files = [_file(each, enclosed[each]) for each in draft.attachments if each in enclosed]
    boundaries: dict[str, int] = {}
    for kind, beside in (("alternative", parts[1:]), ("mixed", files)):
        if beside:
            boundary = _boundary(kind, draft.message_id)
            boundaries[boundary] = 1 + len(beside)
            parts[0] = _multipart(kind, (parts[0], *beside), boundary)
    fields = _fields(draft, subject=subject, date=date, language=language or draft.language) + parts[0][0]
    head = _head(fields)
    content = head + parts[0][1]
    _read_back(head, content, names=[name for name, _ in fields], recipient=recipient, boundaries=boundaries)
    return Letter(message_id=draft.message_id, return_path=return_path, recipient=recipient, content=content)


def subject_words(subject: str, tag: str) -> Sequence[str]:
    """The words of the Subject: what it says without any ticket's tag, then ours, once.

    RFC 3834, 3.1.5 offers "Auto: " before the original subject. We keep to "Re: ": mail programs thread on References
    together with the subject but for "Re:", and an "Auto:" would part the answer from the question; Auto-Submitted says
    it to machines, the letter's last line to people. The tag stands behind, where it does not hide the subject in a
    phone's list, and outside encoded-words, where the simplest reader finds it.
    """
    return (*headers.text(without_tag(plain.one_line(subject))), *headers.text(tag))


def _fields(draft: Draft, *, subject: str, date: datetime, language: str) -> Fields:
    sender = headers.addr_spec(draft.sender.address)
    earlier = headers.references(draft.in_reply_to, draft.references)
    replied_to = headers.references(draft.in_reply_to, ())
    fields: Fields = [
        ("Date", format_datetime(date.astimezone(UTC)).split()),
        ("From", headers.mailbox(draft.sender)),
        ("To", headers.mailbox(draft.recipient)),
        ("Subject", subject_words(subject, draft.tag)),
        ("Message-ID", (headers.message_id(draft.message_id),)),
    ]
    if replied_to:
        fields.append(("In-Reply-To", replied_to))
    if earlier:
        fields.append(("References", earlier))
    if draft.reply_to:
        fields.append(("Reply-To", (headers.addr_spec(draft.reply_to),)))
    if draft.automatic:
        fields.append(("Auto-Submitted", (draft.automatic,)))
        fields.append(("X-Auto-Response-Suppress", ("DR,", "RN,", "NRN,", "OOF,", "AutoReply")))
    fields += [
        ("X-Loop", (sender,)),  # in a person's letter too: a mailbox that sends all on to us must not answer it
        ("Content-Language", (language.replace("_", "-"),)),
        ("MIME-Version", ("1.0",)),
    ]
    return fields


def _head(fields: Fields) -> bytes:
    return "\r\n".join([headers.field(name, words) for name, words in fields]).encode("ascii") + b"\r\n\r\n"


def _multipart(kind: str, parts: Iterable[Part], boundary: str) -> Part:
    between = b"--" + boundary.encode("ascii")
    pieces = []
    for fields, content in parts:
        pieces += [between, b"\r\n", _head(fields), content, b"\r\n"]
    fields = [("Content-Type", (f"multipart/{kind};", f'boundary="{boundary}"'))]
    return fields, b"".join((*pieces, between, b"--\r\n"))


def _file(file: Enclosure, data: bytes) -> Part:
    """A file's part; its name and type come from elsewhere, so its header fields are read back too."""
    fields, content = enclosures.part(file, data)
    parsed = HeaderParser().parsestr(_head(fields).decode("ascii"))
    if parsed.keys() != [name for name, _ in fields] or parsed.get_content_disposition() != "attachment":
        raise errors.PermanentError(f"the file {file.filename[:80]!r} does not read back as it was written")
    return fields, content


def _boundary(kind: str, message_id: str) -> str:
    """Made of the Message-ID, so that the letter has the same one at every attempt; quoted-printable has no "=_"."""
    return f"=_{hashlib.sha256(f'{kind} {message_id}'.encode()).hexdigest()[:32]}"


def _part(kind: str, words: str) -> Part:
    """The header fields of a text, and the text in its transfer encoding with lines that end in CRLF."""
    text = plain.lines(words).strip("\n") + "\n"
    encoding = "7bit"
    if not text.isascii() or (len(text) > LONGEST_LINE and max(map(len, text.split("\n"))) > LONGEST_LINE):
        encoding, text = "quoted-printable", binascii.b2a_qp(text.encode(), istext=True).decode("ascii")
    return [
        ("Content-Type", (f"text/{kind};", 'charset="utf-8"')),
        ("Content-Transfer-Encoding", (encoding,)),
    ], text.replace("\n", "\r\n").encode("ascii")


def _read_back(
    head: bytes, content: bytes, *, names: list[str], recipient: str, boundaries: Mapping[str, int] = NOTHING
) -> None:
    """Read the bytes as a stranger's parser would: exactly our fields, exactly one recipient, no stray line end, and
    between the delimiters of each boundary exactly so many parts."""
    parsed = HeaderParser().parsestr(head.decode("ascii"))
    recipients = [address for _, address in getaddresses(parsed.get_all("To", []))]
    # A head without its body is no fault: early releases of Python 3.11 take it for one.
    ends = content.count(b"\r\n")
    if (
        parsed.keys() != names
        or any(not isinstance(defect, MultipartInvariantViolationDefect) for defect in parsed.defects)
        or parsed.get_payload()
        or recipients != [recipient]
        or content.count(b"\r") != ends
        or content.count(b"\n") != ends
        or b"\0" in content
        or any(content.count(f"--{boundary}".encode()) != parts + 1 for boundary, parts in boundaries.items())
    ):
        raise errors.PermanentError(f"the letter to {recipient} does not read back as it was written")
