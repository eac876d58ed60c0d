"""Which domain may speak for which."""

import pytest

from mailintake.screening import auth_tags
from mailintake.screening.auth_domains import ascii_name, is_below, is_related, is_same, of_address, speaks_for


@pytest.mark.parametrize(
    ("domain", "name"),
    [
        ("Bakery.Example", "bakery.example"),
        ("bakery.example.", "bakery.example"),
        ("straße.example", "xn--strae-oqa.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("XN--Bcher-kva.example", "xn--bcher-kva.example"),
        ("BÜCHER.example", ""),  # capitals beyond ASCII are no domain
        ("bakery example", ""),
        ("bakery..example", ""),
        ("a" * 64 + ".example", ""),
        ("", ""),
        ("-a.example", ""),
        ("_dmarc.example", "_dmarc.example"),
    ],
)
def test_a_name_is_what_dns_knows(domain: str, name: str) -> None:
    assert ascii_name(domain) == name


def test_a_look_alike_is_another_domain() -> None:
    assert not is_same("bаkery.example", "bakery.example")  # Cyrillic а
    assert not is_same("straße.example", "strasse.example")
    assert not is_same("ｂakery.example", "bakery.example")
    assert not is_same("bakery\ufffd.example", "bakery.example")
    assert not is_same("", "")


@pytest.mark.parametrize(
    ("signer", "author", "speaks"),
    [
        ("bakery.example", "bakery.example", True),
        ("BAKERY.example", "bakery.Example", True),
        ("bakery.example", "mail.bakery.example", True),
        ("mail.bakery.example", "bakery.example", False),
        ("example", "bakery.example", False),
        ("ery.example", "bakery.example", False),
        ("other.example", "bakery.example", False),
        ("", "bakery.example", False),
        ("bakery.example", "", False),
    ],
)
def test_a_domain_speaks_for_itself_and_for_those_below(signer: str, author: str, speaks: bool) -> None:
    assert speaks_for(signer, author) is speaks


def test_related_is_above_or_below() -> None:
    assert is_related("mail.bakery.example", "bakery.example")
    assert is_related("bakery.example", "mail.bakery.example")
    assert not is_related("a.bakery.example", "b.bakery.example")
    assert not is_below("bakery.example", "bakery.example")


@pytest.mark.parametrize(
    ("address", "domain"),
    [("ana@bakery.example", "bakery.example"), ("bakery.example", "bakery.example"), ('"a@b"@c.example', "c.example"),
     ("<ana@bakery.example>", "bakery.example"), ("@bakery.example", "bakery.example")],
)  # fmt: skip
def test_the_domain_of_an_address(address: str, domain: str) -> None:
    assert of_address(address) == domain


@pytest.mark.parametrize(
    ("value", "tags"),
    [
        ("v=1; a = rsa-sha256 ; b=ab cd\t ef==;", {"v": "1", "a": "rsa-sha256", "b": "abcdef=="}),
        ("v=1; v=2", None),
        ("v=1; l", None),
        ("v=1;; d=a", None),
        ("v=1; é=2", None),
        ("", {}),
    ],
)
def test_tags_are_read_or_not_at_all(value: str, tags: dict[str, str] | None) -> None:
    assert auth_tags.read(value) == tags
