import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailintake.desk import reply_words
from mailintake.desk.replies import consent, folded, is_thanks, rating

YES = [
    *(
        "YES",
        "Yes, please",
        "yes please",
        "approved",
        "Approved.",
        "I approve",
        "ok",
        "OK!",
        "Okay, thanks",
        "Go ahead",
    ),
    *("Please approve", "Yes, I agree.", "yes - go ahead", "Yes—please", "Thanks, approved", "Yes, of course!!!"),
    *("да", "Да, пожалуйста", "Согласовано", "Одобряю, спасибо", "Да, конечно", "да-да", "да)))"),
    *("так", "Так, звісно", "Погоджено", "Так, дякую"),
    *("đồng ý", "có", "vâng", "Vâng ạ", "Tôi đồng ý", "dong y", "Được", "Có, cảm ơn"),
    *("da", "Da.", "Da, prosim", "odobravam", "Se strinjam", "V redu", "Ja, hvala"),
    *("Ja", "Ja, bitte", "Einverstanden", "Genehmigt", "oui", "D'accord", "D’accord", "sí", "Sí, por favor"),
    *("De acuerdo", "sì", "Va bene, grazie", "tak", "Tak, proszę", "Zgadzam się", "Slažem se", "U redu, hvala"),
]
NO = [
    *("no", "NO!", "No, thanks", "no thanks", "No thank you", "decline", "Declined", "rejected", "I do not approve"),
    *("No, sorry", "I don’t agree", "Not approved", "never"),
    *("нет", "Нет, спасибо", "Не согласен", "Отклонить", "ні", "Ні, дякую", "Відхилено"),
    *("không", "không đồng ý", "Không, cảm ơn", "từ chối", "Tôi không đồng ý", "khong dong y"),
    *("ne", "Ne, hvala", "Ne odobravam", "Zavrnem", "Nein, danke", "Abgelehnt", "non", "Non merci", "No, gracias"),
    *("No, grazie", "nie", "Nie, dziękuję", "Odrzucam", "Ne slažem se", "Odbijeno"),
]
NEITHER = [
    *(
        "",
        "  \n ",
        "?",
        "yes?",
        "Yes, but who is he?",
        "yes/no",
        "yes and no",
        "Yes or no",
        "Ja nein",
        "ok no",
        "да нет",
    ),
    *(
        "not yet",
        "No problem, go ahead",
        "no objections",
        "no worries",
        "No idea",
        "Why not",
        "Maybe",
        "Ещё нет",
        "chưa",
    ),
    *("Da ist ein Fehler", "Da bitte nachsehen", "Da fehlt etwas", "So", "no 5", "No. 5 is wrong", "№", "№ 5", "Nº"),
    *("No. of users: 5", "Yes, but only until March", "Yes, if legal agrees", "Yes. But only Ann.", "Yes! Wait, no."),
    *("Yes. Actually no", "Так, пожалуйста", "[ ] yes", "[x] no", "☐ yes", "yesterday", "none", "nope-ish"),
    *("Yes, Ann may write until March", "No, he is our new colleague, let him in", "не", "không có gì", "có không"),
    *("Yes\nNo", "Yes\nBut not before Monday", "да\nнет", "Yes\nHowever, one thing", "No\nWait, I was wrong"),
    *("We have an outage", "Thank you", "Hello Ann,", "> yes", "👍", "1", "+1", "y", "n", "es", "<img src='yes'>"),
]


@pytest.mark.parametrize("text", YES)
def test_a_yes(text: str) -> None:
    assert consent(text) is True


@pytest.mark.parametrize("text", NO)
def test_a_refusal(text: str) -> None:
    assert consent(text) is False


@pytest.mark.parametrize("text", NEITHER)
def test_in_doubt_nobody_has_consented(text: str) -> None:
    assert consent(text) is None


