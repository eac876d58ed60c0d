"""What stands between 354 and the final dot, without the dots that SMTP puts in (RFC 5321, 4.5.2)."""

_END = b"\r\n.\r\n"
_STUFFED = b"\r\n."
_LINE_END = b"\r\n"


class Dots:
    """Takes the stream in pieces of any size and gives the content back.

    Only CRLF . CRLF ends the data (RFC 5321, 2.3.8): `LF . LF` and its relatives are content, so two servers cannot
    disagree about where a mail ends. Works with searches over whole pieces, never line by line.
    """

    __slots__ = ("_held", "_is_first", "rest")

    def __init__(self) -> None:
        # the line of the DATA command itself ended in CRLF: a dot that comes first stands at the start of a line
        self._held = _LINE_END
        self._is_first = True
        self.rest: bytes | None = None
        """What followed the final dot; None until that was seen."""

    def feed(self, data: bytes) -> bytes:
        """The content that is certain now; may be empty. Not to be called again once `rest` is set."""
        window = self._held + data if self._held else data
        has_dots = b"." in window  # base64 has none, and this search is thirty times faster than the next
        end = window.find(_END) if has_dots else -1
        if end >= 0:
            content, self.rest = window[: end + len(_LINE_END)], window[end + len(_END) :]
        else:
            certain = len(window) - _undecided(window)
            content, self._held = window[:certain], window[certain:]
        if has_dots:
            content = content.replace(_STUFFED, _LINE_END)
        if self._is_first and content:
            self._is_first = False
            content = content[len(_LINE_END) :]
        return content


def _undecided(window: bytes) -> int:
    """How many bytes at the end may be the beginning of the final dot."""
    for length in range(len(_END) - 1, 0, -1):
        if window.endswith(_END[:length]):
            return length
    return 0


def has_bare_line_end(content: bytes) -> bool:
    """Whether a CR stands without its LF or an LF without its CR; `content` must not end between the two."""
    pairs = content.count(_LINE_END)
    return content.count(b"\r") != pairs or content.count(b"\n") != pairs
