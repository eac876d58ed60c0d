"""Which of the things a desk wants from a request are visibly missing (DOMAIN E1, step 9).

The desk writes its wants as sentences for people. Only what can be looked up is: a subject that says something, words,
an attachment, the address of a page. Word tables in five languages tell which of these a want speaks of. A want that
speaks of none of them is never called missing, nor is one that begins with a "no" or says "if"; one that speaks of
several is missing only where none of them is there. So whoever is asked for something has indeed not sent it, while
some who have not sent everything are not asked.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

_FEW_WORDS = 4
_LONG = 10_000  # characters; so long a text is not searched, and lacks nothing


@dataclass(frozen=True, slots=True)
class _Request:
    subject: str
    text: str
    attachments: Sequence[str]
    accepted: Collection[str]


_Check = Callable[[_Request], bool]


def missing(
    wants: Sequence[str], *, subject: str, text: str, attachments: Sequence[str], accepted: Collection[str] = ()
) -> tuple[str, ...]:
    """Those of `wants`, as written and in their order, of which nothing is in the request.

    `text` is what the sender wrote now, without quotes and signature. `attachments` are file names, those of pictures
    inside the text too; `accepted` are the extensions the desk takes, in lower case, none for whatever is attached.
    """
    request = _Request(subject, text, attachments, accepted)
    found = {check: check(request) for check in dict.fromkeys(check for want in wants for check in _checks(want))}
    return tuple(want for want in wants if _checks(want) and not any(found[check] for check in _checks(want)))


def _has_subject(request: _Request) -> bool:
    return any(word not in _SAYS_NOTHING for word in re.findall(r"\w+", _plain(request.subject)))


def _has_text(request: _Request) -> bool:
    return len(request.text) > _LONG or len(list(islice(_words_of(request.text), _FEW_WORDS + 1))) > _FEW_WORDS


def _has_picture(request: _Request) -> bool:
    """Something of an accepted kind is attached; or there is a link, for recordings are often too large to be sent."""
    accepted = {_kind(f".{extension}") for extension in request.accepted}
    if any(not accepted or _kind(name) in accepted for name in request.attachments):
        return True
    return len(request.text) > _LONG or any(_is_link(word) for word in _tokens(request))


def _has_address(request: _Request) -> bool:
    return len(request.text) > _LONG or any(_is_link(word) or _is_place(word) for word in _tokens(request))


_WORDS_WITHOUT_SPACES = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]"
)


_LETTER = re.compile(r"[^\W_]")


def _words_of(text: str) -> Iterator[str]:
    """The words; in scripts that put no spaces between them, the letters."""
    for found in re.finditer(r"\S+", text):
        if _LETTER.search(found[0]):
            yield from _WORDS_WITHOUT_SPACES.findall(found[0]) or (found[0],)


def _tokens(request: _Request) -> Iterator[str]:
    for part in (request.subject[:_LONG], request.text):
        for found in re.finditer(r"\S+", part):
            if "." in found[0] or "/" in found[0]:
                yield found[0].strip("\"'“”„«»‘’`()[]{}<>,;:.!?*_").casefold()


def _is_link(word: str) -> bool:
    return "://" in word or word.startswith("www.")


def _is_place(word: str) -> bool:
    """`portal.example`, `10.0.0.5/crm`, `/crm/deal/5/`; but no mail address and no number."""
    host, _, path = word.partition("/")
    if not host:
        return "/" in path
    labels = host.partition(":")[0].split(".")
    if len(labels) < 2 or not all(label.replace("-", "").isalnum() for label in labels):
        return False
    return (labels[-1].isalpha() and len(labels[-1]) > 1) or (len(labels) == 4 and "".join(labels).isdigit())


_ALIKE = {"jpeg": "jpg", "jpe": "jpg", "jfif": "jpg", "tiff": "tif", "mpeg": "mpg", "htm": "html"}


def _kind(name: str) -> str:
    ending = name.rpartition(".")[2].strip().casefold()
    return _ALIKE.get(ending, ending)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def _words(table: str) -> frozenset[str]:
    return frozenset(table.split())


_SAYS_NOTHING = _words(
    """
    re fw fwd aw wg sv vs tl odg posr отв ответ пересл відп пер trả lời chuyển tiếp
    a an the my our i we you have need please to with of in no subject none empty untitled hello hi hey dear
    help problem problems question questions issue issues support error bug request ticket urgent urgently asap
    important
    без темы пустая тема здравствуйте привет добрый день помощь помогите нужна прошу пожалуйста вопрос вопросы проблема
    проблемы ошибка заявка запрос обращение срочно важно поддержка
    вітаю добрий привіт допомога допоможіть потрібна будь ласка питання проблеми помилка запит звернення терміново
    важливо підтримка теми
    không có tiêu đề chủ xin chào kính gửi cần giúp đỡ trợ hỗ lỗi sự cố câu hỏi vấn yêu cầu khẩn cấp gấp
    brez zadeve zadeva živjo pozdravljeni dober dan pomoč prosim potrebujem vprašanje težava napaka zahtevek nujno
    """
)


def _phrases(*expressions: str) -> re.Pattern[str]:
    """Any of these as whole words."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(expressions)})(?!\w)")


