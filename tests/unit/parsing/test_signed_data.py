"""Mails inside opaque S/MIME signatures."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.parsing import attachments, signed_data
from mailintake.parsing.parser import parse

SIGNED = bytes.fromhex("06092a864886f70d010702")
DATA = bytes.fromhex("06092a864886f70d010701")


def der(tag: int, content: bytes) -> bytes:
    if len(content) < 0x80:
        return bytes((tag, len(content))) + content
    size = len(content).to_bytes((len(content).bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(size))) + size + content


def wrapped(content: bytes) -> bytes:
    inside = der(0x30, DATA + der(0xA0, der(0x04, content)))
    return der(0x30, SIGNED + der(0xA0, der(0x30, der(0x02, b"\1") + der(0x31, b"") + inside + der(0x31, b"x" * 200))))


def streamed(content: bytes) -> bytes:
    """As programs write it that do not know the length beforehand."""
    pieces = b"".join(der(0x04, content[index : index + 50]) for index in range(0, len(content), 50))
    inside = b"\x30\x80" + DATA + b"\xa0\x80\x24\x80" + pieces + b"\0\0" * 3
    return b"\x30\x80" + SIGNED + b"\xa0\x80\x30\x80" + der(0x02, b"\1") + der(0x31, b"") + inside + b"\0\0" * 3


INNER = (
    b"Content-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\n\r\nSigned words\r\n"
    b"--i\r\nContent-Type: text/csv; name=a.csv\r\n\r\n1,2\r\n--i--\r\n"
)


def mail(content: bytes) -> bytes:
    return (
        b"From: ann@kunde.example\nContent-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\n"
        b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(content)
    )


@pytest.mark.parametrize("wrap", [wrapped, streamed])
def test_the_words_inside_are_read_and_the_signature_is_listed(wrap: type[bytes]) -> None:
    raw = mail(wrap(INNER))
    message = parse(raw)
    assert message.text == "Signed words"
    assert [entry.filename for entry in message.attachments] == ["smime.p7m", "a.csv"]
    assert [attachments.extract(raw, entry.part) for entry in message.attachments] == [wrap(INNER), b"1,2"]
    assert message.protection == "smime-signed"


def test_a_detached_signature_holds_nothing() -> None:
    detached = der(0x30, SIGNED + der(0xA0, der(0x30, der(0x02, b"\1") + der(0x31, b"") + der(0x30, DATA))))
    assert signed_data.content(detached) is None


def test_an_encrypted_mail_stays_closed() -> None:
    message = parse(mail(b"\x30\x80" + bytes.fromhex("06092a864886f70d010703")).replace(b"signed-", b"enveloped-"))
    assert message.protection == "smime-encrypted"
    assert [entry.filename for entry in message.attachments] == ["smime.p7m"]


@given(st.binary(max_size=300))
def test_any_bytes_are_survived(data: bytes) -> None:
    signed_data.content(data)


@given(st.integers(0, 400), st.binary(min_size=1, max_size=4))
def test_any_damage_is_survived(at: int, noise: bytes) -> None:
    whole = wrapped(INNER)
    signed_data.content(whole[:at] + noise + whole[at + len(noise) :])
    parse(mail(whole[:at] + noise + whole[at + len(noise) :]))
