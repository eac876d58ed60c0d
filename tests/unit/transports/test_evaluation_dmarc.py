"""Which domains belong together, by the examples of RFC 9989 and against it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.transports.dns import DnsDown
from mailintake.transports.evaluation_dmarc import (
    Policy,
    Record,
    is_aligned,
    organisation,
    policy,
    read,
    walk,
    walked_names,
)


class Zone:
    """TXT records by name; remembers what was asked."""

    def __init__(self, **records: str | tuple[str, ...]) -> None:
        self.records = {
            name.replace("__", "."): (value,) if isinstance(value, str) else value for name, value in records.items()
        }
        self.asked: list[str] = []

    def __call__(self, name: str) -> tuple[bytes, ...]:
        self.asked.append(name)
        return tuple(text.encode() for text in self.records.get(name.removeprefix("_dmarc."), ()))


def test_the_walk_of_a_short_name_goes_up_label_by_label() -> None:
    zone = Zone()
    assert walk("a.mail.example.com", zone) == []
    assert zone.asked == [
        "_dmarc.a.mail.example.com",
        "_dmarc.mail.example.com",
        "_dmarc.example.com",
        "_dmarc.com",
    ]


def test_the_walk_of_a_long_name_jumps_to_seven_labels() -> None:
    assert walked_names("a.b.c.d.e.f.g.h.i.j.mail.example.com") == [
        "a.b.c.d.e.f.g.h.i.j.mail.example.com",
        "g.h.i.j.mail.example.com",
        "h.i.j.mail.example.com",
        "i.j.mail.example.com",
        "j.mail.example.com",
        "mail.example.com",
        "example.com",
        "com",
    ]


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=60))
def test_no_name_needs_more_than_eight_questions(labels: list[str]) -> None:
    names = walked_names(".".join(labels))
    assert len(names) <= 8
    assert names[-1] == labels[-1] or len(labels) == 1
    assert all(len(name.split(".")) <= 7 for name in names[1:])


def test_the_shortest_name_with_a_record_is_the_organisation() -> None:
    zone = Zone(mail__example__com="v=DMARC1", example__com="v=DMARC1; p=reject")
    assert organisation("a.mail.example.com", walk("a.mail.example.com", zone)) == "example.com"


def test_psd_n_ends_the_walk_there() -> None:
    zone = Zone(a__example__com="v=DMARC1; psd=n", example__com="v=DMARC1")
    assert organisation("b.a.example.com", walk("b.a.example.com", zone)) == "a.example.com"
    assert "_dmarc.example.com" not in zone.asked


def test_below_a_public_suffix_the_next_label_is_the_organisation() -> None:
    zone = Zone(bank__example="v=DMARC1; p=reject; psd=y")
    assert organisation("mail.giant.bank.example", walk("mail.giant.bank.example", zone)) == "giant.bank.example"
    assert organisation("bank.example", walk("bank.example", zone)) == "bank.example"


def test_without_any_record_a_domain_is_its_own_organisation() -> None:
    assert organisation("mail.example.com", []) == "mail.example.com"


def test_the_author_s_own_record_comes_before_the_organisation_s() -> None:
    zone = Zone(mail__example__com="v=DMARC1; adkim=s", example__com="v=DMARC1; aspf=s")
    assert policy("mail.example.com", zone).record == Record("mail.example.com", dkim="strict")
    assert policy("shop.example.com", zone).record == Record("example.com", spf="strict")
    assert policy("other.org", zone) == Policy("other.org", "other.org", None)


def test_a_public_suffix_speaks_for_those_without_a_record() -> None:
    zone = Zone(bank__example="v=DMARC1; psd=y")
    assert policy("giant.bank.example", zone) == Policy(
        "giant.bank.example", "giant.bank.example", Record("bank.example", psd="y")
    )


@pytest.mark.parametrize(
    ("texts", "record"),
    [
        ((b"v=DMARC1; p=none",), Record("a.example")),
        ((b"v=DMARC1",), Record("a.example")),
        ((b"v = DMARC1 ; ADKIM = S; aspf=r; psd=Y",), Record("a.example", dkim="strict", psd="y")),
        ((b"v=spf1 -all", b"v=DMARC1; aspf=s"), Record("a.example", spf="strict")),
        ((b"v=DMARC1; p=none", b"v=DMARC1; p=reject"), None),
        ((b"v=DMARC2; p=none",), None),
        ((b"v=DMARC10",), None),
        ((b"v=dmarc1; p=none",), None),
        ((b"p=none; v=DMARC1",), None),
        ((b"v=DMARC1; psd=x; adkim=\xff",), Record("a.example")),
        ((), None),
    ],
)
def test_what_a_record_is(texts: tuple[bytes, ...], record: Record | None) -> None:
    assert read("a.example", texts) == record


ZONE = {
    "example__com": "v=DMARC1",
    "other__example__com": "v=DMARC1; psd=n",
    "bank__example": "v=DMARC1; psd=y",
}


@pytest.mark.parametrize(
    ("author", "domain", "mode", "aligned"),
    [
        ("example.com", "example.com", "strict", True),
        ("example.com", "mail.example.com", "strict", False),
        ("example.com", "mail.example.com", "relaxed", True),
        ("mail.example.com", "example.com", "relaxed", True),
        ("a.example.com", "b.example.com", "relaxed", True),
        ("example.com", "badexample.com", "relaxed", False),
        ("example.com", "example.org", "relaxed", False),
        ("example.com", "com", "relaxed", False),
        ("example.com", "", "relaxed", False),
        ("example.com", "other.example.com", "relaxed", False),
        ("other.example.com", "example.com", "relaxed", False),
        ("x.other.example.com", "y.other.example.com", "relaxed", True),
        ("giant.bank.example", "mega.bank.example", "relaxed", False),
        ("giant.bank.example", "mail.giant.bank.example", "relaxed", True),
        ("giant.bank.example", "bank.example", "relaxed", False),
        ("no-record.example.net", "example.net", "relaxed", False),
    ],
)
def test_who_is_aligned_with_whom(author: str, domain: str, mode: str, aligned: bool) -> None:
    zone = Zone(**ZONE)
    assert is_aligned(domain, policy(author, zone), mode=mode, texts=zone) is aligned


def test_a_record_at_a_top_level_domain_does_not_bind_strangers_together() -> None:
    zone = Zone(com="v=DMARC1; p=reject")
    assert not is_aligned("evil.com", policy("example.com", zone), mode="relaxed", texts=zone)


def test_a_stranger_s_domain_is_not_even_asked_about() -> None:
    zone = Zone(**ZONE)
    found = policy("example.com", zone)
    zone.asked.clear()
    assert not is_aligned("a.b.c.evil.org", found, mode="relaxed", texts=zone)
    assert zone.asked == []


def test_silence_is_no_answer() -> None:
    def silent(_name: str) -> tuple[bytes, ...]:
        raise DnsDown("nobody there")

    with pytest.raises(DnsDown):
        policy("example.com", silent)
