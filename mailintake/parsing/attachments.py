"""The index of a mail's attachments, and their content on demand; nothing is unpacked or fetched (SECURITY T36)."""

import hashlib

from mailintake.domain.mail import Attachment
from mailintake.parsing import filenames, limits, transfer, words
from mailintake.parsing.body import Packed, Selection, select
from mailintake.parsing.header_block import read_block, readable
from mailintake.parsing.structure import SMIME, TYPE, Part, Walk

_MESSAGES = frozenset({"message/rfc822", "message/global"})


def index(found: Selection, *, used_ids: frozenset[str] = frozenset()) -> tuple[Attachment, ...]:
    """At most 100 entries, in order; `used_ids` are the Content-IDs that the mail's HTML shows."""
    parts = found.attachments
    if len(parts) > limits.ATTACHMENTS:
        found.note("too-many-attachments")
        parts = parts[: limits.ATTACHMENTS]
    entries = [_entry(part, found, used_ids) for part in parts]
    entries += [_packed(file, used_ids) for file in found.packed[: limits.ATTACHMENTS - len(entries)]]
    return tuple(entries)


def _entry(part: Part, found: Selection, used_ids: frozenset[str]) -> Attachment:
    content, defect = transfer.decode(part.wire(), part.encoding)
    found.note(defect)
    subject = ""
    if part.content_type in _MESSAGES:
        subject = words.decode_value(read_block(content[: limits.HEADER_BLOCK], 0, len(content)).first("subject"))
    content_id = words.decode_value(part.block.first("content-id")).strip("<> ") or None
    return Attachment(
        filename=filenames.shown(part, subject),
        content_type=part.content_type,
        size=len(content),
        inline=part.disposition == "inline" or (content_id is not None and content_id in used_ids),
        content_id=content_id[:500] if content_id else None,
        sha256=hashlib.sha256(content).hexdigest(),
        part=part.path,
    )


def _packed(file: Packed, used_ids: frozenset[str]) -> Attachment:
    content_type = file.content_type if TYPE.fullmatch(file.content_type) else "application/octet-stream"
    return Attachment(
        filename=filenames.safe(file.name) or f"part-{file.path.replace('/', '-')}.bin",
        content_type=content_type,
        size=len(file.content),
        inline=file.content_id in used_ids,
        content_id=words.one_line(file.content_id)[:500] or None,
        sha256=hashlib.sha256(file.content).hexdigest(),
        part=file.path,
    )


def extract(raw: bytes, part: str) -> bytes:
    """The decoded content of the part with this path, as `Attachment.part` names it.

    Raises KeyError if the mail has no such part.
    """
    raw = readable(raw)
    walk = Walk(raw, read_block(raw, 0, len(raw), top=True))
    if "/" in part:
        for file in select(walk.root).packed:
            if file.path == part:
                return file.content
    for entry in walk.root.everything():
        if entry.path == part and (not entry.children or entry.content_type in SMIME):
            return transfer.decode(entry.wire(), entry.encoding)[0]
    raise KeyError(part)
