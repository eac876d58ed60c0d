"""Files that go with a letter: those that fit, under their names, and never as anything but a file (T06, T09)."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailintake import errors
from mailintake.domain.letter import Draft, Enclosure
from mailintake.domain.mail import Address
from mailintake.notices import enclosures, message

DATE = datetime(2026, 3, 6, 20, 0, tzinfo=UTC)
FILE = Enclosure(spool_id=7, part="2", filename="list.pdf", content_type="application/pdf", size=3)
DRAFT = Draft(
    template="answer",
    language="en",
    sender=Address("support@desk.example", "Maria Horvat (Desk Support)"),
    recipient=Address("ana@customer.example", "Ana Novak"),
    message_id="<102.x@desk.example>",
    automatic=None,
    return_path="bounce+102@desk.example",
)


def letter(files: dict[Enclosure, bytes], *, html: str | None = "<p>x</p>", body: str = "x") -> EmailMessage:
    """The letter with these files as another program reads it."""
    draft = replace(DRAFT, attachments=tuple(files))
    content = message.finish(draft, subject="Hello", body=body, html=html, date=DATE, enclosed=files).content
    assert all(len(line) <= 998 for line in content.split(b"\r\n"))
    return message_from_bytes(content, policy=policy.default)


def shape(parsed: EmailMessage) -> list[str]:
    return [part.get_content_type() for part in parsed.walk()]


@pytest.mark.parametrize(
    ("html", "words"),
    [(None, ["text/plain"]), ("<p>x</p>", ["multipart/alternative", "text/plain", "text/html"])],
)
def test_files_stand_behind_the_words(html: str | None, words: list[str]) -> None:
    data = bytes(range(256)) * 10
    second = replace(FILE, part="3", filename="log.txt", content_type="text/plain")
    parsed = letter({FILE: data, second: b""}, html=html)
    assert shape(parsed) == ["multipart/mixed", *words, "application/pdf", "text/plain"]
    pdf, log = parsed.iter_attachments()
    assert (pdf.get_payload(decode=True), log.get_payload(decode=True)) == (data, b"")
    assert [part.get_content_disposition() for part in (pdf, log)] == ["attachment", "attachment"]


def test_a_file_that_is_not_enclosed_stays_behind() -> None:
    draft = replace(DRAFT, attachments=(FILE,))
    content = message.finish(draft, subject="Hello", body="x", date=DATE).content
    assert shape(message_from_bytes(content, policy=policy.default)) == ["text/plain"]
    assert enclosures.left_out(draft.attachments, ()) == ["list.pdf"]
    assert enclosures.left_out(draft.attachments, {FILE: b"abc"}) == []


@pytest.mark.parametrize(
    ("content_type", "travels_as"),
    [
        ("image/png", "image/png"),
        ("Application/VND.ms-excel", "application/vnd.ms-excel"),
        ("message/rfc822", "application/octet-stream"),
        ("multipart/mixed", "application/octet-stream"),
        ("", "application/octet-stream"),
        ("text", "application/octet-stream"),
        ("text/html; charset=x", "application/octet-stream"),
        ("text/html\r\nBcc: z@evil.example", "application/octet-stream"),
        ("a" * 128 + "/b", "application/octet-stream"),
        ("image/png\n", "application/octet-stream"),
    ],
)
def test_a_type_is_taken_only_if_it_is_one_and_holds_no_parts(content_type: str, travels_as: str) -> None:
    parsed = letter({replace(FILE, content_type=content_type): b"abc"})
    assert shape(parsed)[-1] == travels_as
    assert parsed["Bcc"] is None


@pytest.mark.parametrize(
    ("filename", "simple", "whole"),
    [
        ("list.pdf", "list.pdf", "list.pdf"),
        ("two words.pdf", "two words.pdf", "two words.pdf"),
        ("naročilo.pdf", "narocilo.pdf", "naročilo.pdf"),
        ("договор 2.pdf", "_______ 2.pdf", "договор 2.pdf"),
        ('a"b\\c;d.txt', "c_d.txt", "c;d.txt"),
        ("../../etc/passwd", "passwd", "passwd"),
        ("-rf .htaccess.", "rf .htaccess", "rf .htaccess"),
        ("a\r\nBcc: z@evil.example\r\n\r\nx.txt", "a Bcc_ z@evil.example x.txt", "a Bcc: z@evil.example x.txt"),
        ("photo\u202egpj.exe", "photogpj.exe", "photogpj.exe"),
        ("=?utf-8?q?hi?=", "__utf-8_q_hi__", "=?utf-8?q?hi?="),
        ("100% 'sure'.txt", "100_ _sure_.txt", "100% 'sure'.txt"),
        ("", "attachment", "attachment"),
        ("ж" * 300 + ".txt", "_" * 146 + ".txt", "ж" * 146 + ".txt"),
        ("x" * 300, "x" * 150, "x" * 150),
    ],
)
def test_a_name_is_told_in_plain_ascii_and_as_it_is(filename: str, simple: str, whole: str) -> None:
    part = next(iter(letter({replace(FILE, filename=filename): b"abc"}).iter_attachments()))
    told = part["Content-Disposition"]
    assert f'filename="{simple}"' in str(told).replace("\r\n", "")
    if whole == simple:
        assert part.get_filename() == simple
        return
    fields, _ = enclosures.part(replace(FILE, filename=filename), b"abc")
    only_whole = [word for word in fields[1][1] if word.startswith("filename*")]
    alone = f"Content-Disposition: attachment; {' '.join(only_whole)}\r\n\r\n".encode()
    assert message_from_bytes(alone).get_filename() == whole


@pytest.mark.parametrize("place", ["body", "html"])
def test_words_that_hold_a_boundary_of_the_letter_never_leave(place: str) -> None:
    boundary = letter({FILE: b"abc"}).get_boundary()
    with pytest.raises(errors.PermanentError):
        letter({FILE: b"abc"}, **{place: f"x\n--{boundary}\ny"})


def test_what_passes_the_limit_stays_behind_and_what_still_fits_goes() -> None:
    most = enclosures.MOST_BYTES
    half, large, small, nothing, wrong = (
        replace(FILE, part=str(number), size=size)
        for number, size in enumerate((most // 2, most // 2 + 1, most - most // 2, 0, -1))
    )
    assert enclosures.that_fit((half, large, small, nothing, wrong)) == (half, small, nothing)


hostile = st.text(
    st.one_of(st.characters(), st.sampled_from("\r\n\0=?_,;<>@\"\\/.:-#'*% \u202e\u2028é😀")), max_size=300
)


@settings(max_examples=150)
@given(filename=hostile, content_type=hostile, data=st.binary(max_size=300), body=hostile)
def test_no_file_changes_the_shape_of_a_letter(filename: str, content_type: str, data: bytes, body: str) -> None:
    file = replace(FILE, filename=filename, content_type=content_type)
    parsed = letter({file: data}, body=body)
    assert shape(parsed)[:-1] == ["multipart/mixed", "multipart/alternative", "text/plain", "text/html"]
    part = next(iter(parsed.iter_attachments()))
    assert part.keys() == ["Content-Type", "Content-Disposition", "Content-Transfer-Encoding"]
    assert part.get_content_disposition() == "attachment"
    assert part.get_payload(decode=True) == data
    assert not part.is_multipart()


@given(st.lists(st.integers(0, 3 * enclosures.MOST_BYTES), max_size=10))
def test_what_is_enclosed_never_passes_the_limit(sizes: list[int]) -> None:
    files = [replace(FILE, part=str(number), size=size) for number, size in enumerate(sizes)]
    chosen = enclosures.that_fit(files)
    assert sum(each.size for each in chosen) <= enclosures.MOST_BYTES
    assert len(chosen) + len(enclosures.left_out(files, chosen)) == len(files)
