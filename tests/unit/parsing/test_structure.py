"""Parts, parameters, names and transfer encodings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.parsing import filenames, flowed, parameters, transfer
from mailintake.parsing.header_block import read_block
from mailintake.parsing.structure import Part, Walk


@pytest.mark.parametrize(
    ("value", "name", "text"),
    [
        (b"text/plain; charset=utf-8", "charset", "utf-8"),
        (b'text/plain; charset="utf-8"; x=y', "charset", "utf-8"),
        (b"text/plain; charset=utf-8 (a comment; x=y)", "charset", "utf-8"),
        (b'a/b; name="semi;colon.txt"', "name", "semi;colon.txt"),
        (b'a/b; name="quo\\"te"', "name", 'quo"te'),
        (b'a/b; name="C:\\temp\\x.txt"', "name", "C:\\temp\\x.txt"),
        (b"a/b; name=two words.txt", "name", "two words.txt"),
        (b"a/b; name*=utf-8'de'Gr%C3%BC%C3%9Fe", "name", "Grüße"),
        (b"a/b; name*0*=koi8-r''%F0%D2; name*1*=%C9; name*2=x", "name", "Приx"),
        (b"a/b; name*1=b; name*0=a", "name", "ab"),
        (b"a/b; name=first; name=second", "name", "first"),
        (b'a/b; name="never closed', "name", "never closed"),
        (b"a/b;;; ; name=x;", "name", "x"),
        (b"a/b; filename*=utf-8''a; filename*0=b", "filename", "a"),
    ],
)
def test_a_parameter_is_read(value: bytes, name: str, text: str) -> None:
    assert parameters.parse(value)[1][name] == text


@given(st.binary(max_size=200))
def test_any_field_gives_parameters(value: bytes) -> None:
    parameters.parse(value)
    parameters.parse(b"a/b; " + value)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a.txt", "a.txt"),
        ("../../etc/passwd", "passwd"),
        ("C:\\dir\\a.txt", "a.txt"),
        (".htaccess", "htaccess"),
        ("-rf", "rf"),
        ("a\u200bb\u202ecod.exe", "abcod.exe"),
        ("a\x00b\n.txt", "ab.txt"),
        ("e\u0301.txt", "\u00e9.txt"),
        ("", ""),
        ("...", ""),
    ],
)
def test_a_file_name_is_made_safe(name: str, shown: str) -> None:
    assert filenames.safe(name) == shown


def test_a_long_file_name_keeps_its_ending() -> None:
    name = filenames.safe("x" * 500 + ".pdf")
    assert (len(name), name[-4:]) == (150, ".pdf")


def tree(raw: bytes) -> Part:
    return Walk(raw, read_block(raw, 0, len(raw), top=True)).root


def test_paths_count_as_imap_does() -> None:
    raw = (
        b"Content-Type: multipart/mixed; boundary=a\n\npreamble\n--a\n"
        b"Content-Type: multipart/alternative; boundary=b\n\n"
        b"--b\n\none\n--b\n\ntwo\n--b--\n--a\n\nthree\n--a--\nepilogue\n"
    )
    assert [(leaf.path, raw[leaf.start : leaf.end]) for leaf in tree(raw).leaves()] == [
        ("1.1", b"one"),
        ("1.2", b"two"),
        ("2", b"three"),
    ]


def test_a_mail_without_parts_is_part_one() -> None:
    assert tree(b"Subject: x\n\nbody").path == "1"


def test_crlf_before_a_boundary_belongs_to_it() -> None:
    raw = b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n\r\none\r\n\r\n--a--\r\n"
    (leaf,) = tree(raw).leaves()
    assert raw[leaf.start : leaf.end] == b"one\r\n"


@pytest.mark.parametrize(
    ("data", "encoding", "content", "defect"),
    [
        (b"aGFs\nbG8=", "base64", b"hallo", None),
        (b"aGFsbG8", "base64", b"hallo", "broken-base64"),
        (b"a=20b=\nc", "quoted-printable", b"a bc", None),
        (b"a=ZZb", "quoted-printable", b"a=ZZb", None),
        (b"x", "7bit", b"x", None),
        (b"x", "x-nobody", b"x", "unknown-transfer-encoding"),
        (b"begin 644 a\n%:&5L;&\\\n`\nend\n", "x-uuencode", b"hello", None),
    ],
)
def test_a_transfer_encoding_is_undone(data: bytes, encoding: str, content: bytes, defect: str | None) -> None:
    assert transfer.decode(data, encoding) == (content, defect)


@given(st.binary(max_size=100), st.sampled_from(["base64", "quoted-printable", "x-uuencode", "7bit", "?"]))
def test_any_bytes_can_be_decoded(data: bytes, encoding: str) -> None:
    transfer.decode(data, encoding)


@pytest.mark.parametrize(
    ("text", "delsp", "joined"),
    [
        ("one \ntwo\nthree", False, "one two\nthree"),
        ("one \ntwo", True, "onetwo"),
        ("> one \n> two\nthree", False, "> one two\nthree"),
        (">one \n>>two", False, "> one \n>> two"),
        (" >stuffed\n  indented", False, ">stuffed\n indented"),
        ("one \n-- \nAnn", False, "one \n-- \nAnn"),
    ],
)
def test_flowed_lines_become_paragraphs(text: str, delsp: bool, joined: str) -> None:
    assert flowed.unflow(text, delsp=delsp) == joined
