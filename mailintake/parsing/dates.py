"""Dates that break the rules but not the reader: what to try when a Date field is not as RFC 5322 wants it."""

import re
from datetime import UTC, datetime, timedelta, timezone

from mailintake.parsing.month_words import MONTHS_ABROAD

_MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
_ENGLISH = re.compile(r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)", re.IGNORECASE)
_TIME = re.compile(
    r"(?<![0-9])([0-9]{1,2})(?::(?=[0-9]{1,2}:[0-9]|[0-9]{2})|\.(?=[0-9]{2}))([0-9]{1,2})(?:[:.]([0-9]{1,2}))?"
    r"(?:[.,][0-9]{1,9})?\s?([AaPp][Mm])?"
)
_DAY_MONTH = re.compile(
    r"\b([0-9]{1,2})(?:st|nd|rd|th)?[ \-./]{1,3}([A-Za-z]{3,9})[,.]?[ \-./]{1,3}([0-9]{4}|[0-9]{2})\b"
)
_MONTH_DAY = re.compile(
    r"\b([A-Za-z]{3,9})[.]? {1,2}([0-9]{1,2})(?:st|nd|rd|th)?,? {1,2}(?:[0-9:]{4,8} {1,2})?(?:[A-Z]{1,5} )?([0-9]{4})\b"
)
_YEAR_MONTH = re.compile(r"\b([0-9]{4})[.,]? {1,2}([A-Za-z]{3,9})[.]? {1,2}([0-9]{1,2})\b")
_NUMBERS = re.compile(r"(?<![0-9])([0-9]{1,2})([./]) ?([0-9]{1,2})[./] ?([0-9]{4}|[0-9]{2})(?![0-9])")
_IDEOGRAPHS = re.compile(r"([0-9]{4}) ?[年년] ?([0-9]{1,2}) ?[月월] ?([0-9]{1,2}) ?[日일]")
_VIETNAMESE = re.compile(r"([0-9]{1,2})(?: ngày)? (?:thg|tháng) ([0-9]{1,2}),? (?:năm )?([0-9]{4})")
_AFTERNOON = re.compile(r"(?:下午|午後|오후|晚上)\s?([0-9]{1,2})[:.]([0-9]{2})")
_WORD = re.compile(r"[^\W\d_]{1,20}")
_ISO = re.compile(r"\b([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?![0-9])")
_OFFSET = re.compile(r"([+-])([0-9]{2}):?([0-9]{2})\b")
_SHORT_OFFSET = re.compile(r"\b(?:GMT|UTC) ?([+-])([0-9]{1,2})(?![0-9:])")
_ZONES: dict[str, float] = {"est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7}
_ZONES |= {"cet": 1, "cest": 2, "mez": 1, "mesz": 2, "eet": 2, "eest": 3, "msk": 3, "bst": 1, "jst": 9, "ist": 5.5}
_LAST_WORD = re.compile(r"[0-9] ?([A-Za-z]{3,4})\s{0,4}$")
_ZONE = re.compile(r"\b([A-Za-z]{3,4})\b")


def lenient(text: str) -> datetime | None:
    """The instant in UTC that a broken Date field most likely means, or None.

    Where no zone is readable UTC is taken, as RFC 5322 4.3 does for unknown zones.
    """
    text = text[:200]
    if not text.isascii() or not _ENGLISH.search(text):
        text = _in_english(text)
    date, span = _calendar_date(text)
    if date is None:
        return None
    rest = text[: span[0]] + " " + text[span[1] :] if span else text
    clock = _TIME.search(rest) or _TIME.search(text)
    afternoon = _AFTERNOON.search(text)
    hour, minute, second = (int(clock[1]), int(clock[2]), int(clock[3] or 0)) if clock else (0, 0, 0)
    if clock and clock[4]:
        hour = hour % 12 + (12 if clock[4].lower() == "pm" else 0)
    elif afternoon and hour < 12:
        hour += 12
    try:
        instant = datetime(*date, hour, minute, min(second, 59), tzinfo=_zone(rest))
        return instant.astimezone(UTC) if instant.year > 1969 else None
    except (ValueError, OverflowError):
        return None


def _calendar_date(text: str) -> tuple[tuple[int, int, int] | None, tuple[int, int] | None]:
    if match := _ISO.search(text):
        return (int(match[1]), int(match[2]), int(match[3])), match.span()
    for match in _DAY_MONTH.finditer(text):
        month = _MONTHS.get(match[2][:3].lower())
        if month:
            year = int(match[3])
            return (year + (2000 if year < 50 else 1900) if year < 100 else year, month, int(match[1])), match.span()
    for match in _MONTH_DAY.finditer(text):
        month = _MONTHS.get(match[1][:3].lower())
        if month:
            return (int(match[3]), month, int(match[2])), None
    for match in _YEAR_MONTH.finditer(text):
        month = _MONTHS.get(match[2][:3].lower())
        if month:
            return (int(match[1]), month, int(match[3])), match.span()
    return _in_numbers(text) or (None, None)


def names_zone(text: str) -> bool:
    """Whether the zone is a name that RFC 5322 does not know and people use: `CET`, `MSK`."""
    match = _LAST_WORD.search(text)
    return bool(match) and match[1].lower() in _ZONES if match else False


def _in_numbers(text: str) -> tuple[tuple[int, int, int], tuple[int, int]] | None:
    """Day, month and year without letters, or with the signs of East Asia."""
    if match := _IDEOGRAPHS.search(text):
        return (int(match[1]), int(match[2]), int(match[3])), match.span()
    if match := _VIETNAMESE.search(text):
        return (int(match[3]), int(match[2]), int(match[1])), match.span()
    if match := _NUMBERS.search(text):
        day, month, year = int(match[1]), int(match[3]), int(match[4])
        # only Americans write the month first, and they write slashes and count hours by twelve
        if month > 12 or (match[2] == "/" and day <= 12 and _TWELVE.search(text)):
            day, month = month, day
        return (year + 2000 if year < 100 else year, month, day), match.span()
    return None


_TWELVE = re.compile(r"[0-9] ?[AaPp][Mm]\b")


def _in_english(text: str) -> str:
    """Month names of other languages replaced by English ones, and the small words between them left out."""

    def english(match: re.Match[str]) -> str:
        word = match[0].lower()
        if word in _SMALL:
            return ""
        for length in range(min(len(word), 9), 2, -1):
            if number := MONTHS_ABROAD.get(word[:length]):
                return _NAMES[number - 1]
        return match[0]

    return " ".join(_WORD.sub(english, text).split())


_NAMES = list(_MONTHS)
_SMALL = frozenset(
    {"de", "del", "of", "г", "р", "в", "о", "om", "um", "kl", "klo", "la", "las", "alle", "at", "a", "ob"}
)


def _zone(text: str) -> timezone:
    if match := _OFFSET.search(text):
        minutes = int(match[2]) * 60 + int(match[3])
        if minutes <= 14 * 60:
            return timezone(timedelta(minutes=minutes if match[1] == "+" else -minutes))
    if match := _SHORT_OFFSET.search(text):
        minutes = 60 * int(match[2])
        if minutes <= 14 * 60:
            return timezone(timedelta(minutes=minutes if match[1] == "+" else -minutes))
    for match in _ZONE.finditer(text):
        if (hours := _ZONES.get(match[1].lower())) is not None:
            return timezone(timedelta(hours=hours))
    return UTC