@pytest.mark.parametrize(
    "around",
    [
        "Hello Ann,\n\n{}\n\nBest regards\nBob Jones",
        "Hello,\n{}",
        "Hi there, {}",
        "Dear Mr. Smith, {}",
        "Здравствуйте, Анна!\n{}",
        "Добрый день. {}",
        "Pozdravljeni,\n\n{}\nLep pozdrav, Janez",
        "Добрый день, Анна Петровна! {}",
        "Hi all,\n{}",
        "Chào anh Nam,\n{}",
        "Thank you!\n\n{}",
        "{}\n\nSent from my iPhone",
        "{}\n\nAnn Smith\nTel. 050 123 45 67",
        "{}\n\nYou can find the numbers in the portal. What else do you need?",
        "> Shall Ann get access?\n{}",
        "\u200b\ufeff\n\u00a0\n{}\u200d",
        "<div>{}</div><br>",
        "<p class='x'><b>{}</b></p>&nbsp;",
        "*{}*",
        '"{}"',
        "- {}",
    ],
)
def test_what_stands_around_an_answer_does_not_count(around: str) -> None:
    assert consent(around.format("YES")) is True
    assert consent(around.format("no")) is False
    assert consent(around.format("perhaps")) is None


def test_a_refusal_may_be_explained_with_a_negation() -> None:
    assert consent("No.\nNot one of ours") is False
    assert consent("Нет. Не знаю такого человека") is False
    assert consent("Yes.\nNot one of ours") is None
    assert consent("Yes. I do not know when") is None


def test_an_answer_may_be_repeated() -> None:
    assert consent("No. No thanks") is False
    assert consent("Yes! Approved.") is True


def test_a_greeting_hides_no_answer() -> None:
    assert consent("Hi no") is False
    assert consent("Hello yes please") is True
    assert consent("Hi not yes,\nyes") is None
    assert consent("Hello, stop!\nyes") is None


FIVE = [
    *(
        "5",
        "5.",
        "5!",
        " 5 ",
        "5/5",
        "5 / 5",
        "5 of 5",
        "5 out of 5",
        "5 из 5",
        "5 з 5",
        "5 od 5",
        "5 von 5",
        "5 trên 5",
    ),
    *("оценка: 5", "Оценка 5", "Rating: 5/5", "rating - 5", "ocena 5", "Đánh giá: 5", "Bewertung: 5", "оцінка = 5"),
    *(
        "5 stars",
        "5 звёзд",
        "5 баллов",
        "5 zvezdic",
        "5⭐",
        "5️⃣",
        "５",
        "★★★★★",
        "⭐⭐⭐⭐⭐",
        "⭐️⭐️⭐️⭐️⭐️",
        "★ ★ ★ ★ ★",
    ),
    *("5\n\nGreat work of Ann.", "5, thanks!", "5. Thank you!", "5 - отлично, спасибо", "Hello Ann,\n5", "Thanks!\n5"),
    *("**5**", "5 :)", "5 😊", "<p>5</p>", "\u200b5", "> Rate us from 1 to 5\n5"),
]
NO_RATING = [
    *("", "five", "0", "6", "-1", "+1", "+5", "-5", "- 5", "5-", "5+", "55", "4.5", "4,5", "5%", "#5", "№5", "05"),
    *("5 more questions", "5 questions", "1. The printer\n2. The mail", "1. The printer is broken", "5?", "5, really?"),
    *("5-6", "5/10", "5 of 10", "5/5/2024", "5.5.2024", "05.05.2024", "5:30", "2024-05-05", "+1 555 123 4567"),
    *("050 123 45 67", "102", "5 1 2", "1 2 3 4 5", "4\n5", "5, but slow", "I say 5", "99999999999999999999999"),
    *("👍", "👎", "☆☆☆☆☆", "★★★★★★", "☆★★★★", "★★☆", "5th", "5e0", "note", "оценка", "5 of 5 of 5"),
]


