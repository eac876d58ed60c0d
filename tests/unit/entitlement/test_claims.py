import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailintake.entitlement.claims import Claims, Vocabulary, claims

CODES = Vocabulary.of(
    priorities=("P1", "P2", "P3", "P4"),
    categories=("incident", "request"),
    topics=("business-processes", "development", "licence-expired"),
    synonyms={"development": ("разработка", "phát triển")},
)
WORDS = Vocabulary.of(priorities=("critical", "significant", "minor", "no-impact"))
LEVELS = Vocabulary.of(priorities=("high", "medium", "low"))
URGENCIES = Vocabulary.of(priorities=("urgent", "high", "normal"))


def priority(subject: str, vocabulary: Vocabulary, text: str = "") -> str:
    return claims(subject, text, vocabulary).priority


@pytest.mark.parametrize(
    "subject",
    [
        "[P1] No mail",
        "[p1] no mail",
        "(P1) No mail",
        "{P1} No mail",
        "【P1】 No mail",
        "<P1> No mail",
        "[P 1] No mail",
        "[P-1] No mail",
        "[ P1 ] No mail",
        "[P1]No mail",
        "[P1]: No mail",
        "[EXTERNAL] [P1] No mail",
        "[EXTERNAL] P1: no mail",
        "*** P1 *** - No mail",
        "[P1/incident] No mail",
        "[incident, P1] No mail",
        "[Priority: P1] No mail",
        "P1: no mail",
        "P1 - no mail",
        "P1 – no mail",
        "P1- no mail",
        "P1, no mail",
        "P1! No mail",
        "P1",
        "  P1  ",
        "\U0001f6a8 P1: no mail",
        "Priority: P1 - no mail",
        "Severity: P1: no mail",
        "No mail [P1]",
        "No mail [Priority: P1]",
        "\u0420 1: нет почты",
        "[\u04201] нет почты",  # a Cyrillic er
        "[\u03a11] no mail",  # a Greek rho
        "[\uff30\uff11] no mail",  # full width
        "[P\u200b1] no mail",
        "Приоритет: \u04201. Нет почты",
        "Độ ưu tiên: P1, mất thư",
    ],
)
def test_a_code_is_claimed_at_the_beginning_of_a_subject(subject: str) -> None:
    assert priority(subject, CODES) == "P1"


@pytest.mark.parametrize(
    "subject",
    [
        "URGENT",
        "Urgent: no mail",
        "URGENT!!! No mail",
        "!!! URGENT !!! No mail",
        "[URGENT] no mail",
        "(urgent) no mail",
        "Urgent - no mail",
        "Urgent, please help",
        "Urgent... no mail",
        "URGENT no mail since noon",
        "ASAP: no mail",
        "[critical] no mail",
        "Emergency! No mail",
        "Срочно",
        "Срочно! Не работает почта",
        "Срочно не работает почта",
        "СРОЧНО нужна помощь",
        "Очень срочно: нет почты",
        "[Срочно] нет почты",
        "Авария: нет почты",
        "Терміново не працює пошта",
        "Терміново: не працює пошта",
        "КРИТИЧНО! Не працює пошта",
        "Khẩn cấp: không có thư",
        "KHẨN CẤP hệ thống ngừng hoạt động",
        "[Gấp] không gửi được thư",
        "Khan cap: khong co thu",
        "Nujno: ni pošte",
        "NUJNO ni pošte",
        "Zelo nujno! Ni pošte",
        "(nujno) ni pošte",
        "Dringend: keine Post",
        "DRINGEND keine Post",
        "Kritisch - keine Post",
    ],
)
@pytest.mark.parametrize("vocabulary", [CODES, WORDS, LEVELS, URGENCIES])
def test_an_urgent_word_in_front_claims_the_most_urgent_priority(subject: str, vocabulary: Vocabulary) -> None:
    assert priority(subject, vocabulary) in {"P1", "critical", "high", "urgent"}


