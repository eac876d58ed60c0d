"""Finished letters read back as they were meant (SECURITY T06, T16)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email.header import decode_header, make_header
from email.parser import BytesParser
from email.utils import getaddresses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailintake import errors
from mailintake.domain import tag
from mailintake.domain.letter import Draft
from mailintake.domain.mail import Address
from mailintake.notices import message, plain

DATE = datetime(2026, 3, 6, 20, 0, tzinfo=UTC)
TAG = tag.Tagger((b"k" * 32,)).in_subject(102, "ana@customer.example", at=DATE)
DRAFT = Draft(
    template="acknowledged",
    language="en",
    sender=Address("support@desk.example", "Desk Support"),
    recipient=Address("ana@customer.example", "Ana Novak"),
    message_id="<102.mfrggzdfmztwq2lk.7f3a@desk.example>",
    automatic="auto-replied",
    tag=TAG,
    reply_to="support+102.mfrggzdfmztwq2lk@desk.example",
    in_reply_to="<b@customer.example>",
    references=("<a@customer.example>",),
)
FIELDS = [
    "Date",
    "From",
    "To",
    "Subject",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Reply-To",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "X-Loop",
    "Content-Language",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
]
HOSTILE = (
    "x" * 30_000,
    "hi\r\nBcc: victim@evil.example\r\n\r\nbody",
    "=?utf-8?q?hi=0D=0ABcc:_victim@evil.example?=",
    "=?utf-8?b?PT91dGYtOD9xP2hpPTBEPTBBQmNjOl94Pz0=?=",
    "\u202egnp.exe \u2066שלום\u2069",
    "👩\u200d💻" * 80,
    "nul \0 and \x1b[2J and \x85 and \u2028 and \ud800",
    "",
)
hostile = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.one_of(st.characters(), st.sampled_from('\r\n\0=?_,;<>@"\\.:-# \u202e\u2028é😀')), max_size=2_000),
)


def read(content: bytes) -> tuple[list[str], list[str], str, str]:
    """Field names, recipients, subject and body as another program sees them."""
    parsed = BytesParser().parsebytes(content)
    payload = parsed.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert not parsed.defects
    recipients = [address for _, address in getaddresses(parsed.get_all("To", []))]
    subject = str(make_header(decode_header(parsed["Subject"].replace("\r\n", ""))))
    return parsed.keys(), recipients, subject, payload.decode().replace("\r\n", "\n")


@settings(max_examples=150)
@given(subject=hostile, body=hostile, name=hostile)
def test_no_words_change_the_shape_of_a_letter(subject: str, body: str, name: str) -> None:
    draft = replace(DRAFT, recipient=Address("ana@customer.example", name))
    letter = message.finish(draft, subject=subject, body=body, date=DATE)

    names, recipients, read_subject, read_body = read(letter.content)
    assert names == FIELDS
    assert recipients == ["ana@customer.example"]
    assert read_subject.count(TAG) == 1
    assert read_body == plain.lines(body).strip("\n") + "\n"
    assert all(len(line) <= 998 for line in letter.content.split(b"\r\n"))
    assert letter.content.replace(b"\r\n", b"").translate(None, b"\r\n\0") == letter.content.replace(b"\r\n", b"")


@given(hostile)
def test_a_letter_about_no_ticket_carries_no_tag(subject: str) -> None:
    letter = message.finish(replace(DRAFT, tag=""), subject=f"{subject} {TAG}", body="x", date=DATE)
    assert not list(tag.claims(read(letter.content)[2], (), ()))


def test_the_tag_stands_once_behind_the_subject_outside_encoded_words() -> None:
    letter = message.finish(DRAFT, subject=f"Re: {TAG} Принтер {TAG}", body="x", date=DATE)
    assert read(letter.content)[2] == f"Re: Принтер {TAG}"
    assert TAG.encode() in letter.content


def test_the_tag_survives_a_subject_that_is_too_long() -> None:
    letter = message.finish(DRAFT, subject="word " * 6_000, body="x", date=DATE)
    assert read(letter.content)[2].endswith(f"word {TAG}")


def test_a_letter_leaves_with_the_null_return_path_and_says_that_it_is_automatic() -> None:
    letter = message.finish(DRAFT, subject="Hello", body="x", date=DATE)
    parsed = BytesParser().parsebytes(letter.content)
    assert letter.return_path == ""
    assert letter.recipient == "ana@customer.example"
    assert letter.message_id == parsed["Message-ID"]
    assert parsed["Auto-Submitted"] == "auto-replied"
    assert parsed["X-Auto-Response-Suppress"] == "DR, RN, NRN, OOF, AutoReply"
    assert parsed["X-Loop"] == "support@desk.example"
    assert parsed["In-Reply-To"] == "<b@customer.example>"
    assert parsed["References"].split() == ["<a@customer.example>", "<b@customer.example>"]


def test_a_letter_about_no_mail_has_no_thread() -> None:
    draft = replace(DRAFT, in_reply_to=None, references=(), reply_to=None, automatic="auto-generated")
    names = read(message.finish(draft, subject="Hello", body="x", date=DATE).content)[0]
    assert names == [name for name in FIELDS if name not in {"In-Reply-To", "References", "Reply-To"}]


def test_the_same_draft_makes_the_same_bytes_wherever_the_clock_stands() -> None:
    there = DATE.astimezone(timezone(timedelta(hours=7)))
    first = message.finish(DRAFT, subject="Hello", body="x", date=DATE)
    assert message.finish(DRAFT, subject="Hello", body="x", date=there) == first
    assert b"Date: Fri, 06 Mar 2026 20:00:00 +0000\r\n" in first.content


def test_a_date_without_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        message.finish(DRAFT, subject="Hello", body="x", date=DATE.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        ("plain words\n", "7bit"),
        ("x" * 998, "7bit"),
        ("x" * 999, "quoted-printable"),
        ("naročilo\n", "quoted-printable"),
        ("short\n" * 500, "7bit"),
    ],
)
def test_a_body_is_encoded_only_where_it_must_be(body: str, encoding: str) -> None:
    content = message.finish(DRAFT, subject="Hello", body=body, date=DATE).content
    assert BytesParser().parsebytes(content)["Content-Transfer-Encoding"] == encoding
    assert read(content)[3] == body.strip("\n") + "\n"


@pytest.mark.parametrize(
    "draft",
    [
        replace(DRAFT, recipient=Address("naïve@customer.example")),
        replace(DRAFT, recipient=Address("a@customer.example, b@evil.example")),
        replace(DRAFT, sender=Address("nobody")),
        replace(DRAFT, reply_to="x@y\r\nBcc: z@evil.example"),
    ],
)
def test_a_letter_to_no_plain_address_is_refused(draft: Draft) -> None:
    with pytest.raises(errors.LetterRefused):
        message.finish(draft, subject="Hello", body="x", date=DATE)


@pytest.mark.parametrize(
    "draft",
    [
        replace(DRAFT, message_id="<a@b>\r\nBcc: z@evil.example"),
        replace(DRAFT, automatic="no\r\nBcc: z@evil.example"),  # type: ignore[arg-type]  # a row tampered with
    ],
)
def test_a_letter_that_would_read_otherwise_never_leaves(draft: Draft) -> None:
    with pytest.raises(errors.PermanentError):
        message.finish(draft, subject="Hello", body="x", date=DATE)


@pytest.mark.parametrize(
    "head",
    [
        b" folded at once\r\nTo: ana@customer.example\r\n\r\n",
        b"To: ana@customer.example\r\nBcc: z@evil.example\r\n\r\n",
        b"To: ana@customer.example, z@evil.example\r\n\r\n",
        b"To: z@evil.example\r\n\r\n",
        b"To: ana@customer.example\r\n\r\nBcc: z@evil.example\r\n\r\n",
        b"To: ana@customer.example\rBcc: z@evil.example\r\n\r\n",
        b"To: ana@customer.example\nBcc: z@evil.example\r\n\r\n",
        b"To: ana@customer.example\r\nno field at all\r\n\r\n",
        b"To: ana@customer.example\0\r\n\r\n",
    ],
)
def test_reading_back_catches_what_writing_let_through(head: bytes) -> None:
    with pytest.raises(errors.PermanentError):
        message._read_back(head, head + b"x\r\n", names=["To"], recipient="ana@customer.example")


@pytest.mark.parametrize("body", [b"a\rb\r\n", b"a\nb\r\n", b"a\0b\r\n"])
def test_reading_back_catches_a_stray_line_end_or_nul_in_the_body(body: bytes) -> None:
    head = b"To: ana@customer.example\r\n\r\n"
    with pytest.raises(errors.PermanentError):
        message._read_back(head, head + body, names=["To"], recipient="ana@customer.example")
    message._read_back(head, head + b"a b\r\n", names=["To"], recipient="ana@customer.example")


@settings(max_examples=150)
@given(body=hostile, html=hostile)
def test_no_words_change_the_shape_of_a_letter_with_a_twin(body: str, html: str) -> None:
    letter = message.finish(DRAFT, subject="Hello", body=body, html=html, language="sl", date=DATE)
    parsed = BytesParser().parsebytes(letter.content)
    text, twin = parsed.get_payload()
    assert not parsed.defects
    assert parsed.keys() == [name for name in FIELDS if name != "Content-Transfer-Encoding"]
    assert (parsed.get_content_type(), parsed["Content-Language"]) == ("multipart/alternative", "sl")
    assert [text.get_content_type(), twin.get_content_type()] == ["text/plain", "text/html"]
    for part, words in ((text, body), (twin, html)):
        read_words = part.get_payload(decode=True).decode().replace("\r\n", "\n")
        assert read_words.rstrip("\n") == plain.lines(words).strip("\n")
    assert all(len(line) <= 998 for line in letter.content.split(b"\r\n"))
    assert letter.content.isascii()


def test_a_boundary_is_the_same_at_every_attempt_and_another_in_every_letter() -> None:
    def boundary(draft: Draft) -> str | None:
        content = message.finish(draft, subject="Hello", body="x", html="<p>x</p>", date=DATE).content
        return BytesParser().parsebytes(content).get_boundary()

    assert boundary(DRAFT) == boundary(DRAFT)
    assert boundary(DRAFT) != boundary(replace(DRAFT, message_id="<other@desk.example>"))


@pytest.mark.parametrize("place", ["body", "html"])
def test_a_body_that_holds_the_boundary_never_leaves(place: str) -> None:
    content = message.finish(DRAFT, subject="Hello", body="x", html="x", date=DATE).content
    boundary = BytesParser().parsebytes(content).get_boundary()
    with pytest.raises(errors.PermanentError):
        message.finish(DRAFT, subject="Hello", date=DATE, **{"body": "x", "html": "x", place: f"x\n--{boundary}\ny"})


def test_a_letter_that_a_person_wrote_looks_like_one_and_its_bounces_come_back() -> None:
    draft = replace(DRAFT, automatic=None, return_path="bounce+102@desk.example")
    letter = message.finish(draft, subject="Hello", body="x", date=DATE)
    assert letter.return_path == "bounce+102@desk.example"
    assert read(letter.content)[0] == [
        name for name in FIELDS if name not in {"Auto-Submitted", "X-Auto-Response-Suppress"}
    ]


@pytest.mark.parametrize(
    "return_path", ["x@y.example>\r\nRCPT TO:<z@evil.example", "nobody", "a@b.example, c@d.example"]
)
def test_a_return_path_that_is_no_address_is_refused(return_path: str) -> None:
    with pytest.raises(errors.LetterRefused):
        message.finish(replace(DRAFT, return_path=return_path), subject="Hello", body="x", date=DATE)