@pytest.mark.parametrize("text", FIVE)
def test_five_of_five(text: str) -> None:
    assert rating(text, least=1, most=5) == 5


@pytest.mark.parametrize("text", NO_RATING)
def test_no_rating_from_one_to_five(text: str) -> None:
    assert rating(text, least=1, most=5) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("+1", 1), ("1", 1), ("-1", -1), ("−1", -1), ("–1", -1), ("+1!", 1), ("-1, sorry", None), ("оценка: -1", -1)),
        *(
            ("👍", 1),
            ("👍🏽", 1),
            ("👍👍", 1),
            ("👍 thanks!", 1),
            ("👎", -1),
            ("👎\nslow", -1),
            ("👍👎", None),
            ("👍?", None),
        ),
        *(
            ("0", None),
            ("+0", None),
            ("-0", None),
            ("2", None),
            ("5", None),
            ("+1 555", None),
            ("- 1", None),
            ("★", None),
        ),
    ],
)
def test_thumbs_and_signs_rate_on_a_scale_of_two(text: str, value: int | None) -> None:
    assert rating(text, least=-1, most=1) == value


@pytest.mark.parametrize(
    ("text", "value"), [("★★★★☆", 4), ("★", 1), ("⭐⭐⭐", 3), ("★☆☆☆☆", 1), ("4 of 5", 4), ("1.", 1), ("2/5", 2)]
)
def test_less_than_all_stars(text: str, value: int) -> None:
    assert rating(text, least=1, most=5) == value


def test_stars_speak_of_five_unless_all_are_shown() -> None:
    assert rating("★★★★", least=0, most=10) is None
    assert rating("★★★★☆☆☆☆☆☆", least=0, most=10) == 4


def test_nothing_is_a_rating_where_the_scale_begins_with_it() -> None:
    assert rating("0", least=0, most=10) == 0
    assert rating("0/10", least=0, most=10) == 0


@given(st.integers(-20, 120), st.integers(-3, 2), st.integers(1, 100))
def test_a_bare_number_rates_if_the_scale_has_it(number: int, least: int, most: int) -> None:
    found = rating(str(number), least=least, most=most)
    is_on_scale = least <= number <= most and not (number == 0 and (least, most) == (-1, 1))
    assert found == (number if is_on_scale else None)


THANKS = [
    *(
        "Thank you!",
        "Thanks a lot, works now.",
        "thanks",
        "Great, thanks",
        "ok",
        "OK.",
        "👍",
        "👍🏻",
        "Received, thank you.",
    ),
    *(
        "Hi Ann,\n\nthank you very much for your help!\n\nBest regards",
        "Thanks & bye",
        "Thanks 😊",
        "it's fixed, thanks!",
    ),
    *("Thank you\n\nSent from my iPhone", "Thanks!\nGet Outlook for iOS<https://aka.example/o0ukef>", "Got it"),
    *(
        "Thanks\nSent from my Galaxy S21",
        "thanks :)",
        "<div>Thanks</div>&nbsp;",
        "\u200bThanks",
        "Everything works now, thanks",
    ),
    *("Спасибо, всё работает", "Большое спасибо!", "спасибо большое за помощь", "Понял, спасибо", "До свидания"),
    *(
        "Дякую",
        "Дуже дякую, все працює!",
        "Щиро дякую за допомогу",
        "Cảm ơn",
        "Cảm ơn bạn rất nhiều!",
        "Đã nhận được, cảm ơn",
    ),
    *("Hvala lepa", "Najlepša hvala, zdaj dela.", "Hvala za hitro pomoč!\nLep pozdrav", "Prejeto, hvala", "Danke"),
    *("Danke, funktioniert wieder", "Vielen Dank für die schnelle Hilfe!\nMit freundlichen Grüßen", "Merci beaucoup"),
    *(
        "Muchas gracias",
        "Grazie mille, tutto funziona",
        "Dziękuję, działa",
        "Hvala lijepa, sve radi",
        "Thank you.\n\n👍",
    ),
]
MORE_THAN_THANKS = [
    *("", " ", "Hello Ann,", "Best regards", "Great", "Perfect!", "🙏", "Thanks, but it does not work", "danke, aber"),
    *("Thanks?", "Thanks. And now?", "Thanks, does it work", "Thanks for nothing", "Thanks in advance", "No thanks"),
    *("Thanks :(", "Thanks, see attached", "Thanks [image: screenshot.png]", "Thanks <img src='cid:1'>", "not ok"),
    *(
        "Thanks, it does not work",
        "Thanks\nStill broken",
        "Hi still broken,\nThanks",
        "Спасибо, не работает",
        "Спасибо, но",
    ),
    *(
        "не спасибо",
        "Дякую, але не працює",
        "Cảm ơn, nhưng không được",
        "không cảm ơn",
        "Hvala, ne dela",
        "Hvala, ampak",
    ),
    *("Danke, geht nicht", "Merci, mais non", "Gracias, no funciona", "Grazie, non funziona", "Dzięki, nie działa"),
    *("ok 👎", "Thanks, please reopen", "Thanks\n> it is fixed", "Thanks\nAnn", "Sent from my iPhone", "Yes, thanks"),
    *(
        "Thanks\nSent from my iPhone but broken",
        "thanks " * 26,
        "thanks\n" * 9,
        "Thanks" + " a lot" * 1000,
        "102, thanks",
    ),
]


