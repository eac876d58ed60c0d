import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.parsing.parser import parse
from tests.builders import a_mail

PLAIN = "text/plain; charset=utf-8"
HTML = "text/html; charset=utf-8"


def parts(kind: str, *pieces: tuple[str, str]) -> bytes:
    body = "".join(f"--=_b\r\nContent-Type: {type_}\r\n\r\n{text}\r\n" for type_, text in pieces)
    return a_mail(text=f"{body}--=_b--", Content_Type=f'multipart/{kind}; boundary="=_b"')


def is_plain(raw: bytes) -> bool:
    return parse(raw).text_is_plain


def test_a_mail_of_plain_text_is_plain() -> None:
    assert is_plain(a_mail())
    assert is_plain(a_mail(Content_Type=PLAIN))
    assert is_plain(parts("mixed", (PLAIN, "Hello"), ("application/pdf", "x")))
    assert is_plain(parts("alternative", (PLAIN, "Hello"), (HTML, "<p>Something else altogether</p>")))


@pytest.mark.parametrize("content_type", [HTML, "text/enriched", "text/x-unknown"])
def test_a_mail_of_other_text_is_not(content_type: str) -> None:
    assert not is_plain(a_mail(text="#close", Content_Type=content_type))


@pytest.mark.parametrize(
    "pieces",
    [
        [(PLAIN, " "), (HTML, "<p>#close</p>")],
        [(PLAIN, " "), (PLAIN, "#close")],
        [(PLAIN, "Hello"), (HTML, "<p>more</p>")],
        [(HTML, "<p>more</p>"), (PLAIN, "Hello")],
        [
            (PLAIN, ""),
            ("text/calendar", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:#close\r\nEND:VEVENT\r\nEND:VCALENDAR"),
        ],
    ],
)
def test_a_mail_whose_first_words_are_from_elsewhere_is_not(pieces: list[tuple[str, str]]) -> None:
    assert not is_plain(parts("mixed", *pieces))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("#close\r\nDone.", "<div>#close</div>Done."),
        ("#close\r\n\r\n#take\r\n", "<p>#close<br>\n<b>#take</b></p>"),
        ("#assign Maria Kos", "<p>#assign&nbsp;Maria\n  Kos</p>"),
        (
            "#cc add ana@b.example<mailto:ana@b.example>",
            '<p>#cc add <a href="mailto:ana@b.example">ana@b.example</a></p>',
        ),
        ("Hello\r\n#close", "<p>Hello</p>"),
    ],
)
def test_a_beginning_that_shows_in_both_is_believed(text: str, html: str) -> None:
    assert is_plain(parts("alternative", (PLAIN, text), (HTML, html)))


@pytest.mark.parametrize(
    "html",
    ["<p>Hello</p>", "<p>Hello</p><p>#close</p>", "<p style='display:none'>#close</p>", "<script>#close</script>"],
)
@pytest.mark.parametrize("text", ["#close", "  #close", "\u200b#close", "＃close", "\r\n#close\r\nHello"])
def test_a_beginning_that_the_html_hides_is_not(text: str, html: str) -> None:
    assert not is_plain(parts("alternative", (PLAIN, text), (HTML, html)))


@given(st.text(max_size=80))
def test_whatever_stands_there_is_read_without_trouble(text: str) -> None:
    assert is_plain(parts("alternative", (PLAIN, f"#{text}"), (HTML, "<p>§</p>"))) is False
