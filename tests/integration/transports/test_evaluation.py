"""Who wrote a mail, asked of a real DNS server on the loopback."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from mailintake.domain.trust import Authentication, Verdict
from mailintake.transports import evaluation
from mailintake.transports.dns import DnsDown, Resolver
from mailintake.transports.evaluation import MOST_HEADER_LINES, Evaluator
from tests.integration.dns_server import DnsServer, serving, text
from tests.signatures import key_record, sealed, signed

PASS, FAIL, NONE = Verdict.PASS, Verdict.FAIL, Verdict.NONE
MAIL = (
    b"From: Ana <ana@bakery.example>\r\nTo: support@desk.example\r\nSubject: The oven is cold\r\n\r\nIt shows E4.\r\n"
)
KEY = [text(key_record())]
ZONE = {
    ("_dmarc.bakery.example", "TXT"): [text("v=DMARC1; p=none")],
    ("_dmarc.strict.example", "TXT"): [text("v=DMARC1; p=none; adkim=s; aspf=s")],
    ("_dmarc.bank.example", "TXT"): [text("v=DMARC1; p=reject; psd=y")],
    ("bakery.example", "TXT"): [text("v=spf1 ip4:192.0.2.0/24 -all")],
    ("mail.bakery.example", "TXT"): [text("v=spf1 include:bakery.example -all")],
    ("evil.example", "TXT"): [text("v=spf1 +all")],
    ("strict.example", "TXT"): [text("v=spf1 ip4:192.0.2.0/24 -all")],
    ("mail.strict.example", "TXT"): [text("v=spf1 ip4:192.0.2.0/24 -all")],
    ("plain.example", "TXT"): [text("v=spf1 ip4:192.0.2.0/24 -all")],
    **{
        (f"sel._domainkey.{domain}", "TXT"): KEY
        for domain in (
            *("bakery.example", "mail.bakery.example", "strict.example", "mail.strict.example", "plain.example"),
            *("evil.example", "lists.example", "second.example", "giant.bank.example", "mega.bank.example"),
        )
    },
    ("weak._domainkey.bakery.example", "TXT"): [text(key_record(512))],
    ("loop._domainkey.bakery.example", "CNAME"): ["loop._domainkey.bakery.example."],
    ("alias._domainkey.bakery.example", "CNAME"): ["sel._domainkey.bakery.example."],
    ("long._domainkey.bakery.example", "TXT"): [*KEY, *(text(f"padding {n} " + "x" * 240) for n in range(10))],
}


@pytest.fixture
def server() -> Iterator[DnsServer]:
    with serving(ZONE) as found:
        yield found


@pytest.fixture
async def evaluator(server: DnsServer) -> AsyncIterator[Evaluator]:
    found = Evaluator(Resolver([server.nameserver]), sealers=["lists.example"], seconds=10)
    yield found
    found.close()


async def judged(
    evaluator: Evaluator,
    mail: bytes = MAIL,
    *,
    author: str = "bakery.example",
    peer: str = "192.0.2.7",
    helo: str = "mx.bakery.example",
    return_path: str = "ana@bakery.example",
) -> Authentication:
    mail = mail.replace(b"ana@bakery.example", b"ana@" + author.encode())
    return await evaluator.evaluate(mail, peer=peer, helo=helo, return_path=return_path, author_domain=author)


def by(author: str) -> bytes:
    return MAIL.replace(b"ana@bakery.example", b"ana@" + author.encode())


async def test_a_signature_of_the_author_s_domain_is_a_pass(evaluator: Evaluator) -> None:
    found = await judged(evaluator, signed(MAIL), peer="198.51.100.1", return_path="x@evil.example")
    assert found == Authentication(
        PASS, "dmarc", "own evaluation", "a signature of bakery.example holds and is aligned with bakery.example"
    )


async def test_the_sending_host_is_a_pass_where_the_policy_ties_it_to_the_author(evaluator: Evaluator) -> None:
    found = await judged(evaluator)
    assert (found.verdict, found.method) == (PASS, "dmarc")
    assert "SPF passed for bakery.example" in found.why
    assert (await judged(evaluator, return_path="bounces@mail.bakery.example")).verdict is PASS
    assert (await judged(evaluator, return_path="<>", helo="mail.bakery.example")).verdict is PASS


async def test_a_forged_author_is_a_fail(evaluator: Evaluator) -> None:
    found = await judged(evaluator, peer="198.51.100.1", return_path="x@evil.example")
    assert (found.verdict, found.method) == (FAIL, "dmarc")
    assert found.why == (
        "nothing is aligned with bakery.example: signatures: there is none of its domain; SPF: pass for evil.example"
    )
    assert (await judged(evaluator, signed(MAIL, "evil.example"), peer="198.51.100.1")).verdict is FAIL
    assert (await judged(evaluator, signed(MAIL).replace(b"E4", b"E5"), peer="198.51.100.1")).verdict is FAIL


@pytest.mark.parametrize(
    "mail",
    [
        signed(MAIL, length=3),
        signed(MAIL, x="1000000000"),
        signed(MAIL, t="4000000000"),
        signed(MAIL, algorithm="rsa-sha1"),
        signed(MAIL, bits=512, s="weak"),
        signed(MAIL, fields="to:subject"),
        signed(MAIL, s="nokey"),
    ],
    ids=["open-end", "expired", "future", "sha1", "weak-key", "from-unsigned", "no-key"],
)
async def test_a_signature_that_is_not_to_be_used_does_not_help(evaluator: Evaluator, mail: bytes) -> None:
    assert (await judged(evaluator, mail, peer="198.51.100.1")).verdict is FAIL
    assert (await judged(evaluator, mail, peer="imap.provider.example")).verdict is NONE


async def test_a_strict_policy_wants_the_very_domain(evaluator: Evaluator) -> None:
    mail = signed(by("strict.example"), "mail.strict.example")
    found = await judged(evaluator, mail, author="strict.example", return_path="x@mail.strict.example")
    assert found.verdict is FAIL
    mail = signed(by("strict.example"), "strict.example")
    assert (await judged(evaluator, mail, author="strict.example", return_path="")).verdict is PASS
    assert (await judged(evaluator, author="strict.example", return_path="x@strict.example")).verdict is PASS


async def test_a_relaxed_policy_takes_any_domain_of_the_organisation(evaluator: Evaluator) -> None:
    mail = signed(MAIL, "mail.bakery.example")
    assert (await judged(evaluator, mail, peer="198.51.100.1")).verdict is PASS


async def test_two_banks_under_one_public_suffix_are_strangers(evaluator: Evaluator) -> None:
    mail = signed(by("giant.bank.example"), "mega.bank.example")
    assert (await judged(evaluator, mail, author="giant.bank.example", return_path="")).verdict is FAIL
    mail = signed(by("mail.giant.bank.example"), "giant.bank.example")
    assert (await judged(evaluator, mail, author="mail.giant.bank.example", return_path="")).verdict is PASS


async def test_without_a_policy_a_signature_vouches_and_the_host_does_not(evaluator: Evaluator) -> None:
    found = await judged(evaluator, author="plain.example", return_path="x@plain.example")
    assert found.verdict is NONE
    found = await judged(evaluator, signed(by("plain.example"), "plain.example"), author="plain.example")
    assert (found.verdict, found.method) == (PASS, "dkim")
    found = await judged(evaluator, signed(by("a.plain.example"), "plain.example"), author="a.plain.example")
    assert found.verdict is PASS
    found = await judged(evaluator, signed(by("plain.example"), "evil.example"), author="plain.example")
    assert found.verdict is NONE


async def test_the_good_one_among_many_signatures_is_found(evaluator: Evaluator) -> None:
    mail = signed(MAIL)
    for number in range(8):
        mail = signed(mail, s=f"nokey{number}")
    assert (await judged(evaluator, mail, peer="198.51.100.1")).verdict is PASS


async def test_twenty_signatures_cost_only_so_many_questions(evaluator: Evaluator, server: DnsServer) -> None:
    mail = MAIL
    for number in range(25):
        mail = signed(mail, f"a{number}.b.c.d.e.f.bakery.example", s=f"s{number}")
    assert (await judged(evaluator, mail, peer="198.51.100.1")).verdict is FAIL
    assert len(server.asked) <= 101


@pytest.mark.parametrize("most", [2, 3, 4, 5])
async def test_a_mail_that_asks_too_much_is_a_forgery_like_others(
    evaluator: Evaluator, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(evaluation, "MOST_LOOKUPS", most)
    mail = signed(signed(MAIL, "a.bakery.example"), "b.bakery.example")
    assert (await judged(evaluator, mail, peer="198.51.100.1")).verdict is FAIL


async def test_a_key_may_lie_behind_another_name_but_not_in_a_circle(evaluator: Evaluator) -> None:
    assert (await judged(evaluator, signed(MAIL, s="alias"), peer="198.51.100.1")).verdict is PASS
    assert (await judged(evaluator, signed(MAIL, s="loop"), peer="198.51.100.1")).verdict is not PASS


async def test_an_answer_too_long_for_a_datagram_comes_by_tcp(evaluator: Evaluator) -> None:
    assert (await judged(evaluator, signed(MAIL, s="long"), peer="198.51.100.1")).verdict is PASS


async def test_silence_about_the_author_is_no_verdict(server: DnsServer) -> None:
    server.silent.update(ZONE_NAMES)
    evaluator = Evaluator(Resolver([server.nameserver], answer_seconds=0.3), seconds=1)
    found = await judged(evaluator, signed(MAIL), peer="198.51.100.1")
    evaluator.close()
    assert (found.verdict, found.why.startswith("DNS did not answer")) == (NONE, True)


ZONE_NAMES = {name for name, _ in ZONE}


async def test_silence_about_a_key_is_no_verdict(evaluator: Evaluator, server: DnsServer) -> None:
    server.broken.add("sel._domainkey.bakery.example")
    assert (await judged(evaluator, signed(MAIL), peer="198.51.100.1")).verdict is NONE


async def test_silence_about_a_stranger_does_not_excuse_a_forgery(evaluator: Evaluator, server: DnsServer) -> None:
    server.broken.update({"evil.example", "sel._domainkey.evil.example", "_dmarc.evil.example"})
    found = await judged(evaluator, signed(MAIL, "evil.example"), peer="198.51.100.1", return_path="x@evil.example")
    assert found.verdict is FAIL


async def test_the_time_for_one_mail_includes_waiting_for_others(server: DnsServer) -> None:
    server.silent.update(ZONE_NAMES)
    evaluator = Evaluator(Resolver([server.nameserver]), seconds=0.5, threads=1)
    found = await asyncio.gather(*(judged(evaluator, signed(MAIL)) for _ in range(4)))
    evaluator.close()
    assert {each.verdict for each in found} == {NONE}


@pytest.mark.parametrize(
    "mail",
    [
        b"",
        b"\r\n\r\n",
        MAIL.replace(b"\r\nTo:", b"\r\nX: a\rTo:"),
        MAIL.replace(b"\r\nTo:", b"\nTo:"),
        MAIL.replace(b"oven", b"\x00ven"),
        b"From: eve@evil.example\r\n" + MAIL,
        MAIL.replace(b"From:", b"From :"),
        MAIL.replace(b"To:", b"no field\r\nTo:"),
        MAIL.replace(b"\r\n\r\n", b"\r\n" + b" x\r\n" * (MOST_HEADER_LINES + 1) + b"\r\n"),
        MAIL[MAIL.index(b"To:") :],
    ],
    ids=["empty", "no-header", "cr", "lf", "nul", "two-from", "spaced", "junk", "lines", "no-from"],
)
async def test_a_header_in_doubt_is_not_evaluated(evaluator: Evaluator, server: DnsServer, mail: bytes) -> None:
    assert (await evaluator.evaluate(
        mail, peer="192.0.2.7", helo="x", return_path="ana@bakery.example", author_domain="bakery.example"
    )).verdict is NONE  # fmt: skip
    assert server.asked == []


@pytest.mark.parametrize("author", ["", "example", "a..b", "bakery\n.example", "é" * 300])
async def test_an_author_without_a_domain_is_not_evaluated(evaluator: Evaluator, author: str) -> None:
    found = await evaluator.evaluate(MAIL, peer="192.0.2.7", helo="", return_path="", author_domain=author)
    assert found.verdict is NONE
    assert found.why.isprintable()


# Forwarders

HAD_PASSED = "spf=pass smtp.mailfrom=bakery.example; dmarc=pass header.from=bakery.example"


async def test_the_seal_of_a_forwarder_heals_what_it_broke(evaluator: Evaluator) -> None:
    mail = sealed(MAIL, "lists.example", HAD_PASSED)
    found = await judged(evaluator, mail, peer="198.51.100.1", return_path="x@lists.example")
    assert found == Authentication(PASS, "arc", "own evaluation", "lists.example sealed that bakery.example had passed")


@pytest.mark.parametrize(
    "mail",
    [
        sealed(MAIL, "second.example", HAD_PASSED),
        sealed(MAIL, "lists.example", "dmarc=fail header.from=bakery.example"),
        sealed(MAIL, "lists.example", "dmarc=pass header.from=evil.example"),
        sealed(MAIL, "lists.example", "dmarc=fail").replace(b"dmarc=fail", HAD_PASSED.encode()),
        sealed(MAIL, "lists.example", HAD_PASSED).replace(b"E4", b"E5"),
        sealed(sealed(MAIL, "lists.example", HAD_PASSED), "second.example", "arc=pass"),
        sealed(MAIL, "lists.example", HAD_PASSED, l="1"),
    ],
    ids=["stranger", "had-failed", "other-author", "forged", "changed", "handled-by-a-stranger", "open-end"],
)
async def test_a_seal_in_doubt_heals_nothing(evaluator: Evaluator, mail: bytes) -> None:
    assert (await judged(evaluator, mail, peer="198.51.100.1", return_path="x@lists.example")).verdict is FAIL


async def test_silence_about_a_seal_is_no_verdict(evaluator: Evaluator, server: DnsServer) -> None:
    server.broken.add("sel._domainkey.lists.example")
    mail = sealed(MAIL, "lists.example", HAD_PASSED)
    assert (await judged(evaluator, mail, peer="198.51.100.1", return_path="")).verdict is NONE


# RFC 6376, appendix A

SIGNED_MAIL = """\
DKIM-Signature: v=1; a=rsa-sha256; s=brisbane; d=example.com;
      c=simple/simple; q=dns/txt; i=joe@football.example.com;
      h=Received : From : To : Subject : Date : Message-ID;
      bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
      b=AuUoFEfDxTDkHlLXSZEpZj79LICEps6eda7W3deTVFOk4yAUoqOB
      4nujc7YopdG5dWLSdNg6xNAZpOPr+kHxt1IrE+NahM6L/LbvaHut
      KVdkLLkpVaVVQPzeRDI009SO2Il5Lu7rDNH6mZckBdrIx0orEtZV
      4bmp/YzhwvcubU4=;
