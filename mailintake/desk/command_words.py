"""The words of commands in the languages of agents; data only.

Of each cell the first word is the one that is printed. A word of several has no spaces in it, as in any hashtag; marks
may be left out where people do so when they type (Vietnamese, Slovene).
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from mailintake.domain.command import Choice, Word

_M = TypeVar("_M")

ENGLISH = "en"
LANGUAGES = (ENGLISH, "ru", "uk", "vi", "sl")
_UNMARKED = frozenset({"vi", "sl"})

_COMMANDS = """
take     | беру взять             | беру взяти              | nhận             | prevzemi vzemi
assign   | назначить              | призначити              | giao             | dodeli
priority | приоритет              | пріоритет               | ưutiên           | prednost prioriteta
category | категория              | категорія               | loại             | kategorija
topic    | тема                   | тема                    | chủđề            | tema
level    | уровень                | рівень                  | cấp              | raven nivo
status   | статус                 | статус                  | trạngthái        | stanje
hold     | отложить               | відкласти               | tạmhoãn chờ      | zadrži čakaj
solved   | решено                 | вирішено                | đãxong xong      | rešeno
close    | закрыть                | закрити                 | đóng             | zapri
reopen   | открыть переоткрыть    | відкрити                | mởlại            | odpri
merge    | объединить             | злити об'єднати         | gộp              | združi
split    | разделить              | розділити               | tách             | razdeli
spam     | спам                   | спам                    | rác              | smeti
note     | заметка примечание     | нотатка примітка        | ghichú           | opomba zaznamek
cc       | копия                  | копія                   | saochép          | kopija
contact  | контакт                | контакт                 | liênhệ           | stik kontakt
accept   | принять                | прийняти                | chấpnhận         | sprejmi
waive    | вернуть                | повернути               | miễn             | vrni oprosti
ack      | вижу                   | бачу                    | đãrõ             | vidim videno
due      | сроки срок             | терміни термін          | hạn              | roki rok
new      | новая новое новый      | нова нове новий         | mới              | novo
undo     | отменить               | скасувати               | hoàntác          | razveljavi
help     | помощь справка         | допомога довідка        | trợgiúp          | pomoč
ticket   | заявка обращение тикет | заявка звернення тікет  | phiếu            | zahtevek
"""

_CHOICES = """
up       | выше                   | вище                    | lên              | višje
internal | внутри внутреннее      | всередині внутрішнє     | nộibộ            | notranje interno
external | снаружи внешнее        | зовні зовнішнє          | bênngoài         | zunanje
add      | добавить               | додати                  | thêm             | dodaj
remove   | убрать удалить         | прибрати видалити       | xóa xoá bỏ       | odstrani
approve  | одобрить               | схвалити                | duyệt            | odobri
decline  | отклонить              | відхилити               | từchối           | zavrni
"""

_UNTIL = "until | до | до | đến | do"

_AHEAD = """
today    | сегодня                | сьогодні                | hômnay           | danes
tomorrow | завтра                 | завтра                  | ngàymai mai      | jutri
"""

_WEEKDAYS = """
monday mon    | понедельник понедельника пн | понеділок понеділка пн | thứhai thứ2 t2 | ponedeljek ponedeljka pon
tuesday tue   | вторник вторника вт         | вівторок вівторка вт   | thứba thứ3 t3  | torek torka tor
wednesday wed | среда среды ср              | середа середи ср       | thứtư thứ4 t4  | sreda srede sre
thursday thu  | четверг четверга чт         | четвер четверга чт     | thứnăm thứ5 t5 | četrtek četrtka čet
friday fri    | пятница пятницы пт          | п'ятниця п'ятниці пт   | thứsáu thứ6 t6 | petek petka pet
saturday sat  | суббота субботы сб          | субота суботи сб       | thứbảy thứ7 t7 | sobota sobote sob
sunday sun    | воскресенье воскресенья вс  | неділя неділі нд       | chủnhật cn     | nedelja nedelje ned
"""

_UNITS = """
h hour hours  | ч час часа часов  | год годину години годин | giờ              | ura ure uri ur
d day days    | д день дня дней   | д день дні днів         | ngày             | dan dni
"""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All words that count for an agent, in lower case. `ahead` is in days, a unit in (days, minutes)."""

    commands: Mapping[str, Word]
    choices: Mapping[str, Choice]
    until: frozenset[str]
    ahead: Mapping[str, int]
    weekdays: Mapping[str, int]
    units: Mapping[str, tuple[int, int]]


@lru_cache(maxsize=64)
def vocabulary(languages: tuple[str, ...]) -> Vocabulary:
    """The words of these languages and of English; a language without a table adds none."""
    wanted = tuple(dict.fromkeys((ENGLISH, *(each for each in languages if each in LANGUAGES))))
    return Vocabulary(
        commands=_meaning(_COMMANDS, tuple(Word), wanted),
        choices=_meaning(_CHOICES, tuple(Choice), wanted),
        until=frozenset(_meaning(_UNTIL, (True,), wanted)),
        ahead=_meaning(_AHEAD, (0, 1), wanted),
        weekdays=_meaning(_WEEKDAYS, range(7), wanted),
        units=_meaning(_UNITS, ((0, 60), (1, 0)), wanted),
    )


def printed(word: Word | Choice, language: str) -> str:
    """The word as a page or a letter shows it; the English one in a language without a table."""
    table = _rows(_COMMANDS if isinstance(word, Word) else _CHOICES)
    row = table[tuple(type(word)).index(word)]
    return row[LANGUAGES.index(language if language in LANGUAGES else ENGLISH)][0]


def also(language: str) -> dict[str, list[str]]:
    """By English word the words of a language for each command, as a page shows them; none for English itself."""
    if language not in LANGUAGES or language == ENGLISH:
        return {}
    return {word.value: list(row[LANGUAGES.index(language)]) for word, row in zip(Word, _rows(_COMMANDS), strict=True)}


def folded(word: str) -> str:
    """A word as it is looked up: composed, in lower case, with one kind of apostrophe."""
    return unicodedata.normalize("NFC", word).lower().replace("’", "'").replace("ʼ", "'")


def unmarked(word: str) -> str:
    """Without marks on its letters, as people type who have no such keys."""
    bare = "".join(letter for letter in unicodedata.normalize("NFD", word) if not unicodedata.combining(letter))
    return bare.replace("đ", "d")


def _rows(table: str) -> list[tuple[tuple[str, ...], ...]]:
    """Rows of cells, one for each of LANGUAGES, of words."""
    return [tuple(tuple(cell.split()) for cell in line.split("|")) for line in table.strip().splitlines()]


def _meaning(table: str, meanings: Iterable[_M], languages: tuple[str, ...]) -> dict[str, _M]:
    found: dict[str, _M] = {}
    for row, meaning in zip(_rows(table), meanings, strict=True):
        for language, cell in zip(LANGUAGES, row, strict=True):
            if language in languages:
                words = [folded(word) for word in cell]
                found |= dict.fromkeys(words, meaning)
                found |= dict.fromkeys(map(unmarked, words if language in _UNMARKED else ()), meaning)
    return found
