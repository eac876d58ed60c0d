"""How far the author of a mail is known: what our own mail server wrote on it, and what its transport is worth."""

from collections.abc import Collection, Sequence

from mailintake.domain.mail import ParsedMessage, Reception
from mailintake.domain.trust import UNKNOWN, Authentication, Verdict
from mailintake.screening import auth_arc, auth_results, auth_tags
from mailintake.screening.auth_domains import ascii_name, is_related, is_same, of_address, speaks_for
from mailintake.screening.auth_results import Result, Statement
from mailintake.screening.incoming import ascii_lower

MOST_FIELDS = 50
# A header that two readers may read in two ways: whoever verified the mail may have seen another author or another
# result than we do (SECURITY T02, T03).
_TAMPERED = {
    "bare-cr-in-header": "a carriage return alone stands in the header",
    "bare-lf-in-header": "a line feed alone stands in the header",
    "nul-in-header": "a NUL stands in the header",
    "header-block-cut": "the header is too long to be read whole",
    "too-many-header-fields": "the header has too many fields",
    "junk-before-headers": "lines that are no fields stand before the header",
    "junk-in-headers": "lines that are no fields stand in the header",
    "no-blank-line-after-headers": "no blank line ends the header",
    "space-before-colon": "the name of a field ends in white space",
    "duplicate-from": "the mail has several From fields",
    "ambiguous-from": "From can be read in more than one way",
    "no-from": "the mail has no From field",
}


def tampering(defects: Collection[str]) -> str | None:
    """Why a header cannot be relied on, by the defects its reader found; None for a plain one."""
    return next((why for defect, why in _TAMPERED.items() if defect in defects), None)


def doubt(message: ParsedMessage) -> str | None:
    """Why no authority may ever come from this mail, whoever vouches for it; None for a plain header."""
    found = tampering(message.defects)
    if found is None and (message.from_ is None or not ascii_name(message.from_.domain)):
        found = "the mail names no author that can be read safely"
    return found


def from_results(
    message: ParsedMessage, *, authserv_ids: Collection[str], sealers: Collection[str] = (), own_hops: int = 1
) -> Authentication | None:
    """What the Authentication-Results of our own mail servers say of the author; None where none is configured.

    Only fields whose authserv-id is one of `authserv_ids` count (RFC 8601, 5), and only above the Received field after
    the first `own_hops`: those that our side wrote stand on top, and a result is written just above or just below the
    Received of the server that verified. A forged field can stand there only if the border server does not remove it,
    as RFC 8601 demands; and as the worst result wins, it can then only add to the true one, not replace it.

    * dmarc=pass for exactly the domain in From is PASS; with a signature that leaves the end of the body open (`l=`),
      only if SPF passed for a related domain too (SECURITY T30).
    * dmarc=fail is FAIL; so is a permerror with SPF and DKIM both failed. A seal of one of `sealers` heals a failure,
      if arc=pass and the seal says that the mail had passed (RFC 8617).
    * Without a record, dkim=pass of a domain that `speaks_for` the author's is PASS. SPF alone never is (RFC 7208).
    * Everything else is NONE.
    """
    ids = {ascii_lower(authserv_id) for authserv_id in authserv_ids}
    if not ids:
        return None
    named = ", ".join(sorted(ids))
    why = doubt(message)
    if why is not None or message.from_ is None:
        return Authentication(Verdict.NONE, source=named, why=why or "")
    ours, foreign = _statements(message, ids, own_hops)
    aside = f"; {foreign} more further down claim that name and count for nothing" if foreign else ""
    if not ours:
        return Authentication(Verdict.NONE, source=named, why=f"no result of {named} on the mail{aside}")
    found = _judge(message, ours, message.from_.domain, sealers)
    return Authentication(found.verdict, found.method, ours[0].authserv_id.lower(), found.why + aside)


def grade(
    message: ParsedMessage, reception: Reception, *, results: Authentication | None, own: Authentication | None
) -> Authentication:
    """The verdict on the author, of all that is known.

    `results` is what `from_results` gave, `own` what we evaluated ourselves, None for not at all. A header in doubt is
    NONE. An untrusted transport's results may be forged, so only our own evaluation counts. A trusted transport vouches
    for the author itself as long as no authserv-id is configured (`results` is None); where one is, the results decide:
    a mail without one came past the server that verifies, and is NONE (SECURITY T01). A failure beats a pass; a pass
    of our own, which rests on signatures, fills in where the results know nothing.
    """
    why = doubt(message)
    if why is not None:
        return Authentication(Verdict.NONE, why=why)
    if not reception.trusted:
        return own or UNKNOWN
    by_transport = Authentication(
        Verdict.PASS,
        "transport",
        reception.transport,
        f"our own {reception.transport} transport vouches for the sender",
    )
    said = [results or by_transport, *([own] if own else [])]
    for verdict in (Verdict.FAIL, Verdict.PASS):
        if found := next((each for each in said if each.verdict is verdict), None):
            return found
    return said[0]


def _statements(message: ParsedMessage, ids: set[str], own_hops: int) -> tuple[list[Statement], int]:
    """The fields of ours, and how many more stand where only a stranger writes."""
    ours: list[Statement] = []
    hops = foreign = seen = 0
    for name, value in message.headers:
        hops += name == "received"
        if name != "authentication-results":
            continue
        seen += 1
        if seen > MOST_FIELDS:
            break
        statement = auth_results.parse(value)
        if statement is None or ascii_lower(statement.authserv_id) not in ids:
            continue
        if hops <= own_hops:
            ours.append(statement)
        else:
            foreign += 1
    return ours, foreign


