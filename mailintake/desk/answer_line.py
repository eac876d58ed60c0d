"""The line in letters to agents above which they write, and how it is found again whatever a program made of it."""

import re
import unicodedata
from functools import lru_cache

ANSWER_LINES = {
    "en": "--- Write your answer above this line ---",
    "ru": "--- Пишите ответ выше этой строки ---",
    "uk": "--- Пишіть відповідь вище цієї лінії ---",
    "vi": "--- Viết câu trả lời phía trên dòng này ---",
    "sl": "--- Odgovor napišite nad to vrstico ---",
}
"""By language; a letter in another language has the English one."""

# The initials that some programs put in front of each quoted line, and a name that is left of an entity.
_INITIALS = re.compile(r"^[ \t>|]{0,20}[^\W_]{1,10}>", re.MULTILINE)
_ENTITY = re.compile(r"&(?:nbsp|#160|#xa0);", re.IGNORECASE)
_CLOCK = re.compile(r"[0-9]{1,2}[:.][0-9]{2}")
_LABEL = re.compile(r"[*_>\s]{0,8}[^\W\d_][^:：@<>]{0,28}[:：]")
_NOTHING = " \t\xa0>|*_-–—=\u200b\ufeff"
_ATTRIBUTION = 4  # lines at most
_HEADER = 12


def line_in(language: str) -> str:
    """The line for letters in a language."""
    return ANSWER_LINES.get(language.partition("-")[0], ANSWER_LINES["en"])


def above(text: str) -> str:
    """What stands above the line, in any language, without what announces a quote; all of the text without the line.

    Prefixes of quotes, other spaces and dashes, breaks anywhere between words and other letter cases do not hide it.
    """
    blanked = _INITIALS.sub(_blank, _ENTITY.sub(_blank, text))
    start = _found(blanked)
    if start is None:
        return text
    lines = text[:start].split("\n")[:-1]
    beside = blanked[:start].rpartition("\n")[2].strip(_NOTHING)
    if any(map(str.isalnum, beside)):
        lines.append(beside)  # a program lost the breaks
    _drop_empty(lines)
    _drop_announcement(lines)
    _drop_empty(lines)
    return "\n".join(lines)


def _found(text: str) -> int | None:
    """Where the first word of the first such line stands."""
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        for plain in _plain(letter):
            letters.append(plain)
            places.append(place)
    said = "".join(letters)
    found = [place for mark in _MARKS if (place := said.find(mark)) >= 0]
    return places[min(found)] if found else None


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


@lru_cache(maxsize=4096)
def _plain(letter: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFKD", letter.casefold()) if each.isalnum())


_MARKS = tuple("".join(map(_plain, line)) for line in ANSWER_LINES.values())


def _drop_empty(lines: list[str]) -> None:
    while lines and not lines[-1].strip(_NOTHING):
        lines.pop()


def _drop_announcement(lines: list[str]) -> None:
    """Take away who wrote when: `On …, … wrote:`, or the header of the letter repeated.

    The reader of replies has done so already, unless it was not sure; these lines name addresses of ours.
    """
    if lines and lines[-1].rstrip(" *_\xa0").endswith((":", "：")):
        for length in range(1, _ATTRIBUTION + 1):
            if _says_who_and_when(lines[-length:]):
                del lines[-length:]
                return
    labelled = next((length for length, line in enumerate(reversed(lines)) if not _LABEL.match(line)), len(lines))
    if 3 <= labelled <= _HEADER and _says_who_and_when(lines[-labelled:]):
        del lines[-labelled:]


def _says_who_and_when(lines: list[str]) -> bool:
    said = " ".join(lines)
    return all(line.strip(_NOTHING) for line in lines) and "@" in said and bool(_CLOCK.search(said))
