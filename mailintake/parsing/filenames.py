"""Names of attachments: for display only, never a path (SECURITY T09)."""

import re
import unicodedata

from mailintake.parsing import parameters
from mailintake.parsing.structure import Part

_LENGTH = 150
_BAD_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co"})
_EXTENSIONS = {
    "application/ms-tnef": "dat",
    "application/octet-stream": "bin",
    "application/pdf": "pdf",
    "application/pgp-encrypted": "asc",
    "application/pgp-keys": "asc",
    "application/pgp-signature": "asc",
    "application/pkcs7-mime": "p7m",
    "application/pkcs7-signature": "p7s",
    "application/x-pkcs7-mime": "p7m",
    "application/x-pkcs7-signature": "p7s",
    "application/zip": "zip",
    "audio/mpeg": "mp3",
    "image/bmp": "bmp",
    "image/gif": "gif",
    "image/heic": "heic",
    "image/jpeg": "jpg",
    "image/jpg": "jpg",
    "image/png": "png",
    "image/svg+xml": "svg",
    "image/tiff": "tif",
    "image/webp": "webp",
    "message/delivery-status": "txt",
    "message/disposition-notification": "txt",
    "message/feedback-report": "txt",
    "message/global": "eml",
    "message/rfc822": "eml",
    "text/calendar": "ics",
    "text/csv": "csv",
    "text/html": "html",
    "text/plain": "txt",
    "text/rfc822-headers": "txt",
    "text/vcard": "vcf",
    "text/x-vcard": "vcf",
    "video/mp4": "mp4",
}


def declared(part: Part) -> str:
    """The name the sender gave, made safe, or ""."""
    name = parameters.text_of(part.disposition_parameters, "filename") or parameters.text_of(part.parameters, "name")
    return safe(name)


def shown(part: Part, subject: str = "") -> str:
    """The name to show: the sender's, else one made of the part's path and type, the same at every reading."""
    name = declared(part)
    if name:
        return name
    extension = _EXTENSIONS.get(part.content_type, "bin")
    if subject:
        name = safe(f"{subject[:100]}.{extension}")
    return name or f"part-{part.path}.{extension}"


def safe(name: str) -> str:
    """NFC, the last path component, no invisible characters, no leading dot or dash, at most 150 characters."""
    name = unicodedata.normalize("NFC", name)
    name = "".join(char for char in name if unicodedata.category(char) not in _BAD_CATEGORIES)
    name = re.split(r"[/\\]", name)[-1]
    name = " ".join(name.split()).lstrip(".- ").rstrip(". ")
    if len(name) > _LENGTH:
        stem, dot, extension = name.rpartition(".")
        ending = f".{extension}" if dot and len(extension) <= 10 else ""
        name = (stem if ending else name)[: _LENGTH - len(ending)] + ending
    return name
