"""What a short reply means: a consent, a rating, or mere thanks (DOMAIN E4, E6 and section 11).

Every word of the sentence that decides must be known, or it means nothing: what is taken for a yes by mistake gives
something away, and what is taken for thanks leaves a ticket closed. A person reads what is left in doubt.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from html import unescape
from itertools import islice

from mailintake.desk.reply_words import (
    ADDRESSED,
    DEVICES,
    FINE,
    HELLO,
    LANGUAGES,
    MORE,
    NEGATIONS,
    PRAISE,
    RATED,
    SCALE,
    SENT_FROM,
    STARS,
    TURNS,
)

_LOOK, _LINES = 3000, 40  # characters and lines
_BELOW = 3  # lines under an answer that may take it back
_OPENING = 3  # words, as in "I do not"
_WORDS = 12  # in a sentence
_PHRASE = 6  # words
_NAMES = 3  # words between "Hello" and the comma
_THANKS_WORDS, _THANKS_LINES = 25, 8

_THUMB_UP, _THUMB_DOWN = "👍", "👎"
_DOUBTS = ("?", "؟", "❓", "❔")
_SAD = (":(", ":-(", "((", "☹")
_TRIM = " \t*_~`'\"«»“”„"

_BREAKS = re.compile(r"</?(?:br|p|div|html|body|tr|td|table)\b[^<>\n]{0,200}>", re.IGNORECASE)
_TAGS = re.compile(r"</?(?:span|font|b|i|u|em|strong|small|o:p)\b[^<>\n]{0,200}>", re.IGNORECASE)
_LINK = re.compile(r"<?https?://[^\s<>]{1,300}>?")
_GAP = re.compile(r"[\s,:\"()*_«»“”„&-]+")
_SENTENCE_END = re.compile(r"[.!;](?=[\s.!;,]|$)(?!\s+(?:[0-9#]|of\b))")  # not in "No. 5", nor in "No. of users"
_GREETING_END = re.compile(r"[,!.:;]|\s-\s")
_TITLE = re.compile(r"\b(mr|mrs|ms|dr|prof|g|ga|sr|sra|dott|sig|hr|fr)\.(?=\s)")


def _any_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_NUMBER = re.compile(
    rf"(?:(?:{_any_of(RATED)})\s*[:=]?\s*(?:-\s+)?)?"
    r"(?P<sign>[+-])?(?P<value>0|[1-9][0-9]{0,3})"
    rf"(?:\s*(?:/|\b(?:{_any_of(SCALE)})\b)\s*(?P<of>[1-9][0-9]{{0,3}}))?"
    rf"(?:\s*(?:{_any_of(STARS)}))?(?![\w+-])"
)
_DRAWN = re.compile(r"(?P<full>(?:[★⭐🌟] ?){1,10})(?P<empty>(?:☆ ?){0,10})")

# NFKC would make the word "No" of № and Nº, and a space of an accent that stands for an apostrophe.
_ALIKE = {
    **dict.fromkeys(map(ord, "’‘ʼ`´′"), "'"),
    **dict.fromkeys(map(ord, "‐‑‒–—―−"), "-"),
    **dict.fromkeys(map(ord, "№º"), "#"),
    **dict.fromkeys(map(ord, "😊🙂😀😃😄😁😉☺❤🎉"), " "),
    **{ord(sign): f" {sign} " for sign in (_THUMB_UP, _THUMB_DOWN, "👌", "🙏")},
    **dict.fromkeys((*range(0xFE00, 0xFE10), 0x20E3, 0x034F, *range(0x1F3FB, 0x1F400))),  # how a sign is drawn
    ord("ё"): "е",
    ord("Ё"): "Е",
}

_THANKS = frozenset[str]().union(*(language.thanks for language in LANGUAGES))
_CORE = _THANKS | FINE
_BESIDE = tuple((one, one.please | one.thanks | MORE | HELLO) for one in LANGUAGES)
_NO_NAMES = frozenset(
    word
    for said in (
        _CORE,
        PRAISE,
        TURNS,
        NEGATIONS,
        *(each for one in LANGUAGES for each in (one.yes, one.no, one.please)),
    )
    for phrase in said
    for word in phrase.split()
)


def folded(text: str) -> str:
    """Without differences nobody means. Accents stay, since "có" is not "co", and so do line breaks."""
    seen = "".join(character for character in text if unicodedata.category(character) != "Cf")
    plain = unicodedata.normalize("NFKC", seen.translate(_ALIKE)).casefold()
    return unicodedata.normalize("NFKC", plain.translate(_ALIKE))


def consent(text: str) -> bool | None:
    """Whether the words newly written agree (True) or refuse (False); None when that is not plain.

    The first sentence that is more than a greeting decides. A condition, a "but" or the opposite right below it, or a
    question mark on its line, make it None again.
    """
    lines = [line for line in _lines(text) if not line.startswith(">")]
    for index, line in enumerate(lines):
        # "không, được": apart a no and a yes, whatever the two say together
        clauses = {_answer(_words(clause)) for clause in line.split(",")}
        if any(mark in line for mark in _DOUBTS) or {True, False} <= clauses:
            return None
        sentences = _sentences(_without_greeting(line))
        for number, words in enumerate(sentences):
            if _is_polite(words):
                continue
            answer = _answer(words)
            below = (words for other in lines[index + 1 : index + 1 + _BELOW] for words in _sentences(other))
            rest = (*sentences[number + 1 :], *below)
            return None if any(_takes_back(other, answer) for other in rest) else answer
    return None


def rating(text: str, *, least: int, most: int) -> int | None:
    """The rating from `least` to `most` that is all a reply says, or that stands above its other words; else None.

    Stars count on a scale from 0 or 1. On the scale from -1 to 1 thumbs count too, and 0 is none; a sign means a
    rating only where the scale goes below 0.
    """
    lines = [line for line in _lines(text) if not line.startswith(">")]
    said = [line for line in map(_without_greeting, lines) if not all(map(_is_polite, _sentences(line)))]
    if not said:
        return None
    value = _rated(said[0], least=least, most=most)
    others = {_rated(line, least=least, most=most) for line in said[1:]}
    return value if others <= {value, None} else None


def is_thanks(text: str, *, names: str = "") -> bool:
    """Whether a reply says thanks, received or good-bye and nothing else.

    The words of `names`, the sender's and those of whoever is thanked, may stand beside it; other names make it False.
    """
    if len(text.strip()) > _LOOK:
        return False
    lines = [line for line in _lines(text) if not _is_device(line)]
    if len(lines) > _THANKS_LINES or any(mark in line for line in lines for mark in (*_DOUBTS, *_SAD)):
        return False
    sentences = [words for line in lines for words in _sentences(_without_greeting(line, strict=True))]
    if sum(map(len, sentences)) > _THANKS_WORDS:
        return False
    beside = MORE | PRAISE | HELLO | (frozenset(_words(folded(names[:_LOOK]))) - _NO_NAMES)
    return any(_made_of(words, _CORE, beside) for words in sentences) and all(
        _made_of(words, _CORE | beside) for words in sentences
    )


def _lines(text: str) -> list[str]:
    """The first lines that hold anything, folded; of a long text only whole ones, for a "but" may be cut off."""
    text = text.strip()
    if len(text) > _LOOK:
        text = text[:_LOOK].rpartition("\n")[0]
    text = unescape(_TAGS.sub("", _BREAKS.sub("\n", text)))
    lines = (" ".join(line.split()).strip(_TRIM) for line in folded(text).splitlines())
    return list(islice(filter(None, lines), _LINES))


def _sentences(line: str) -> list[list[str]]:
    return [words for words in map(_words, _SENTENCE_END.split(line)) if words]


def _words(sentence: str) -> list[str]:
    return [word for word in (each.strip("'") for each in _GAP.split(sentence)) if word]


def _without_greeting(line: str, *, strict: bool = False) -> str:
    """What follows "Hello Ann," or "Hello, Ann!" on its line; the line as it is, if it greets nobody.

    To be `strict` is to take one word for a name, and none behind a comma: it might be what this is about.
    """
    head, rest = _at_mark(_TITLE.sub(r"\1", line))
    for length in range(min(_PHRASE, len(head)), 0, -1):
        if " ".join(head[:length]) in HELLO:
            names = _names(head[length:])
            if names is None or len(names) > (1 if strict else _NAMES):
                return line
            if strict or len(head) > length:
                return rest
            behind, further = _at_mark(rest)
            names = _names(behind)
            return further if names is not None and len(names) <= _NAMES else rest
    return line


def _at_mark(line: str) -> tuple[list[str], str]:
    """The words up to the first mark that may end a greeting, and what follows it."""
    end = _GREETING_END.search(line)
    return (_words(line[: end.start()]), line[end.end() :]) if end else (_words(line), "")


def _names(words: Sequence[str]) -> list[str] | None:
    """The words that may be names, without titles; None if one cannot be."""
    names = [word for word in words if word not in ADDRESSED]
    return names if _NO_NAMES.isdisjoint(names) and all(map(str.isalpha, names)) else None


def _made_of(words: Sequence[str], core: Collection[str], beside: Collection[str] = frozenset()) -> bool:
    """Whether the words are phrases of the two sets and nothing else, at least one of them of `core`."""
    if len(words) > _WORDS:
        return False
    reached = {(0, False)}
    for begin in range(len(words)):
        for has_core in {has_core for place, has_core in reached if place == begin}:
            for end in range(begin + 1, min(begin + _PHRASE, len(words)) + 1):
                phrase = " ".join(words[begin:end])
                if phrase in core:
                    reached.add((end, True))
                if phrase in beside:
                    reached.add((end, has_core))
    return (len(words), True) in reached


def _is_polite(words: Sequence[str]) -> bool:
    return any(_made_of(words, beside) for _, beside in _BESIDE)


def _answer(words: Sequence[str]) -> bool | None:
    found = {
        meaning
        for language, beside in _BESIDE
        for meaning, said in ((True, language.yes), (False, language.no))
        if _made_of(words, said, beside)
    }
    return found.pop() if len(found) == 1 else None


def _takes_back(words: Sequence[str], answer: bool | None) -> bool:
    other = _answer(words)
    if other is not None:
        return other is not answer
    return words[0] in TURNS or (answer is True and not NEGATIONS.isdisjoint(words[:_OPENING]))


def _rated(line: str, *, least: int, most: int) -> int | None:
    value, rest = _thumb(line) if (least, most) == (-1, 1) else (None, line)
    if value is None:
        value, rest = _drawn(line, most) if least >= 0 else (None, line)
    if value is None:
        value, rest = _number(line, least, most)
    if value is None or not least <= value <= most or (value == 0 and (least, most) == (-1, 1)):
        return None
    beside = _CORE | MORE | PRAISE
    is_all = not any(mark in rest for mark in _DOUBTS) and all(_made_of(words, beside) for words in _sentences(rest))
    return value if is_all else None


def _thumb(line: str) -> tuple[int | None, str]:
    for thumb, value in ((_THUMB_UP, 1), (_THUMB_DOWN, -1)):
        if line.startswith(thumb):
            return value, line.lstrip(f"{thumb} ")
    return None, line


def _drawn(line: str, most: int) -> tuple[int | None, str]:
    """A row of stars; unless it shows all there could be, it speaks of five."""
    found = _DRAWN.match(line)
    if not found:
        return None, line
    full, empty = (len(found[group].replace(" ", "")) for group in ("full", "empty"))
    is_whole = full + empty == most or (not empty and most == 5)
    return (full if is_whole else None), line[found.end() :]


def _number(line: str, least: int, most: int) -> tuple[int | None, str]:
    found = _NUMBER.match(line)
    if not found or (found["sign"] and least >= 0) or (found["of"] and int(found["of"]) != most):
        return None, line
    value = int(found["value"])
    return (-value if found["sign"] == "-" else value), line[found.end() :]


def _is_device(line: str) -> bool:
    """Whether a phone or a mail program wrote this line, and nobody wrote on behind it."""
    words = _words(_LINK.sub("", line).rstrip(".!"))
    for length in range(min(_PHRASE, len(words)), 0, -1):
        if " ".join(words[:length]) in SENT_FROM:
            return all(word in DEVICES or re.fullmatch(r"[a-z]?[0-9]{1,3}", word) for word in words[length:])
    return False
