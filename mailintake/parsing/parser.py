"""Raw bytes in, ParsedMessage out; the only module that knows mail-parser."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from mailparser.dates import parse_mail_date
from mailparser.utils import get_addresses

from mailintake.domain.mail import Address, Attached, Attachment, DeliveryReport, Forwarded, Invitation, ParsedMessage
from mailintake.parsing import (
    addresses,
    attached,
    attachments,
    body,
    charsets,
    dates,
    delivery_reports,
    fingerprint,
    forwarded,
    invitations,
    language,
    limits,
    marks,
    protection,
    references,
    reply,
    twins,
    words,
)
from mailintake.parsing.header_block import VOUCHING, HeaderBlock, read_block, readable
from mailintake.parsing.structure import Walk

# Web forms and address books write a link where the address belongs.
_MAILTO = re.compile(r"<mailto:([^<>?\s]{1,320})(?:\?[^<>]{0,400})?>", re.IGNORECASE)
_CID = re.compile(r"cid:([^\"'\s>)]{1,500})", re.IGNORECASE)


def parse(raw: bytes) -> ParsedMessage:
    """Everything a mail says, as people read it. Deterministic; never raises, whatever the bytes.

    What was wrong or left out is named in `defects`; the caller keeps the raw bytes.
    """
    return _parse(raw)


def _parse(raw: bytes, *, is_inner: bool = False) -> ParsedMessage:
    """The same; of a mail within a mail without the mail that is attached to that one."""
    raw = readable(raw)
    block = read_block(raw, 0, len(raw), top=True)
    if not block.fields:
        block.defects.append("no-headers")
    walk = Walk(raw, block)
    found = body.select(walk.root)
    heads = _Heads(block, found.charset, found.foreign)
    text, html, told = _texts(found)
    used = frozenset(_CID.findall(html)) if html and "cid:" in html else frozenset()
    files = attachments.index(found, used_ids=used)
    senders = [author.address for author in heads.addresses("from")]
    report = delivery_reports.read(walk.root, text, block, senders)
    calendar = next((event for part in found.calendars[:5] if (event := invitations.read(part))), None)
    if calendar is not None and not text.strip():
        text = invitations.summary(calendar)
    is_forward = forwarded.is_forward(heads.subject, text, answers=heads.answers())
    guarded = protection.of(walk.root, text)
    if guarded and guarded.endswith("encrypted"):
        found.note("encrypted-content")
    inner = attached.read(found.attachments, partial(_parse, is_inner=True)) if not is_inner and not report else None
    split = reply.split(text, told, forwarded=is_forward)
    return heads.message(
        text=text,
        html=html,
        split=split,
        files=files,
        report=report,
        calendar=calendar,
        forward=(forwarded.read(text) if is_forward else None)
        or (attached.forward(inner, heads.subject, text) if inner else None),
        within=attached.in_short(inner) if inner else None,
        guarded=guarded,
        is_plain=twins.all_is_plain(found, text),
        content_key=fingerprint.content_key(raw, block),
        defects=(*block.defects, *walk.defects, *found.defects, *heads.defects),
    )


def parse_headers_only(raw: bytes) -> ParsedMessage:
    """The plain profile for second tries: only the header block is read, the text is empty. Linear, never raises."""
    raw = readable(raw)
    block = read_block(raw, 0, len(raw), top=True)
    if not block.fields:
        block.defects.append("no-headers")
    heads = _Heads(block, None, body.foreign_fields(block))
    return heads.message(
        content_key=fingerprint.content_key(raw, block),
        defects=(*block.defects, "headers-only", *heads.defects),
    )


def _texts(found: body.Selection) -> tuple[str, str | None, marks.Marks]:
    """The text, the sanitised HTML, and what the HTML says of the lines of a text that was made of it alone."""
    raw_html = body.joined_html(found.views)
    html = None
    tame = False
    if raw_html is not None:
        from mailintake.parsing import html_clean, html_guard, html_text

        tame = html_guard.is_tame(raw_html)
        if not tame:
            found.note("html-too-complex")
        html = html_clean.sanitise(raw_html, tame=tame)
    pieces: list[str] = []
    told = marks.NONE
    for view in found.views:
        if view.plain is not None and (view.plain.strip() or not view.html):
            pieces.append(view.plain)
        elif view.html is not None:
            rendered, told = html_text.render(view.html, tame=tame)
            pieces.append(rendered)
    text = body.joined_plain(pieces) if pieces else ""
    if len(text) > limits.TEXT:
        found.note("text-cut")
        text = text[: limits.TEXT]
    return text, html, told if len(found.views) == 1 else marks.NONE


@dataclass
class _Heads:
    """The header fields, understood."""

    block: HeaderBlock
    charset: str | None
    beside: bytes = b""
    defects: list[str] = field(default_factory=list)
    subject: str = ""
    _read: dict[str, tuple[Address, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.subject = words.decode_value(self.block.first("subject"), fallback=self.charset, beside=self.beside)
        for name in ("from", "date", "subject", "message-id", "content-type", "to", "reply-to"):
            if len(self.block.all(name)) > 1:
                self.defects.append(f"duplicate-{name}")
        self.defects.extend(f"{name}-cut" for name in sorted(self.block.cut & VOUCHING))

    def message(
        self,
        *,
        content_key: str,
        defects: tuple[str, ...],
        text: str = "",
        html: str | None = None,
        split: reply.Split | None = None,
        files: tuple[Attachment, ...] = (),
        report: DeliveryReport | None = None,
        calendar: Invitation | None = None,
        forward: Forwarded | None = None,
        guarded: str | None = None,
        is_plain: bool = True,
        within: Attached | None = None,
    ) -> ParsedMessage:
        split = split or reply.Split("")
        authors = self.addresses("from")
        author = self._author(authors)
        to, cc, reply_to = self.addresses("to"), self.addresses("cc"), self.addresses("reply-to")
        date = self.date()
        return ParsedMessage(
            message_id=references.first_id(references.text_of(self.block.first("message-id"))),
            from_=author,
            authors=authors,
            reply_to=reply_to,
            to=to,
            cc=cc,
            subject=self.subject,
            date=date,
            in_reply_to=references.first_id(references.text_of(self.block.first("in-reply-to"))),
            references=references.message_ids(references.text_of(b" ".join(self.block.all("references")))),
            text=text,
            html=html,
            reply_text=split.reply,
            quoted=split.quoted,
            signature=split.signature,
            language=language.detect(split.reply or text or self.subject),
            attachments=files,
            headers=self.block.texts(),
            content_key=content_key,
            report=report,
            calendar=calendar,
            forwarded=forward,
            defects=tuple(dict.fromkeys((*defects, *self.defects))),
            protection=guarded,
            text_is_plain=is_plain,
            attached=within,
        )

    def answers(self) -> bool:
        """Whether it names a mail it answers, or those of its thread."""
        return bool(self.block.first("in-reply-to") or self.block.first("references"))

    def _text(self, name: str) -> list[str]:
        texts: list[str] = []
        room = limits.ADDRESS_BYTES
        for value in self.block.all(name):
            if room <= 0:
                self.defects.append("too-many-addresses")
                break
            texts.append(_address_text(value[:room], self.charset, self.beside))
            room -= len(value)
        return texts

    def addresses(self, name: str) -> tuple[Address, ...]:
        """The mailboxes of a field, each address once, at most 200.

        One plain mailbox of a recipient needs no second reader; an author always gets mail-parser's reading.
        """
        if name not in self._read:
            self._read[name] = self._addresses(name)
        return self._read[name]

    def _addresses(self, name: str) -> tuple[Address, ...]:
        found: dict[str, Address] = {}
        for text in self._text(name):
            plain = addresses.plain_mailbox(text) if name != "from" else None
            for shown, address in plain or _mailboxes(text) or _loosely(text):
                if len(found) >= limits.ADDRESSES:
                    self.defects.append("too-many-addresses")
                    return tuple(found.values())
                entry = addresses.to_address(shown, address, beside=self.beside)
                if entry is not None:
                    found.setdefault(entry.address, entry)
        return tuple(found.values())

    def _author(self, authors: tuple[Address, ...]) -> Address | None:
        """The one author, if two readers agree that there is exactly one (SECURITY T03)."""
        fields = self._text("from")
        if not fields:
            self.defects.append("no-from")
            return None
        if "from" in self.block.spaced | self.block.cut or len(fields) > 1 or len(authors) != 1:
            self.defects.append("ambiguous-from")
            return None
        if addresses.strict_mailbox(fields[0]) != authors[0].address:
            self.defects.append("ambiguous-from")
            return None
        return authors[0]

    def date(self) -> datetime | None:
        """The instant of the Date field in UTC, or None."""
        value = self.block.first("date")
        if not value:
            self.defects.append("no-date")
            return None
        text = _address_text(value, None)
        standard = None if dates.names_zone(text) else _standard_date(text)
        instant = standard or dates.lenient(text)
        if instant is None:
            self.defects.append("bad-date")
        elif standard is None:
            self.defects.append("repaired-date")
        return instant.astimezone(UTC) if instant else None


def _mailboxes(text: str) -> list[tuple[str, str]]:
    if "mailto:" in text.lower():
        text = _MAILTO.sub(r"<\1>", text)
    if ";" in text and ":" not in text and '"' not in text:
        text = text.replace(";", ",")  # as people and Outlook separate addresses
    try:
        return [found for found in get_addresses(text) if "@" in found[1]]
    except Exception:  # noqa: BLE001  whatever a parser does not survive is a field without addresses
        return []


def _loosely(text: str) -> list[tuple[str, str]]:
    found = addresses.loose(text) if "@" in text or "=40" in text else None
    return [found] if found else []


def _standard_date(text: str) -> datetime | None:
    try:
        value = parse_mail_date(text).value
    except Exception:  # noqa: BLE001  the lenient reader gets its chance
        return None
    return value if isinstance(value, datetime) else None


def _address_text(value: bytes, charset: str | None, beside: bytes = b"") -> str:
    """A structured field as one line, its encoded words still encoded: structure is read before words are."""
    if value.isascii():
        return words.one_line(value.decode("ascii"))
    text = charsets.decode(value, None, fallback=charset, beside=beside)[0]
    return words.one_line(text)
