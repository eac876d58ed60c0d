import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailintake.entitlement.required import missing

SUBJECT, TEXT, PICTURE, ADDRESS = "a short subject", "what happens now", "screenshots or a video", "the page address"
ALL = (SUBJECT, TEXT, PICTURE, ADDRESS)


def asked_for(
    *wants: str,
    subject: str = "",
    text: str = "",
    attachments: tuple[str, ...] = (),
    accepted: tuple[str, ...] = (),
) -> tuple[str, ...]:
    return missing(wants, subject=subject, text=text, attachments=attachments, accepted=accepted)


def is_missing(want: str, **request: str | tuple[str, ...]) -> bool:
    return asked_for(want, **request) == (want,)  # type: ignore[arg-type]  # each as its field wants


def test_an_empty_mail_lacks_everything_that_can_be_looked_up() -> None:
    assert asked_for(*ALL) == ALL


def test_a_good_request_lacks_nothing() -> None:
    found = asked_for(
        *ALL,
        subject="No deals since noon",
        text="https://portal.example/crm shows an empty list instead of our deals.",
        attachments=("list.PNG",),
        accepted=("png",),
    )
    assert found == ()


@pytest.mark.parametrize(
    "want",
    [
        "version and edition of the product",
        "a way into your system",
        "your e-mail address",
        "the IP address of the server",
        "the address of your office",
        "the version of the product in question",
        "the name of the system",
        "система и её версия",
        "адрес электронной почты",
        "phiên bản của sản phẩm",
        "različica izdelka",
        "screenshots, if possible",
        "a recording (optional)",
        "скриншоты, если есть",
        "скріншоти, за можливості",
        "ảnh chụp màn hình, nếu có",
        "posnetek zaslona, če ga imate",
        "no screenshots of text",
        "please do not send links",
        "Не присылайте видео",
        "",
    ],
)
def test_what_cannot_be_looked_up_or_need_not_be_there_is_never_missing(want: str) -> None:
    assert asked_for(want) == ()


@pytest.mark.parametrize(
    "want",
    [SUBJECT, "Subject line", "краткая тема письма", "заголовок", "коротка тема", "tiêu đề ngắn", "kratka zadeva"],
)
@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("", True),
        (" \t", True),
        ("...", True),
        ("Re:", True),
        ("Re: Fwd: AW:", True),
        ("Help", True),
        ("HELP!!!", True),
        ("Urgent help please", True),
        ("(no subject)", True),
        ("Question", True),
        ("Помогите", True),
        ("Срочно! Проблема", True),
        ("Терміново, допоможіть", True),
        ("Xin chào", True),
        ("Giúp đỡ!", True),
        (unicodedata.normalize("NFD", "Giúp đỡ!"), True),
        ("Nujno, težava", True),
        ("Login problem", False),
        ("Re: Login", False),
        ("Нет почты", False),
        ("Không gửi được thư", False),
        ("Ni pošte", False),
        ("4711", False),
        ("登录错误", False),
    ],
)
def test_a_subject_must_say_something(want: str, subject: str, expected: bool) -> None:
    assert is_missing(want, subject=subject) is expected


@pytest.mark.parametrize(
    "want",
    [
        TEXT,
        "what happens now and what should happen",
        "a short, clear question and the steps that lead to the problem",
        "Current behaviour vs. expected behaviour",
        "описание проблемы",
        "опишите шаги",
        "опис проблеми",
        "các bước để gặp lỗi",
        "mô tả ngắn gọn",
        "opis težave",
    ],
)
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", True),
        ("\n\n-- -- -- -- -- --\n", True),
        ("It does not work", True),
        ("Не работает почта", True),
        ("see https://portal.example/a/b/c/d/e/f", True),
        ("It has not worked since noon", False),
        ("Почта не работает с самого утра", False),
        ("ログイン画面が開きません", False),
        ("เข้าสู่ระบบไม่ได้", False),
    ],
)
def test_a_few_words_are_no_description(want: str, text: str, expected: bool) -> None:
    assert is_missing(want, text=text) is expected


@pytest.mark.parametrize(
    "want",
    [
        PICTURE,
        "screenshots of the application and the browser console, or a recording",
        "Screen shot",
        "screencasts",
        "скриншоты или видео",
        "снимок экрана",
        "запись экрана",
        "знімок екрана або відео",
        "ảnh chụp màn hình",
        "video hoặc ảnh",
        "posnetek zaslona",
        "zaslonska slika",
    ],
)
def test_a_picture_is_attached_or_linked(want: str) -> None:
    accepted = ("jpg", "png", "mp4")
    assert is_missing(want)
    assert is_missing(want, attachments=("notes.docx", "png.txt", ""), accepted=accepted)
    assert is_missing(want, text="See the attached screen.png", accepted=accepted)
    for name in ("a.jpg", "A.JPEG", "photo.of.it.Png", "записЬ.mp4"):
        assert not is_missing(want, attachments=("notes.docx", name), accepted=accepted)
    assert not is_missing(want, attachments=("notes.docx",))
    assert not is_missing(want, text="Recorded: https://films.example/4711", accepted=accepted)


@pytest.mark.parametrize(
    "want",
    [
        ADDRESS,
        "the address of the portal page",
        "a link",
        "URL",
        "адрес страницы портала",
        "ссылка на страницу",
        "адреса сторінки",
        "посилання на сторінку",
        "địa chỉ trang",
        "đường dẫn",
        "naslov strani",
        "povezava do strani",
    ],
)
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", True),
        ("the page with the deals, version 8.10, e.g. today", True),
        ("write to ana@bakery.example and/or me", True),
        ("https://portal.example/crm", False),
        ("<http://10.0.0.5:8080/>", False),
        ("on (www.portal.example),", False),
        ("portal.example", False),
        ("open portal.example:8443/crm?id=5.", False),
        ("10.0.0.5/crm", False),
        ("портал.example/crm", False),
        ("it is /crm/deal/details/5/", False),
    ],
)
def test_the_address_of_a_page_stands_somewhere(want: str, text: str, expected: bool) -> None:
    assert is_missing(want, text=text) is expected
    assert is_missing(want, subject=text) is expected


def test_of_several_things_in_one_want_any_will_do() -> None:
    want = "a description with screenshots"
    assert is_missing(want, text="Broken")
    assert not is_missing(want, text="It has been broken since noon")
    assert not is_missing(want, attachments=("a.png",))


def test_a_very_long_text_lacks_nothing() -> None:
    assert asked_for(*ALL, subject="The log", text="- " * 20_000) == ()


def test_wants_come_back_as_written_and_in_order() -> None:
    wants = ("Page  ADDRESS", "the version", "A Subject")
    assert asked_for(*wants) == ("Page  ADDRESS", "A Subject")


@settings(deadline=None)
@given(
    st.lists(st.sampled_from([*ALL, "the version", "a link, if any"])),
    st.text() | st.sampled_from(["Re: " * 16_000, "." * 64_000, "a." * 32_000, "/" * 64_000]),
    st.text() | st.sampled_from(["- " * 5_000, "." * 10_000, "a." * 5_000, "@/" * 5_000]),
    st.lists(st.text(max_size=20)),
)
def test_nothing_is_missing_that_was_not_wanted(wants: list[str], subject: str, text: str, names: list[str]) -> None:
    found = missing(wants, subject=subject, text=text, attachments=names)
    assert set(found) <= set(wants) & set(ALL)
    assert missing(found, subject=subject, text=text, attachments=names) == found
