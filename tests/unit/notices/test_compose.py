"""From a draft to the letter that leaves."""

from dataclasses import replace
from datetime import UTC, datetime
from email.parser import BytesParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake import errors
from mailintake.notices import samples
from mailintake.notices.compose import Composer

SHIPPED = Path(__file__).parents[3] / "templates"
DATE = datetime(2026, 3, 6, 20, 0, tzinfo=UTC)
COMPOSER = Composer([SHIPPED])
DRAFT = samples.SAMPLES[0].draft()


def body(content: bytes) -> str:
    payload = BytesParser().parsebytes(content).get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode()


def test_the_shipped_templates_are_whole() -> None:
    assert COMPOSER.check() == ()


def test_an_acknowledgement_says_what_was_promised() -> None:
    text = body(COMPOSER.compose(DRAFT, date=DATE).content)
    assert "102" in text
    assert "P2 (Works, but only in part)" in text
    assert "by Monday 9 March 2026, 09:30 (Europe/Ljubljana)" in text
    assert "closed" not in text


def test_nothing_is_promised_where_nothing_is_due() -> None:
    draft = replace(DRAFT, context={**DRAFT.context, "due": None, "hours": "", "open_now": False})
    text = body(COMPOSER.compose(draft, date=DATE).content)
    assert "no promised time" in text
    assert "2026" not in text
    assert "closed" not in text


def test_a_refusal_tells_a_stranger_nothing_about_any_account() -> None:
    for name in ("unknown-sender", "not-authorised", "over-limit"):
        for sample in samples.of(name):
            assert set(sample.context) == {"desk", "subject"}


words = st.text(st.one_of(st.characters(), st.sampled_from("\r\n{}%#=?<>")), max_size=200)


@given(subject=words, name=words, meaning=words)
def test_a_customers_words_leave_the_letter_as_long_as_it_was(subject: str, name: str, meaning: str) -> None:
    context = {**DRAFT.context, "subject": subject, "name": name, "priority_meaning": meaning}
    letter = COMPOSER.compose(replace(DRAFT, context=context), date=DATE)
    ordinary = COMPOSER.compose(DRAFT, date=DATE)
    assert len(body(letter.content).splitlines()) == len(body(ordinary.content).splitlines())


def test_a_letter_with_a_broken_template_can_still_say_its_facts(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "acknowledged.txt.j2").write_text("Subject: {{ oops }}\n\nx", encoding="utf-8")
    composer = Composer([tmp_path, SHIPPED])
    with pytest.raises(errors.TemplateError, match=r"acknowledged\.txt\.j2:1:1"):
        composer.compose(DRAFT, date=DATE)

    letter = composer.fallback(DRAFT, date=DATE)
    assert (letter.message_id, letter.recipient, letter.return_path) == (
        DRAFT.message_id,
        "ana.novak@customer.example",
        "",
    )
    assert DRAFT.tag.encode() in letter.content
    assert "    ticket: 102\r\n" in body(letter.content)
    assert "opens at" not in body(letter.content)


def test_a_check_finds_every_broken_template_of_the_admins(tmp_path: Path) -> None:
    for path, text in {
        "en/acknowledged.txt.j2": "Subject: s\n\n{% if open_now %}x{% else %}{{ hourz }}{% endif %}",
        "sl/breach.txt.j2": "Zadeva: s\n\nx",
        "en/vip.txt.j2": "Subject: {{ ticket }}\n\n{{ name }}, {% if account == 'Big' %}{{ acount }}{% endif %}!",
    }.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    found = [
        (str(Path(each.file).relative_to(tmp_path)), each.line, each.is_warning)
        for each in Composer([tmp_path, SHIPPED]).check()
    ]
    assert found == [("en/acknowledged.txt.j2", 3, False), ("en/vip.txt.j2", 3, True), ("sl/breach.txt.j2", 1, False)]


def test_a_check_misses_templates_that_are_not_there(tmp_path: Path) -> None:
    missing = Composer([tmp_path]).check()
    assert [problem.file for problem in missing] == [f"en/{name}.txt.j2" for name in samples.TEMPLATES]


def test_every_shipped_template_has_a_sample() -> None:
    shipped = {path.name.removesuffix(".txt.j2") for path in (SHIPPED / "en").glob("[!_]*.txt.j2")}
    assert shipped == set(samples.TEMPLATES)
