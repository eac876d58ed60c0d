"""The words written now, apart from quotes and signature."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.parsing.marks import Marks
from mailintake.parsing.reply import Split, split

ATTRIBUTIONS = {
    "gmail en": "On Mon, Jan 5, 2026 at 10:15 AM Ann Example <ann@desk.example> wrote:",
    "apple en": "> On 5 Jan 2026, at 10:15, Ann Example <ann@desk.example> wrote:",
    "thunderbird en": "On 05/01/2026 10:15, Ann Example wrote:",
    "yahoo en": "On Monday, January 5, 2026, 10:15:00 AM GMT+1, Ann Example <ann@desk.example> wrote:",
    "proton en": "On Monday, January 5th, 2026 at 10:15 AM, Ann Example <ann@desk.example> wrote:",
    "outlook wrapped": "On Mon, Jan 5, 2026 at 10:15 AM Ann Example\n<ann@desk.example> wrote:",
    "gmail de": "Am Mo., 5. Jan. 2026 um 10:15 Uhr schrieb Ann Example <ann@desk.example>:",
    "apple de": "Am 05.01.2026 um 10:15 schrieb Ann Example <ann@desk.example>:",
    "gmail fr": "Le lun. 5 janv. 2026 à 10:15, Ann Example <ann@desk.example> a écrit :",
    "apple fr": "Le 5 janv. 2026 à 10:15, Ann Example <ann@desk.example> a écrit :",
    "gmail es": "El lun, 5 ene 2026 a las 10:15, Ann Example (<ann@desk.example>) escribió:",
    "gmail pt": "Em seg., 5 de jan. de 2026 às 10:15, Ann Example <ann@desk.example> escreveu:",
    "apple pt": "No dia 05/01/2026, às 10:15, Ann Example <ann@desk.example> escreveu:",
    "gmail it": "Il giorno lun 5 gen 2026 alle ore 10:15 Ann Example <ann@desk.example> ha scritto:",
    "gmail nl": "Op ma 5 jan 2026 om 10:15 schreef Ann Example <ann@desk.example>:",
    "gmail pl": "pon., 5 sty 2026 o 10:15 Ann Example <ann@desk.example> napisał(a):",
    "apple pl": "Wiadomość napisana przez Ann Example <ann@desk.example> w dniu 05.01.2026, o godz. 10:15:",
    "gmail cs": "po 5. 1. 2026 v 10:15 odesílatel Ann Example <ann@desk.example> napsal:",
    "gmail sk": "po 5. 1. 2026 o 10:15 Ann Example <ann@desk.example> napísal(a):",
    "gmail sl": "V V pon., 5. jan. 2026 ob 10:15 je oseba Ann Example <ann@desk.example> napisala:",
    "gmail hr": "pon, 5. sij 2026. u 10:15 Ann Example <ann@desk.example> napisao je:",
    "gmail ro": "În lun., 5 ian. 2026 la 10:15, Ann Example <ann@desk.example> a scris:",
    "gmail hu": "Ann Example <ann@desk.example> ezt írta (időpont: 2026. jan. 5., H, 10:15):",
    "gmail sv": "Den mån 5 jan. 2026 kl 10:15 skrev Ann Example <ann@desk.example>:",
    "gmail no": "man. 5. jan. 2026 kl. 10:15 skrev Ann Example <ann@desk.example>:",
    "gmail da": "Den man. 5. jan. 2026 kl. 10.15 skrev Ann Example <ann@desk.example>:",
    "gmail fi": "ma 5. tammik. 2026 klo 10.15 Ann Example (ann@desk.example) kirjoitti:",
    "gmail ru": "пн, 5 янв. 2026 г. в 10:15, Ann Example <ann@desk.example>:",
    "mail.ru": "Понедельник, 5 января 2026, 10:15 +03:00 от Ann Example <ann@desk.example>:",
    "yandex": '05.01.2026, 10:15, "Ann Example" <ann@desk.example>:',
    "thunderbird ru": "05.01.2026 10:15, Ann Example пишет:",
    "gmail uk": "пн, 5 січ. 2026 р. о 10:15 Ann Example <ann@desk.example> пише:",
    "gmail bg": "На пн, 5.01.2026 г. в 10:15 Ann Example <ann@desk.example> написа:",
    "gmail tr": "Ann Example <ann@desk.example>, 5 Oca 2026 Pzt, 10:15 tarihinde şunu yazdı:",
    "gmail vi": "Vào Th 2, 5 thg 1, 2026 vào lúc 10:15 Ann Example <ann@desk.example> đã viết:",
    "gmail id": "Pada tanggal Sen, 5 Jan 2026 pukul 10.15 Ann Example <ann@desk.example> menulis:",
    "gmail zh": "Ann Example <ann@desk.example> 于2026年1月5日周一 10:15写道：",
    "gmail zh-tw": "Ann Example <ann@desk.example> 於 2026年1月5日 週一 上午10:15寫道：",
    "gmail ja": "2026年1月5日(月) 10:15 Ann Example <ann@desk.example>:",
    "apple ja": "2026/01/05 10:15、Ann Example <ann@desk.example>のメール:",
    "gmail ko": "2026년 1월 5일 (월) 오전 10:15, Ann Example <ann@desk.example>님이 작성:",
}


@pytest.mark.parametrize("line", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS.keys())
def test_the_quote_begins_at_its_attribution(line: str) -> None:
    found = split(f"New words.\n\n{line}\n\n> old words\n> more\n")
    assert found.reply == "New words."
    assert found.quoted == f"{line}\n\n> old words\n> more"


BARE = [
    name for name in ATTRIBUTIONS if name not in {"apple en", "gmail ru", "mail.ru", "yandex", "gmail ja", "apple pl"}
]


@pytest.mark.parametrize("name", BARE)
def test_an_attribution_with_a_verb_needs_no_quote_marks(name: str) -> None:
    found = split(f"New words.\n\n{ATTRIBUTIONS[name]}\n\nold words\nmore\n")
    assert found.reply == "New words."


OUTLOOK = {
    "en": ("From", "Sent", "To", "Subject"),
    "de": ("Von", "Gesendet", "An", "Betreff"),
    "fr": ("De", "Envoyé", "À", "Objet"),
    "es": ("De", "Enviado", "Para", "Asunto"),
    "pt": ("De", "Enviado", "Para", "Assunto"),
    "it": ("Da", "Inviato", "A", "Oggetto"),
    "nl": ("Van", "Verzonden", "Aan", "Onderwerp"),
    "pl": ("Od", "Wysłano", "Do", "Temat"),
    "cs": ("Od", "Odesláno", "Komu", "Předmět"),
    "sk": ("Od", "Odoslané", "Komu", "Predmet"),
    "sl": ("Od", "Poslano", "Za", "Zadeva"),
    "hr": ("Od", "Poslano", "Prima", "Predmet"),
    "ro": ("De la", "Trimis", "Către", "Subiect"),
    "hu": ("Feladó", "Elküldve", "Címzett", "Tárgy"),
    "sv": ("Från", "Skickat", "Till", "Ämne"),
    "no": ("Fra", "Sendt", "Til", "Emne"),
    "da": ("Fra", "Sendt", "Til", "Emne"),
    "fi": ("Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe"),
    "ru": ("От", "Отправлено", "Кому", "Тема"),
    "uk": ("Від", "Надіслано", "Кому", "Тема"),
    "bg": ("От", "Изпратено", "До", "Относно"),
    "tr": ("Kimden", "Gönderildi", "Kime", "Konu"),
    "vi": ("Từ", "Đã gửi", "Đến", "Chủ đề"),
    "id": ("Dari", "Dikirim", "Kepada", "Subjek"),
    "zh": ("发件人", "发送时间", "收件人", "主题"),
    "ja": ("差出人", "送信日時", "宛先", "件名"),
    "ko": ("보낸 사람", "보낸 날짜", "받는 사람", "제목"),
}


@pytest.mark.parametrize("language", OUTLOOK)
@pytest.mark.parametrize("form", ["{}: {}", "*{}:* {}", "{} : {}"], ids=["plain", "bold", "spaced"])
def test_the_header_block_of_outlook_begins_the_quote(language: str, form: str) -> None:
    values = ("Ann <ann@desk.example>", "5 January 2026 10:15", "Bob <bob@kunde.example>", "Server")
    block = "\n".join(form.format(label, value) for label, value in zip(OUTLOOK[language], values, strict=True))
    found = split(f"New words.\n\n________________________________\n{block}\n\nold words")
    assert found.reply == "New words."
    assert found.quoted.endswith("old words")


@pytest.mark.parametrize(
    "line",
    [
        "-----Original Message-----",
        "-----Ursprüngliche Nachricht-----",
        "-----Message d'origine-----",
        "-----Mensaje original-----",
        "-----Oprindelig meddelelse-----",
        "-------- Исходное сообщение --------",
        "---------- Forwarded message ---------",
        "-------- Weitergeleitete Nachricht --------",
        "Begin forwarded message:",
    ],
)
def test_a_rule_with_known_words_begins_the_quote(line: str) -> None:
    found = split(f"New words.\n\n{line}\nold words")
    assert (found.reply, found.quoted) == ("New words.", f"{line}\nold words")


def test_answers_between_the_quoted_lines_stay_where_they_stand() -> None:
    text = "On 5 Jan 2026 at 10:15 Ann wrote:\n> First?\nYes.\n> Second?\nNo."
    assert split(text).reply == text


def test_words_above_and_between_quotes_stay_together() -> None:
    text = "See below.\n\nOn 5 Jan 2026 at 10:15 Ann wrote:\n> First?\nYes.\n> Second?\nNo."
    assert split(text).reply == text


def test_an_answer_below_the_quote_is_the_reply() -> None:
    found = split("On 5 Jan 2026 at 10:15 Ann wrote:\n> Does it work?\n\nYes, thank you.\n\n-- \nBob")
    assert found.reply == "Yes, thank you."
    assert found.quoted.endswith("> Does it work?")
    assert found.signature == "-- \nBob"


def test_a_signature_stands_between_reply_and_quote() -> None:
    found = split("New.\n\n-- \nAnn\nExample Ltd\n\nOn 5 Jan 2026 at 10:15 Bob wrote:\n> old")
    assert (found.reply, found.signature) == ("New.", "-- \nAnn\nExample Ltd")


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my iPhone",
        "Von meinem iPhone gesendet",
        "Envoyé de mon iPhone",
        "Отправлено с iPhone",
        "Get Outlook for iOS",
    ],
)
def test_what_a_phone_adds_is_a_signature(line: str) -> None:
    assert split(f"New words.\n\n{line}").signature == line


@pytest.mark.parametrize(
    "text",
    [
        "He wrote: it works.",
        "Fields:\n\nFrom: is empty\nTo: is empty\nSubject: is empty\n\nWhy?",
        "Please note the following:\n\n1. one\n2. two",
        "From: the office\n\nwe greet you",
        "Steps to do this:\nopen, click, wait",
        "C:\\new\\temp \\x41 stays",
        "Ann wrote me a letter.",
        "The log says -----\nerror\n-----",
    ],
)
def test_ordinary_words_are_no_attribution(text: str) -> None:
    assert split(text).reply == text


def test_a_signature_below_the_quote_is_still_one() -> None:
    found = split("New.\n\nOn 5 Jan 2026 at 10:15 Bob wrote:\n> old\n\n-- \nAnn")
    assert (found.reply, found.signature) == ("New.", "-- \nAnn")
    assert found.quoted.endswith("> old")


def test_a_forwarded_mail_without_own_words_is_the_reply() -> None:
    text = "---------- Forwarded message ---------\nFrom: Ann <ann@kunde.example>\nSubject: x\n\nHello"
    assert split(text, forwarded=True).reply == text


def test_a_quote_alone_leaves_no_reply() -> None:
    found = split("On 5 Jan 2026 at 10:15 Ann wrote:\n> old")
    assert (found.reply, found.quoted) == ("", "On 5 Jan 2026 at 10:15 Ann wrote:\n> old")


def test_the_html_of_the_sender_says_where_the_quote_begins() -> None:
    found = split("New.\n\n2026 old header of some client\n> old\n> and more", Marks(2))
    assert found.reply == "New."


_LINES = st.sampled_from(
    [
        "",
        "words",
        "> quoted",
        ">> deep",
        "-- ",
        "--",
        "On 5 Jan 2026 at 10:15 Ann <a@b.example> wrote:",
        "From: Ann <a@b.example>",
        "Sent: today",
        "Subject: x",
        "-----Original Message-----",
        "Sent from my iPhone",
        "a:",
        " ",
        "\t",
        "________________",
    ]
)


@given(
    st.lists(_LINES | st.text(max_size=20).filter(lambda text: "\n" not in text), max_size=30),
    st.none() | st.integers(0, 40),
    st.lists(st.integers(0, 30), max_size=4, unique=True),
    st.booleans(),
)
def test_no_character_is_lost(lines: list[str], cut: int | None, ends: list[int], forwarded: bool) -> None:
    text = "\n".join(lines)
    if cut is not None and cut >= len(lines):
        cut = None
    pairs = sorted(end for end in ends if end <= len(lines))
    spans = tuple(zip(pairs[::2], pairs[1::2], strict=False))
    found = split(text, Marks(cut, spans), forwarded=forwarded)
    together = found.reply + found.quoted + found.signature
    assert sorted("".join(together.split())) == sorted("".join(text.split()))


def test_a_signature_the_html_marks_is_folded() -> None:
    assert split("New.\n\nAnn\nExample Ltd", Marks(None, ((2, 4),))) == Split("New.", "", "Ann\nExample Ltd")


def test_words_behind_a_marked_signature_stay() -> None:
    assert split("New.\nAnn\nAnd one more thing", Marks(None, ((1, 2),))) == Split(
        "New.\nAnd one more thing", "", "Ann"
    )


def test_words_written_into_the_signature_stay() -> None:
    assert split("New words\nAnn\n> old", Marks(None, ((0, 2),))) == Split("New words\nAnn", "> old")


def test_a_marked_signature_above_the_quote_is_folded_and_one_within_it_is_not() -> None:
    text = "New.\nAnn\nOn 5 Jan 2026 at 10:15 Bob <b@x.example> wrote:\n> old\n> Bob\n> Support Desk"
    found = split(text, Marks(2, ((1, 2), (4, 5))))
    assert (found.reply, found.signature) == ("New.", "Ann")


def test_a_marked_signature_below_the_quoted_lines_is_folded() -> None:
    text = "New.\n\nOn 5 Jan 2026 at 10:15 Bob <b@x.example> wrote:\n> old\n\nAnn\nExample Ltd"
    found = split(text, Marks(2, ((5, 7),)))
    assert (found.reply, found.signature) == ("New.", "Ann\nExample Ltd")
    assert found.quoted.endswith("> old")
