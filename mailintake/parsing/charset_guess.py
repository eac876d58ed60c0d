"""Which charset undeclared bytes are written in, by what their letters would be.

A few candidates are decoded and scored: letters that are common in the languages of that charset count for it, symbols
and capitals after small letters count against it. Good enough for a subject of three words, which statistical
detectors are not.
"""

import re
from functools import lru_cache

_SAMPLE = 4096
# The commonest letters of what is written in these charsets, beyond ASCII.
_COMMON = {
    "cp1251": "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфїієґ",
    "koi8-u": "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфїієґ",
    "cp866": "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэф",
    "cp1252": "äöüßéèàçñáíóúâêôîûãõåæøœìòù",
    "cp1250": "ąćęłńóśźżčšžřěůýáíéúťďňľőű",
    "cp1254": "ışğüöçİ",
    "cp1253": "αεοτινσρκπηυλμάίέόήύςώωθγδχ",
    "cp1255": "אבגדהוזחטיכלמנסעפצקרשתםןףךץ",
}
_WIDE = {
    "cp932": re.compile("[\u3040-\u30ff\u3001\u3002]"),
    "euc_jp": re.compile("[\u3040-\u30ff\u3001\u3002]"),
    "cp949": re.compile("[이다는을를의가에하고한니습지로요서안녕세시기사도]"),
    "gb18030": re.compile("[的一是不了在人有我他这中大来上国你们为到说好请问，。]"),
    "big5hkscs": re.compile("[的一是不了在人有我他這中大來上國你們為到說好請問，。]"),
}
_LATIN = frozenset({"cp1252", "cp1250", "cp1254"})
# The letters of a Latin alphabet stand beside ASCII letters, those of others beside each other.
_BESIDE_ASCII = re.compile(rb"[A-Za-z][\x80-\xff]|[\x80-\xff][A-Za-z]")
_CASE_BREAK = re.compile("[^\\W\\d_a-zA-Z](?<=[а-яёa-zß-öø-ÿ])[А-ЯA-ZÀ-ÖØ-Þ]")
# Signs that stand in any text of a Latin alphabet; the inverted ones only where a sentence may begin.
_SIGNS = re.compile("[€“”„‘’–—…«»°§\u00a0]|(?<![^\\W\\d_])[¿¡]")
# What hardly any language of these charsets writes: õ and û end words in Hungarian alone, which has them as ő and ű;
# ì, ò and ù stand at the end of Italian words, in the middle they are Czech; č is no word, è is; ń and a vowel were ñ.
_IMPLAUSIBLE = {
    "cp1252": re.compile("[õû](?![^\\W\\d_])|[ìòù](?=[^\\W\\d_])"),
    "cp1250": re.compile("[ńŃ][aeiouáéíóúy]|[ăĂ][oe]|[őŐ]e|ż[A-ZÁÉÍÓÚ]|(?<![^\\W\\d_])[čČ](?![^\\W\\d_])"),
}
# Letters no language has both of: Polish ones and those around it; õ or û beside ö or ü, unless ä tells Estonian.
_STRANGERS = {
    "cp1250": ((frozenset("ąęłśźżĄĘŁŚŹŻ"), frozenset("áéíúýčřěůďťňőűÁÉÍÚÝČŘĚŮĎŤŇŐŰ"), frozenset()),),
    "cp1252": ((frozenset("õûÕÛ"), frozenset("öüÖÜ"), frozenset("äÄ")),),
}


def guess(data: bytes, beside: bytes = b"") -> str:
    """The name of a Python codec; `beside` are all undeclared bytes of the same mail, these among them.

    A charset of many bytes that the whole mail speaks for, but that these bytes do not fit, is not taken.
    """
    if beside:
        name = _best(beside[:_SAMPLE])
        if name not in _WIDE or _fits(data[:_SAMPLE], name):
            return name
    return _best(data[:_SAMPLE])


@lru_cache(maxsize=8)
def _best(sample: bytes) -> str:
    high = sum(1 for byte in sample if byte >= 0x80)
    latin = 2 * len(_BESIDE_ASCII.findall(sample)) >= high
    best, best_score = "cp1252", 0.0
    for name, common in _COMMON.items():
        if (name in _LATIN) != latin:
            continue
        text = sample.decode(name, "replace")
        foreign = [char for char in text if char > "\x7f"]
        hits = sum(1 for char in foreign if char in common)
        lows = sum(0.5 for char in foreign if char.lower() in common) - hits * 0.5
        against = sum(1 for char in foreign if not char.isalpha()) + 2 * len(_CASE_BREAK.findall(text))
        if latin:
            against += _against_latin(text, name, foreign) - len(_SIGNS.findall(text))
        score = (hits + lows - against) / max(1, high)
        if score > best_score + 0.01:
            best, best_score = name, score
    for name, pattern in _WIDE.items():
        score = _wide_score(sample, name, pattern, high) - (0.5 if latin else 0.0)
        if score > best_score + 0.01:
            best, best_score = name, score
    return best


def _against_latin(text: str, name: str, foreign: list[str]) -> int:
    """How many letters speak against this page: those in impossible places, and a mixture of alphabets."""
    implausible = len(_IMPLAUSIBLE[name].findall(text)) if name in _IMPLAUSIBLE else 0
    for pair in _STRANGERS.get(name, ()):
        one, other, excuse = (sum(1 for char in foreign if char in letters) for letters in pair)
        implausible += 0 if excuse else 2 * min(one, other)
    return implausible


def _fits(sample: bytes, name: str) -> bool:
    """Whether the bytes decode, but for a character that the end of the sample cuts."""
    try:
        sample.decode(name)
    except UnicodeDecodeError as error:
        return len(sample) == _SAMPLE and error.start >= len(sample) - 4
    return True


def _wide_score(sample: bytes, name: str, common: re.Pattern[str], high: int) -> float:
    if high < 4:
        return 0.0
    try:
        text = sample.decode(name)
    except UnicodeDecodeError as error:
        if error.start < len(sample) - 4:
            return 0.0
        text = sample[: error.start].decode(name)
    wide = [char for char in text if char > "\x7f"]
    if not wide:
        return 0.0
    ideographs = sum(
        1 for char in wide if "\u3000" <= char <= "\u9fff" or "\uac00" <= char <= "\ud7a3" or "！" <= char <= "～"
    )
    if ideographs < 0.8 * len(wide):
        return 0.0
    return 0.75 + 2 * len(common.findall(text)) / len(wide)