@pytest.mark.parametrize(
    "subject",
    [
        "",
        "the urgent report",
        "The urgent report is missing",
        "Urgent report is missing",
        "URGENT REPORT IS MISSING",
        "Urgent-care module fails",
        "Urgent? Not quite",
        "Is it urgent?",
        "Not urgent: a typo",
        "Nothing urgent",
        "Urgently needed report is missing",
        '"URGENT" label is shown twice',
        "'Urgent' is not translated",
        "we had a P1 yesterday",
        "We had a P1 yesterday: report",
        "P1 we had yesterday",
        "P1.5 gateway does not start",
        "P1-server is slow",
        "P10: no mail",
        "XP1: no mail",
        "Question about P1: how long?",
        "Outage of yesterday (P1)",
        "The log says [critical]",
        "HIGH cpu load on the server",
        "High availability: how?",
        "Low, dry and quiet",
        "CRITICAL error in the log",
        "Critical error 500",
        "Re: [P1] no mail",
        "RE: URGENT: no mail",
        "Re[2]: P1: no mail",
        "Fwd: Urgent: your invoice",
        "Fwd: No mail [P1]",
        "Отв: Срочно: нет почты",
        "Trả lời: Khẩn cấp: không có thư",
        "[EXTERNAL] Fwd: [P1] no mail",
        "Срочное обновление не ставится",
        "Отчёт срочно не строится",
        "Не срочно: опечатка",
        "Терміновий звіт не відкривається",
        "Báo cáo khẩn cấp không mở được",
        "Nujno obvestilo se ne izpiše",
        "Dringende Anfrage wird nicht angezeigt",
        "Dringend benötigte Lieferung fehlt",
        "Priority of P1 tickets",
        "Priority: how is it set?",
        "Priority: P1?",
        "Priority: high availability",
        "Importance: high",
        "X-Priority: 1",
    ],
)
@pytest.mark.parametrize("vocabulary", [CODES, WORDS, LEVELS, URGENCIES])
def test_a_word_in_a_sentence_claims_nothing(subject: str, vocabulary: Vocabulary) -> None:
    assert claims(subject, "", vocabulary) == Claims()


@pytest.mark.parametrize(
    ("line", "vocabulary", "expected"),
    [
        ("Priority: P1", CODES, "P1"),
        ("priority = p2", CODES, "P2"),
        ("Priority\tP3", CODES, "P3"),
        ("Priority | P3", CODES, "P3"),
        ("- Priority: P4", CODES, "P4"),
        ("* **Priority:** P4", CODES, "P4"),
        ("Priority (P1..P4): P2", CODES, "P2"),
        ("Priority: [P2]", CODES, "P2"),
        ("Priority: P2.", CODES, "P2"),
        ("Priority: P1 (nobody can work)", CODES, "P1"),
        ("Priority: P1 - nobody can work", CODES, "P1"),
        ("Severity: critical", WORDS, "critical"),
        ("Severity: Critical!", WORDS, "critical"),
        ("Severity: critical", CODES, "P1"),
        ("Severity: no impact", WORDS, "no-impact"),
        ("Severity: no-impact", WORDS, "no-impact"),
        ("Severity: Minor, I think", WORDS, "minor"),
        ("Urgency: high", LEVELS, "high"),
        ("Приоритет: P1", CODES, "P1"),
        ("Приоритет: \u04201", CODES, "P1"),
        ("Приоритет – \u04202", CODES, "P2"),
        ("Приоритет: срочный", CODES, "P1"),
        ("Приоритет: срочный", URGENCIES, "urgent"),
        ("Приоритет: высокий", LEVELS, "high"),
        ("Приоритет: обычный", URGENCIES, "normal"),
        ("Приоритет: обычный", LEVELS, "medium"),
        ("Пріоритет: низький", LEVELS, "low"),
        ("Терміновість: висока", LEVELS, "high"),
        ("Độ ưu tiên: cao", LEVELS, "high"),
        ("Mức độ ưu tiên: trung bình", LEVELS, "medium"),
        ("Do uu tien: thap", LEVELS, "low"),
        ("Độ ưu tiên：khẩn cấp", CODES, "P1"),
        ("Prioriteta: nujno", CODES, "P1"),
        ("Prioriteta: nujno", URGENCIES, "urgent"),
        ("Prioriteta: srednja", LEVELS, "medium"),
        ("Priorität: hoch", LEVELS, "high"),
        ("Dringlichkeit: niedrig", LEVELS, "low"),
        ("Priority: high", CODES, ""),
        ("Priority: low", WORDS, ""),
        ("Priority: not urgent", CODES, ""),
        ("Priority: P9", CODES, ""),
        ("Priority: the P1 of yesterday", CODES, ""),
        ("My priority: P1", CODES, ""),
        ("> Priority: P1", CODES, ""),
        ("Importance: High", LEVELS, ""),
        ("Важность: Высокая", LEVELS, ""),
        ("Urgent: nobody can work", CODES, ""),
    ],
)
def test_a_line_with_a_label_claims(line: str, vocabulary: Vocabulary, expected: str) -> None:
    assert priority("No mail", vocabulary, f"Hello,\r\n\r\n{line}\r\nThanks") == expected


