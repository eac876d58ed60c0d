"""Header fields in which nothing acts (SECURITY T06)."""

from email.header import decode_header, make_header
from email.parser import BytesHeaderParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake import errors
from mailintake.domain.mail import Address
from mailintake.notices import headers, plain

hostile = st.text(st.one_of(st.characters(), st.sampled_from('\r\n\0=?_,;<>@"\\ \u202e\u2028é😀')), max_size=300)


def read(field: str) -> str:
    """The field's value as another program decodes it."""
    parsed = BytesHeaderParser().parsebytes(field.encode("ascii") + b"\r\n\r\n")
    assert parsed.keys() == [field.partition(":")[0]]
    return str(make_header(decode_header(parsed.values()[0].replace("\r\n", ""))))


@pytest.mark.parametrize(
    "subject",
    [
        "Plain words",
        "Принтер горит",
        "prijava naročil in še kaj, kar je predolgo za eno samo vrstico v glavi sporočila, zato se prelomi",
        "=?utf-8?q?hi=0D=0ABcc:_evil@evil.example?=",
        "=?utf-8?b?PT91dGYtOD9xP2hpPTBEPTBBQmNjOl94Pz0=?=",
        "a =?broken",
        "x" * 200,
        "שלום עולם",
        "😀" * 100,
    ],
)
def test_a_subject_arrives_as_it_was_sent(subject: str) -> None:
    assert read(headers.field("Subject", headers.text(subject))) == plain.one_line(subject)


@given(hostile)
def test_any_text_decodes_to_itself_in_narrow_lines(value: str) -> None:
    field = headers.field("Subject", headers.text(value))
    assert all(len(line) <= headers.WIDTH for line in field.split("\r\n"))
    if plain.one_line(value):
        assert read(field) == plain.one_line(value)


def test_an_encoded_word_in_a_subject_is_never_decoded_again() -> None:
    field = headers.field("Subject", headers.text("=?utf-8?q?a=0D=0ABcc:_x@evil.example?="))
    assert "Bcc" not in field
    assert "=0D" not in field


@pytest.mark.parametrize("word", ["a\r\nBcc: x", "a b\n", "", "é", "x" * 991, "\t"])
def test_a_word_that_is_none_is_refused(word: str) -> None:
    with pytest.raises(errors.PermanentError):
        headers.field("X-Test", (word,))


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (Address("a@b.example"), "a@b.example"),
        (Address("a@b.example", "Ana Novak"), "Ana Novak <a@b.example>"),
        (Address("a@b.example", "Novak, Ana"), '"Novak, Ana" <a@b.example>'),
        (Address("a@b.example", "x@evil.example"), '"x@evil.example" <a@b.example>'),
        (Address("a@b.example", "\r\n\u202e"), "a@b.example"),
        (Address("a@bücher.example"), "a@xn--bcher-kva.example"),
        (Address("Sales+Line@B.Example"), "Sales+Line@b.example"),
    ],
)
def test_a_mailbox_is_written_safely(address: Address, expected: str) -> None:
    assert " ".join(headers.mailbox(address)) == expected


@pytest.mark.parametrize("name", ['"a" <x@evil.example>', "back\\slash", "Müller", "=?utf-8?q?a?=", "y" * 90])
def test_a_name_that_could_act_is_encoded(name: str) -> None:
    written = " ".join(headers.mailbox(Address("a@b.example", name)))
    assert written.startswith("=?utf-8?b?")
    assert written.endswith("?= <a@b.example>")
    assert "evil" not in written


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "@b.example",
        "a@",
        "a b@c.example",
        "a..b@c.example",
        ".a@c.example",
        '"a b"@c.example',
        "ü@c.example",
        "a@b@c.example",
        "a@[192.0.2.1]",
        "a@b..example",
        "a@b.example.",
        "a@b_c.example",
        "a@-b.example",
        "a,b@c.example",
        "a@b.example\r\nBcc: x",
        "<a@b.example>",
        "x" * 65 + "@b.example",
        "a@" + "b." * 130 + "example",
        "a@" + "ü" * 60_000,
        "a@\ud800.example",
    ],
)
def test_an_address_we_cannot_write_to_is_refused(address: str) -> None:
    with pytest.raises(errors.LetterRefused):
        headers.addr_spec(address)


@given(hostile)
def test_an_address_is_refused_or_plain(text: str) -> None:
    try:
        spec = headers.addr_spec(text)
    except errors.LetterRefused:
        return
    assert spec.isascii()
    assert spec.isprintable()
    assert not set(spec) & set(' <>,;:"\\')
    assert spec.count("@") == 1


def test_long_message_ids_travel_byte_for_byte() -> None:
    long = f"<{'a' * 200}@mail.outlook.example>"
    field = headers.field("In-Reply-To", headers.references(long, ()))
    assert field == f"In-Reply-To:\r\n {long}"


def test_references_keep_the_first_and_the_last_twenty() -> None:
    ids = [f"<{n}@x.example>" for n in range(60)]
    kept = headers.references("<parent@x.example>", ids)
    assert list(kept) == [ids[0], *ids[41:], "<parent@x.example>"]


def test_the_parent_is_not_named_twice() -> None:
    assert list(headers.references("<b@x.example>", ["<a@x.example>", "<b@x.example>"])) == [
        "<a@x.example>",
        "<b@x.example>",
    ]


@pytest.mark.parametrize("bad", ["<a b@x>", "<a@x>\r\nBcc: y", "a@x", "<ü@x>", "<>", "<" + "a" * 1200 + "@x>"])
def test_an_id_that_cannot_be_written_as_it_stands_is_left_out(bad: str) -> None:
    assert list(headers.references(bad, [bad, "<ok@x.example>"])) == ["<ok@x.example>"]
    with pytest.raises(errors.PermanentError):
        headers.message_id(bad)
