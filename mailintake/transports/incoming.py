"""One mail between 354 and the final dot: taken in whole pieces, judged by size and line ends only."""

from mailintake.storage.body import Body
from mailintake.transports import replies
from mailintake.transports.dots import Dots, has_bare_line_end
from mailintake.transports.replies import Reply

HEADERS = 1 << 18  # where the search for the end of the header block gives up


class Incoming:
    """Feeds a body until the final dot. Trouble on the way is remembered and told after the dot (RFC 5321, 4.2.5).

    `strict` refuses mails with a CR or LF that stands alone: what one server takes for the end of a mail and the next
    does not is how mails are smuggled. Bytes beyond `limit` are read and thrown away.
    """

    __slots__ = ("_dots", "_limit", "_size", "_strict", "body", "error", "refusal")

    def __init__(self, body: Body, *, limit: int, strict: bool) -> None:
        self.body = body
        self.refusal: Reply | None = None
        self.error: Exception | None = None
        """What went wrong on our side; for the log, never for the client."""
        self._dots = Dots()
        self._limit = limit
        self._size = 0
        self._strict = strict

    def feed(self, data: bytes) -> bytes | None:
        """Take the next piece of the stream; what followed the final dot, or None when more must come."""
        content = self._dots.feed(data)
        if content and self.refusal is None:
            self._keep(content)
        rest = self._dots.rest
        if rest is not None and self.refusal is None:
            self.body.seal()
        return rest

    def _keep(self, content: bytes) -> None:
        self._size += len(content)
        if self._size > self._limit:
            self._refuse(replies.TOO_LARGE)
        elif self._strict and has_bare_line_end(content):
            self._refuse(replies.BARE_LINE_END)
        else:
            try:
                self.body.write(content)
            except Exception as error:  # noqa: BLE001  # this runs inside the transport, where an exception would cut the line
                self.error = error
                self._refuse(replies.for_error(error))

    def _refuse(self, reply: Reply) -> None:
        self.refusal = reply
        self.body.close()


def hops(body: Body) -> int:
    """How many Received fields the mail has (RFC 5321, 6.3), looking at its first 256 KiB."""
    head = next(body.slices(), b"")[:HEADERS]
    ends = [end for end in (head.find(b"\r\n\r\n"), head.find(b"\n\n")) if end >= 0]
    block = b"\n" + head[: min(ends, default=len(head))].lower()
    return block.count(b"\nreceived:")
