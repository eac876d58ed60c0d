"""Who vouches for the author of a mail, and who only says so (SECURITY T01-T03, T30)."""

from datetime import UTC, datetime

import pytest

from mailintake.domain.mail import ParsedMessage, Reception
from mailintake.domain.trust import UNKNOWN, Authentication, Verdict
from mailintake.parsing.parser import parse
from mailintake.screening.authentication import doubt, from_results, grade

PASS, FAIL, NONE = Verdict.PASS, Verdict.FAIL, Verdict.NONE
OURS = "Received: from outside.example by mx.desk.example; Mon, 9 Mar 2026 09:00:00 +0000"
THEIRS = "Received: from laptop by outside.example; Mon, 9 Mar 2026 08:59:00 +0000"
FROM = "From: Ana <ana@bakery.example>"
GOOD = "Authentication-Results: mx.desk.example; dmarc=pass header.from=bakery.example"
BAD = "Authentication-Results: mx.desk.example; dmarc=fail header.from=bakery.example"
SIGNED = "DKIM-Signature: v=1; a=rsa-sha256; d=bakery.example; s=s; h=from; bh=x; b=y"
OPEN = SIGNED.replace("; h=", "; l=10; h=")
AT = datetime(2026, 3, 9, 9, tzinfo=UTC)


def a_mail(*fields: str, body: str = "Hello") -> ParsedMessage:
    return parse("\r\n".join([*fields, "Subject: x", "", body, ""]).encode())


def judged(*fields: str, sealers: tuple[str, ...] = (), own_hops: int = 1) -> Authentication:
    found = from_results(a_mail(*fields), authserv_ids=["mx.desk.example"], sealers=sealers, own_hops=own_hops)
    assert found is not None
    return found


def said(*results: str) -> str:
    return "Authentication-Results: mx.desk.example; " + "; ".join(results)


def test_a_pass_of_our_server_is_a_pass() -> None:
    assert judged(GOOD, OURS, FROM) == Authentication(PASS, "dmarc", "mx.desk.example", "dmarc=pass for bakery.example")


def test_a_fail_of_our_server_is_a_fail() -> None:
    found = judged(BAD, OURS, FROM)
    assert (found.verdict, found.method) == (FAIL, "dmarc")


def test_without_a_configured_server_there_are_no_results() -> None:
    assert from_results(a_mail(GOOD, OURS, FROM), authserv_ids=[]) is None


def test_a_result_may_stand_just_above_or_just_below_our_received_field() -> None:
    assert judged(GOOD, OURS, FROM).verdict is PASS
    assert judged(OURS, GOOD, FROM).verdict is PASS


def test_a_result_below_a_stranger_s_received_field_counts_for_nothing_and_is_noted() -> None:
    found = judged(OURS, THEIRS, GOOD, FROM)
    assert found.verdict is NONE
    assert found.why.endswith("1 more further down claim that name and count for nothing")
    assert judged(BAD, OURS, THEIRS, GOOD, FROM).verdict is FAIL


def test_the_fields_of_our_side_may_be_several() -> None:
    inside = "Received: from mx.desk.example by store.desk.example; Mon, 9 Mar 2026 09:00:01 +0000"
    assert judged(inside, OURS, GOOD, FROM).verdict is NONE
    assert judged(inside, OURS, GOOD, FROM, own_hops=2).verdict is PASS
    assert judged(inside, OURS, THEIRS, GOOD, FROM, own_hops=2).verdict is NONE