@pytest.mark.parametrize("text", THANKS)
def test_mere_thanks(text: str) -> None:
    assert is_thanks(text)


@pytest.mark.parametrize("text", MORE_THAN_THANKS)
def test_in_doubt_it_is_more_than_thanks(text: str) -> None:
    assert not is_thanks(text)


def test_whoever_is_greeted_may_be_what_it_is_about() -> None:
    assert is_thanks("Hi Ann,\nthanks")
    assert is_thanks("Dear Mr. Smith,\nthanks")
    assert is_thanks("Hi all, thanks")
    assert not is_thanks("Hi, it crashed!\nThanks")
    assert not is_thanks("Hi it crashed,\nThanks")
    assert not is_thanks("Здравствуйте, упало!\nСпасибо")
    assert is_thanks("Здравствуйте, Анна!\nСпасибо", names="Анна Иванова")


def test_the_sender_may_sign() -> None:
    assert is_thanks("Thanks,\nAnn", names="Ann Smith")
    assert is_thanks("Danke!\n\nViele Grüße\nJürgen Groß", names="Jürgen Groß")
    assert not is_thanks("Thanks,\nBob", names="Ann Smith")
    assert not is_thanks("Ann Smith", names="Ann Smith")


def test_a_name_takes_no_negation_away() -> None:
    assert not is_thanks("Thanks, not ok", names="Not But")


TROUBLE = (
    "not",
    "не",
    "không",
    "ne",
    "nicht",
    "pas",
    "no",
    "non",
    "nie",
    "but",
    "aber",
    "но",
    "reopen",
    "?",
    "error",
    "4711",
)


@given(st.sampled_from(THANKS), st.sampled_from(TROUBLE), st.booleans())
def test_one_word_of_trouble_is_enough(thanks: str, trouble: str, first: bool) -> None:
    assert not is_thanks(f"{trouble} {thanks}" if first else f"{thanks}\n{trouble}")


@given(
    st.sampled_from([*YES, *NO]), st.sampled_from(["?", "/", "maybe", "if", "but", "если", "nếu", "če", "wenn", "x"])
)
def test_one_strange_word_beside_an_answer_is_enough(answer: str, strange: str) -> None:
    assert consent(f"{strange} {answer}") is None
    assert consent(f"{answer.rstrip('.!')} {strange}") is None


