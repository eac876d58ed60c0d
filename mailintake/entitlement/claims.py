"""What a sender claims about priority, category and topic, in the subject and the first lines (DOMAIN section 8).

A claim is written as one: in brackets or before a colon where the subject begins, or on a line of its own behind a
label such as `Priority:`. The same words inside a sentence claim nothing, nor does a subject behind `Re:` or `Fwd:`,
which somebody wrote before. Headers such as X-Priority are no claims, because mail programs set them by themselves; nor
is `Importance: high`, because they write that above a forwarded mail. Missing a claim costs an agent's glance, a wrong
one may cost the customer a refusal: so in doubt there is none.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

_SUBJECT = 200  # characters looked at: claims stand in front
_TEXT, _LINES, _LINE = 4000, 12, 160
_LONGEST, _LABEL = 80, 40  # of a key with its ornaments, of a label

_NO_PART = re.compile(r"[^\w+.]|_")  # accents stand apart once decomposed, and are no letters

_LOOK_ALIKES = str.maketrans(
    dict(zip("авекмнорстухіјѕԁһԛԝ", "abekmhopctyxijsdhqw", strict=True))
    | dict(zip("αβεζηικμνορτυχ", "abezhikmnoptyx", strict=True))
    | {"đ": "d", "ı": "i"}
)


def _compact(text: str) -> str:
    """A word as it is compared, "" for what is too long to be one.

    Neither case counts nor accents, and a letter is the Latin one it looks like; what people put around a word and
    between its parts goes, as in `*no impact*` or `P-1`, and with it what nobody sees.
    """
    if len(text) > _LONGEST:
        return ""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return _NO_PART.sub("", plain).translate(_LOOK_ALIKES).strip(".")


def _words(table: str) -> frozenset[str]:
    return frozenset(_compact(word) for word in table.split("|"))


_LABELS: Mapping[str, frozenset[str]] = {
    "priority": _words(
        """
        priority | priority level | prio | severity | severity level | urgency | criticality |
        приоритет | уровень приоритета | приоритетность | срочность | критичность | серьезность |
        пріоритет | рівень пріоритету | пріоритетність | терміновість | критичність |
        độ ưu tiên | mức độ ưu tiên | mức ưu tiên | ưu tiên | mức độ nghiêm trọng | mức độ khẩn cấp | độ khẩn cấp |
        prioriteta | prednost | stopnja nujnosti | nujnost | resnost |
        priorität | dringlichkeit | schweregrad | dringlichkeitsstufe
        """
    ),
    "category": _words(
        """
        category | request type | ticket type | case type | type | type of request |
        категория | категория обращения | тип | тип обращения | тип запроса | вид обращения |
        категорія | категорія звернення | тип звернення | тип запиту |
        danh mục | loại | phân loại | loại yêu cầu |
        kategorija | vrsta | vrsta zahtevka | tip zahtevka |
        kategorie | art | art der anfrage | typ
        """
    ),
    "topic": _words(
        """
        topic | theme | area | тема | тема обращения | раздел | тема звернення | розділ | chủ đề | lĩnh vực |
        tema | področje | thema | bereich
        """
    ),
}

# Adverbs open a subject without a colon too: `Срочно не работает почта`; others must be shouted: `URGENT no mail`.
_ADVERBS = _words("срочно | очень срочно | терміново | дуже терміново")
_SHOUTED = _ADVERBS | _words("urgent | very urgent | asap | khẩn cấp | gấp | nujno | zelo nujno | dringend")
_URGENT = _SHOUTED | _words(
    """
    urgently | most urgent | top priority | срочный | срочная | срочное | экстренно | терміновий | термінова | негайно |
    khẩn | rất khẩn cấp | rất gấp | nujen | nujna | sehr dringend
    """
)
_CRITICAL = _words(
    """
    critical | emergency | критический | критичный | критическая | критично | авария | аварийный |
    критичний | критична | аварія | nghiêm trọng | kritično | kritična | kritičen | kritisch | sehr kritisch | notfall
    """
)

# What people say for the words a scale is likely to have; of use only where the desk has one of the keys in front.
_MEANINGS: Mapping[str, tuple[tuple[tuple[str, ...], frozenset[str]], ...]] = {
    "priority": (
        (("urgent",), _URGENT),
        (("critical",), _CRITICAL),
        (
            ("high",),
            _words("высокий | высокая | высокое | високий | висока | cao | visoka | visok | visoko | hoch | hohe"),
        ),
        (
            ("medium", "normal"),
            _words(
                """
                medium | normal | средний | средняя | нормальный | обычный | обычная | середній | середня | звичайний |
                trung bình | vừa | bình thường | srednja | srednje | običajna | normalna | mittel | mittlere
                """
            ),
        ),
        (("low",), _words("низкий | низкая | низкое | низький | низька | thấp | nizka | nizek | niedrig | gering")),
    ),
    "category": (
        (("incident",), _words("инцидент | сбой | інцидент | збій | sự cố | dogodek | störung | vorfall")),
        (("request",), _words("запрос | запит | yêu cầu | zahtevek | zahteva | anfrage")),
        (("question",), _words("вопрос | питання | câu hỏi | vprašanje | frage")),
    ),
    "topic": (),
}


@dataclass(frozen=True, slots=True)
class Claims:
    """What the sender says, as keys of the desk; "" of what nothing is said."""

    priority: str = ""
    category: str = ""
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of one desk, made ready: for each trait which compact word means which key."""

    meaning: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(
        cls,
        *,
        priorities: Sequence[str],
        categories: Iterable[str] = (),
        topics: Iterable[str] = (),
        synonyms: Mapping[str, Sequence[str]] | None = None,
    ) -> "Vocabulary":
        """The vocabulary of these keys, the most urgent priority first; `synonyms` are more words for a key.

        A key's own name comes before a synonym, and that before what this module knows of six languages. Words for
        `urgent` and `critical` mean the most urgent priority where the desk has none of that name.
        """
        more = synonyms or {}
        keys = {"priority": tuple(priorities), "category": tuple(categories), "topic": tuple(topics)}
        meaning = {trait: _meaning(trait, known, more) for trait, known in keys.items()}
        if priorities:
            meaning["priority"] = dict.fromkeys(_URGENT | _CRITICAL, priorities[0]) | meaning["priority"]
        return cls(meaning)