@pytest.mark.parametrize(
    "forged",
    [
        GOOD.replace("mx.desk", "mx.desk.example.evil"),
        GOOD.replace("mx.desk.example", "mx.desk.examp1e"),
        GOOD.replace("mx.desk.example", "mx.d\u0435sk.example"),  # Cyrillic е
        GOOD.replace("mx.desk.example", "mx.desk\u200b.example"),
        GOOD.replace("mx.desk.example", "mx.desk\u202e.example"),
        GOOD.replace("mx.desk.example", "mx.desk.example."),
        GOOD.replace("mx.desk.example;", "mx.desk.example\x01;"),
        GOOD.replace("mx.desk.example", "mx.evil.example (mx.desk.example)"),
        GOOD.replace("mx.desk.example", "(mx.desk.example; dmarc=pass) mx.evil.example"),
        GOOD.replace("mx.desk.example;", "mx.evil.example;\r\n mx.desk.example;"),
        GOOD.replace("Authentication-Results", "X-Authentication-Results"),
        GOOD.replace("Authentication-Results", "ARC-Authentication-Results"),
        GOOD.replace("Authentication-Results", "Authentication-Results-Original"),
        "Authentication-Results: dmarc=pass header.from=bakery.example",
    ],
)
def test_a_field_under_another_name_is_nobody_s(forged: str) -> None:
    assert judged(forged, OURS, FROM).verdict is NONE


def test_the_name_is_compared_without_regard_to_case() -> None:
    assert judged(GOOD.replace("mx.desk.example", "MX.Desk.Example"), OURS, FROM).verdict is PASS


@pytest.mark.parametrize(
    ("results", "verdict"),
    [
        (["dmarc=pass (a comment with dmarc=fail) header.from=bakery.example"], PASS),
        (["dmarc=fail (dmarc=pass header.from=bakery.example)"], FAIL),
        (['dmarc=fail reason="; dmarc=pass header.from=bakery.example"'], FAIL),
        (["dmarc=pass header.from=bakery.example", "dmarc=fail header.from=bakery.example"], FAIL),
        (["dmarc=pass header.from=bakery.example", "dmarc=none header.from=bakery.example"], NONE),
        (["dmarc=pass header.from=BAKERY.example"], PASS),
        (["dmarc=pass header.from=ana@bakery.example"], PASS),
        (["dmarc=pass header.from=mail.bakery.example"], NONE),
        (["dmarc=pass header.from=evil.example"], NONE),
        (["dmarc=pass"], NONE),
        (["dmarc=pass header.from=bakery.example header.from=evil.example"], NONE),
        (["dmarc=pass header.from=bakery.example smtp.mailfrom=(unbalanced"], NONE),
        (["dmarc=pass header.from=bakery.example", 'spf=pass smtp.mailfrom="a'], NONE),
        (["dmarc=temperror header.from=bakery.example"], NONE),
        (["dmarc=none header.from=bakery.example", "spf=pass smtp.mailfrom=bakery.example"], NONE),
        (["dmarc=bestguesspass action=none header.from=bakery.example"], NONE),
        (["spf=pass smtp.mailfrom=bakery.example"], NONE),
        (["dmarc=permerror header.from=bakery.example", "spf=fail", "dkim=fail header.d=bakery.example"], FAIL),
        (["dmarc=permerror header.from=bakery.example", "spf=softfail", "dkim=fail header.d=bakery.example"], NONE),
        (["spf=fail", "dkim=fail header.d=bakery.example"], NONE),
        (["iprev=pass garbage", "dmarc=pass header.from=bakery.example"], PASS),
        (["dmarc/2=pass header.from=bakery.example"], NONE),
        (["none"], NONE),
    ],
)
def test_what_results_are_worth(results: list[str], verdict: Verdict) -> None:
    assert judged(said(*results), OURS, FROM).verdict is verdict


@pytest.mark.parametrize(
    ("results", "verdict"),
    [
        (["dkim=pass header.d=bakery.example"], PASS),
        (["dkim=pass header.i=@bakery.example"], PASS),
        (["dmarc=none header.from=bakery.example", "dkim=pass header.d=bakery.example"], PASS),
        (["dkim=pass header.d=bakery.example", "dkim=fail header.d=newsletter.example"], PASS),
        (["dkim=pass header.d=bakery.example", "dkim=fail header.d=bakery.example"], NONE),
        (["dkim=pass header.d=bakery.example", "dkim=none"], NONE),
        (["dkim=pass header.d=example"], NONE),
        (["dkim=pass header.d=evil.example"], NONE),
        (["dkim=pass header.d=mail.bakery.example"], NONE),
        (["dkim=pass"], NONE),
        (["dkim=policy header.d=bakery.example"], NONE),
    ],
)
def test_a_signature_vouches_where_no_policy_decides(results: list[str], verdict: Verdict) -> None:
    found = judged(said(*results), OURS, SIGNED, FROM)
    assert found.verdict is verdict
    assert found.method == ("dkim" if verdict is PASS else found.method)


