"""Templates: found by name and language, rendered in a sandbox."""

from pathlib import Path

import pytest

from mailintake import errors
from mailintake.notices.library import Library, Rendered


def a_library(tmp_path: Path, **templates: str) -> Library:
    """Templates given as language__name="text"."""
    for key, text in templates.items():
        language, _, name = key.partition("__")
        (tmp_path / language).mkdir(exist_ok=True)
        (tmp_path / language / f"{name}.txt.j2").write_text(text, encoding="utf-8")
    return Library([tmp_path])


def test_the_first_line_is_the_subject_and_the_rest_the_body(tmp_path: Path) -> None:
    library = a_library(tmp_path, en__a="{# ours #}\nSubject: Hello {{ who }}\n\nline 1\n\nline 2\n")
    assert library.render("a", "en", {"who": "you"}) == Rendered("Hello you", "line 1\n\nline 2", "en")


def test_the_admins_template_goes_before_ours(tmp_path: Path) -> None:
    (tmp_path / "admin").mkdir()
    (tmp_path / "ours").mkdir()
    a_library(tmp_path / "admin", en__a="Subject: theirs\n\nx")
    a_library(tmp_path / "ours", en__a="Subject: ours\n\nx", en__b="Subject: only ours\n\nx")
    library = Library([tmp_path / "admin", tmp_path / "nowhere", tmp_path / "ours"])
    assert library.render("a", "en", {}).subject == "theirs"
    assert library.render("b", "en", {}).subject == "only ours"


@pytest.mark.parametrize(
    ("language", "expected"),
    [("sl", "slovensko"), ("sl-SI", "slovensko"), ("SL_si", "slovensko"), ("pt-BR", "brasil"), ("xx", "english")],
)
def test_a_language_falls_back_to_its_parent_and_then_to_english(tmp_path: Path, language: str, expected: str) -> None:
    library = a_library(
        tmp_path,
        en__a="Subject: english\n\nx",
        sl__a="Subject: slovensko\n\nx",
        **{"pt-BR__a": "Subject: brasil\n\nx"},
    )
    assert library.render("a", language, {}).subject == expected


def test_filters_speak_the_language_of_the_template(tmp_path: Path) -> None:
    library = a_library(
        tmp_path,
        en__a="Subject: {{ 122 | duration }}\n\nx",
        sl__a="Subject: {{ 122 | duration }}\n\nx",
        en__b="Subject: {{ 122 | duration }}\n\nx",
    )
    assert library.render("a", "sl", {}).subject == "2 uri 2 minuti"
    assert library.render("a", "en", {}).subject == "2 hours 2 minutes"
    assert library.render("b", "sl", {}).subject == "2 hours 2 minutes"


def test_a_value_cannot_add_a_line(tmp_path: Path) -> None:
    library = a_library(tmp_path, en__a="Subject: {{ s }}\n\nfrom {{ s }}!\n")
    rendered = library.render("a", "en", {"s": "x\n\nSubject: y\u2028z"})
    assert "\n" not in rendered.subject
    assert rendered.body == "from x  Subject: y z!"


def test_a_value_is_never_a_template(tmp_path: Path) -> None:
    library = a_library(tmp_path, en__a="Subject: {{ s }}\n\n{{ s | quoted }}\n")
    rendered = library.render("a", "en", {"s": "{{ 7 * 7 }} {% for x in y %}"})
    assert rendered.subject == "{{ 7 * 7 }} {% for x in y %}"
    assert rendered.body == "> {{ 7 * 7 }} {% for x in y %}"


def test_only_filters_that_say_so_print_several_lines(tmp_path: Path) -> None:
    library = a_library(tmp_path, en__a="Subject: s\n\n{{ t | quoted }}\n{{ t | lines }}\n{{ t }}\n")
    assert library.render("a", "en", {"t": "a\nb"}).body == "> a\n> b\na\nb\na b"


def test_parts_can_be_shared(tmp_path: Path) -> None:
    library = a_library(tmp_path, en__a='Subject: s\n\nHello\n{% include "_foot.txt.j2" %}', en___foot="bye\nbye\n")
    assert library.render("a", "en", {}).body == "Hello\nbye\nbye"
    assert [name for _, name, _ in library.names()] == ["a"]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("Subject: s\n\n{{ nothing }}\n", 3, "'nothing' is undefined"),
        ("Subject: s\n\nx\n{% if %}\n", 4, "Expected an expression"),
        ("Subject: s\n\n\n{{ 1 // 0 }}\n", 4, "by zero"),
        ("Subject: s\n\n{{ none }}\n", 3, "a word without a value"),
        ("Subject: s\n\n{{ ''.__class__.__mro__ }}\n", 3, "unsafe"),
        ("Subject: s\n\nx\n{{ 'no' | instant('UTC') }}\n", 4, "Invalid isoformat"),
        ("Subject: s\n\n{% for i in range(99999) %}x{{ i }}{% endfor %}\n", 3, "more than 65536"),
        ('Subject: s\n\n{% include "_gone.txt.j2" %}\n', 3, "no part '_gone.txt.j2'"),
        ("Hello\n\nx\n", 1, "begins with a line `Subject:"),
        ("Subject: s\nx\n", 1, "begins with a line `Subject:"),
        ("Subject: s\n\n", 1, "begins with a line `Subject:"),
    ],
)
def test_a_broken_template_names_file_and_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    library = a_library(tmp_path, en__a=text)
    with pytest.raises(errors.TemplateError) as caught:
        library.render("a", "en", {})
    assert words in str(caught.value)
    if "more than" not in words:
        assert str(caught.value).startswith(f"{tmp_path / 'en' / 'a.txt.j2'}:{line}:1: ")


def test_an_error_in_a_part_names_the_part(tmp_path: Path) -> None:
    library = a_library(tmp_path, en__a='Subject: s\n\n{% include "_p.txt.j2" %}', en___p="x\n{{ gone }}\n")
    with pytest.raises(errors.TemplateError, match=r"_p\.txt\.j2:2:1"):
        library.render("a", "en", {})


@pytest.mark.parametrize("name", ["missing", "../../etc/passwd", ""])
def test_a_template_that_is_not_there_is_an_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(errors.TemplateError, match="no such template"):
        a_library(tmp_path, en__a="Subject: s\n\nx").render(name, "en", {})


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "latin.txt.j2").write_bytes(b"Subject: \xe9\n\nx")
    (tmp_path / "klingon").mkdir()
    (tmp_path / "klingon" / "a.txt.j2").write_text("Subject: s\n\nx", encoding="utf-8")
    problems = Library([tmp_path]).problems
    assert [Path(problem.file).name for problem in problems] == ["latin.txt.j2", "a.txt.j2"]
    assert "klingon" in problems[1].text


def test_a_word_nobody_fills_in_is_pointed_out(tmp_path: Path) -> None:
    library = a_library(tmp_path, en__a="Subject: s\n\n{% if vip %}\n{{ tiket }}{% endif %}x {{ ticket }}\n")
    found = list(library.unknown_words("en", "a", {"ticket", "vip"}))
    assert [(problem.line, problem.is_warning) for problem in found] == [(4, True)]
    assert "did you mean 'ticket'?" in found[0].text
