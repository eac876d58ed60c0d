"""Subjects that responders write."""

import pytest

from mailintake.screening.subjects import is_auto_reply

LANGUAGES = {
    "en": "Automatic reply: Server",
    "de": "Automatische Antwort: Server",
    "fr": "Réponse automatique : Server",
    "es": "Respuesta automática: Server",
    "pt": "Resposta automática: Server",
    "it": "Risposta automatica: Server",
    "nl": "Automatisch antwoord: Server",
    "pl": "Automatyczna odpowiedź: Server",
    "cs": "Automatická odpověď: Server",
    "sk": "Automatická odpoveď: Server",
    "sl": "Samodejni odgovor: Server",
    "hr": "Automatski odgovor: Server",
    "ro": "Răspuns automat: Server",
    "hu": "Automatikus válasz: Server",
    "sv": "Autosvar: Server",
    "no": "Automatisk svar: Server",
    "da": "Automatisk svar: Server",
    "fi": "Automaattinen vastaus: Server",
    "ru": "Автоматический ответ: Server",
    "uk": "Автоматична відповідь: Server",
    "bg": "Автоматичен отговор: Server",
    "tr": "Otomatik Yanıt: Server",
    "vi": "Trả lời tự động: Server",
    "id": "Balasan otomatis: Server",
    "zh": "自动回复: Server",
    "ja": "自動応答: Server",
    "ko": "자동 회신: Server",
}


@pytest.mark.parametrize("subject", LANGUAGES.values(), ids=LANGUAGES.keys())
def test_a_responder_is_known_by_its_prefix(subject: str) -> None:
    assert is_auto_reply(subject)


@pytest.mark.parametrize(
    "subject", ["[EXTERNAL] Out of Office: x", "OUT OF OFFICE", "Out of Office!", "  automatic   reply : x"]
)
def test_tags_case_and_spaces_do_not_matter(subject: str) -> None:
    assert is_auto_reply(subject)


@pytest.mark.parametrize(
    "subject",
    [
        "",
        "Auto repair bill",
        "Absence of data in report",
        "Out of office printer",
        "Re: Out of office: x",
        "Poissa oleva tieto",
        "不在の件",
    ],
)
def test_the_same_words_in_a_sentence_are_a_person(subject: str) -> None:
    assert not is_auto_reply(subject)