def test_a_signature_that_the_mail_does_not_carry_vouches_for_nothing() -> None:
    assert judged(said("dkim=pass header.d=bakery.example"), OURS, FROM).verdict is NONE
    other = SIGNED.replace("bakery", "other")
    assert judged(said("dkim=pass header.d=bakery.example"), OURS, other, FROM).verdict is NONE


def test_a_signature_that_leaves_the_body_open_takes_authority_away() -> None:
    assert judged(said("dkim=pass header.d=bakery.example"), OURS, OPEN, FROM).verdict is NONE
    assert judged(GOOD, OURS, OPEN, FROM).verdict is NONE
    assert judged(GOOD, OURS, SIGNED, SIGNED.replace("; h=", "; \tl = 10; h="), FROM).verdict is NONE
    assert judged(GOOD, OURS, SIGNED.replace("d=", "d=x; d="), FROM).verdict is NONE


def test_an_open_end_is_no_matter_where_the_sending_host_is_the_domain_s() -> None:
    spf = said("dmarc=pass header.from=bakery.example", "spf=pass smtp.mailfrom=bounces@mail.bakery.example")
    assert judged(spf, OURS, OPEN, FROM).verdict is PASS
    foreign = said("dmarc=pass header.from=bakery.example", "spf=pass smtp.mailfrom=evil.example")
    assert judged(foreign, OURS, OPEN, FROM).verdict is NONE


def test_two_fields_of_ours_are_read_together_and_the_worst_wins() -> None:
    split = [said("dkim=pass header.d=bakery.example"), GOOD]
    assert judged(*split, OURS, SIGNED, FROM).verdict is PASS
    assert judged(BAD, OURS, GOOD, FROM).verdict is FAIL
    assert judged(GOOD, OURS, BAD, FROM).verdict is FAIL


def test_a_pass_beside_a_field_that_says_none_is_forged() -> None:
    assert judged(said("none"), OURS, GOOD, FROM).verdict is NONE


def test_a_result_inside_an_attached_mail_is_not_read() -> None:
    inner = f"\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n{GOOD}\r\n{OURS}\r\n{FROM}\r\n\r\nx\r\n--b--"
    message = a_mail(OURS, FROM, "MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=b", body=inner)
    found = from_results(message, authserv_ids=["mx.desk.example"])
    assert found is not None
    assert found.verdict is NONE


def test_a_result_too_long_to_be_read_counts_for_nothing() -> None:
    long = said("dmarc=pass header.from=bakery.example", "spf=none (" + "x" * 17_000 + ")", "dmarc=fail")
    assert judged(long, OURS, FROM).verdict is NONE
    cut_in_a_word = said("dmarc=pass header.from=bakery.example", "x-y=" + "z" * 17_000, "dmarc=fail")
    assert judged(cut_in_a_word, OURS, FROM).verdict is NONE
    cut_at_a_border = said("dmarc=pass header.from=bakery.example") + "; spf=none" * 1800 + "; dmarc=fail"
    assert judged(cut_at_a_border, OURS, FROM).verdict is NONE


