"""Lines of text as HTML is read: paragraphs, quotes, and where a quote or a signature begins."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

_SPACE = re.compile(r"[ \t\n\r\f\u200b\ufeff]+")

Close = Callable[[], None]


@dataclass(slots=True)
class Writer:
    """Lines that are being written; `out` holds the finished ones, `prefix` what stands in front of each."""

    out: list[str] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    prefix: str = ""
    pre: int = 0
    lists: list[int] = field(default_factory=list)
    cut: int | None = None
    pending_blank: bool = False
    marked: bool = False
    signatures: list[tuple[int, int]] = field(default_factory=list)
    in_signature: bool = False
    signature_next: bool = False

    def text(self, value: str) -> None:
        """Words of the HTML, in which white space is one space unless in `<pre>`."""
        if self.pre:
            first, *rest = value.split("\n")
            self._add(first)
            for other in rest:
                self.newline(force=True)
                self._add(other)
            return
        value = _SPACE.sub(" ", value).replace("\xa0", " ")
        if not self.line or self.line[-1].endswith(" "):
            value = value.lstrip(" ")
        self._add(value)

    def _add(self, value: str) -> None:
        if value:
            self.line.append(value)

    def newline(self, *, force: bool = False) -> None:
        """The line ends here; `force` makes an empty one too."""
        content = "".join(self.line).rstrip(" ")
        self.line = []
        if content or force:
            self._emit(content)

    def blank(self) -> None:
        """The line ends here, and a blank one comes before the next."""
        self.newline()
        self.pending_blank = True

    def _emit(self, content: str) -> None:
        if self.pending_blank:
            if self.out and self.out[-1].strip("> "):
                self.out.append(self.prefix.rstrip(" "))
            self.pending_blank = False
        if self.marked and content:
            self.cut, self.marked = len(self.out), False
        self.out.append((self.prefix + content).rstrip(" ") if self.prefix else content)

    def mark(self) -> None:
        """The next line with words is where a quote begins, unless one began before."""
        self.newline()
        self.marked = self.cut is None

    def sign(self) -> int:
        """A signature begins: the number of its first line."""
        self.newline()
        self.in_signature = True
        return len(self.out)

    def signed(self, begin: int, close: Close | None) -> Close:
        """What closes its element, and notes its lines."""

        def end() -> None:
            if close is not None:
                close()
            self.newline()
            self.in_signature = False
            if begin < len(self.out):
                self.signatures.append((begin, len(self.out)))

        return end
