"""A finished letter: header fields and a body, written by ourselves and read back before they may leave.

The standard library's EmailMessage decodes a subject once more and wraps long Message-IDs into encoded-words, which
breaks threads, and it takes ten times as long.
"""

import binascii
from collections.abc import Sequence
from datetime import UTC, datetime
from email.feedparser import BytesFeedParser
from email.utils import format_datetime, getaddresses

from mailintake import errors
from mailintake.domain.letter import Draft, Letter
from mailintake.domain.tag import without_tag
from mailintake.notices import headers, plain

LONGEST_LINE = 998  # RFC 5322, 2.1.1


def finish(draft: Draft, *, subject: str, body: str, date: datetime) -> Letter:
    """The letter's bytes, the same for the same draft, words and date.

    The envelope's sender is the null one, so that no answer to an automatic letter comes back to a person's mailbox
    (RFC 3834, 3.3). Raises errors.LetterRefused for an address that cannot travel, errors.PermanentError for a
    letter that does not read back as what was meant, ValueError for a date without offset.
    """
    if date.tzinfo is None:
        raise ValueError("a letter's date names its offset from UTC")
    recipient = headers.addr_spec(draft.recipient.address)
    encoding, lines = _body(body)
    fields = _fields(draft, subject=subject, date=date, encoding=encoding)
    head = "\r\n".join([headers.field(name, words) for name, words in fields]).encode("ascii") + b"\r\n\r\n"
    content = head + lines.encode("ascii")
    _read_back(head, content, names=[name for name, _ in fields], recipient=recipient)
    return Letter(message_id=draft.message_id, return_path="", recipient=recipient, content=content)


def subject_words(subject: str, tag: str) -> Sequence[str]:
    """The words of the Subject: what it says without any ticket's tag, then ours, once.

    RFC 3834, 3.1.5 offers "Auto: " before the original subject. We keep to "Re: ": mail programs thread on References
    together with the subject but for "Re:", and an "Auto:" would part the answer from the question; Auto-Submitted says
    it to machines, the letter's last line to people. The tag stands behind, where it does not hide the subject in a
    phone's list, and outside encoded-words, where the simplest reader finds it.
    """
    return (*headers.text(without_tag(plain.one_line(subject))), *headers.text(tag))


def _fields(draft: Draft, *, subject: str, date: datetime, encoding: str) -> list[tuple[str, Sequence[str]]]:
    sender = headers.addr_spec(draft.sender.address)
    earlier = headers.references(draft.in_reply_to, draft.references)
    replied_to = headers.references(draft.in_reply_to, ())
    fields: list[tuple[str, Sequence[str]]] = [
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
    fields += [
        ("Auto-Submitted", (draft.automatic,)),
        ("X-Auto-Response-Suppress", ("DR,", "RN,", "NRN,", "OOF,", "AutoReply")),
        ("X-Loop", (sender,)),
        ("MIME-Version", ("1.0",)),
        ("Content-Type", ("text/plain;", 'charset="utf-8"')),
        ("Content-Transfer-Encoding", (encoding,)),
    ]
    return fields


def _body(body: str) -> tuple[str, str]:
    """The transfer encoding, and the body in it with lines that end in CRLF."""
    text = plain.lines(body).strip("\n") + "\n"
    if text.isascii() and (len(text) <= LONGEST_LINE or max(map(len, text.split("\n"))) <= LONGEST_LINE):
        return "7bit", text.replace("\n", "\r\n")
    printable = binascii.b2a_qp(text.encode(), istext=True).decode("ascii")
    return "quoted-printable", printable.replace("\n", "\r\n")


def _read_back(head: bytes, content: bytes, *, names: list[str], recipient: str) -> None:
    """Read the bytes as a stranger's parser would: exactly our fields, exactly one recipient, no stray line end."""
    parser = BytesFeedParser()  # what BytesHeaderParser is made of, without its detour through a file
    parser.feed(head)
    parsed = parser.close()
    recipients = [address for _, address in getaddresses(parsed.get_all("To", []))]
    ends = content.count(b"\r\n")
    if (
        parsed.keys() != names
        or parsed.defects
        or parsed.get_payload()
        or recipients != [recipient]
        or content.count(b"\r") != ends
        or content.count(b"\n") != ends
        or b"\0" in content
    ):
        raise errors.PermanentError(f"the letter to {recipient} does not read back as it was written")