@pytest.mark.parametrize(
    "fields",
    [
        (OURS, "X: a\r" + GOOD, FROM),
        (OURS, "X: a\n" + GOOD, FROM),
        (OURS, GOOD, "X: a\x00b", FROM),
        (OURS, GOOD, FROM, "From: eve@evil.example"),
        (OURS, GOOD, "From: ana@bakery.example, eve@evil.example"),
        (OURS, GOOD, "From : ana@bakery.example"),
        (OURS, GOOD, 'From: "ana@bakery.example" <eve@evil.example> <ana@bakery.example>'),
        (OURS, GOOD, "From: ana@bakery.example" + " " * 17_000 + ", eve@evil.example"),
        (OURS, GOOD),
        (OURS, GOOD.replace(":", " :", 1), FROM),
        (OURS, GOOD, "this is no field", FROM),
        (OURS, GOOD, *(f"X-{number}: x" for number in range(1100)), FROM),
    ],
    ids=[
        "cr",
        "lf",
        "nul",
        "two-from",
        "two-authors",
        "spaced",
        "nonsense",
        "cut",
        "no-from",
        "spaced-result",
        "junk",
        "many",
    ],
)
def test_a_header_in_doubt_has_no_authority_whoever_vouches(fields: tuple[str, ...]) -> None:
    message = a_mail(*fields)
    assert doubt(message)
    found = from_results(message, authserv_ids=["mx.desk.example"])
    assert found is not None
    assert found.verdict is NONE
    assert found.why == doubt(message)
    yes = Authentication(PASS, "dmarc")
    assert grade(message, Reception("lmtp", AT, trusted=True), results=yes, own=yes).verdict is NONE
    assert grade(message, Reception("lmtp", AT, trusted=True), results=None, own=None).verdict is NONE


def test_a_plain_header_is_in_no_doubt() -> None:
    assert doubt(a_mail(OURS, GOOD, FROM)) is None


def test_an_international_author_is_compared_as_dns_knows_the_domain() -> None:
    author = "From: ana@bücher.example"
    assert judged(said("dmarc=pass header.from=xn--bcher-kva.example"), OURS, author).verdict is PASS
    assert judged(said("dmarc=pass header.from=bücher.example"), OURS, author).verdict is PASS
    assert judged(said("dmarc=pass header.from=bucher.example"), OURS, author).verdict is NONE


# Seals


def a_set(number: int, sealer: str, said: str, *, signs: str = "from:subject", more: str = "") -> list[str]:
    return [
        f"ARC-Seal: i={number}; a=rsa-sha256; cv=none; d={sealer}; s=s; b=x",
        f"ARC-Message-Signature: i={number}; a=rsa-sha256; d={sealer}; s=s; h={signs};{more} bh=x; b=y",
        f"ARC-Authentication-Results: i={number}; {sealer}; {said}",
    ]


HAD_PASSED = "dmarc=pass header.from=bakery.example"
BROKEN = said("dmarc=fail header.from=bakery.example", "arc=pass (i=1)")


def sealed(*sets: list[str], results: str = BROKEN) -> Verdict:
    fields = [field for each in reversed(sets) for field in each]
    return judged(results, OURS, *fields, FROM, sealers=("lists.example", "second.example")).verdict


def test_the_word_of_a_sealer_heals_what_forwarding_broke() -> None:
    found = judged(BROKEN, OURS, *a_set(1, "lists.example", HAD_PASSED), FROM, sealers=("Lists.Example",))
    assert found == Authentication(
        PASS, "arc", "mx.desk.example", "arc=pass; lists.example sealed that bakery.example had passed"
    )
    assert sealed(a_set(1, "lists.example", HAD_PASSED)) is PASS


def test_a_chain_of_sealers_is_as_good_as_its_last() -> None:
    first, second = a_set(1, "lists.example", HAD_PASSED), a_set(2, "second.example", "dmarc=fail")
    assert sealed(first, second) is PASS
    assert sealed(first, a_set(2, "stranger.example", HAD_PASSED)) is FAIL
    assert sealed(a_set(1, "stranger.example", HAD_PASSED), second) is FAIL
    assert sealed(a_set(1, "stranger.example", HAD_PASSED), a_set(2, "second.example", HAD_PASSED)) is PASS


