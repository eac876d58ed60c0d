"""The few words that leave when a template is broken."""

import re
from dataclasses import replace

import pytest

from mailintake.notices import fallback, samples

LANGUAGES = ("en", "ru", "uk", "vi", "sl")
OWN = [sample for sample in samples.SAMPLES if not sample.agent]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("sample", OWN, ids=lambda sample: sample.situation)
def test_it_names_the_ticket_and_nothing_else_of_the_letter(sample: samples.Sample, language: str) -> None:
    subject, text, spoken = fallback.words(sample.draft(language))
    number = sample.context.get("ticket")
    assert spoken == language
    assert re.findall(r"\d+", text) == ([] if number is None else [str(number)])
    assert str(sample.context.get("subject") or "-none-") not in subject + text
    assert "Desk Support" in text


def test_an_answer_leaves_with_its_authors_words_and_name() -> None:
    answer = samples.of("answer")[0]
    subject, text, _ = fallback.words(answer.draft())
    assert subject == "Re: The orders of today are missing"
    assert text == f"{answer.context['text']}\n\nMaria Horvat (Desk Support)"


def test_an_answer_without_words_is_news() -> None:
    draft = replace(samples.of("answer")[0].draft(), context={"ticket": 102, "text": ""})
    assert "There is news about your ticket" in fallback.words(draft)[1]


def test_every_kind_of_letter_has_its_matter() -> None:
    known = {template for template in samples.TEMPLATES if not template.startswith("owner-")}
    assert known == set(fallback._MATTER)


def test_every_language_has_words_for_every_matter() -> None:
    for sentences in fallback._SENTENCES.values():
        assert set(sentences) == set(fallback.Matter)
    assert set(fallback._SENTENCES) == set(fallback._TICKET) == set(fallback._AUTOMATIC) == set(LANGUAGES)


@pytest.mark.parametrize("template", ["unknown-sender", "redirect", "not-covered", "quota-used-up", "day-full"])
def test_a_refused_sender_is_told_that_no_ticket_was_opened(template: str) -> None:
    refused = next(each for each in samples.of(template) if each.context.get("ticket") is None)
    assert "have not opened a ticket" in fallback.words(refused.draft())[1]


def test_a_quota_that_only_delays_is_no_refusal() -> None:
    waiting = next(each for each in samples.of("quota-used-up") if each.context["ticket"])
    assert "not" not in fallback.words(waiting.draft())[1]


@pytest.mark.parametrize(("language", "spoken"), [("sl-SI", "sl"), ("RU_ru", "ru"), ("de", "en"), ("", "en")])
def test_a_language_without_words_gets_english_ones(language: str, spoken: str) -> None:
    assert fallback.words(samples.SAMPLES[0].draft(language))[2] == spoken


@pytest.mark.parametrize(("automatic", "said"), [("auto-replied", "received your mail"), ("auto-generated", "news")])
def test_of_an_admins_own_letter_only_the_occasion_is_told(automatic: str, said: str) -> None:
    draft = replace(samples.SAMPLES[0].draft(), template="vip", automatic=automatic)  # type: ignore[arg-type]  # parametrised
    assert said in fallback.words(draft)[1]
