"""The content key: one digest for one mail, by whatever transport it came (SECURITY 5.8, rule 5)."""

import hashlib

from mailintake.parsing.header_block import HeaderBlock

_FIELDS = ("from", "date", "message-id", "subject")
_CHUNK = 1024 * 1024
_WHITE = b" \t\r\n"


def content_key(raw: bytes, block: HeaderBlock) -> str:
    """SHA-256 in hex of From, Date, Message-ID, Subject and the body.

    White space in the body does not count: transports change line ends, and add and remove blanks at the ends of lines
    and of the mail. Fields that transports write are left out by not being named here.
    """
    digest = hashlib.sha256()
    for name in _FIELDS:
        for value in block.all(name):
            digest.update(b"%s:%s\n" % (name.encode(), b" ".join(value.split())))
    digest.update(b"\n")
    for position in range(block.body, len(raw), _CHUNK):
        digest.update(raw[position : position + _CHUNK].translate(None, _WHITE))
    return digest.hexdigest()
