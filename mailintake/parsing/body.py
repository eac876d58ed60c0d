"""Which parts are the text of a mail, and which are attachments (in the manner of RFC 8621, 4.1.4)."""

from dataclasses import dataclass, field
from html import escape

from mailintake.parsing import (
    charsets,
    enriched,
    filenames,
    flowed,
    limits,
    rtf,
    rtf_compressed,
    tnef,
    transfer,
    uuencoded,
    words,
)
from mailintake.parsing.header_block import HeaderBlock
from mailintake.parsing.structure import SMIME, Part

_TEXT = frozenset({"text/plain", "text/html", "text/enriched", "text/richtext"})
# Text types that are files even where they are all there is.
_FILES = frozenset({"text/calendar", "text/vcard", "text/x-vcard", "text/directory", "text/csv", "text/rtf"})
# A file too, and read besides where nothing else is said and it has no name.
_RTF = frozenset({"text/rtf", "application/rtf", "text/x-rtf", "application/x-rtf"})
# The fields of the header that hold words.
_WORDED = ("subject", "from", "to", "cc", "reply-to", "sender", "organization")
# What may stand in an alternative beside the words and says nothing else.
_IGNORED_ALTERNATIVES = frozenset({"text/x-amp-html", "text/watch-html"})


@dataclass(slots=True)
class View:
    """One stretch of a mail's text: as plain text, as HTML, or both as alternatives."""

    plain: str | None = None
    html: str | None = None


@dataclass(frozen=True, slots=True)
class Packed:
    """A file within a part: `path` is that part's and a number behind a slash, the name and type as written there."""

    path: str
    name: str
    content: bytes
    content_type: str = ""
    content_id: str = ""


@dataclass(slots=True)
class Selection:
    """Everything in a mail, sorted: views in reading order, the other leaves as attachments, calendars also apart.

    `packed` are files that stood uuencoded in plain text or in a TNEF file, `unpacked_text` and `unpacked_rtf` are the
    words in one (the latter compressed, and the part it is in). `charset` is the first that a part declares, `foreign`
    are bytes of header and texts that are not in what they are declared to be: together they tell the charset.
    `text_types` are the types of the parts whose words are no HTML.
    """

    views: list[View] = field(default_factory=list)
    attachments: list[Part] = field(default_factory=list)
    calendars: list[Part] = field(default_factory=list)
    packed: list[Packed] = field(default_factory=list)
    unpacked_text: View | None = None
    unpacked_rtf: tuple[Part, bytes] | None = None
    defects: list[str] = field(default_factory=list)
    charset: str | None = None
    foreign: bytes = b""
    text_types: set[str] = field(default_factory=set)

    def note(self, word: str | None) -> None:
        """Remember a defect once."""
        if word and word not in self.defects:
            self.defects.append(word)


def select(root: Part) -> Selection:
    """Sort the leaves of a mail. Decodes text parts only, and of those only as much as the limits allow."""
    found = Selection(charset=_declared_charset(root), foreign=foreign_fields(root.block))
    found.views = [_lone(root, found)] if _is_lone_text(root) else _views(root, found)
    if not any((view.plain or view.html or "").strip() for view in found.views):
        found.text_types.clear()
        unpacked = found.unpacked_text or _from_rtf(found)
        found.views = [unpacked] if unpacked else found.views
    return found


def _is_lone_text(root: Part) -> bool:
    """Whether the mail is one text, be it of an unknown kind (RFC 2046, 4.1.4) or with a name."""
    if root.is_container or root.disposition == "attachment" or root.content_type in _FILES:
        return False
    return root.content_type.startswith("text/")


def _lone(root: Part, found: Selection) -> View:
    text = decode_text(root, found)
    says_html = root.content_type == "text/html"
    untold = not root.block.first("content-type") and text[:200].lstrip().lower().startswith(
        ("<!doctype html", "<html")
    )
    return View(html=text) if says_html or untold else _plain(root, text, found)


def _declared_charset(root: Part) -> str | None:
    return next((leaf.parameters["charset"] for leaf in root.leaves() if leaf.parameters.get("charset")), None)


def foreign_fields(block: HeaderBlock) -> bytes:
    """The bytes of a header's words that are not in what they are declared to be."""
    values = (block.first(name)[: limits.FOREIGN] for name in _WORDED)
    return b"\n".join(filter(None, map(words.foreign_bytes, values)))[: limits.FOREIGN]


def _views(part: Part, found: Selection) -> list[View]:
    if part.is_container:
        if part.content_type in SMIME:
            found.attachments.append(part)  # the signature itself
        if part.content_type == "multipart/alternative":
            return _alternative(part, found)
        if part.content_type == "multipart/related":
            return _related(part, found)
        return [view for child in part.children for view in _views(child, found)]
    if not is_text(part):
        if _is_tnef(part) and _unpack(part, found):
            return []
        if part.content_type == "text/calendar":
            found.calendars.append(part)
        found.attachments.append(part)
        return []
    text = decode_text(part, found)
    if part.content_type == "text/html":
        return [View(html=text)]
    return [_plain(part, text, found)]


def _plain(part: Part, text: str, found: Selection) -> View:
    found.text_types.add(part.content_type)
    if "begin " in text:
        text, files = uuencoded.split(text)
        found.packed += [Packed(f"{part.path}/{number}", *file) for number, file in enumerate(files, 1)]
    return View(plain=text)


