"""The filters of the templates: dates and amounts in the reader's language, and a stranger's words as mere words."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import DateTimePattern, format_timedelta, parse_pattern

from mailintake.notices import blocks, plain

QUOTED_LINES = 100
LONGEST_EXCERPT = 20_000  # characters

_DAY_PATTERNS = {"en": "EEEE d MMMM y"}  # CLDR's plain "en" puts the month first, as in America
_FIXED_OFFSET = re.compile(r"(?:UTC|GMT)([+-])(\d{1,2})(?::?([0-5]\d))?")
_ETC = re.compile(r"Etc/GMT([+-])(\d{1,2})")
_DAY_IN_HOURS = re.compile(r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_HOLIDAYS_TOO = {
    "en": "holidays too",
    "ru": "и в праздники",
    "uk": "і у свята",
    "vi": "kể cả ngày lễ",
    "sl": "tudi ob praznikih",
}
_URL = re.compile(r"https?://[^\s<>\"]+")
_BEHIND_URL = ".,;:!?)]»”’'"
_ANY_NUMBER = 1e9  # format_timedelta would otherwise turn 26 hours into one day


class Block(str):
    """Lines that a template prints as they are; every other value it prints stays on one line."""

    __slots__ = ()


def one_line(text: object, limit: int = plain.LIMIT) -> str:
    """The value as one line of at most `limit` characters."""
    return plain.one_line(str(text), limit)


def lines(text: str) -> Block:
    """Our own words of several lines."""
    return Block(plain.lines(text))


def quoted(text: str, limit: int = QUOTED_LINES) -> Block:
    """A stranger's words, at most `limit` lines, each behind "> ".

    So set off, none of them can be taken for ours, for a signature's dashes or for an agent's command.
    """
    return Block("\n".join(f"> {line}".rstrip() for line in plain.lines(text).splitlines()[:limit]))


def excerpt(text: str, limit: int = LONGEST_EXCERPT) -> Block:
    """A stranger's words as `quoted` sets them off, at most `limit` characters; "…" says that there are more."""
    shown = text[:limit].rstrip() + " …" if len(text) > limit else text.rstrip()
    return quoted(shown, limit)


def as_written(text: str) -> Block:
    """What a person of the desk wrote, every line as it was: for the letter that is theirs."""
    written = plain.lines(text).rstrip().removeprefix("\n")
    return Block("\n".join(f"{blocks.AS_WRITTEN}{line.rstrip()}" for line in written.split("\n")))


def linked(text: str) -> Block:
    """The desk's own words on one line, their web addresses as links in the HTML twin; never for a stranger's words."""

    def link(found: re.Match[str]) -> str:
        url = found[0].rstrip(_BEHIND_URL)
        return f"{blocks.LINK_BEGINS}{url}{blocks.LINK_ENDS}{found[0][len(url) :]}"

    return Block(_URL.sub(link, plain.one_line(text, 1000)))


def in_reply(subject: str) -> str:
    """The subject of an answer: "Re: " once, however often it stood there before (RFC 5322, 3.6.5)."""
    subject = plain.one_line(subject)
    while subject[:3].lower() == "re:":
        subject = subject[3:].lstrip()
    return f"Re: {subject}"


def instant(moment: str | datetime, zone: str, language: str) -> str:
    """An instant on the reader's clock: "Monday 9 March 2026, 09:30 (Europe/Ljubljana)".

    `moment` is ISO 8601 text or a datetime, either with its offset; `zone` an IANA name or `UTC+2`. Rounded down to the
    minute with the zone named (DOMAIN S5). Raises ValueError for a moment without offset or an unknown zone.
    """
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    if moment.tzinfo is None:
        raise ValueError(f"{moment} names no offset from UTC")
    return _instant(moment.astimezone(UTC).replace(second=0, microsecond=0), zone, language)


def day(local_date: str | date, language: str) -> str:
    """A whole day: "Tuesday 31 March 2026", from `2026-03-31`."""
    if isinstance(local_date, str):
        local_date = date.fromisoformat(local_date)
    return _day(local_date, language)