def _meaning(trait: str, keys: Sequence[str], synonyms: Mapping[str, Sequence[str]]) -> dict[str, str]:
    found = {_compact(key): key for key in reversed(keys)}
    for key in keys:
        for word in synonyms.get(key, ()):
            found.setdefault(_compact(word), key)
    for names, words in _MEANINGS[trait]:
        if named := next((found[name] for name in names if name in found), None):
            for word in words:
                found.setdefault(word, named)
    found.pop("", None)
    return found


def claims(subject: str, text: str, vocabulary: Vocabulary) -> Claims:
    """What a new request claims; the first word on each trait counts, and the subject comes before the text.

    `text` is what the sender wrote now, without quotes and signature. Looks only at the beginning of either, so that
    the length of a mail costs nothing.
    """
    found: dict[str, str] = {}
    for trait, key in (*_in_subject(subject, vocabulary), *_in_text(text[:_TEXT], vocabulary)):
        found.setdefault(trait, key)
    return Claims(**found)


_Found = list[tuple[str, str]]

_ORNAMENTS = re.compile(r"""\A[^\w\[({<«【"'“„‘`]+""")
_BRACKETED = re.compile(r"[\[({<«【]([^\[\](){}<>«»【】]{1,60})[\])}>»】]")
_LAST_BRACKETED = re.compile(r"\[([^\[\]]{1,60})\]\s*\Z")
_AFTER_LABEL = re.compile(r"[:=|\t]|\s[-–—]\s")
_AFTER_VALUE = re.compile(r"[:!,;|(]|\.(?=\s|$)|(?:\s|(?<=\w))[-–—]+(?=\s|$)|$")

_REPLIES = _words(
    """
    re | aw | antw | antwort | sv | vs | odg | odgovor | отв | ответ | відп | trả lời | hồi âm |
    fw | fwd | wg | tl | rv | posr | пересл | пер | chuyển tiếp
    """
)
_FROM = _words("from | от | від | từ | od | von")


