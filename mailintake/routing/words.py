"""Words and phrases found in a text, whatever their case, width or the punctuation between them."""

import re
import unicodedata
from dataclasses import dataclass

_WORD = re.compile(r"\w+")
_ASCII_GAPS = {code: " " for code in range(128) if not _WORD.fullmatch(chr(code))}
_INVISIBLE = dict.fromkeys((0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))
# Scripts that put no space between words: there a phrase is found anywhere.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff]"
)


def fold(text: str) -> str:
    """The text as it is compared: compatibility forms, cases and invisible characters made equal."""
    if text.isascii():
        return text.lower()
    visible = text.translate(_INVISIBLE)
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", visible).casefold())


def flat(text: str) -> str:
    """The folded text in one line, with single spaces."""
    return " ".join(fold(text).split())


def spaced(text: str) -> str:
    """The words of the text, folded, each between two spaces: ` the oven is cold `."""
    folded = fold(text)
    # the first way is four times as fast, and most mails may go it
    words = folded.translate(_ASCII_GAPS).split() if folded.isascii() else _WORD.findall(folded)
    return f" {' '.join(words)} "


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that must follow each other. `written` is how the admin wrote them; `needle` is sought in `spaced` text.

    `*` before the first word or behind the last stands for the rest of a longer one: `invoice*`, `*ausfall`.
    """

    written: str
    needle: str

    @classmethod
    def of(cls, written: str) -> "Phrase":
        """The phrase an admin means. ValueError where no word is left, or a `*` stands within."""
        text = written.strip()
        open_left, open_right = text.startswith("*"), text.endswith("*")
        inner = text.strip("*")
        if "*" in inner:
            raise ValueError(f"`{written}`: `*` stands at the ends of a phrase only; `like:` takes it anywhere")
        words = spaced(inner)
        if not words.strip():
            raise ValueError(f"`{written}` holds no word")
        if open_left or _UNSPACED.match(words[1]):
            words = words[1:]
        if open_right or _UNSPACED.match(words.rstrip()[-1]):
            words = words.removesuffix(" ")
        return cls(text, words)

    def within(self, words: str) -> bool:
        """Whether the phrase stands in a text that went through `spaced`."""
        return self.needle in words

    def covers(self, other: "Phrase") -> bool:
        """Whether this one stands wherever `other` does."""
        return self.needle in other.needle