@example(yes="Được", no="không")
@given(st.sampled_from(YES), st.sampled_from(NO))
def test_both_at_once_are_neither(yes: str, no: str) -> None:
    for first, second in ((yes, no), (no, yes)):
        assert consent(f"{first}, {second}") is None
        assert consent(f"{first}. {second}") is None
        assert consent(f"{first}\n\n{second}") is None


def every(text: str) -> tuple[object, ...]:
    return consent(text), rating(text, least=1, most=5), rating(text, least=-1, most=1), is_thanks(text)


SAID = st.sampled_from([*YES, *NO, *NEITHER, *FIVE, *NO_RATING, *THANKS, *MORE_THAN_THANKS])
KNOWN = st.sampled_from(
    ["yes", "no", "da", "не", "không", "5", "/", "★", "👍", "thanks", "Hi", ",", ".", "!", ">", "<br>", "\n"]
)


@given(st.text() | st.lists(KNOWN | st.text(max_size=3)).map(" ".join))
def test_no_text_is_too_strange(text: str) -> None:
    assert every(text) == every(text)


@given(st.text(alphabet=st.characters()))
def test_folding_once_is_enough(text: str) -> None:
    assert folded(folded(text)).split() == folded(text).split()


@given(SAID.filter(lambda text: "&" not in text), st.sampled_from([str.upper, str.lower, str.title, str.swapcase]))
def test_case_does_not_matter(text: str, change: object) -> None:
    assert callable(change)
    assert every(change(text)) == every(text)


@given(SAID, st.text(" \t\n\r\u00a0\u2003", max_size=9), st.text(" \t\n\r\u00a0\u2003", max_size=9))
def test_white_space_around_does_not_matter(text: str, before: str, behind: str) -> None:
    assert every(before + text + behind) == every(text)


@given(SAID, st.sampled_from(["  ", "\t", "\u00a0", " \u200b "]))
def test_the_width_of_a_space_does_not_matter(text: str, space: str) -> None:
    assert every(text.replace(" ", space)) == every(text)


@given(SAID, st.sampled_from([".", "!", "!!!", "...", ",", "…", " .", "！"]))
def test_punctuation_at_the_end_does_not_matter(text: str, mark: str) -> None:
    assert every(text + mark) == every(text)


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "yes ",
        "\n",
        "<br",
        "<p ",
        "&",
        "&#",
        "\u0301\u0323",
        ".",
        "! ",
        "> ",
        "5",
        "★",
        "👍",
        "\u200b",
        "thanks\n",
        "ﷺ",
    ],
)
def test_a_megabyte_says_nothing(piece: str) -> None:
    text = "x " + piece * (1_000_000 // len(piece))
    assert every(text) == (None, None, None, False)


def test_what_is_cut_off_may_have_been_a_condition() -> None:
    assert consent("yes" + " " * 10_000 + "but no") is None
    assert consent(" " * 1_000_000 + "yes" + " " * 1_000_000) is True


TABLES = {name: table for name, table in vars(reply_words).items() if isinstance(table, frozenset)}


def test_every_phrase_can_be_found() -> None:
    answers = {
        each for one in reply_words.LANGUAGES for said in (one.yes, one.no, one.please, one.thanks) for each in said
    }
    for phrase in answers.union(*TABLES.values()):
        assert phrase
        assert " ".join(folded(phrase).split()) == phrase
        assert len(phrase.split()) <= 6


def test_no_language_says_yes_and_no_with_the_same_words() -> None:
    assert [one for one in reply_words.LANGUAGES if one.yes & one.no] == []


def test_every_answer_of_a_table_is_understood() -> None:
    for one in reply_words.LANGUAGES:
        assert {phrase for phrase in one.yes if consent(phrase) is not True} == set()
        assert {phrase for phrase in one.no if consent(phrase) is not False} == set()
        assert {phrase for phrase in one.thanks if not is_thanks(phrase)} == set()
    assert {phrase for phrase in reply_words.FINE if not is_thanks(phrase)} == set()
