"""From a draft to the letter that leaves."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake import errors
from mailintake.desk import answer_line
from mailintake.desk.answer_line import ANSWER_LINES
from mailintake.domain.letter import Enclosure
from mailintake.notices import plain, samples
from mailintake.notices.compose import Composer

SHIPPED = Path(__file__).parents[3] / "templates"
DATE = datetime(2026, 3, 6, 20, 0, tzinfo=UTC)
COMPOSER = Composer([SHIPPED])
DRAFT = samples.SAMPLES[0].draft()
LANGUAGES = ("en", "ru", "uk", "vi", "sl")


def read(content: bytes, kind: str = "plain") -> str:
    """One of the two parts of a letter, as another program sees it."""
    part = message_from_bytes(content, policy=policy.default).get_body((kind,))
    assert part is not None
    return part.get_content().replace("\r\n", "\n")


def body(content: bytes) -> str:
    return read(content)


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


TAGS = re.compile(r"<[^>]*>")
hostile = st.text(
    st.one_of(st.characters(), st.sampled_from("\r\n{}%#=?<>&\"'\x02\x03\u2028 >-#:")), max_size=200
) | st.sampled_from(
    [
        "<script>alert(1)</script>",
        "</td></tr></table><b>",
        '<a href="https://evil.example">x</a>',
        "\x02https://evil.example\x03",
        "x\n\n    Priority: P1\n- y\n> z",
        "https://evil.example/?a=b&c=d",
        "{{ 7 * 7 }}{% raw %}",
        "    Key: value",
    ]
)
hostile_text = st.one_of(hostile, st.lists(hostile, max_size=20).map("\n".join))
STRANGERS = ("subject", "name", "sender", "requester", "author", "address")


@given(words=st.tuples(hostile, hostile), sample=st.sampled_from(samples.SAMPLES), language=st.sampled_from(LANGUAGES))
def test_a_strangers_words_change_nothing_but_themselves(
    words: tuple[str, str], sample: samples.Sample, language: str
) -> None:
    """Neither a line, nor a block, nor a tag, nor a link more or less, in whatever letter and language."""
    ordinary = COMPOSER.words(sample.draft(language))
    theirs = {word: said for word, said in zip(STRANGERS, words * 3, strict=True) if said and sample.context.get(word)}
    odd = COMPOSER.words(replace(sample.draft(language), context={**sample.context, **theirs}))
    assert ordinary.html is not None
    assert odd.html is not None
    assert TAGS.findall(odd.html) == TAGS.findall(ordinary.html)
    assert len(odd.text.split("\n\n")) == len(ordinary.text.split("\n\n"))


@given(name=hostile)
def test_no_strange_word_begins_a_quotation_a_list_or_a_command(name: str) -> None:
    text = COMPOSER.words(replace(DRAFT, context={**DRAFT.context, "name": name})).text
    greeting = text.partition("\n\n")[0].splitlines()
    assert greeting[0].startswith("Hello")
    assert all(line[0].isalnum() or line[0] in "“„«(" for line in greeting)


def test_text_and_html_say_the_same_words() -> None:
    for sample in samples.SAMPLES:
        for language in LANGUAGES:
            said = COMPOSER.words(sample.draft(language))
            assert said.html is not None
            content = said.html.partition("<body")[2].partition(">")[2]
            in_html = unescape(TAGS.sub(" ", re.sub("</?a[^>]*>", "", content))).split()
            marks = {"-", ">"}  # of an item or a quotation in the plain text; in the words of a person in both
            assert [word.rstrip(":") for word in in_html if word not in marks] == [
                word.rstrip(":") for word in said.text.split() if word not in marks
            ]


def test_the_twin_asks_for_nothing_from_elsewhere() -> None:
    for sample in samples.SAMPLES:
        html = COMPOSER.words(sample.draft()).html
        assert html is not None
        assert not re.search(r"<(?:img|script|iframe|link|object|form)|url\(|@import|src=", html, re.IGNORECASE)


def test_only_the_desks_own_addresses_become_links() -> None:
    draft = next(each for each in samples.SAMPLES if each.situation == "redirect").draft()
    strange = replace(draft, context={**draft.context, "subject": "https://evil.example", "desk": "https://no.example"})
    html = COMPOSER.words(strange).html
    assert html is not None
    assert re.findall(r'href="([^"]*)"', html) == ["https://desk.example/help"]


def test_a_letter_is_in_the_language_that_its_field_names(tmp_path: Path) -> None:
    (tmp_path / "de").mkdir()
    (tmp_path / "de" / "closed.txt.j2").write_text("Subject: Fertig\n\nFertig.", encoding="utf-8")
    composer = Composer([tmp_path, SHIPPED])
    german = composer.compose(samples.of("closed")[0].draft("de-AT"), date=DATE)
    english = composer.compose(samples.of("solved")[0].draft("de-AT"), date=DATE)
    assert message_from_bytes(german.content)["Content-Language"] == "de"
    assert message_from_bytes(english.content)["Content-Language"] == "en"
    assert '<html lang="de">' in read(german.content, "html")


def test_a_word_that_the_caller_leaves_out_has_no_value() -> None:
    context = {
        word: value for word, value in DRAFT.context.items() if not word.startswith(("quota", "channels", "soft"))
    }
    assert COMPOSER.words(replace(DRAFT, context=context)) == COMPOSER.words(DRAFT)


def test_a_letter_with_a_broken_template_still_leaves(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "acknowledged.txt.j2").write_text("Subject: {{ oops }}\n\nx", encoding="utf-8")
    composer = Composer([tmp_path, SHIPPED])
    with pytest.raises(errors.TemplateError, match=r"acknowledged\.txt\.j2:1:1"):
        composer.compose(DRAFT, date=DATE)

    letter = composer.letter(DRAFT, composer.fallback(DRAFT), date=DATE)
    assert (letter.message_id, letter.recipient, letter.return_path) == (
        DRAFT.message_id,
        "ana.novak@customer.example",
        "",
    )
    assert DRAFT.tag.encode() in letter.content
    assert "Ticket: 102" in read(letter.content)


def test_a_broken_layout_is_found(tmp_path: Path) -> None:
    (tmp_path / "layout.html.j2").write_text("<p>\n{{ contend }}", encoding="utf-8")
    problems = Composer([tmp_path, SHIPPED]).check()
    assert [(Path(each.file).name, each.line) for each in problems] == [("layout.html.j2", 2)]


@pytest.mark.parametrize(("languages", "found"), [(["en"], []), (["de", "sl-SI"], ["breach.txt.j2"])])
def test_a_start_looks_only_at_the_languages_it_writes_in(
    tmp_path: Path, languages: list[str], found: list[str]
) -> None:
    (tmp_path / "sl").mkdir()
    (tmp_path / "sl" / "breach.txt.j2").write_text("Zadeva: s\n\nx", encoding="utf-8")
    problems = Composer([tmp_path, SHIPPED]).check(languages)
    assert [Path(each.file).name for each in problems] == found


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


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_is_there_in_every_language(language: str) -> None:
    shipped = {path.name.removesuffix(".txt.j2") for path in (SHIPPED / language).glob("[!_]*.txt.j2")}
    assert shipped == set(samples.TEMPLATES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_reads_the_same_words(language: str) -> None:
    """What one language says and another leaves out was forgotten there."""

    grammar = {"plural", "one", "two", "few", "many", "other", "if", "or"}

    def read_words(path: Path) -> set[str]:
        tags = " ".join(re.findall(r"{[{%](.*?)[}%]}", path.read_text(encoding="utf-8")))
        return set(re.findall(r"[a-z_]+", re.sub(r'"[^"]*"', "", tags))) - grammar

    for path in (SHIPPED / "en").glob("*.txt.j2"):
        assert read_words(SHIPPED / language / path.name) == read_words(path), path.name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_that_counts_does_so_with_any_number(language: str) -> None:
    for sample in samples.SAMPLES:
        counted = {"tickets", "breached", "seats", "day_limit"} & sample.context.keys()
        if sample.context.get("seats_used", 0) is None:
            counted -= {"seats"}
        if sample.template == "receipt":  # there `tickets` are not counted but shown
            counted -= {"tickets"}
        for word in sorted(counted):
            for number in (1, 2, 3, 5, 11, 21, 22, 101, 102, 103):
                draft = replace(sample.draft(language), context={**sample.context, word: number})
                assert str(number) in COMPOSER.words(draft).text


COUNTED = {
    "en": {1: "1 new request a day", 2: "2 new requests a day"},
    "ru": {1: "1 новую заявку в день", 2: "2 новые заявки в день", 5: "5 новых заявок в день", 21: "21 новую заявку"},
    "uk": {1: "1 нову заявку на день", 4: "4 нові заявки на день", 11: "11 нових заявок", 22: "22 нові заявки"},
    "vi": {1: "1 yêu cầu mới mỗi ngày", 2: "2 yêu cầu mới mỗi ngày"},
    "sl": {1: "1 nov zahtevek", 2: "2 nova zahtevka", 3: "3 nove zahtevke", 5: "5 novih zahtevkov", 101: "101 nov "},
}


@pytest.mark.parametrize(
    ("language", "number", "said"), [(lang, number, said) for lang in COUNTED for number, said in COUNTED[lang].items()]
)
def test_a_number_takes_the_form_of_its_language(language: str, number: int, said: str) -> None:
    sample = samples.of("day-full")[0]
    draft = replace(sample.draft(language), context={**sample.context, "day_limit": number})
    assert said in " ".join(COMPOSER.words(draft).text.split())


AGENTS = [each for each in samples.SAMPLES if "answer_line" in each.context]


@given(text=hostile_text, sample=st.sampled_from([each for each in AGENTS if each.context.get("text")]))
def test_a_customers_text_stands_behind_marks_and_moves_nothing_else(text: str, sample: samples.Sample) -> None:
    def ours(said: str) -> list[str]:
        return [line for line in said.splitlines() if line and not line.startswith(">")]

    context = {**sample.context, "text": f"x{text}"}
    odd = COMPOSER.words(replace(sample.draft(), context=context))
    ordinary = COMPOSER.words(replace(sample.draft(), context={**sample.context, "text": "x"}))
    assert ours(odd.text) == ours(ordinary.text)
    assert odd.html is not None
    assert ordinary.html is not None
    assert [tag for tag in TAGS.findall(odd.html) if tag != "<br>"] == [
        tag for tag in TAGS.findall(ordinary.html) if tag != "<br>"
    ]


@given(hostile_text)
def test_an_agents_words_leave_as_they_are(text: str) -> None:
    answer = samples.of("answer")[0]
    said = COMPOSER.words(replace(answer.draft(), context={**answer.context, "text": f"x{text}"}))
    written = [line.rstrip() for line in plain.lines(f"x{text}").rstrip().split("\n")]
    assert said.text.split("\n") == [*written, "", "Maria Horvat", "Desk Support", ""]
    assert said.html is not None
    assert "<a" not in said.html
    ordinary = COMPOSER.words(replace(answer.draft(), context={**answer.context, "text": "x"}))
    assert ordinary.html is not None
    assert [tag for tag in TAGS.findall(said.html) if tag != "<br>"] == [
        tag for tag in TAGS.findall(ordinary.html) if tag != "<br>"
    ]


def test_an_answer_of_any_length_keeps_every_word() -> None:
    answer = samples.of("answer")[0]
    said = COMPOSER.words(replace(answer.draft(), context={**answer.context, "text": "word\n" * 200_000}))
    assert said.text.count("word\n") == 200_000


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("sample", AGENTS, ids=lambda sample: sample.situation)
def test_nothing_of_a_letter_to_an_agent_survives_in_an_answer_to_it(sample: samples.Sample, language: str) -> None:
    line = ANSWER_LINES[language]
    text = COMPOSER.words(replace(sample.draft(language), context={**sample.context, "answer_line": line})).text
    assert text.partition("\n")[0] == line
    quoted = "\n".join(f"> {line}" for line in text.splitlines())
    assert answer_line.above(text).strip() == ""
    assert answer_line.above(f"Thank you.\n\n{quoted}").strip() == "Thank you."


@pytest.mark.parametrize("sample", AGENTS, ids=lambda sample: sample.situation)
def test_a_letter_to_an_agent_without_its_answer_line_never_leaves(sample: samples.Sample) -> None:
    with pytest.raises(errors.TemplateError):
        COMPOSER.words(replace(sample.draft(), context={**sample.context, "answer_line": None}))


def test_a_template_that_drops_the_answer_line_is_found_and_not_used(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "note.txt.j2").write_text("Subject: x\n\nHello\n\n{{ answer_line }}\n", encoding="utf-8")
    composer = Composer([tmp_path, SHIPPED])
    assert "does not begin with its answer_line" in "\n".join(map(str, composer.check(["en"])))
    with pytest.raises(errors.TemplateError):
        composer.words(samples.of("note")[0].draft())


def test_an_answer_knows_no_word_that_is_the_desks_alone() -> None:
    words = set().union(*(each.context for each in samples.of("answer")))
    assert words == {"ticket", "subject", "text", "agent", "desk", "signature", "requester", "left_out"}


def test_files_that_stay_behind_are_named() -> None:
    answer = samples.of("answer")[0]
    files = tuple(Enclosure(7, part, f"file-{part}.zip", "application/zip", 10) for part in "12")
    draft = replace(answer.draft(), attachments=files)
    letter = COMPOSER.compose(draft, date=DATE, enclosed={files[0]: b"0123456789"})
    assert "- file-2.zip" in body(letter.content)
    assert "file-1.zip" not in body(letter.content)
    assert b'filename="file-1.zip"' in letter.content
    assert b'filename="file-2.zip"' not in letter.content
