"""The content key: one digest for one mail, by whatever transport it came (SECURITY 5.8, rule 5)."""

import hashlib

from mailintake.parsing.header_block import HeaderBlock

_FIELDS = ("from", "date", "message-id", "subject")
_CHUNK = 1024 * 1024


def content_key(raw: bytes, block: HeaderBlock) -> str:
    """SHA-256 in hex of From, Date, Message-ID, Subject and the body.

    Line ends are normalised, white space at the ends of lines and blank lines at the end are left out: transports add
    and remove those. Fields that transports write are left out by not being named here.
    """
    digest = hashlib.sha256()
    for name in _FIELDS:
        for value in block.all(name):
            digest.update(b"%s:%s\n" % (name.encode(), b" ".join(value.split())))
    digest.update(b"\n")
    blank = 0
    position, size = block.body, len(raw)
    while position < size:
        stop = size if size - position <= _CHUNK else raw.find(b"\n", position + _CHUNK) + 1 or size
        chunk = raw[position:stop].replace(b"\r\n", b"\n")
        if b" \n" in chunk or b"\t\n" in chunk or b"\r\n" in chunk:
            chunk = b"\n".join([line.rstrip(b" \t\r") for line in chunk.split(b"\n")])
        if stop == size:
            chunk = chunk.rstrip(b" \t\r\n")
        kept = chunk.rstrip(b"\n")
        if kept:
            # line breaks held back so far were not the last ones after all
            _breaks(digest, blank)
            digest.update(kept)
            blank = 0
        blank += len(chunk) - len(kept)
        position = stop
    return digest.hexdigest()


def _breaks(digest: "hashlib._Hash", count: int) -> None:
    while count > 0:
        digest.update(b"\n" * min(count, _CHUNK))
        count -= _CHUNK
