"""Bytes of any kind become a message."""

import base64
import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailintake.domain.mail import ParsedMessage
from mailintake.parsing import attachments, limits
from mailintake.parsing.parser import parse, parse_headers_only

HEAD = b"From: Ann <ann@kunde.example>\nTo: support@desk.example\nDate: Mon, 5 Jan 2026 10:15:00 +0100\nSubject: x\n"


def assert_storable(message: ParsedMessage) -> None:
    """No field holds what a database column or a log line could not take."""
    body = (message.text, message.html or "", message.reply_text, message.quoted, message.signature)
    people = [message.from_, *message.authors, *message.to, *message.cc, *message.reply_to]
    lines = [message.subject, message.message_id or "", message.in_reply_to or "", *message.references]
    lines += [text for person in people if person for text in (person.address, person.name)]
    lines += [text for field in message.headers for text in field]
    lines += [file.filename for file in message.attachments] + [file.content_id or "" for file in message.attachments]
    for text in (*body, *lines):
        assert "\0" not in text
        text.encode("utf-8")
    for line in lines:
        assert "\n" not in line
        assert "\r" not in line


MAIL_LIKE = st.lists(
    st.sampled_from(
        [
            b"From: a@b.example",
            b'From: "x" <a@b>,',
            b"To: =?utf-8?q?=C3=BC?= <c@d>",
            b"Subject: =?x?b?zz==?=",
            b"Date: 1 Jan 2026",
            b"Content-Type: multipart/mixed; boundary=b",
            b'Content-Type: multipart/alternative; boundary="c"',
            b"--b",
            b"--b--",
            b"--c",
            b"Content-Type: text/html; charset=utf-16",
            b"Content-Transfer-Encoding: base64",
            b"Content-Type: message/rfc822",
            b"Content-Transfer-Encoding: quoted-printable",
            b"Content-Disposition: attachment; filename*0*=utf-8''%00",
            b"",
            b"",
            b"=E4=\xff",
            b"YWJj",
            b"<p>a<blockquote>b</p>&amp;",
            b"begin 644 x",
            b"#86)C",
            b"end",
            b"> q",
            b"On 1 Jan 2026 Ann wrote:",
            b"-- ",
            b"Content-Type: multipart/report; report-type=delivery-status; boundary=b",
            b"Content-Type: message/delivery-status",
            b"Action: failed",
            b"Content-Type: text/calendar; method=REQUEST",
            b"BEGIN:VEVENT",
            b"DTSTART:20261399T000000",
            b"END:VEVENT",
            b"Content-Type: text/plain; charset=utf-7; format=flowed",
            b"+AGEAYg-",
            b" folded",
            b"\rbare: x",
            b"nul\0",
        ]
    )
    | st.binary(max_size=20),
    max_size=40,
).map(b"\n".join)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400) | MAIL_LIKE)
def test_any_bytes_become_a_storable_message(raw: bytes) -> None:
    message = parse(raw)
    assert_storable(message)
    assert parse(raw) == message
    together = message.reply_text + message.quoted + message.signature
    assert sorted("".join(together.split())) == sorted("".join(message.text.split()))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400) | MAIL_LIKE)
def test_the_plain_profile_agrees_on_the_headers(raw: bytes) -> None:
    plain, full = parse_headers_only(raw), parse(raw)
    assert_storable(plain)
    assert plain.text == ""
    assert "headers-only" in plain.defects
    assert (plain.message_id, plain.content_key) == (full.message_id, full.content_key)
    # a name in undeclared bytes may need the text to be told
    assert (plain.from_ and plain.from_.address) == (full.from_ and full.from_.address)


@settings(max_examples=80, deadline=None)
@given(MAIL_LIKE)
def test_every_attachment_of_the_index_can_be_extracted(raw: bytes) -> None:
    for entry in parse(raw).attachments:
        content = attachments.extract(raw, entry.part)
        assert len(content) == entry.size
        assert hashlib.sha256(content).hexdigest() == entry.sha256


def test_extracting_what_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        attachments.extract(HEAD + b"\nx", "7.1")


@settings(deadline=None)
@given(
    st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn"), exclude_characters="\u2028\u2029"), max_size=200),
    st.sampled_from(["8bit", "base64", "quoted-printable"]),
)
def test_text_keeps_every_character(text: str, encoding: str) -> None:
    import quopri

    data = text.encode()
    body = {"8bit": data, "base64": base64.encodebytes(data), "quoted-printable": quopri.encodestring(data)}[encoding]
    head = f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: {encoding}\n\n".encode()
    assert "".join(parse(HEAD + head + body).text.split()) == "".join(text.split())


def test_the_same_mail_by_two_transports_has_one_content_key() -> None:
    body = b"\nwords  \nmore\n"
    by_file = HEAD + body
    by_smtp = b"Received: from x by y; today\r\nX-Spam: no\r\n" + (HEAD + body.rstrip() + b"\n\n").replace(
        b"\n", b"\r\n"
    )
    assert parse(by_file).content_key == parse(by_smtp).content_key


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"words", b"other"),
        (b"Subject: x", b"Subject: y"),
        (b"ann@", b"bob@"),
        (b"10:15", b"10:16"),
        (b"more", b"more\n\nagain"),
    ],
)
def test_another_mail_has_another_content_key(old: bytes, new: bytes) -> None:
    raw = HEAD + b"\nwords\nmore\n"
    assert parse(raw).content_key != parse(raw.replace(old, new)).content_key


def _defects(raw: bytes) -> tuple[str, ...]:
    return parse(raw).defects


