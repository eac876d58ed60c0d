"""Which signatures count (RFC 6376, RFC 8301), and which only look as if they did (SECURITY T30)."""

import base64
import re
import time

import dns.rdata
import pytest

from mailintake.transports.dns import DnsDown, Lookups
from mailintake.transports.evaluation_dkim import MOST_PRESENT, MOST_SEALED, MOST_TRIED, Checked, Signed, key_trouble
from tests.signatures import key_record, sealed, signed

MAIL = (
    b"From: Ana <ana@bakery.example>\r\nTo: support@desk.example\r\nSubject: The oven\r\n is cold\r\n\r\n"
    b"It shows E4. \r\n\r\nAna\r\n\r\n\r\n"
)
NOW = time.time()  # dkimpy has the time of day from nowhere else
KEY = key_record()


class Keys:
    """Answers with one record for every name, or as told; remembers what was asked."""

    def __init__(self, record: str | None = KEY, *, silent: bool = False, **records: str) -> None:
        self.record, self.silent, self.records = record, silent, records
        self.asked: list[str] = []

    def __call__(self, name: str, _kind: str, _seconds: float) -> list[dns.rdata.Rdata]:
        self.asked.append(name)
        if self.silent:
            raise DnsDown("silence")
        found = self.records.get(name.replace(".", "_"), self.record)
        if found is None:
            return []
        pieces = " ".join('"' + found[at : at + 200].replace('"', "") + '"' for at in range(0, len(found), 200))
        return [dns.rdata.from_text("IN", "TXT", pieces)]


def opened(mail: bytes, keys: Keys | None = None) -> Signed:
    lookups = Lookups(keys or Keys(), most=100, due=1.0, monotonic=lambda: 0.0)
    return Signed(mail, re.search(rb"\r?\n\r?\n", mail).end(), lookups=lookups, now=NOW)  # type: ignore[union-attr]


def checked(mail: bytes, keys: Keys | None = None) -> list[Checked]:
    return list(opened(mail, keys).signatures(lambda domain: domain == "bakery.example"))


@pytest.mark.parametrize(
    "canonical", ["simple/simple", "relaxed/simple", "simple/relaxed", "relaxed/relaxed", "relaxed"]
)
def test_a_good_signature_holds(canonical: str) -> None:
    keys = Keys()
    assert checked(signed(MAIL, canonical=canonical), keys) == [Checked("bakery.example")]
    assert keys.asked == ["sel._domainkey.bakery.example"]


def test_a_mail_with_line_feeds_alone_is_the_same_mail() -> None:
    assert checked(signed(MAIL).replace(b"\r\n", b"\n")) == [Checked("bakery.example")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"shows E4", b"shows E5"),
        (b"Subject: The", b"Subject: Thy"),
        (b"\r\nTo: support", b"\r\nTo: sales"),
        (b"From: Ana", b"From: Eve"),
        (b"\r\n\r\n\r\n", b"\r\n\r\n\r\nPS: pay here\r\n"),
        (b"From:", b"From: eve@evil.example\r\nFrom:"),
    ],
)
def test_a_mail_that_was_changed_does_not_hold(before: bytes, after: bytes) -> None:
    mail = signed(MAIL)
    head, _, rest = mail.partition(b"From: Ana")
    changed = head + (b"From: Ana" + rest).replace(before, after, 1)
    assert changed != mail
    assert [each.trouble != "" for each in checked(changed)] == [True]