def _is_tnef(part: Part) -> bool:
    return part.content_type in tnef.TYPES or filenames.declared(part).lower() == "winmail.dat"


def _unpack(part: Part, found: Selection) -> bool:
    """Take out what a TNEF file holds; False if the file has to be shown itself."""
    opened = tnef.read(transfer.decode(part.wire(), part.encoding)[0])
    if opened is None:
        return False
    for number, file in enumerate(opened.files, 1):
        path = f"{part.path}/{number}"
        found.packed.append(Packed(path, file.name, file.content or b"", file.content_type, file.content_id))
    if opened.text or opened.html:
        found.unpacked_text = View(opened.text[: limits.TEXT] or None, opened.html[: limits.HTML] or None)
    elif opened.rtf and not found.unpacked_rtf:
        found.unpacked_rtf = (part, opened.rtf)
    if not opened.whole:
        found.note("broken-tnef")
    return opened.whole and bool(opened.files)


def _from_rtf(found: Selection) -> View | None:
    """What a mail without other words says in RTF; a TNEF file that cannot be read in full is shown itself too."""
    if found.unpacked_rtf is not None:
        part, compressed = found.unpacked_rtf
        expanded, sound = rtf_compressed.expand(compressed) or (b"", False)
        document = rtf.read(expanded)
        if not sound or document is None or not document.whole:
            found.note("broken-tnef")
            if part not in found.attachments:
                found.attachments.append(part)
        return _shown(document)
    for part in found.attachments:
        if part.content_type in _RTF and part.disposition != "attachment" and not filenames.declared(part):
            return _shown(rtf.read(transfer.decode(part.wire(4 * limits.TEXT), part.encoding)[0]))
    return None


def _shown(document: rtf.Document | None) -> View | None:
    return View(document.text or None, document.html or None) if document else None


def _related(part: Part, found: Selection) -> list[View]:
    """The root is the text; what stands beside it belongs to it, also a second text part."""
    views: list[View] = []
    for index, child in enumerate(part.children):
        if index and not child.is_container and child.block.first("content-id") and child.content_type in _TEXT:
            found.attachments.append(child)
        else:
            views += _views(child, found)
    return views


def _alternative(part: Part, found: Selection) -> list[View]:
    plain: str | None = None
    html: str | None = None
    for child in part.children:
        if child.content_type in _IGNORED_ALTERNATIVES:
            continue
        if child.content_type == "text/calendar" and not filenames.declared(child):
            found.calendars.append(child)
            continue
        views = _views(child, found)
        if any(view.html is not None for view in views):
            html = joined_html(views)
            if plain is None and any(view.plain for view in views):
                # html within a mixture: its plain pieces are part of that alternative, not another one
                continue
        elif views:
            text = joined_plain([view.plain or "" for view in views])
            plain = text if not (plain or "").strip() else plain
    if plain is None and html is None:
        return []
    return [View(plain, html)]


def joined_plain(texts: list[str]) -> str:
    """Several texts as one, a blank line between."""
    kept = [text for text in texts if text.strip()]
    return kept[0] if len(kept) == 1 else "\n\n".join(text.strip("\n") for text in kept)


def joined_html(views: list[View]) -> str | None:
    """The HTML of all views, plain ones escaped; None if no view has HTML."""
    if not any(view.html is not None for view in views):
        return None
    if len(views) == 1:
        return views[0].html
    return "\n".join(view.html if view.html is not None else f"<pre>{escape(view.plain or '')}</pre>" for view in views)


def is_text(part: Part) -> bool:
    """Whether a leaf is words of the mail itself: a text type without a name that nobody declared an attachment.

    RFC 2045, 6.4 makes a file of what has an unknown transfer encoding. People write "8-bit" and "utf-8" there and mean
    the text, so it is shown as it stands.
    """
    if part.content_type not in _TEXT or part.disposition == "attachment":
        return False
    return not filenames.declared(part)


def decode_text(part: Part, found: Selection) -> str:
    """A text part as clean text with LF line ends, cut to the limit."""
    limit = limits.HTML if part.content_type == "text/html" else limits.TEXT
    # base64 and UTF-16 need more bytes than letters; beyond that nothing is decoded only to be thrown away
    wire = part.wire(4 * limit)
    whole = part.start + len(wire) == part.end
    data, defect = transfer.decode(wire, part.encoding)
    if defect and whole:
        found.note(defect)
    declared = part.parameters.get("charset")
    if len(found.foreign) < 2 * limits.FOREIGN and charsets.is_foreign(data, declared):
        found.foreign += b"\n" + data[: limits.FOREIGN]
    text, defect = charsets.decode(data, declared, fallback=found.charset, beside=found.foreign)
    found.note(defect)
    text = words.clean_text(text).removeprefix("\ufeff")
    if len(text) > limit or not whole:
        found.note("html-cut" if part.content_type == "text/html" else "text-cut")
        text = text[:limit]
    if part.content_type in ("text/enriched", "text/richtext"):
        return enriched.to_plain(text, rich=part.content_type == "text/richtext")
    if part.parameters.get("format", "").lower() == "flowed":
        text = flowed.unflow(text, delsp=part.parameters.get("delsp", "").lower() == "yes")
    return text
