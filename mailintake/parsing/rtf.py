"""RTF as what its reader sees: the HTML that Outlook hid in it (MS-OXRTFEX), else its text.

One pass over the control words with a stack of groups; the number of both is bounded.
"""

import re
from dataclasses import dataclass
from html import escape

from mailintake.parsing import charsets, words
from mailintake.parsing.rtf_words import FONT_CHARSETS, NOT_TEXT, SIGNS, SYMBOL

_TOKEN = re.compile(
    rb"(?P<text>[^\\{}]+)|(?P<open>\{)|(?P<close>\})|\\'(?P<hex>[0-9a-fA-F]{2})"
    rb"|\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?[0-9]{1,10})? ?|\\(?P<sign>.)",
    re.DOTALL,
)
_LINK = re.compile(r"HYPERLINK\s{1,9}\"((?:https?://|mailto:)[^\"\s]{1,2000})\"", re.IGNORECASE)
_MOST = 512 * 1024
_TOKENS = 200_000
_DEPTH = 500
_INSTRUCTION = 4000
_SYMBOLS = "symbol"


@dataclass(frozen=True, slots=True)
class Document:
    """What was read: one of `html` and `text` is "". `whole` says that no bound was met."""

    html: str
    text: str
    whole: bool


@dataclass(slots=True)
class _Group:
    """What holds until the brace closes; `fallback` is how many characters stand behind each `\\u` for old readers."""

    font: int = -1
    fallback: int = 1
    skipped: bool = False
    hidden: bool = False
    for_rtf_only: bool = False
    tag: bool = False
    fonts: bool = False
    instruction: bool = False
    result_at: int = -1

    def inner(self) -> "_Group":
        return _Group(
            self.font,
            self.fallback,
            self.skipped,
            self.hidden,
            self.for_rtf_only,
            self.tag,
            self.fonts,
            self.instruction,
        )


def read(data: bytes) -> Document | None:
    """The words of an RTF file with LF line ends, at most half a million characters; None for what is no RTF."""
    if not data[:200].lstrip().startswith(b"{\\rtf"):
        return None
    reader = _Reader()
    reader.read(data)
    reader.flush()
    # \u writes UTF-16, so letters beyond the first plane come in two
    text = "".join(reader.out).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    text = words.clean_text(text)
    whole = reader.whole and len(text) <= _MOST
    return Document(text[:_MOST], "", whole) if reader.is_html else Document("", text[:_MOST], whole)