# A want is a sentence of the admin's: these may look ahead and back as they like.
_SPEAKS_OF: tuple[tuple[re.Pattern[str], _Check], ...] = (
    (
        _phrases(
            r"subject(?! of)|subject line",
            r"тем[аыуе]|заголов\w+",
            r"тем[иі]",
            r"tiêu đề|chủ đề",
            r"zadev\w*",
        ),
        _has_subject,
    ),
    (
        _phrases(
            r"descri\w+|what happen\w*|behaviou?r|steps?|explain\w*|explanation|(?<!in )questions?",
            r"описани\w+|опиш\w+|шаг\w*|вопрос\w*|что происходит|что случилось",
            r"опис\w*|крок\w*|питання|що відбувається|що сталося",
            r"mô tả|các bước|câu hỏi|điều gì xảy ra",
            r"opis\w*|opiš\w+|korak\w*|vprašanj\w+|kaj se (?:dogaja|zgodi|je zgodilo)",
        ),
        _has_text,
    ),
    (
        _phrases(
            r"screen ?shots?|screen captures?|screencasts?|recordings?|videos?|pictures?|photos?",
            r"скриншот\w*|скринкаст\w*|снимок экрана|снимк\w+ экрана|видео\w*|запис\w+ экрана",
            r"скріншот\w*|знім\w+ екрана|відео\w*|запис\w* екрана",
            r"ảnh chụp|ảnh màn hình|chụp màn hình|quay màn hình|đoạn phim",
            r"posnet\w+|zaslonsk\w+ slik\w+|slik\w+ zaslona",
        ),
        _has_picture,
    ),
    (
        _phrases(
            r"urls?|links?|(?:page|portal|site|web ?site|web) address(?:es)?",
            r"address(?:es)? of (?:\w+ ){0,3}(?:page|portal|site|web ?site)s?",
            r"ссылк\w+|адрес\w* (?:\w+ ){0,2}(?:страниц|сайт|портал)\w*",
            r"посилання|адрес\w* (?:\w+ ){0,2}(?:сторін|сайт|портал)\w*",
            r"liên kết|đường dẫn|địa chỉ (?:\w+ ){0,2}(?:trang|web|website|cổng)",
            r"povezav\w+|naslov\w* (?:\w+ ){0,2}(?:stran|spletišč|portal)\w*",
        ),
        _has_address,
    ),
)
_OPTIONAL = _phrases(
    r"if|where possible|when possible|optional\w*|ideally|preferably|not (?:needed|necessary)",
    r"если|по возможности|при необходимости|желательно",
    r"якщо|за можливості|за потреби|бажано",
    r"nếu|tùy chọn|tuỳ chọn",
    r"če|po možnosti|zaželen\w*|neobvezn\w*",
)
_UNWANTED = re.compile(
    r"(?:please |пожалуйста,? |будь ласка,? |xin |prosimo,? )?"
    r"(?:no|not|never|without|do not|don['’]t|не|без|không|đừng|ne|brez)(?!\w)"
)


@lru_cache(maxsize=256)
def _checks(want: str) -> tuple[_Check, ...]:
    """What a want speaks of that can be looked up."""
    plain = " ".join(_plain(want).split())
    if _OPTIONAL.search(plain) or _UNWANTED.match(plain):
        return ()
    return tuple(check for words, check in _SPEAKS_OF if words.search(plain))
