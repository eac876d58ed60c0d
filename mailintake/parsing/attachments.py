"""The index of a mail's attachments, and their content on demand; nothing is unpacked or fetched (SECURITY T36)."""

import hashlib

from mailintake.domain.mail import Attachment
from mailintake.parsing import filenames, limits, transfer, words
from mailintake.parsing.body import Selection, select
from mailintake.parsing.header_block import read_block
from mailintake.parsing.structure import Part, Walk

_MESSAGES = frozenset({"message/rfc822", "message/global"})


def index(raw: bytes, found: Selection, *, used_ids: frozenset[str] = frozenset()) -> tuple[Attachment, ...]:
    """At most 100 entries, in order; `used_ids` are the Content-IDs that the mail's HTML shows."""
    parts = found.attachments
    if len(parts) > limits.ATTACHMENTS:
        found.note("too-many-attachments")
        parts = parts[: limits.ATTACHMENTS]
    entries = [_entry(raw, part, found, used_ids) for part in parts]
    entries += [_uuencoded(*file) for file in found.uuencoded[: limits.ATTACHMENTS - len(entries)]]
    return tuple(entries)


def _entry(raw: bytes, part: Part, found: Selection, used_ids: frozenset[str]) -> Attachment:
    content, defect = transfer.decode(memoryview(raw)[part.start : part.end], part.encoding)
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


def _uuencoded(path: str, name: str, content: bytes) -> Attachment:
    return Attachment(
        filename=filenames.safe(name) or f"part-{path.replace('/', '-')}.bin",
        content_type="application/octet-stream",
        size=len(content),
        inline=False,
        content_id=None,
        sha256=hashlib.sha256(content).hexdigest(),
        part=path,
    )


def extract(raw: bytes, part: str) -> bytes:
    """The decoded content of the part with this path, as `Attachment.part` names it.

    Raises KeyError if the mail has no such part.
    """
    walk = Walk(raw, read_block(raw, 0, len(raw), top=True))
    if "/" in part:
        for path, _, content in select(raw, walk.root).uuencoded:
            if path == part:
                return content
    for leaf in walk.root.leaves():
        if leaf.path == part:
            return transfer.decode(memoryview(raw)[leaf.start : leaf.end], leaf.encoding)[0]
    raise KeyError(part)