class _Reader:
    def __init__(self) -> None:
        self.out: list[str] = []
        self.is_html = False
        self.whole = True
        self._group = _Group()
        self._stack: list[_Group] = []
        self._deeper = 0
        self._starred = False
        self._left_out = 0  # characters of a fallback still to be passed over
        self._codepage = "cp1252"
        self._fonts: dict[int, str] = {}
        self._default_font = 0
        self._listed_font = 0
        self._bytes = bytearray()
        self._bytes_are = ("cp1252", False)
        self._size = 0
        self._instruction = ""

    def read(self, data: bytes) -> None:
        """Everything up to the brace that closes the document."""
        position = tokens = 0
        while position >= 0:
            begin, position = position, -1
            for match in _TOKEN.finditer(data, begin):
                tokens += 1
                if tokens > _TOKENS or self._size > _MOST:
                    self.whole = False
                    return
                kind = match.lastgroup
                if kind == "text":
                    self._text(match[0])
                elif kind in ("word", "number"):
                    word, number = match["word"].decode(), match["number"]
                    if word == "bin":
                        position = match.end() + max(0, int(number or 0))
                        break
                    self._word(word, None if number is None else int(number))
                    self._starred = False
                elif kind == "open":
                    self._open()
                elif kind == "close":
                    if not self._close():
                        return
                elif kind == "hex":
                    self._text(bytes((int(match["hex"], 16),)), is_written=True)
                else:
                    self._sign(match["sign"])

    def _open(self) -> None:
        self._left_out = 0
        if len(self._stack) >= _DEPTH:
            self._deeper += 1
            return
        self._stack.append(self._group)
        self._group = self._group.inner()

    def _close(self) -> bool:
        """Back to the group around this one; False where the document ends."""
        self._left_out = 0
        if self._deeper:
            self._deeper -= 1
            return True
        if self._group.result_at >= 0:
            self._link(self._group.result_at)
        if not self._stack:
            return False
        self._group = self._stack.pop()
        return bool(self._stack)

    def _text(self, content: bytes, *, is_written: bool = False) -> None:
        group = self._group
        if group.skipped:
            return
        if not is_written:
            content = content.replace(b"\r", b"").replace(b"\n", b"")
        if self._left_out:
            passed = min(self._left_out, len(content))
            self._left_out -= passed
            content = content[passed:]
        if not content or self._is_silent(group):
            return
        if group.instruction:
            self._instruction = (self._instruction + content.decode("latin-1"))[:_INSTRUCTION]
            return
        codec = self._codepage if group.tag else self._codec(group.font)
        if self._bytes_are != (codec, group.tag):
            self.flush()
            self._bytes_are = (codec, group.tag)
        self._bytes += content
        self._size += len(content)

    def _is_silent(self, group: _Group) -> bool:
        return group.for_rtf_only if self.is_html else group.hidden

    def _codec(self, font: int) -> str:
        return self._fonts.get(font if font >= 0 else self._default_font, self._codepage)

    def flush(self) -> None:
        """Turn the bytes that were gathered into letters: those of East Asia are made of several."""
        if self._bytes:
            codec, is_tag = self._bytes_are
            text = self._bytes.decode("cp1252" if codec == _SYMBOLS else codec, "replace")
            if codec == _SYMBOLS:
                text = text.replace("\xb7", "\u2022").replace("\xa7", "\u2022")
            self._bytes.clear()
            self.out.append(escape(text, quote=False) if self.is_html and not is_tag else text)

    def _write(self, text: str) -> None:
        group = self._group
        if group.skipped or group.instruction or self._is_silent(group):
            return
        self.flush()
        self._size += len(text)
        self.out.append(escape(text, quote=False) if self.is_html and not group.tag else text)

    def _sign(self, sign: bytes) -> None:
        if sign == b"*":
            self._starred = True
        elif self._left_out:
            self._left_out -= 1
        elif sign in b"\\{}":
            self._text(sign)
        elif sign == b"~":
            self._write("\xa0")
        elif sign == b"_":
            self._write("\xad" if self.is_html else "-")
        elif sign in b"\r\n":
            self._write("\n")

    def _word(self, word: str, number: int | None) -> None:
        group = self._group
        if group.fonts:
            self._font_table(word, number)
        elif group.skipped:
            return
        elif word in SIGNS:
            self._write(SIGNS[word])
        elif word == "u":
            self._letter(number or 0)
        elif not self._destination(word):
            self._state(word, number)

    def _letter(self, number: int) -> None:
        code = number + 0x10000 if number < 0 else number
        if 0 < code < 0x10000:
            self._write(chr(code))
        # no words of command are counted, as the standard would have it: \u may follow on \u, and \par is worth more
        self._left_out = self._group.fallback

    def _destination(self, word: str) -> bool:
        """Whether the word says what its group is for."""
        group = self._group
        if word == "htmltag":
            group.tag = True
        elif word == "fonttbl":
            group.fonts = group.skipped = True
        elif word == "fldinst":
            self._instruction, group.instruction = "", True
        elif word == "fldrslt":
            self.flush()
            group.result_at = len(self.out)
        elif self._starred or word in NOT_TEXT:
            group.skipped = True
        else:
            return False
        return True

    def _state(self, word: str, number: int | None) -> None:
        group = self._group
        if word == "f":
            group.font = number or 0
        elif word == "plain":
            group.font, group.hidden = -1, False
        elif word in ("v", "deleted"):
            group.hidden = number != 0
        elif word == "htmlrtf":
            group.for_rtf_only = number != 0
        elif word == "uc":
            group.fallback = min(max(0, number or 0), 100)
        elif word == "fromhtml":
            self.is_html = self.is_html or (number != 0 and not self.out)
        elif word == "deff":
            self._default_font = number or 0
        elif word in _CODEPAGES:
            self._codepage = charsets.of_codepage(_CODEPAGES[word]) or "cp1252"
        elif word == "ansicpg":
            self._codepage = charsets.of_codepage(number or 0) or self._codepage

    def _font_table(self, word: str, number: int | None) -> None:
        if word == "f":
            self._listed_font = number or 0
        elif word == "fcharset" and number == SYMBOL:
            self._fonts[self._listed_font] = _SYMBOLS
        elif word in ("fcharset", "cpg"):
            page = number if word == "cpg" else FONT_CHARSETS.get(number or 0)
            codec = charsets.of_codepage(page or 0)
            if codec:
                self._fonts[self._listed_font] = codec

    def _link(self, begin: int) -> None:
        """Where the text of a link does not show its address, it follows in angle brackets."""
        found = _LINK.search(self._instruction)
        self._instruction = ""
        if found is None or self.is_html:
            return
        self.flush()
        shown = "".join(piece[:2000] for piece in self.out[begin : begin + 20]).strip()
        address = found[1].removeprefix("mailto:")
        if shown and address.rstrip("/").lower() not in shown.lower():
            self._write(f" <{address}>")


_CODEPAGES = {"mac": 10000, "pc": 437, "pca": 850}
