"""Every sample letter in every language, compared with the one we once read and found good.

After a wanted change, write them anew with `python tests/letters/test_letters.py` and read the difference.
"""

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses
from functools import cache
from pathlib import Path

import pytest

from mailintake.domain.letter import Letter
from mailintake.notices import samples
from mailintake.notices.compose import Composer

HERE = Path(__file__).parent
TEMPLATES = HERE.parents[1] / "templates"
COMPOSER = Composer([TEMPLATES])
DATE = datetime(2026, 3, 6, 20, 0, tzinfo=UTC)
LANGUAGES = ("en", "ru", "uk", "vi", "sl")
PAGES = (  # one of each block
    "acknowledged",
    "digest",
    "owner_approval",
    "not_covered_but_elsewhere",
    "admin_notice",
    "new_ticket",
    "answer",
    "receipt",
)
PROMISES = (
    "acknowledged",
    "follows",
    "approved",
    "day-full",
    "quota-used-up",
    "priority-changed",
    "escalated",
)

LETTERS = [
    pytest.param(sample, language, id=f"{language}-{sample.situation}")
    for language in LANGUAGES
    for sample in samples.SAMPLES
]


@cache
def letter(situation: str, language: str) -> Letter:
    sample = next(each for each in samples.SAMPLES if each.situation == situation)
    return COMPOSER.compose(sample.draft(language), date=DATE)


def read(situation: str, language: str) -> EmailMessage:
    """The letter as a mail program sees it."""
    return message_from_bytes(letter(situation, language).content, policy=policy.default)


def part(parsed: EmailMessage, kind: str) -> str:
    found = parsed.get_body((kind,))
    assert found is not None
    return str(found.get_content()).replace("\r\n", "\n")


def as_read(situation: str, language: str) -> str:
    """The header fields, decoded, and the plain text."""
    parsed = read(situation, language)
    fields = [f"{name}: {value}" for name, value in parsed.items()]
    return "\n".join((*fields, "", part(parsed, "plain")))


def is_page(sample: samples.Sample) -> bool:
    return sample.template == "acknowledged" or sample.situation in PAGES


@pytest.mark.parametrize(("sample", "language"), LETTERS)
def test_a_letter_reads_as_before(sample: samples.Sample, language: str) -> None:
    before = (HERE / language / f"{sample.situation}.txt").read_text(encoding="utf-8")
    assert as_read(sample.situation, language) == before
    if is_page(sample):
        page = (HERE / language / f"{sample.situation}.html").read_text(encoding="utf-8")
        assert part(read(sample.situation, language), "html") == page


@pytest.mark.parametrize(("sample", "language"), LETTERS)
def test_a_letter_goes_to_one_person_and_says_whether_it_is_automatic(sample: samples.Sample, language: str) -> None:
    parsed = read(sample.situation, language)
    assert (letter(sample.situation, language).return_path == "") == (not sample.agent)
    assert [address for _, address in getaddresses(parsed.get_all("To", []))] == [sample.recipient.address]
    assert not {"cc", "bcc"} & {name.lower() for name in parsed}
    kind = "auto-replied" if sample.answers else "auto-generated"
    assert parsed["Auto-Submitted"] == (None if sample.agent else kind)
    assert ("X-Auto-Response-Suppress" in parsed) == (not sample.agent)
    assert parsed["Content-Language"] == language
    assert [each.get_content_type() for each in parsed.iter_parts()] == ["text/plain", "text/html"]


@pytest.mark.parametrize(("sample", "language"), LETTERS)
def test_no_sign_of_a_template_is_left(sample: samples.Sample, language: str) -> None:
    assert not re.search(r"\bNone\b|\bTrue\b|\bFalse\b|\{[{%]|[%}]\}", as_read(sample.situation, language))


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_no_english_sentence_is_left_in_another_language(language: str) -> None:
    for path in (TEMPLATES / language).iterdir():
        prose = re.sub(r"(?s)\{[{%].*?[%}]\}|^Subject:", "", path.read_text(encoding="utf-8"))
        assert not re.search(r"\b(?:the|you|your|have|please|ticket|has)\b", prose, re.IGNORECASE), path.name


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_promised_where_nothing_is_due(language: str) -> None:
    for sample in samples.SAMPLES:
        if sample.template in PROMISES and sample.context["due"] is None:
            text = as_read(sample.situation, language).partition("\n\n")[2]
            assert not re.search(r"\d\d:\d\d \(", text), sample.situation


def test_no_letter_is_left_over() -> None:
    for language in LANGUAGES:
        assert {path.stem for path in (HERE / language).glob("*.txt")} == {each.situation for each in samples.SAMPLES}
        pages = {each.situation for each in samples.SAMPLES if is_page(each)}
        assert {path.stem for path in (HERE / language).glob("*.html")} == pages


if __name__ == "__main__":
    for speech in LANGUAGES:
        (HERE / speech).mkdir(exist_ok=True)
        for each in samples.SAMPLES:
            (HERE / speech / f"{each.situation}.txt").write_text(as_read(each.situation, speech), encoding="utf-8")
            if is_page(each):
                twin = part(read(each.situation, speech), "html")
                (HERE / speech / f"{each.situation}.html").write_text(twin, encoding="utf-8")