@pytest.mark.parametrize(
    ("mail", "why"),
    [
        (signed(MAIL, length=5), "open"),
        (signed(MAIL, length=100_000), "open"),
        (signed(MAIL, x=str(int(NOW) - 3600)), "expired"),
        (signed(MAIL, t=str(int(NOW) + 3600)), "future"),
        (signed(MAIL, x="9" * 4000), ""),
        (signed(MAIL, t="9" * 4000), "t="),
        (signed(MAIL, t="9" * 60), "t="),
        (signed(MAIL, algorithm="rsa-sha1"), "algorithm"),
        (signed(MAIL, fields="to:subject"), "cover From"),
        (signed(MAIL, fields="from:" + ":".join(f"x-{number}" for number in range(200))), "too many fields"),
        (signed(MAIL, v="2"), "v="),
        (signed(MAIL, i="@other.example"), "i="),
        (signed(MAIL, s="not a selector"), "key"),
        (signed(MAIL, s="sel\\.x"), "key"),
        (signed(MAIL, q="http"), "q="),
        (signed(MAIL).replace(b" b=", b" b=" + b" " * 200), "white space"),
    ],
)
def test_a_signature_that_is_not_to_be_used(mail: bytes, why: str) -> None:
    keys = Keys()
    (found,) = checked(mail, keys)
    assert found.trouble
    assert why in found.trouble


def test_times_within_the_skew_of_clocks_are_fine() -> None:
    mail = signed(MAIL, t=str(int(NOW) + 60), x=str(int(NOW) + 3600))
    assert checked(mail) == [Checked("bakery.example")]


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (key_record(512), "512 bits"),
        (key_record(tags="v=DKIM1; t=y"), "testing"),
        (key_record(tags="v=DKIM1; h=sha1"), "not for this"),
        (key_record(tags="v=DKIM1; s=tlsrpt"), "not for this"),
        (key_record(tags="v=DKIM1; k=ed25519"), "ed25519"),
        (key_record(tags="v=DKIM2"), "no key record"),
        ("v=DKIM1; p=", "revoked"),
        ("v=DKIM1; p=nonsense", "cannot be read"),
        ("v=DKIM1; p=" + "A" * 3900, "cannot be read"),
        ("v=DKIM1; p=x; p=y", "no key record"),
    ],
)
def test_a_key_that_is_not_to_be_used(record: str, why: str) -> None:
    assert why in key_trouble(record.encode())
    (found,) = checked(signed(MAIL, bits=512 if "512" in why else 1024), Keys(record))
    assert why in found.trouble
    assert not found.is_unknown


