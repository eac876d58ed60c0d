"""Questions to DNS are few, short, over in time and asked once; and nobody asks for what cannot exist."""

import dns.rdata
import pytest

from mailintake.transports.dns import LONGEST_TEXT, AskedTooMuch, DnsDown, Lookups


class Asked:
    """Answers every question the same, and remembers them."""

    def __init__(self, kind: str, *records: str, trouble: DnsDown | None = None) -> None:
        self.records = [dns.rdata.from_text("IN", kind, record) for record in records]
        self.trouble = trouble
        self.questions: list[tuple[str, str, float]] = []

    def __call__(self, name: str, kind: str, seconds: float) -> list[dns.rdata.Rdata]:
        self.questions.append((name, kind, seconds))
        if self.trouble:
            raise self.trouble
        return self.records


def lookups(asked: Asked, *, most: int = 10, now: float = 0.0) -> Lookups:
    return Lookups(asked, most=most, due=10.0, monotonic=lambda: now)


def test_the_strings_of_a_text_are_one() -> None:
    asked = Asked("TXT", '"v=DKIM1; " "p=abc"', '"other"')
    assert lookups(asked).texts("a.example") == (b"v=DKIM1; p=abc", b"other")


def test_a_text_longer_than_any_policy_is_left_out() -> None:
    pieces = " ".join(['"' + "x" * 255 + '"'] * (LONGEST_TEXT // 255 + 1))
    assert lookups(Asked("TXT", pieces)).texts("a.example") == ()


def test_hosts_are_named_without_their_final_dot() -> None:
    assert lookups(Asked("MX", "10 mx.a.example.")).exchanges("a.example") == ((10, "mx.a.example"),)
    assert lookups(Asked("PTR", "mx.a.example.")).names("192.0.2.1") == ("mx.a.example",)
    assert lookups(Asked("A", "192.0.2.1")).addresses("a.example", version=4) == ("192.0.2.1",)
    assert lookups(Asked("AAAA", "2001:db8::1")).addresses("a.example", version=6) == ("2001:db8::1",)


def test_a_question_is_asked_once_and_so_is_silence() -> None:
    asked, silent = Asked("TXT"), Asked("TXT", trouble=DnsDown("silence"))
    found = lookups(asked)
    for _ in range(3):
        assert found.texts("A.example.") == found.texts("a.example") == ()
    assert asked.questions == [("a.example", "TXT", 10.0)]
    found = lookups(silent)
    for _ in range(3):
        with pytest.raises(DnsDown):
            found.texts("a.example")
    assert len(silent.questions) == 1


@pytest.mark.parametrize(
    "name",
    ["", ".", "a..b", "é.example", "a b.example", "a\\.b.example", "x" * 64 + ".example", "a." * 127 + "aa", "*.a"],
)
def test_a_name_that_cannot_exist_is_no_question(name: str) -> None:
    asked = Asked("TXT", '"x"')
    assert lookups(asked).texts(name) == ()
    assert asked.questions == []


def test_a_mail_has_only_so_many_questions() -> None:
    asked = Asked("TXT")
    found = lookups(asked, most=2)
    assert found.texts("a.example") == found.texts("b.example") == ()
    with pytest.raises(AskedTooMuch):
        found.texts("c.example")
    assert found.texts("a.example") == ()  # known already
    assert len(asked.questions) == 2


def test_after_its_time_nothing_is_asked() -> None:
    asked = Asked("TXT")
    with pytest.raises(DnsDown):
        lookups(asked, now=10.0).texts("a.example")
    assert asked.questions == []
    lookups(asked, now=7.5).texts("a.example")
    assert asked.questions == [("a.example", "TXT", 2.5)]