def _judge(message: ParsedMessage, ours: Sequence[Statement], author: str, sealers: Collection[str]) -> Authentication:
    results = [result for statement in ours for result in statement.results]
    # nothing that is broken may hide a failure
    if "authentication-results-cut" in message.defects or not all(statement.is_whole for statement in ours):
        return _none("a result cannot be read to its end")
    if results and not all(statement.results for statement in ours):
        return _none("one field says what was verified, another that nothing was")
    if any(not result.is_clear for result in results if result.method in {"", "dmarc", "dkim", "spf", "arc"}):
        return _none("a result can be read in more than one way")
    dmarc = _of(results, "dmarc")
    read_other = [_from_of(result) for result in dmarc if _from_of(result) and not is_same(_from_of(result), author)]
    if read_other:
        return _none(f"the result is for the author {read_other[0][:100]}, not for {author}")
    found = _by_dmarc(message, results, author) if dmarc else None
    if found is None or (found.verdict is Verdict.NONE and not _has(dmarc, "pass")):
        found = _by_parts(message, results, author) or found or _none("no result speaks for the author")
    if found.verdict is not Verdict.PASS and (sealer := _sealer(message, results, author, sealers)):
        return Authentication(Verdict.PASS, "arc", why=f"arc=pass; {sealer} sealed that {author} had passed")
    return found


def _by_dmarc(message: ParsedMessage, results: Sequence[Result], author: str) -> Authentication:
    dmarc = _of(results, "dmarc")
    if _has(dmarc, "fail"):
        return Authentication(Verdict.FAIL, "dmarc", why=f"dmarc=fail for {author}")
    if not all(result.verdict == "pass" for result in dmarc):
        return _none(f"dmarc={next(result.verdict for result in dmarc if result.verdict != 'pass')[:40]}", "dmarc")
    if not all(_from_of(result) for result in dmarc):
        return _none("dmarc=pass without saying for which author", "dmarc")
    if _is_open_ended(message) and not _spf_passed(results, author):
        return _none("dmarc=pass, but a signature leaves the end of the body open (l=)", "dmarc")
    return Authentication(Verdict.PASS, "dmarc", why=f"dmarc=pass for {author}")


def _by_parts(message: ParsedMessage, results: Sequence[Result], author: str) -> Authentication | None:
    """What DKIM and SPF say where DMARC decides nothing; None for nothing."""
    dkim, spf = _of(results, "dkim"), _of(results, "spf")
    both_failed = bool(dkim) and bool(spf) and all(result.verdict == "fail" for result in (*dkim, *spf))
    if both_failed and _has(_of(results, "dmarc"), "permerror"):
        return Authentication(Verdict.FAIL, "dkim", why=f"dmarc=permerror, spf=fail and dkim=fail for {author}")
    ours = [result for result in dkim if speaks_for(_signer_of(result), author)]
    if not ours or not all(result.verdict == "pass" for result in ours) or _has(dkim, "none"):
        return None
    signers = {ascii_name(signer) for signer in _signers(message)}
    if not all(ascii_name(_signer_of(result)) in signers for result in ours):
        return _none("dkim=pass for a signature that the mail does not carry", "dkim")
    if _is_open_ended(message):
        return _none("dkim=pass, but a signature leaves the end of the body open (l=)", "dkim")
    return Authentication(Verdict.PASS, "dkim", why=f"dkim=pass of {_signer_of(ours[0])} for {author}")


def _sealer(message: ParsedMessage, results: Sequence[Result], author: str, sealers: Collection[str]) -> str | None:
    arc = _of(results, "arc")
    if not sealers or not arc or not all(result.verdict == "pass" for result in arc):
        return None
    if any(defect.startswith("arc-") for defect in message.defects):
        return None
    return auth_arc.voucher(auth_arc.read(message.headers), author=author, sealers=sealers)


def _none(why: str, method: str = "") -> Authentication:
    return Authentication(Verdict.NONE, method, why=why)


def _of(results: Sequence[Result], method: str) -> list[Result]:
    return [result for result in results if result.method == method]


def _has(results: Sequence[Result], verdict: str) -> bool:
    return any(result.verdict == verdict for result in results)


def _from_of(result: Result) -> str:
    return of_address(result.value("header.from"))


def _signer_of(result: Result) -> str:
    """The domain that signed; the identity's where only that is named (RFC 8601, 2.7.1)."""
    return result.value("header.d") or of_address(result.value("header.i"))


def _spf_passed(results: Sequence[Result], author: str) -> bool:
    spf = _of(results, "spf")
    return bool(spf) and all(
        result.verdict == "pass" and is_related(of_address(result.value("smtp.mailfrom")), author) for result in spf
    )


def _signatures(message: ParsedMessage) -> list[str]:
    return [value for name, value in message.headers if name == "dkim-signature"]


def _is_open_ended(message: ParsedMessage) -> bool:
    """Whether a signature does, or may, cover only the beginning of the body."""
    read = [auth_tags.read(value) for value in _signatures(message)]
    return "dkim-signature-cut" in message.defects or any(tags is None or "l" in tags for tags in read)


def _signers(message: ParsedMessage) -> set[str]:
    return {(auth_tags.read(value) or {}).get("d", "") for value in _signatures(message)}