def test_a_key_of_a_size_that_takes_minutes_is_not_even_tried() -> None:
    def integer(bits: int) -> bytes:
        body = b"\x00\x8f" + b"\xff" * (bits // 8 - 1)
        return b"\x02\x82" + len(body).to_bytes(2, "big") + body

    def record(modulus: int, exponent: bytes) -> bytes:
        inner = integer(modulus) + exponent
        return b"p=" + base64.b64encode(b"\x30\x82" + len(inner).to_bytes(2, "big") + inner)

    assert "16384 bits" in key_trouble(record(16_384, b"\x02\x03\x01\x00\x01"))
    assert "exponent" in key_trouble(record(2048, integer(2048)))
    assert "exponent" in key_trouble(record(2048, b"\x02\x01\x01"))
    assert key_trouble(record(2048, b"\x02\x03\x01\x00\x01")) == ""


def test_without_a_key_nothing_holds_and_silence_is_not_the_same() -> None:
    (found,) = checked(signed(MAIL), Keys(None))
    assert (found.trouble, found.is_unknown) == ("there is no key", False)
    (found,) = checked(signed(MAIL), Keys(silent=True))
    assert (found.trouble, found.is_unknown) == ("silence", True)


def test_only_so_many_signatures_are_looked_at_and_tried() -> None:
    mail, keys = signed(MAIL), Keys(None)
    for number in range(MOST_PRESENT + 5):
        mail = signed(mail, s=f"s{number}")
    assert len(checked(mail, keys)) == MOST_TRIED
    assert len(keys.asked) == MOST_TRIED
    below = MAIL
    for number in range(MOST_PRESENT):
        below = signed(below, "other.example", s=f"s{number}")
    assert checked(below.replace(MAIL, b"") + signed(MAIL)) == []


def test_the_signature_of_another_domain_is_skipped() -> None:
    keys = Keys()
    assert checked(signed(signed(MAIL), "other.example"), keys) == [Checked("bakery.example")]
    assert keys.asked == ["sel._domainkey.bakery.example"]


@pytest.mark.parametrize(
    "field",
    [
        b"",
        b";",
        b"v=1",
        b"d=bakery.example",
        b"v=1; d=bakery.example; d=bakery.example; s=x; a=rsa-sha256; h=from; bh=AAAA; b=AAAA",
        b"v=1; d=bakery.example; s=; a=rsa-sha256; h=from; bh=; b=",
        b"v=1; d=bakery.example; s=x; a=rsa-sha256; h=from; bh=!; b=!",
        b"v=1; d=bakery.example; s=x; a=rsa-sha256; h=:; c=a/b/c; bh=AAAA; b=AAAA",
        b"v=1; d=bakery.example; s=\xff; a=rsa-sha256; h=from; bh=AAAA; b=AAAA",
        b"v=1; d=bakery.example; s=x; a=rsa-sha256; h=from; l=x; bh=AAAA; b=AAAA",
    ],
)
def test_a_field_that_is_no_signature_breaks_nothing(field: bytes) -> None:
    assert all(each.trouble for each in checked(b"DKIM-Signature: " + field + b"\r\n" + MAIL))


# Seals

SAID = "dmarc=pass header.from=bakery.example"


def test_a_chain_holds() -> None:
    once = sealed(MAIL, "lists.example", SAID)
    assert opened(once).chain() == ""
    assert opened(sealed(once, "second.example", "arc=pass; dmarc=fail")).chain() == ""


def test_a_later_forwarder_may_change_the_body_and_seal_it_again() -> None:
    once = sealed(MAIL, "lists.example", SAID)
    changed = once.replace(b"shows E4", b"shows E5")
    assert "did not validate" in opened(changed).chain()
    assert opened(sealed(changed, "second.example", "arc=pass")).chain() == ""


@pytest.mark.parametrize(
    "mail",
    [
        MAIL,
        sealed(MAIL, "lists.example", SAID, cv="pass"),
        sealed(sealed(MAIL, "lists.example", SAID), "second.example", SAID, cv="none"),
        sealed(sealed(MAIL, "lists.example", SAID), "second.example", SAID, cv="fail"),
        sealed(MAIL, "lists.example", SAID, l="5"),
        sealed(MAIL, "lists.example", SAID, fields="subject"),
        sealed(MAIL, "lists.example", SAID, x=str(int(NOW) - 3600)),
        sealed(MAIL, "lists.example", "dmarc=fail").replace(b"dmarc=fail", b"dmarc=pass"),
        sealed(MAIL, "lists.example", SAID).replace(b"i=1", b"i=2"),
        sealed(MAIL, "lists.example", SAID).replace(b"i=1", b"i=999999999"),
        sealed(MAIL, "lists.example", SAID).replace(b"From: Ana", b"From: Eve"),
        b"ARC-Seal: i=1; cv=none\r\n" * 30 + MAIL,
    ],
)
def test_a_chain_that_does_not_hold(mail: bytes) -> None:
    assert opened(mail).chain()


def test_a_chain_that_costs_too_much_is_not_verified() -> None:
    keys, mail = Keys(), MAIL
    for _ in range(MOST_SEALED):
        mail = sealed(mail, "lists.example", SAID)
    assert opened(mail).chain() == ""
    assert opened(sealed(mail, "lists.example", SAID), keys).chain() == "more seals than are looked at"
    wide = sealed(MAIL, "lists.example", SAID).replace(b" s=sel", b" s=sel" + b" " * 300)
    assert opened(wide, keys).chain() == "a seal with too much white space"
    assert keys.asked == []


def test_silence_about_a_seal_s_key_is_no_verdict() -> None:
    with pytest.raises(DnsDown):
        opened(sealed(MAIL, "lists.example", SAID), Keys(silent=True)).chain()