def speech(code: str, language: str) -> str:
    """The name of a language: "Slovenian" for `sl`; the code itself where nothing is known of it."""
    try:
        return locale(code).get_display_name(locale(language)) or code
    except (ValueError, UnknownLocaleError):
        return code


def zone_name(zone: str) -> str:
    """The zone as people read it: `Etc/GMT-2` lies two hours ahead of UTC, and says the opposite."""
    if match := _ETC.fullmatch(zone):
        sign = "-" if match[1] == "+" else "+"
        return f"UTC{sign}{match[2]}"
    return zone


@lru_cache(maxsize=1024)
def duration(minutes: int, language: str) -> str:
    """Working time in words: "1 hour 30 minutes". Days are left out, for nobody knows how long they are.

    Below zero counts as zero.
    """
    hours, rest = divmod(max(minutes, 0), 60)
    reader = locale(language)
    parts = []
    if hours:
        amount = timedelta(hours=hours)
        parts.append(format_timedelta(amount, granularity="hour", threshold=_ANY_NUMBER, locale=reader))
    if rest or not hours:
        amount = timedelta(minutes=rest)
        parts.append(format_timedelta(amount, granularity="minute", threshold=_ANY_NUMBER, locale=reader))
    return " ".join(parts)


def plural(number: int, *, language: str, **forms: str) -> str:
    """The form that goes with the number, without the number: `plural(3, language="sl", one=…, two=…, few=…, other=…)`.

    Forms are CLDR's. Raises ValueError unless there is one for every whole number of the language, and no other.
    """
    form_of, needed = _plural_forms(language)
    if not needed <= forms.keys() <= needed | {"other"}:
        raise ValueError(f"numbers in {language!r} take the forms {', '.join(sorted(needed))}")
    return forms[form_of(number)]


@lru_cache(maxsize=1024)
def hours(written: str, language: str) -> str:
    """Opening hours as the desk wrote them (DOMAIN section 13, HOURS), their English words in the reader's language."""
    reader = locale(language)
    if reader.language == "en":
        return written
    names = reader.days["stand-alone"]["abbreviated"]
    told = _DAY_IN_HOURS.sub(lambda found: names[_DAYS.index(found[0])].rstrip("."), written)
    return told.replace(_HOLIDAYS_TOO["en"], _HOLIDAYS_TOO.get(reader.language, _HOLIDAYS_TOO["en"]))


@lru_cache(maxsize=64)
def locale(language: str) -> Locale:
    """Babel's data for a language such as `en` or `pt-BR`. Raises ValueError or babel.UnknownLocaleError."""
    return Locale.parse(language.replace("_", "-"), sep="-")


@lru_cache(maxsize=1024)
def _instant(utc: datetime, zone: str, language: str) -> str:
    local = utc.astimezone(_clock(zone))
    name = zone_name(zone)
    if local.replace(fold=not local.fold).utcoffset() != local.utcoffset():
        name += f", {_offset(local)}"  # the clock reads this twice that night
    return f"{_day(local.date(), language)}, {local:%H:%M} ({name})"


@lru_cache(maxsize=1024)
def _day(local_date: date, language: str) -> str:
    return _pattern(language).apply(local_date, locale(language))


@lru_cache(maxsize=64)
def _plural_forms(language: str) -> tuple[Callable[[int], str], frozenset[str]]:
    form_of = locale(language).plural_form
    return form_of, frozenset(map(form_of, range(201)))


@lru_cache(maxsize=64)
def _pattern(language: str) -> DateTimePattern:
    return parse_pattern(_DAY_PATTERNS.get(language) or locale(language).date_formats["full"].pattern)


@lru_cache(maxsize=256)
def _clock(zone: str) -> tzinfo:
    if match := _FIXED_OFFSET.fullmatch(zone):
        sign, hours, minutes = match.groups()
        east = timedelta(hours=int(hours), minutes=int(minutes or 0))
        return timezone(east if sign == "+" else -east)
    try:
        return ZoneInfo(zone)
    except (KeyError, OSError) as error:  # a directory of the zone files is an OSError, and no zone
        raise ValueError(f"no such time zone: {zone}") from error


def _offset(local: datetime) -> str:
    offset = f"{local:%z}"
    return f"UTC{offset[:3]}:{offset[3:5]}"
