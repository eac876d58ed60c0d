"""What may stand behind each command, and how it is read."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, time

from mailintake.desk.command_words import Vocabulary, folded
from mailintake.domain.command import MIDNIGHT, Ahead, Choice, Given, InDays, OnDate, OnWeekday, When, Word
from mailintake.domain.ticket import LARGEST_NUMBER

USAGE: Mapping[Word, str] = {
    Word.TAKE: "#take",
    Word.ASSIGN: "#assign NAME",
    Word.PRIORITY: "#priority NAME",
    Word.CATEGORY: "#category NAME",
    Word.TOPIC: "#topic NAME",
    Word.LEVEL: "#level up|NAME",
    Word.STATUS: "#status NAME",
    Word.HOLD: "#hold internal|external [until WHEN]",
    Word.SOLVED: "#solved",
    Word.CLOSE: "#close",
    Word.REOPEN: "#reopen",
    Word.MERGE: "#merge TICKET",
    Word.SPLIT: "#split [MESSAGE…]",
    Word.SPAM: "#spam",
    Word.NOTE: "#note [WORDS]",
    Word.CC: "#cc add|remove ADDRESS",
    Word.CONTACT: "#contact approve|decline|add|remove ADDRESS",
    Word.ACCEPT: "#accept [MAIL]",
    Word.WAIVE: "#waive",
    Word.ACK: "#ack",
    Word.DUE: "#due",
    Word.NEW: "#new",
    Word.UNDO: "#undo CODE",
    Word.HELP: "#help",
    Word.TICKET: "#ticket TICKET",
}
"""How each command is written, in English: `|` is or, what stands in brackets may be left out."""

_NAME = 80
_MESSAGES = 50
_NUMBER = re.compile(r"#?([1-9][0-9]{0,9})")
_CODE = re.compile(r"[A-Za-z0-9-]{1,40}")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM}){{0,8}}@{_LABEL}(?:\.{_LABEL}){{1,8}}")
_LINKED = re.compile(r"([^<>\s]{3,254})<mailto:([^<>\s]{3,254})>", re.IGNORECASE)
_TIME = re.compile(r"([01]?[0-9]|2[0-3])([:.])([0-5][0-9])")
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DOTTED = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_SPAN = re.compile(r"([1-9][0-9]{0,3})([^\W\d_]{1,10})")

Reader = Callable[[str, Vocabulary], Given | None]


def given(word: Word, rest: str, vocabulary: Vocabulary) -> Given | None:
    """What the rest of a line says to this command; None if that is not how it is written."""
    rest = " ".join(rest.split())
    is_clear = rest.isprintable() or word is Word.NOTE  # signs of several characters are joined invisibly
    return _READERS[word](rest, vocabulary) if is_clear else None


def when(words: Sequence[str], vocabulary: Vocabulary) -> When | None:
    """`2026-12-01`, `1.12.2026 14:00`, `tomorrow 9:00`, `14:00`, `monday`, `3d`, `4 hours`; None for anything else.

    A day without a time begins at midnight.
    """
    folds = [folded(word) for word in words]
    clock = _TIME.fullmatch(folds[-1]) if folds else None
    day = "".join(folds[:-1] if clock else folds)
    if clock and not day and clock[2] == ".":
        return None  # "1.12" is as likely a day
    at = time(int(clock[1]), int(clock[3])) if clock else MIDNIGHT
    if span := _SPAN.fullmatch(day):
        unit = vocabulary.units.get(span[2])
        return Ahead(unit[0] * int(span[1]), unit[1] * int(span[1])) if unit and not clock else None
    if day in vocabulary.weekdays:
        return OnWeekday(vocabulary.weekdays[day], at)
    ahead = vocabulary.ahead.get(day, 0 if clock and not day else None)
    if ahead is not None:
        return InDays(ahead, at) if clock or ahead else None  # today's midnight has passed
    return _on_date(day, at)


def _on_date(day: str, at: time) -> OnDate | None:
    iso, dotted = _ISO.fullmatch(day), _DOTTED.fullmatch(day)
    parts = iso.groups() if iso else dotted.groups()[::-1] if dotted else None
    try:
        return OnDate(date(*map(int, parts)), at) if parts else None
    except ValueError:
        return None


def _nothing(rest: str, _: Vocabulary) -> Given | None:
    return None if rest else Given()


def _anything(rest: str, _: Vocabulary) -> Given | None:
    return Given(name=rest)


def _name(rest: str, _: Vocabulary) -> Given | None:
    return Given(name=rest) if 0 < len(rest) <= _NAME and rest[0].isalnum() else None


def _level(rest: str, vocabulary: Vocabulary) -> Given | None:
    is_up = vocabulary.choices.get(folded(rest)) is Choice.UP
    return Given(choice=Choice.UP) if is_up else _name(rest, vocabulary)


def _hold(rest: str, vocabulary: Vocabulary) -> Given | None:
    words = rest.split(" ")[:20]
    turn = next((place for place, word in enumerate(words) if folded(word) in vocabulary.until), None)
    choice = vocabulary.choices.get(folded("".join(words[:turn])))
    if choice not in (Choice.INTERNAL, Choice.EXTERNAL):
        return None
    if turn is None:
        return Given(choice=choice)
    until = when(words[turn + 1 :], vocabulary)
    return Given(choice=choice, until=until) if until else None


def _number(rest: str, _: Vocabulary) -> Given | None:
    found = _NUMBER.fullmatch(rest)
    return Given(numbers=(int(found[1]),)) if found and int(found[1]) <= LARGEST_NUMBER else None


def _number_or_nothing(rest: str, vocabulary: Vocabulary) -> Given | None:
    return _number(rest, vocabulary) if rest else Given()


def _numbers(rest: str, vocabulary: Vocabulary) -> Given | None:
    said = rest.replace(",", " ").split()
    found = [each.numbers[0] for word in said[:_MESSAGES] if (each := _number(word, vocabulary))]
    return Given(numbers=tuple(dict.fromkeys(found))) if len(found) == len(said) else None


def _code(rest: str, _: Vocabulary) -> Given | None:
    return Given(name=rest) if _CODE.fullmatch(rest) else None


def _address(*choices: Choice) -> Reader:
    def read(rest: str, vocabulary: Vocabulary) -> Given | None:
        said, _, written = rest.rpartition(" ")
        choice, address = vocabulary.choices.get(folded(said.replace(" ", ""))), _mailbox(written)
        return Given(choice=choice, name=address) if choice in choices and address else None

    return read


def _mailbox(written: str) -> str:
    """A plain address, as programs write it that make links of addresses; "" if it is none.

    Letters beyond ASCII might only look like others (SECURITY T29): a domain with such is written as `xn--…`.
    """
    linked = _LINKED.fullmatch(written)
    if linked and linked[1] == linked[2]:
        written = linked[1]
    written = written.removeprefix("<").removesuffix(">")
    return written if len(written) <= 254 and _ADDRESS.fullmatch(written) else ""


_READERS: Mapping[Word, Reader] = {
    **dict.fromkeys(Word, _nothing),
    **dict.fromkeys((Word.ASSIGN, Word.PRIORITY, Word.CATEGORY, Word.TOPIC, Word.STATUS), _name),
    Word.LEVEL: _level,
    Word.HOLD: _hold,
    Word.MERGE: _number,
    Word.SPLIT: _numbers,
    Word.NOTE: _anything,
    Word.CC: _address(Choice.ADD, Choice.REMOVE),
    Word.CONTACT: _address(Choice.APPROVE, Choice.DECLINE, Choice.ADD, Choice.REMOVE),
    Word.ACCEPT: _number_or_nothing,
    Word.UNDO: _code,
    Word.TICKET: _number,
}
