"""People of accounts to and from files."""

import contextlib
import csv
import io
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake import config
from mailintake.cli import account_files
from mailintake.cli.account_files import Line, as_csv, as_yaml, read_csv
from mailintake.cli.account_view import Person, Source, State
from mailintake.domain.customer import Contact
from mailintake.errors import UsageError

STARTER = Path(__file__).parents[3] / "config"
HEAD = b"account,address,name,role\n"


def a_person(contact: Contact, *, account: str = "bakery", state: State = State.SEAT, since: date | None = None,
             source: Source = Source.FILE) -> Person:  # fmt: skip
    return Person(account, contact, source, state, since)


ANA = a_person(Contact("ana@bakery.example", "Ana", also=("office@bakery.example",), role="administrator"))
BEN = a_person(Contact("ben@bakery.example", "Ben"), source=Source.COMMAND, since=date(2026, 3, 9))


# Reading


def test_a_table_is_read_by_its_header_in_any_order() -> None:
    content = b"Name, ADDRESS ,account\nBen,ben@bakery.example,bakery\n"
    assert read_csv(content) == [Line(2, "bakery", "ben@bakery.example", "Ben")]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_header_says_what_parts_the_cells(separator: str) -> None:
    row = ["bakery", "ben@bakery.example", '"Baker, Ben; the ""second"""', "user"]
    content = "\n".join(separator.join(cells) for cells in (["account", "address", "name", "role"], row))
    (line,) = read_csv(content.encode())
    assert (line.address, line.name) == ("ben@bakery.example", 'Baker, Ben; the "second"')


def test_a_byte_order_mark_windows_line_ends_and_empty_lines_do_no_harm() -> None:
    content = "\ufeffaccount,address,name\r\n\r\nbakery,ben@bakery.example,Бен\r\n,,\r\nbakery,carl@bakery.example\r\n"
    lines = read_csv(content.encode())
    assert lines == [Line(3, "bakery", "ben@bakery.example", "Бен"), Line(5, "bakery", "carl@bakery.example")]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "line 1: the column `account` is missing"),
        (b"account,adress\n", "line 1: unknown column `adress`; did you mean `address`?"),
        (b"account,address,colour\n", "line 1: unknown column `colour`; known here: `account`, `address`, `name` or"),
        (b"account,name\n", "line 1: the column `address` is missing"),
        (b"account,address,account\n", "line 1: the column `account` stands there twice"),
        ("account,address,name\nbakery,a@b.example,Žan\n".encode("cp1250"), "line 2: this is not UTF-8"),
        (HEAD.decode().encode("utf-16"), "line 1: this is not UTF-8"),
        (HEAD + b"bakery,a@bakery.example,A,user,more\n", "line 2: more cells than columns"),
        (HEAD + b"bakery,,A\n", "line 2: `address` is empty"),
        (HEAD + b"a,b\nbakery", "line 3: `address` is empty"),
        (HEAD + b'bakery,"a@bakery.example\n', "line 2: unexpected end of data"),
        (HEAD + b'bakery,"a"b,c\n', "line 2: ',' expected after '\"'"),
    ],
)  # fmt: skip
def test_what_is_no_such_table_is_refused_with_its_line(content: bytes, why: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_csv(content)
    assert str(refused.value).startswith(why)


def test_a_file_too_large_is_refused() -> None:
    with pytest.raises(UsageError, match="larger than 10 MB"):
        read_csv(b"a" * (account_files.LARGEST + 1))


@given(st.binary(max_size=200), st.booleans())
def test_no_bytes_bring_the_reader_down(content: bytes, with_head: bool) -> None:
    with contextlib.suppress(UsageError):
        assert all(line.account and line.address for line in read_csv((HEAD if with_head else b"") + content))


# Writing


def test_the_table_names_everything_that_is_known() -> None:
    assert as_csv([ANA, BEN]).splitlines() == [
        "account,name,address,aliases,role,source,state,since",
        "bakery,Ana,ana@bakery.example,office@bakery.example,administrator,file,seat,",
        "bakery,Ben,ben@bakery.example,,user,command,seat,2026-03-09",
    ]


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)"])
def test_a_name_is_no_formula(name: str) -> None:
    """A spreadsheet that opens the table must not work for whoever chose the name."""
    written = as_csv([a_person(Contact("ben@bakery.example", name))])
    (row,) = csv.DictReader(io.StringIO(written))
    assert row["name"] == f"'{name}"
    again = f"account,address,name\nbakery,{row['address']},{row['name']}\n"
    assert read_csv(again.encode()) == [Line(2, "bakery", "ben@bakery.example", name)]


def test_a_name_cannot_begin_a_line_or_hide_one() -> None:
    written = as_csv([a_person(Contact("ben@bakery.example", "Ben\r\nbakery,x\u202e"))])
    assert len(written.splitlines()) == 2
    assert "\u202e" not in written


def test_the_part_for_accounts_yaml_says_who_is_not_in_it_yet() -> None:
    gone = a_person(Contact("ron@bakery.example"), source=Source.COMMAND, state=State.REMOVED)
    mia = a_person(Contact("mia@mill.example", suspended=True), account="mill", state=State.SUSPENDED)
    assert as_yaml([ANA, BEN, gone, mia]).splitlines() == [
        "accounts:",
        "  bakery:",
        "    contacts:",
        '      - {mail: "ana@bakery.example", name: "Ana", also: ["office@bakery.example"], role: "administrator"}',
        '      - {mail: "ben@bakery.example", name: "Ben", since: 2026-03-09}  # by command',
        "  mill:",
        "    contacts:",
        '      - {mail: "mia@mill.example", state: "suspended"}',
    ]


NAMES = st.text(st.characters(codec="utf-8"), max_size=40)


@given(NAMES, st.booleans(), st.booleans())
def test_accounts_yaml_reads_its_part_back(
    tmp_path_factory: pytest.TempPathFactory, name: str, certified: bool, out: bool
) -> None:
    contact = Contact(
        "ana@bakery.example", name, also=("o'hara@bakery.example",), attributes={"certified": certified}, suspended=out
    )
    state = State.SUSPENDED if out else State.SEAT
    written = as_yaml([a_person(contact, state=state, since=date(2026, 3, 9))])
    home = tmp_path_factory.mktemp("config")
    (home / "desk.yaml").write_text((STARTER / "desk.yaml").read_text())
    (home / "accounts.yaml").write_text(written.replace("  bakery:\n", "  bakery:\n    contract: {plan: basic}\n"))
    directory = config.load_desk(home).directory
    assert directory is not None
    (found,) = directory.accounts["bakery"].contacts
    assert (found.address, found.also, found.attributes, found.suspended, found.since) == (
        contact.address, contact.also, contact.attributes, contact.suspended, date(2026, 3, 9),
    )  # fmt: skip
    assert found.name.split() == "".join(char if char.isprintable() else " " for char in name).split()
