"""Whether a line is a command, looks like one, or is only words.

What looks like a command and is none is never passed on as words: a mistyped `#note` must not reach a customer.
"""

import re
import unicodedata
from dataclasses import dataclass
from difflib import get_close_matches

from mailintake.desk.command_words import LANGUAGES, Vocabulary, folded, vocabulary
from mailintake.domain.command import Word

_EVERY = vocabulary(LANGUAGES).commands
_SIGNS = "#＃﹟♯⌗⋕"
_HEAD = 200  # characters in which the word of a command would stand
_MARKUP = " \t\xa0*_~`'\"“”„«»\\([{-–—•·/"
_NEAR = 0.75
_HASHED = re.compile(r"#+(?P<gap>\s*)(?P<word>[^\W\d_][\w']{0,30})")

# Letters that are drawn like others; NFKD knows those that are letters in another dress.
_ALIKE = str.maketrans(
    "авекмнорстухіјѕԁһԛԝɑɡıſᴏαβεικνορτυχηđł♯⌗⋕’ʼ0135",
    "abekmhopctyxijsdhqwagisoabeikvoptuxndl###''oles",
)
_LETTERS = frozenset(
    letter
    for word in _EVERY
    for case in (word.lower(), word.upper(), word.title())
    for form in ("NFC", "NFD")
    for letter in unicodedata.normalize(form, case)
) | frozenset("'’ʼ")


@dataclass(frozen=True, slots=True)
class Line:
    """A line that begins with a `#` and a word. `word` is None where it is no command, `rest` what stands behind it.

    `is_near`: though no command it looks so much like one that it must have been meant, and `nearest` is that one as
    the agent may write it; "" for none.
    """

    text: str
    word: Word | None = None
    rest: str = ""
    is_near: bool = False
    nearest: str = ""


def understood(line: str, words: Vocabulary, *, on_top: bool) -> Line | None:
    """The line, if it begins with a `#` and a word; None for plain words.

    Behind marks such as `*` or `-`, or with a gap behind its `#`, it is only one if it looks like a command; with the
    gap, and below other words, it is a heading. Behind a `>` it is somebody else's.
    """
    text = line.strip()
    if not _may_be_command(text):
        return None
    exact = _exact(text, words)
    if exact is not None:
        return exact
    head = _visible(text[:_HEAD])
    found = _HASHED.match(_skeleton(head).lstrip(_MARKUP))
    if found is None or head.lstrip(f"{_MARKUP}{_SIGNS}")[:1].isdecimal():
        return None
    if found["gap"] and not on_top:
        return None
    close = get_close_matches(found["word"], _SKELETONS, n=1, cutoff=_NEAR)
    if not close and (found["gap"] or not head.startswith(tuple(_SIGNS))):
        return None
    return Line(text, is_near=bool(close), nearest=_as_written(_SKELETONS[close[0]], words) if close else "")


def _may_be_command(text: str) -> bool:
    """Whether a `#` is the first thing that anybody sees, but for marks; cheap."""
    head = text[:_HEAD]
    first = next((place for place, letter in enumerate(head) if letter.isalnum() or letter in _SIGNS), None)
    return first is not None and head[first] in _SIGNS


def _as_written(word: str, words: Vocabulary) -> str:
    """The command as the agent may write it, in English where the word is of a language that is not the agent's."""
    return f"#{word if word in words.commands else _EVERY[word].value}"


def _exact(text: str, words: Vocabulary) -> Line | None:
    """A `#`, a word in letters of its own language, at once; a colon behind it may stand."""
    if text[:1] != "#" or text[1:2].isspace() or len(text) == 1:
        return None
    head, *rest = text[1:].split(maxsplit=1)
    head = head.removesuffix(":")
    if not _LETTERS.issuperset(head):
        return None
    word = words.commands.get(folded(head))
    return Line(text, word, rest[0] if rest else "") if word else None


def _visible(text: str) -> str:
    return "".join(letter for letter in text if not _is_unseen(letter)).lstrip()


def _is_unseen(letter: str) -> bool:
    return unicodedata.category(letter) in ("Cf", "Cc", "Mn", "Me") or letter in "\u115f\u1160\u3164\uffa0"


def _skeleton(text: str) -> str:
    """What a reader sees, in the plainest letters: no marks, nothing invisible, no letters that look like others."""
    seen = "".join(letter for letter in unicodedata.normalize("NFKD", text) if letter == "\t" or not _is_unseen(letter))
    return seen.lower().translate(_ALIKE)


_SKELETONS = {_skeleton(word): word for word in reversed(tuple(_EVERY))}