@pytest.mark.parametrize(
    ("sets", "results"),
    [
        ([a_set(1, "lists.example", HAD_PASSED)], BAD),
        ([a_set(1, "lists.example", HAD_PASSED)], BROKEN + "; arc=fail"),
        ([a_set(1, "lists.example", "dmarc=pass header.from=evil.example")], BROKEN),
        ([a_set(1, "lists.example", "dmarc=pass")], BROKEN),
        ([a_set(1, "lists.example", "spf=pass")], BROKEN),
        ([a_set(1, "lists.example", HAD_PASSED + "; dmarc=fail")], BROKEN),
        ([a_set(1, "lists.example", HAD_PASSED + " (open")], BROKEN),
        ([a_set(1, "stranger.example", HAD_PASSED)], BROKEN),
        ([a_set(1, "lists.example", HAD_PASSED, signs="subject")], BROKEN),
        ([a_set(1, "lists.example", HAD_PASSED, more=" l=5;")], BROKEN),
        ([a_set(2, "lists.example", HAD_PASSED)], BROKEN),
        ([a_set(1, "lists.example", HAD_PASSED), a_set(1, "lists.example", HAD_PASSED)], BROKEN),
        ([a_set(1, "lists.example", HAD_PASSED)[:2]], BROKEN),
        ([a_set(51, "lists.example", HAD_PASSED)], BROKEN),
        ([[*a_set(1, "lists.example", HAD_PASSED), "ARC-Seal: nonsense"]], BROKEN),
        ([a_set(1, "lists.example", HAD_PASSED)[:1] + a_set(1, "other.example", HAD_PASSED)[1:]], BROKEN),
    ],
)
def test_a_seal_in_doubt_heals_nothing(sets: list[list[str]], results: str) -> None:
    assert sealed(*sets, results=results) is FAIL


def test_without_configured_sealers_no_seal_counts() -> None:
    assert judged(BROKEN, OURS, *a_set(1, "lists.example", HAD_PASSED), FROM).verdict is FAIL


# Everything together

YES, NO, OPEN_QUESTION = Authentication(PASS, "dmarc"), Authentication(FAIL, "dmarc"), Authentication(NONE, "dmarc")


@pytest.mark.parametrize(
    ("trusted", "results", "own", "expected"),
    [
        (True, None, None, (PASS, "transport")),
        (True, YES, None, (PASS, "dmarc")),
        (True, NO, None, (FAIL, "dmarc")),
        (True, OPEN_QUESTION, None, (NONE, "dmarc")),
        (True, OPEN_QUESTION, YES, (PASS, "dmarc")),
        (True, OPEN_QUESTION, NO, (FAIL, "dmarc")),
        (True, NO, YES, (FAIL, "dmarc")),
        (True, None, NO, (FAIL, "dmarc")),
        (False, None, None, (NONE, "")),
        (False, YES, None, (NONE, "")),
        (False, YES, NO, (FAIL, "dmarc")),
        (False, None, YES, (PASS, "dmarc")),
        (False, NO, YES, (PASS, "dmarc")),
    ],
)
def test_whose_word_counts(
    trusted: bool, results: Authentication | None, own: Authentication | None, expected: tuple[Verdict, str]
) -> None:
    found = grade(a_mail(OURS, FROM), Reception("lmtp", AT, trusted=trusted), results=results, own=own)
    assert (found.verdict, found.method) == expected


def test_a_trusted_transport_is_named() -> None:
    found = grade(a_mail(FROM), Reception("lmtp", AT, trusted=True), results=None, own=None)
    assert found == Authentication(PASS, "transport", "lmtp", "our own lmtp transport vouches for the sender")
    assert grade(a_mail(FROM), Reception("smtp", AT), results=None, own=None) == UNKNOWN


def test_a_mail_that_came_past_the_server_that_verifies_is_not_trusted() -> None:
    message = a_mail(OURS, FROM)
    results = from_results(message, authserv_ids=["mx.desk.example"])
    found = grade(message, Reception("lmtp", AT, trusted=True), results=results, own=None)
    assert found == Authentication(NONE, "", "mx.desk.example", "no result of mx.desk.example on the mail")