def _in_subject(subject: str, vocabulary: Vocabulary) -> _Found:
    found: _Found = []
    rest = _undecorated(unicodedata.normalize("NFKC", subject[:_SUBJECT]))
    while group := _BRACKETED.match(rest):
        found += _in_brackets(group[1], vocabulary)
        rest = _undecorated(rest[group.end() :])
    word, mark = _value(rest)
    if mark == ":" and word.rstrip("0123456789") in _REPLIES:
        return found
    found += _labelled(rest, vocabulary) or _in_front(rest, vocabulary)
    last = _LAST_BRACKETED.search(subject[-_SUBJECT:])
    if last and (_is_code(last[1]) or _label(last[1])[0]):  # but not in `The log says [critical]`
        found += _in_brackets(last[1], vocabulary)
    return found


def _in_text(text: str, vocabulary: Vocabulary) -> _Found:
    found: _Found = []
    lines = (line.strip() for line in unicodedata.normalize("NFKC", text).splitlines())
    for line in islice(filter(None, lines), _LINES):
        if line.startswith(("-----", "_____")) or _label(line)[0] in _FROM:
            break  # the head of a forwarded mail
        if not line.startswith(">"):
            found += _labelled(line[:_LINE], vocabulary)
    return found


def _in_brackets(content: str, vocabulary: Vocabulary) -> _Found:
    """`[P1]`, `[P1, incident]`, `[Topic: processes]`. A topic wants its label: `[development]` may say where it was."""
    found: _Found = []
    for part in re.split(r"[,;/]", content):
        word = "" if "?" in part or part.strip().isdigit() else _compact(part)
        plain = [(trait, key) for trait in ("priority", "category") if (key := vocabulary.meaning[trait].get(word, ""))]
        found += plain or _labelled(part, vocabulary)
    return found


def _in_front(rest: str, vocabulary: Vocabulary) -> _Found:
    """`P1: …`, `Critical - …`, `Urgent, …`, `URGENT …` where the rest is no shouting, `Срочно …`."""
    meaning = vocabulary.meaning["priority"]
    word, mark = _value(rest)
    if word.isdigit():
        return []  # `1. Log in, 2. …`
    if word in meaning and (mark not in {",", ";", ".", "("} or word in _URGENT | _CRITICAL or _is_code(word)):
        return [("priority", meaning[word])]
    words = rest.split(maxsplit=2)
    for count in (2, 1):
        front, behind = words[:count], " ".join(words[count:])
        word = _compact("".join(front)) if all(each.isalpha() for each in front) else ""
        is_shouted = word in _SHOUTED and "".join(front).isupper() and not behind.isupper()
        if word in meaning and (word in _ADVERBS or is_shouted):
            return [("priority", meaning[word])]
    return []


def _labelled(line: str, vocabulary: Vocabulary) -> _Found:
    """`Priority: P1`, `Приоритет - P1 (всё стоит)`; the word must be all there is, up to a mark."""
    label, value = _label(line)
    traits = (trait for trait, labels in _LABELS.items() if label in labels)
    keys = ((trait, vocabulary.meaning[trait].get(_value(value)[0], "")) for trait in traits)
    return [each for each in keys if each[1]]


def _label(line: str) -> tuple[str, str]:
    """What stands before the first colon or its like, compact and without remark, and what stands behind."""
    mark = _AFTER_LABEL.search(line[:_LABEL])
    return (_compact(line[: mark.start()].partition("(")[0]), line[mark.end() :]) if mark else ("", "")


def _value(text: str) -> tuple[str, str]:
    """What stands before the first mark, compact, and the mark; "" for what is asked rather than said."""
    text = text.strip()
    mark = _AFTER_VALUE.search(text)
    assert mark is not None, "a text has an end"
    said = text[: mark.start()]
    return "" if "?" in said else _compact(said), mark[0].strip()


def _is_code(word: str) -> bool:
    return any(character.isdigit() for character in word)


def _undecorated(text: str) -> str:
    """Without what is drawn in front: blanks, `!!!`, asterisks, a red dot; but a word in quotes is only mentioned."""
    return _ORNAMENTS.sub("", text)
