import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.config.source import LARGEST_FILE, Scalar, Section, read
from mailintake.errors import ConfigError, Problem


def test_values_stay_as_written_and_know_their_place() -> None:
    root = read(b"a: 1_000\nb: {c: 9:00, d: no, e: 2026-01-01, f: 'x'}\n", file="desk.yaml")
    inner = root.get("b")
    assert isinstance(inner, Section)
    values = [value for _, value in inner.entries if isinstance(value, Scalar)]
    assert [(each.text, each.quoted, each.line, each.column) for each in values] == [
        ("9:00", False, 2, 8),
        ("no", False, 2, 17),
        ("2026-01-01", False, 2, 24),
        ("x", True, 2, 39),
    ]


@pytest.mark.parametrize("content", [b"", b"\n", b"# nothing\n", b"---\n", b"~\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_an_empty_section(content: bytes) -> None:
    assert read(content, file="desk.yaml") == Section("desk.yaml", 1, 1, [])


def test_an_anchor_may_be_used_again() -> None:
    root = read(b"a: &days [01-01, 05-01]\nb: *days\n", file="desk.yaml")
    assert root.get("a") is root.get("b")


def test_a_file_of_more_than_a_megabyte_is_refused() -> None:
    with pytest.raises(ConfigError) as raised:
        read(b"#" * (LARGEST_FILE + 1), file="desk.yaml")
    assert str(raised.value) == "desk.yaml:1:1: this file is larger than 1 MB"


@given(st.binary(max_size=80) | st.text("ab:-[]{},&*!|>'\"#%@ \n\t?~<", max_size=80).map(str.encode))
def test_any_bytes_are_read_or_refused_with_a_place(content: bytes) -> None:
    problems: tuple[Problem, ...] = ()
    try:
        root = read(content, file="desk.yaml")
    except ConfigError as error:
        problems = error.problems
    assert problems or isinstance(root, Section)
    assert all(problem.line >= 1 and problem.column >= 1 and problem.text for problem in problems)
