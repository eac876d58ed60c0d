import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.entitlement.identity import domain_key, key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ana@bakery.example", "ANA@Bakery.Example"),
        ("ana@bakery.example", "ana+orders@bakery.example"),
        ("ana@bakery.example", "ana+a+b@bakery.example"),
        ("ana@bakery.example", '"ana"@bakery.example'),
        ("ana@bakery.example", '"a\\na"@bakery.example'),
        ('"ana baker"@bakery.example', '"Ana Baker"@bakery.example'),
        ("ana@müller.example", "ana@XN--MLLER-KVA.example"),
        ("ana@müller.example", "ana@MU\u0308LLER.example"),
        ("žiga@bakery.example", "Z\u030ciga@bakery.example"),
        ("анна@пример.example", "АННА@ПРИМЕР.example"),
    ],
)
def test_one_person_has_one_key(one: str, other: str) -> None:
    assert key(one) == key(other) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a.na@bakery.example", "ana@bakery.example"),
        ("agents@desk.example", "agent\u017f@desk.example"),
        ("straße@bakery.example", "strasse@bakery.example"),
        ("ana@bakery.example", "аna@bakery.example"),
        ("i@bakery.example", "\u0130@bakery.example"),
        ("i@bakery.example", "\u0131@bakery.example"),
        ("\u00b5@bakery.example", "\u03bc@bakery.example"),
        ("ana@bakery.example", "ana@bakery.example.org"),
        ("+ana@bakery.example", "+bea@bakery.example"),
    ],
)
def test_look_alikes_are_not_the_same_person(one: str, other: str) -> None:
    assert key(one) != key(other)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ana",
        "@bakery.example",
        "ana@",
        "ana@.example",
        "ana@bakery..example",
        "ana@bakery.example.",
        "ana@[127.0.0.1]",
        "ana @bakery.example",
        "Ana <ana@bakery.example>",
        ".ana@bakery.example",
        "ana.@bakery.example",
        "a@b@bakery.example",
        '"ana@bakery.example',
        '"a"b"@bakery.example',
        '"a\\"@bakery.example',
        "ana\u200b@bakery.example",
        "ana\u202e@bakery.example",
        "ana\r\n@bakery.example",
        '"ana\n"@bakery.example',
        "an\ud800a@bakery.example",
        "\u212aate@bakery.example",
        "ana@ba\u200bkery.example",
        "ana@\u212bakery.example.\u212a",
        "ana\uff20bakery.example",
        "ana@-bakery.example",
        "ana@xn--\u00fc.example",
        "ana@xn--zzzzzzzzz.example",
        "a" * 300 + "@bakery.example",
        "ana@" + "a" * 64 + ".example",
        "ana@" + "ü." * 120 + "example",
    ],
)
def test_what_is_no_plain_address_has_no_key(address: str) -> None:
    assert key(address) is None


def test_a_tag_is_part_of_the_address_where_tags_are_kept() -> None:
    assert key("Ana+Orders@bakery.example", plus_tags="keep") == "ana+orders@bakery.example"


def test_a_tag_whose_name_would_be_no_address_stays() -> None:
    assert key("ana.+x@bakery.example") == "ana.+x@bakery.example"


def test_quotes_stay_where_they_are_needed() -> None:
    assert key(r'"a\"b\\ c@d+e"@bakery.example') == r'"a\"b\\ c@d+e"@bakery.example'


def test_full_width_letters_are_no_domain_of_ours() -> None:
    assert domain_key("\uff42akery.example") is None


_LOCALS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)


_DOMAINS = st.sampled_from(["bakery.example", "BÜCHER.example", "пример.example"])
_PLUS_TAGS = st.sampled_from(["ignore", "keep"])


@given(_LOCALS, _DOMAINS, _PLUS_TAGS)
def test_the_key_of_a_key_is_itself(local: str, domain: str, plus_tags: str) -> None:
    found = key(f"{local}@{domain}", plus_tags=plus_tags)  # type: ignore[arg-type]  # sampled_from loses the literal
    assert found is None or key(found, plus_tags=plus_tags) == found  # type: ignore[arg-type]  # the same


@given(st.from_regex(r"[a-z0-9.+]{1,10}", fullmatch=True), st.from_regex(r"[^\x00-\x7f]", fullmatch=True))
def test_a_letter_beyond_ascii_never_makes_an_ascii_key(local: str, letter: str) -> None:
    found = key(f"{local}{letter}@bakery.example", plus_tags="keep")
    assert found is None or not found.isascii()


@given(st.text(max_size=300))
def test_any_text_has_a_key_or_none(text: str) -> None:
    found = key(text)
    assert found is None or (found.count("\n") == 0 and domain_key(found.rpartition("@")[2]) is not None)
