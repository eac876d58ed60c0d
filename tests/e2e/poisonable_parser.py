"""The real parser, but for mails that ask to be its end: the worst that a flaw in it could do."""

import os
import signal
import time

from mailintake.domain.mail import ParsedMessage
from mailintake.parsing import parser


def parse(raw: bytes) -> ParsedMessage:
    """Read a mail, or hang or die of it."""
    if b"\r\nX-Poison: hang\r\n" in raw:
        time.sleep(600)
    if b"\r\nX-Poison: kill" in raw:
        os.kill(os.getpid(), signal.SIGKILL)
    return parser.parse(raw)


def parse_headers_only(raw: bytes) -> ParsedMessage:
    """Read the header block, or die of it."""
    if b"\r\nX-Poison: kill, whatever is read\r\n" in raw:
        os.kill(os.getpid(), signal.SIGKILL)
    return parser.parse_headers_only(raw)
