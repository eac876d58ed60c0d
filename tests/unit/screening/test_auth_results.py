"""Authentication-Results as mail servers write them, and as forgers do (RFC 8601)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.screening.auth_results import MOST_RESULTS, MOST_TOKENS, Result, Statement, parse


def results(value: str) -> list[tuple[str, str, dict[str, str]]]:
    statement = parse(value)
    assert statement is not None
    assert statement.is_whole
    assert all(result.is_clear for result in statement.results)
    return [(result.method, result.verdict, dict(result.properties)) for result in statement.results]


def test_a_field_of_opendkim_and_opendmarc_is_read() -> None:
    assert results(
        "mx.desk.example; dkim=pass (2048-bit key; unprotected) header.d=bakery.example header.i=@bakery.example"
        " header.a=rsa-sha256 header.s=s1 header.b=AbC+/=; dkim-atps=neutral"
    ) == [
        (
            "dkim",
            "pass",
            {
                "header.d": "bakery.example",
                "header.i": "@bakery.example",
                "header.a": "rsa-sha256",
                "header.s": "s1",
                "header.b": "AbC+/=",
            },
        ),
        ("dkim-atps", "neutral", {}),
    ]


def test_a_field_of_a_large_provider_is_read() -> None:
    assert results(
        "mx.provider.example; dkim=pass header.i=@bakery.example header.s=x header.b=abc;"
        " spf=pass (provider.example: domain of ana@bakery.example designates 192.0.2.1 as permitted sender)"
        ' smtp.mailfrom="ana b"@bakery.example; dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=bakery.example'
    )[1:] == [
        ("spf", "pass", {"smtp.mailfrom": "ana b@bakery.example"}),
        ("dmarc", "pass", {"header.from": "bakery.example"}),
    ]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("mx.example; none", Statement("mx.example")),
        ("mx.example 1; none", Statement("mx.example")),
        ("mx.example", Statement("mx.example")),
        ("mx.example;", Statement("mx.example")),
        ('"mx.example" ; spf=pass', Statement("mx.example", (Result("spf", "pass"),))),
        (" (by us) mx.example (yes) 1 (really); SPF = PASS (good)", Statement("mx.example", (Result("spf", "pass"),))),
        ("mx.example; spf / 1 = pass", Statement("mx.example", (Result("spf", "pass"),))),
        (
            "mx.example; dmarc=pass header . from = a.example",
            Statement("mx.example", (Result("dmarc", "pass", (("header.from", "a.example"),)),)),
        ),
        (
            'mx.example; spf=fail reason="not \\"allowed\\"; dmarc=pass" smtp.mailfrom=a.example',
            Statement(
                "mx.example",
                (Result("spf", "fail", (("reason", 'not "allowed"; dmarc=pass'), ("smtp.mailfrom", "a.example"))),),
            ),
        ),
        (
            "mx.example; (a ; (nested) \\) comment ; dmarc=pass) spf=none",
            Statement("mx.example", (Result("spf", "none"),)),
        ),
    ],
)
def test_comments_strings_and_white_space_are_where_they_may_be(value: str, expected: Statement) -> None:
    assert parse(value) == expected


@pytest.mark.parametrize(
    "value", ["", ";", "spf=pass smtp.mailfrom=a.example", "mx.example extra words; spf=pass", "(mx.example)"]
)
def test_a_field_without_a_name_is_nobody_s(value: str) -> None:
    assert parse(value) is None


@pytest.mark.parametrize(
    "value",
    [
        "mx.example; dmarc=pass (no end",
        'mx.example; dmarc=pass reason="no end',
        "mx.example; dmarc=pass no beginning)",
        "mx.example 2; dmarc=pass",
        "mx.example (; dmarc=fail",
        "mx.example" + "; spf=pass" * (MOST_RESULTS + 1),
        "mx.example; spf=pass" + " x.y=z" * MOST_TOKENS,
    ],
)
def test_what_has_no_end_is_not_whole(value: str) -> None:
    statement = parse(value)
    assert statement is not None
    assert statement.authserv_id == "mx.example"
    assert not statement.is_whole


@pytest.mark.parametrize(
    "segment",
    [
        "dmarc",
        "dmarc=",
        "dmarc==pass",
        "dmarc/2=pass",
        "garbage dmarc=pass",
        "dmarc=pass garbage",
        "dmarc=pass header.from=a.example header.from=b.example",
        "dmarc=pass header.from= =b.example",
        '"dmarc"=pass',
        "=pass",
    ],
)
def test_what_can_be_read_in_two_ways_is_not_clear(segment: str) -> None:
    statement = parse(f"mx.example; {segment}")
    assert statement is not None
    assert [result.is_clear for result in statement.results] == [False]


@given(st.text(alphabet=st.sampled_from('abd.=;()"\\ \t/@-1éƒ\x00'), max_size=80))
def test_no_field_breaks_the_reader(value: str) -> None:
    statement = parse(value)
    assert statement is None or statement.authserv_id


@pytest.mark.parametrize("char", ["(", '"', "\\", ";", "=", "a=", "a=b ", "a.b=c;", "(\\", "()", '""'])
def test_a_long_field_of_one_kind_is_read_in_one_pass(char: str) -> None:
    statement = parse("mx.example; " + char * 20_000)
    assert statement is not None


WORDS = st.text(alphabet=st.sampled_from("abcdefghijklmnopqrstuvwxyz0123456789-"), min_size=1, max_size=8)
VALUES = st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=20)
SPACE = st.sampled_from(["", " ", "\t ", "(a comment)", " (one ; (two) \\) ) "])
GAP = st.sampled_from([" ", "\t ", "(a comment)", " (one ; (two) \\) ) "])


@st.composite
def statements(draw: st.DrawFn) -> tuple[str, Statement]:
    """A field with comments and white space wherever they are allowed, and what it says."""
    found, text = [], [draw(SPACE), "mx.example", draw(SPACE)]
    for method, verdict, values in draw(
        st.lists(st.tuples(WORDS, WORDS, st.dictionaries(WORDS, VALUES, max_size=4)), min_size=1, max_size=4)
    ):
        text += [";", draw(SPACE), method, draw(SPACE), "=", draw(SPACE), verdict]
        properties = []
        for name, value in values.items():
            escaped = value.replace("\\", "\\\\").replace('"', '\\"')
            text += [draw(GAP), "header", draw(SPACE), ".", draw(SPACE), name, draw(SPACE), "=", draw(SPACE)]
            text.append(f'"{escaped}"')
            properties.append((f"header.{name}", value))
        text.append(draw(SPACE))
        found.append(Result(method, verdict, tuple(properties)))
    return "".join(text), Statement("mx.example", tuple(found))


@given(statements())
def test_what_was_written_is_what_is_read(case: tuple[str, Statement]) -> None:
    text, expected = case
    assert parse(text) == expected
