"""What senders declare and what they meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.parsing.charset_guess import guess
from mailintake.parsing.charsets import codec, decode, is_foreign


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("GB2312", "gb18030"),
        ("ks_c_5601-1987", "cp949"),
        ("iso-8859-1", "cp1252"),
        ("'utf-8'", "utf-8"),
        ("x-sjis", "cp932"),
    ],
)
def test_a_label_is_known(label: str, name: str) -> None:
    assert codec(label) == name


@pytest.mark.parametrize(
    "label", ["", "x-nobody", "a\0b", "idna", "punycode", "undefined", "rot13", "base64", "zlib", "x" * 500, "../x"]
)
def test_a_label_that_is_no_charset_is_none(label: str) -> None:
    assert codec(label) is None


def test_what_fits_the_declaration_has_no_defect() -> None:
    assert decode("Grüße".encode("latin-1"), "iso-8859-1") == ("Grüße", None)


def test_utf8_under_another_label_is_utf8() -> None:
    assert decode("Grüße".encode(), "windows-1252") == ("Grüße", "wrong-charset")


def test_one_foreign_byte_does_not_change_the_charset() -> None:
    text, defect = decode("Привет, как дела?".encode() + b"\xff", "utf-8")
    assert (text[:6], defect) == ("Привет", "wrong-charset")


def test_a_sibling_part_tells_the_charset() -> None:
    assert decode("Ψ".encode("cp1253"), None, fallback="windows-1253")[0] == "Ψ"


@given(
    st.binary(max_size=200),
    st.none() | st.sampled_from(["utf-8", "utf-7", "hz", "iso-2022-jp", "utf-16", "big5", "?", "ascii"]),
)
def test_any_bytes_decode(data: bytes, label: str | None) -> None:
    decode(data, label)[0].encode("utf-8")
    assert b"x".decode(guess(data)) == "x"


def test_bytes_that_never_were_utf8_leave_no_replacement_marks() -> None:
    assert decode("energía eléctrica".encode("cp1252"), "utf-8") == ("energía eléctrica", "wrong-charset")


def test_a_last_character_cut_in_two_is_not_another_charset() -> None:
    assert decode("Grü".encode()[:-1], "utf-8") == ("Gr\ufffd", "wrong-charset")
    assert not is_foreign("Grü".encode()[:-1], "utf-8")
