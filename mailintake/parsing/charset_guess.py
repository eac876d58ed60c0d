"""Which charset undeclared bytes are written in, by what their letters would be.

A few candidates are decoded and scored: letters that are common in the languages of that charset count for it, symbols
and capitals after small letters count against it. Good enough for a subject of three words, which statistical
detectors are not.
"""

import re

_SAMPLE = 4096
# The commonest letters of what is written in these charsets, beyond ASCII.
_COMMON = {
    "cp1251": "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфїієґ",
    "koi8-u": "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфїієґ",
    "cp866": "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэф",
    "cp1252": "äöüßéèàçñáíóúâêôîûãõåæøœ",
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


def guess(data: bytes) -> str:
    """The name of a Python codec."""
    sample = data[:_SAMPLE]
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
        score = (hits + lows - against) / max(1, high)
        if score > best_score + 0.01:
            best, best_score = name, score
    for name, pattern in _WIDE.items():
        score = _wide_score(sample, name, pattern, high) - (0.5 if latin else 0.0)
        if score > best_score + 0.01:
            best, best_score = name, score
    return best


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
    ideographs = sum(1 for char in wide if "\u3000" <= char <= "\u9fff" or "\uac00" <= char <= "\ud7a3")
    if ideographs < 0.8 * len(wide):
        return 0.0
    return 0.75 + 2 * len(common.findall(text)) / len(wide)