@pytest.mark.parametrize(
    ("subject", "text", "expected"),
    [
        ("No mail", "Category: incident", Claims(category="incident")),
        ("No mail", "Type: Request", Claims(category="request")),
        ("Нет почты", "Категория: инцидент", Claims(category="incident")),
        ("Немає пошти", "Категорія: запит", Claims(category="request")),
        ("Mất thư", "Loại yêu cầu: sự cố", Claims(category="incident")),
        ("Ni pošte", "Vrsta zahtevka: incident", Claims(category="incident")),
        ("Keine Post", "Kategorie: Störung", Claims(category="incident")),
        ("[incident] No mail", "", Claims(category="incident")),
        ("[P2][incident] No mail", "Topic: business processes", Claims("P2", "incident", "business-processes")),
        ("No mail", "Topic: Business-Processes", Claims(topic="business-processes")),
        ("No mail", "Тема: разработка", Claims(topic="development")),
        ("No mail", "Chủ đề: phát triển", Claims(topic="development")),
        ("[Topic: development] No mail", "", Claims(topic="development")),
        ("[development] No mail", "", Claims()),
        ("Development: no mail", "", Claims()),
        ("No mail", "Topic: sales", Claims()),
        ("[P1] No mail", "Priority: P3\nCategory: request", Claims("P1", "request")),
        ("No mail", "Priority: P3\nPriority: P1", Claims("P3")),
    ],
)
def test_the_first_word_on_each_trait_counts(subject: str, text: str, expected: Claims) -> None:
    assert claims(subject, text, CODES) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Nobody can work.\n" * 12 + "Priority: P1",
        "x" * 5000 + "\nPriority: P1",
        "See below\n---------- Forwarded message ---------\nPriority: P1",
        "See below\n________________________________\nPriority: P1",
        "From: ana@bakery.example\nPriority: P1",
        "От: Анна\nПриоритет: P1",
    ],
)
def test_what_stands_far_down_or_was_forwarded_claims_nothing(text: str) -> None:
    assert claims("No mail", text, CODES) == Claims()


def test_a_desk_without_a_trait_hears_no_claim_on_it() -> None:
    assert claims("[incident] No mail", "Topic: incident\nCategory: incident", LEVELS) == Claims()
    assert claims("[urgent] No mail", "Priority: urgent", Vocabulary.of(priorities=())) == Claims()


def test_the_desks_own_words_come_before_common_ones() -> None:
    own = Vocabulary.of(priorities=("now", "urgent"), synonyms={"now": ("срочно",)})
    assert priority("Срочно: нет почты", own) == "now"
    assert priority("Urgent: no mail", own) == "urgent"
    assert priority("Nujno: ni pošte", own) == "urgent"
    both = Vocabulary.of(priorities=("blocker", "critical", "urgent", "normal"))
    assert priority("Срочно: нет почты", both) == "urgent"
    assert priority("Критично: нет почты", both) == "critical"


def test_of_keys_that_look_alike_the_first_is_meant() -> None:
    assert priority("[P1]", Vocabulary.of(priorities=("P-1", "p1"))) == "P-1"
    plus = Vocabulary.of(priorities=("A+", "A"))
    assert (priority("[A+] x", plus), priority("[A] x", plus)) == ("A+", "A")


def test_a_bare_number_wants_its_label() -> None:
    numbers = Vocabulary.of(priorities=("1", "2", "3"))
    for subject in ("1. The portal is slow", "2 - two questions", "[1] first of three mails", "3", "(2) more"):
        assert priority(subject, numbers) == ""
    assert priority("[Priority: 2] No mail", numbers) == "2"
    assert priority("No mail", numbers, "Priority: 1") == "1"


HOSTILE = st.sampled_from(
    [
        each * 32_000
        for each in ("[", "[a", "[P1", "Re: ", "- ", "--", "(", "!", ": ", "\ufdfa", "a\u0301", "P1 ", "[P1]")
    ]
)


@settings(deadline=None)
@given(HOSTILE | st.text(), HOSTILE | st.text())
def test_whatever_comes_the_claim_is_a_key_or_nothing(subject: str, text: str) -> None:
    found = claims(subject, text, CODES)
    assert found.priority in {"", "P1", "P2", "P3", "P4"}
    assert found.category in {"", "incident", "request"}
    assert found.topic in {"", "business-processes", "development", "licence-expired"}


@given(st.sampled_from(["\n" * 32_000, "Text\n" * 32_000, " " * 64_000]))
def test_the_length_of_a_mail_changes_nothing(tail: str) -> None:
    assert claims("[P1] No mail" + tail, "Category: request\n" + tail, CODES) == Claims("P1", "request")
