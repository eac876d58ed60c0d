"""The files and the text in Outlook's winmail.dat."""

import base64
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.parsing import attachments, tnef
from mailintake.parsing.parser import parse


def attribute(level: int, number: int, value: bytes) -> bytes:
    total = struct.pack("<H", sum(value) & 0xFFFF)
    return struct.pack("<BII", level, number, len(value)) + value + total


def properties(*entries: tuple[int, int, bytes]) -> bytes:
    out = [struct.pack("<I", len(entries))]
    for kind, number, value in entries:
        out.append(struct.pack("<HH", kind, number))
        if kind in (0x1E, 0x1F, 0x102, 0xD):
            out.append(struct.pack("<II", 1, len(value)))
        out.append(value + b"\0" * (-len(value) % 4))
    return b"".join(out)


def winmail(*attributes: bytes) -> bytes:
    return b"\x78\x9f\x3e\x22" + b"\1\0" + b"".join(attributes)


def a_file(name: str, content: bytes, *more: tuple[int, int, bytes]) -> bytes:
    described = properties((0x1F, 0x3707, f"{name}\0".encode("utf-16-le")), (0x3, 0x0E20, b"\1\0\0\0"), *more)
    return b"".join(
        (
            attribute(2, 0x00069002, b"\1\0" + b"\0" * 12),
            attribute(2, 0x00018010, b"SHORT~1.PDF\0"),
            attribute(2, 0x0006800F, content),
            attribute(2, 0x00069005, described),
        )
    )


WHOLE = winmail(
    attribute(1, 0x00069007, struct.pack("<II", 1251, 0)),
    attribute(1, 0x0002800C, "Привет из Outlook\0".encode("cp1251")),
    a_file("Счёт 2026.pdf", b"%PDF-1.4 one", (0x1E, 0x370E, b"application/pdf\0")),
    a_file("two.txt", b"two", (0x1E, 0x3712, b"<two@kunde.example>\0")),
)


def mail(content: bytes, text: str = "Hello") -> bytes:
    return (
        b"From: ann@kunde.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n"
        + text.encode()
        + b"\n--b\nContent-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\n"
        + base64.encodebytes(content)
        + b"--b--\n"
    )


def test_its_files_are_the_attachments_of_the_mail() -> None:
    raw = mail(WHOLE)
    message = parse(raw)
    assert message.text == "Hello"
    assert [(entry.filename, entry.content_type, entry.size) for entry in message.attachments] == [
        ("Счёт 2026.pdf", "application/pdf", 12),
        ("two.txt", "application/octet-stream", 3),
    ]
    assert message.attachments[1].content_id == "two@kunde.example"
    assert [attachments.extract(raw, entry.part) for entry in message.attachments] == [b"%PDF-1.4 one", b"two"]


def test_its_text_is_read_where_the_mail_has_none() -> None:
    assert parse(mail(WHOLE, text="")).text == "Привет из Outlook"


def test_a_mail_within_shows_its_files() -> None:
    inner = winmail(a_file("inner.txt", b"inner"))
    begin = attribute(2, 0x00069002, b"\1\0")
    outer = winmail(begin, attribute(2, 0x00069005, properties((0xD, 0x3701, b"\7" * 16 + inner))))
    opened = tnef.read(outer)
    assert opened is not None
    assert [(file.name, file.content) for file in opened.files] == [("inner.txt", b"inner")]


def test_a_cut_file_is_kept_beside_what_could_be_read() -> None:
    message = parse(mail(WHOLE[:-30]))
    assert [entry.filename for entry in message.attachments] == ["winmail.dat", "Счёт 2026.pdf", "SHORT~1.PDF"]
    assert "broken-tnef" in message.defects


def test_what_only_bears_the_name_stays_what_it_is() -> None:
    message = parse(mail(b"no TNEF at all"))
    assert [entry.filename for entry in message.attachments] == ["winmail.dat"]


def with_rtf(rtf: bytes, *more: bytes) -> bytes:
    stored = struct.pack("<II4sI", len(rtf) + 12, len(rtf), b"MELA", 0) + rtf
    return winmail(attribute(1, 0x00069003, properties((0x102, 0x1009, stored))), *more)


def test_rtf_is_the_text_where_there_is_no_other() -> None:
    message = parse(mail(with_rtf(b"{\\rtf1 It does not print.\\par Ann}", a_file("a.txt", b"a")), text=""))
    assert message.text == "It does not print.\nAnn"
    assert [entry.filename for entry in message.attachments] == ["a.txt"]
    assert message.defects == parse(mail(WHOLE)).defects


def test_html_hidden_in_rtf_is_shown() -> None:
    rtf = b"{\\rtf1\\ansi\\fromhtml1 {\\*\\htmltag64 <p>}New{\\*\\htmltag84 <b>}\\htmlrtf {\\b\\htmlrtf0 !}}"
    message = parse(mail(with_rtf(rtf), text=""))
    assert message.text == "New!"
    assert message.html is not None
    assert "<b>!" in message.html


@pytest.mark.parametrize("text", ["Hello", ""])
def test_rtf_gives_way_to_any_other_text(text: str) -> None:
    body = attribute(1, 0x0002800C, b"Words\0")
    assert parse(mail(with_rtf(b"{\\rtf1 from RTF}", body), text=text)).text == (text or "Words")


def test_a_file_with_damaged_rtf_is_kept_beside_what_could_be_read() -> None:
    opened = with_rtf(b"{\\rtf1 words}", a_file("a.txt", b"a"))
    damaged = opened.replace(struct.pack("<I", 13) + b"MELA", struct.pack("<I", 99) + b"MELA")
    message = parse(mail(damaged, text=""))
    assert message.text == "words"
    assert "broken-tnef" in message.defects
    assert [entry.filename for entry in message.attachments] == ["winmail.dat", "a.txt"]


def test_what_is_called_rtf_and_is_none_is_no_text() -> None:
    message = parse(mail(with_rtf(b"words"), text=""))
    assert message.text == ""
    assert [entry.filename for entry in message.attachments] == ["winmail.dat"]


@given(st.binary(max_size=400))
def test_any_bytes_are_survived(data: bytes) -> None:
    assert tnef.read(data) is None or data.startswith(b"\x78\x9f\x3e\x22")
    opened = tnef.read(b"\x78\x9f\x3e\x22" + data)
    assert opened is not None
    assert sum(len(file.content or b"") for file in opened.files) <= 2 * len(data)


@given(st.integers(0, len(WHOLE)), st.binary(max_size=8))
def test_any_damage_is_survived(at: int, noise: bytes) -> None:
    tnef.read(WHOLE[:at] + noise + WHOLE[at + len(noise) :])