Received: from client1.football.example.com  [192.0.2.1]
      by submitserver.example.com with SUBMISSION;
      Fri, 11 Jul 2003 21:01:54 -0700 (PDT)
From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game. Are you hungry yet?

Joe.
""".replace("\n", "\r\n").encode()
THEIR_KEY = (
    "v=DKIM1; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYf"
    "cTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB"
)


async def test_the_example_of_the_standard(evaluator: Evaluator, server: DnsServer) -> None:
    server.zone["brisbane._domainkey.example.com", "TXT"] = [text(THEIR_KEY)]
    ask = {"peer": "192.0.2.1", "helo": "x.example", "return_path": "", "author_domain": "football.example.com"}
    found = await evaluator.evaluate(SIGNED_MAIL, **ask)
    assert (found.verdict, found.method) == (PASS, "dkim")
    assert (await evaluator.evaluate(SIGNED_MAIL.replace(b"lost", b"won"), **ask)).verdict is NONE


# The resolver


def test_a_resolver_tells_silence_from_absence(server: DnsServer) -> None:
    server.silent.add("silent.example")
    server.broken.add("broken.example")
    found = Resolver([server.nameserver], answer_seconds=0.3).lookups(most=10, due=float("inf"))
    assert found.texts("nowhere.example") == ()
    assert found.addresses("bakery.example", version=4) == ()
    for name in ("silent.example", "broken.example", "loop._domainkey.bakery.example"):
        with pytest.raises(DnsDown):
            found.texts(name)


def test_nobody_answers_at_all() -> None:
    with serving({}) as server:
        gone = server.nameserver
    with pytest.raises(DnsDown):
        Resolver([gone], answer_seconds=0.3).lookups(most=1, due=float("inf")).texts("a.example")