def _parts(count: int, part: bytes) -> bytes:
    return HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + (b"--b\n" + part + b"\n") * count + b"--b--\n"


def test_a_header_block_is_cut_at_its_limit() -> None:
    raw = HEAD + b"".join(b"X-%d: %s\n" % (n, b"y" * 1000) for n in range(300)) + b"\nbody\n"
    message = parse(raw)
    assert "header-block-cut" in message.defects
    assert message.text == "body\n"


def test_a_header_line_is_cut_at_its_limit() -> None:
    message = parse(HEAD.replace(b"Subject: x", b"Subject: " + b"x" * 20_000) + b"\n")
    assert "header-line-cut" in message.defects
    assert len(message.subject) <= limits.HEADER_LINE


def test_fields_beyond_the_limit_are_not_read() -> None:
    message = parse(HEAD + b"X: y\n" * 1500 + b"\n")
    assert "too-many-header-fields" in message.defects
    assert len(message.headers) == limits.HEADER_FIELDS


def test_parameters_beyond_the_limit_are_not_read() -> None:
    assert "too-many-parameters" in _defects(HEAD + b"Content-Type: text/plain" + b";a=b" * 200 + b"\n\n")
    assert "too-many-parameters" in _defects(HEAD + b"Content-Type: text/plain" + b';a="b"' * 200 + b"\n\n")


def test_parts_nested_beyond_the_limit_stay_closed() -> None:
    raw = HEAD + b"Content-Type: multipart/mixed; boundary=b0\n\n"
    raw += b"".join(b"--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n" % (n, n + 1) for n in range(2000))
    message = parse(raw)
    assert "nesting-too-deep" in message.defects
    assert len(message.attachments) == 1


def test_parts_beyond_the_limit_are_not_read() -> None:
    assert "too-many-parts" in _defects(_parts(1100, b"\nx"))


def test_attachments_beyond_the_limit_are_not_shown() -> None:
    message = parse(_parts(150, b"Content-Type: image/png\n\nx"))
    assert "too-many-attachments" in message.defects
    assert len(message.attachments) == limits.ATTACHMENTS


def test_addresses_beyond_the_limit_are_not_read() -> None:
    to = b", ".join(b"a%d@kunde.example" % n for n in range(300))
    message = parse(HEAD + b"Cc: " + to + b"\n\n")
    assert "too-many-addresses" in message.defects
    assert len(message.cc) == limits.ADDRESSES


def test_lines_that_only_look_like_a_boundary_are_not_followed_for_ever() -> None:
    raw = HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--bx\n" * 30_000
    assert "too-many-boundary-lines" in _defects(raw)


@pytest.mark.parametrize(("kind", "word", "field"), [("plain", "text-cut", "text"), ("html", "html-cut", "html")])
def test_long_texts_are_cut(kind: str, word: str, field: str) -> None:
    raw = HEAD + f"Content-Type: text/{kind}\n\n".encode() + b"words and " * 150_000
    message = parse(raw)
    assert word in message.defects
    assert 0 < len(getattr(message, field)) <= 1024 * 1024


WORST = {
    "quotes": b">\n",
    "attributions": b"On a wrote:\n",
    "colons": b"x:\n",
    "labels": b"From:\n",
    "dates": b"Date: a\n",
    "rules": b"-----\n",
    "signatures": b"-- \n",
    "spaces": b" ",
    "line feeds": b"\n",
    "begins": b"begin 644 a\n",
    "ampersands": b"&",
    "tags": b"<div>",
    "angles": b"a<",
    "comments": b"<!--",
    "attributes": b'<a x="',
    "escapes": b"\x1b$B",
    "high bytes": b"\xe4\xf6",
    "addresses": b"a@b.c 2020 10:10:\n",
}


@pytest.mark.parametrize("piece", WORST.values(), ids=WORST.keys())
@pytest.mark.parametrize("kind", ["plain", "html"])
def test_hostile_bodies_end(piece: bytes, kind: str) -> None:
    """The suite's time limit is the assertion: quadratic work on these would take minutes."""
    message = parse(HEAD + f"Content-Type: text/{kind}\n\n".encode() + piece * (150_000 // len(piece)))
    assert message.from_ is not None


@pytest.mark.parametrize("field", [b"To", b"Content-Type", b"Subject", b"References", b"Date"])
@pytest.mark.parametrize("piece", [b"<", b'"', b"(", b"a@b.c, ", b"=?a?q?", b';a="', b"\\", b"1 ", b"[", b":"])
def test_hostile_fields_end(field: bytes, piece: bytes) -> None:
    lines = b"".join(field + b": " + piece * (16_000 // len(piece)) + b"\n" for _ in range(5))
    message = parse(HEAD + lines + b"\nbody\n")
    assert message.text == "body\n"


def test_a_large_attachment_is_indexed_without_its_lines_being_read() -> None:
    content = bytes(range(256)) * 20_000
    raw = _parts(
        1, b"Content-Type: image/png; name=a.png\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(content)
    )
    (entry,) = parse(raw).attachments
    assert (entry.size, entry.sha256) == (len(content), hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize(
    ("field", "text"), [("", "Hi\nAnn"), ("; name=a.rtf", ""), ("\nContent-Disposition: attachment", "")]
)
def test_rtf_without_a_name_is_read_where_nothing_else_is_said(field: str, text: str) -> None:
    message = parse(f"From: a@b.example\nContent-Type: application/rtf{field}\n\n{{\\rtf1 Hi\\par Ann}}\n".encode())
    assert message.text.strip() == text
    assert [entry.content_type for entry in message.attachments] == ["application/rtf"]
