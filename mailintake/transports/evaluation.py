"""Who wrote a mail that came to us directly: DKIM, SPF and DMARC by our own evaluation, and the seals of forwarders."""

import asyncio
import logging
import time
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from mailintake.domain.trust import Authentication, Verdict
from mailintake.parsing.header_block import HeaderBlock, read_block
from mailintake.parsing.words import one_line
from mailintake.screening import auth_arc
from mailintake.screening.auth_domains import ascii_name, speaks_for
from mailintake.screening.authentication import tampering
from mailintake.transports import evaluation_dmarc as dmarc
from mailintake.transports import evaluation_spf as spf
from mailintake.transports.dns import AskedTooMuch, DnsDown, Lookups, Resolver
from mailintake.transports.evaluation_dkim import Signed

SOURCE = "own evaluation"
MOST_LOOKUPS = 100
MOST_HEADER_LINES = 5000
_LONGEST_WHY = 500
_GRACE = 5.0  # seconds beyond the deadline for what is no waiting

log = logging.getLogger(__name__)


@dataclass
class _Mail:
    """One mail under evaluation, and what was found on the way."""

    content: bytes
    author: str
    block: HeaderBlock
    lookups: Lookups
    signed: Signed
    unknown: str = ""
    signatures: list[str] = field(default_factory=list)

    def is_aligned(self, domain: str, policy: dmarc.Policy, mode: str) -> bool:
        """Whether an authenticated domain is the author's; what DNS does not say is not."""
        try:
            return dmarc.is_aligned(domain, policy, mode=mode, texts=self.lookups.texts)
        except AskedTooMuch:
            return False  # or a forger could turn a failure into "nobody knows"
        except DnsDown as error:
            self.unknown = str(error)
            return False


class Evaluator:
    """Evaluates mails in threads of its own: waiting for DNS holds up nobody else.

    One mail takes `seconds` at most, waiting for a thread included. `sealers` are the domains of forwarders whose word
    counts. `wall` gives the time of day in seconds (UTC), for signatures that expire.
    """

    def __init__(
        self,
        resolver: Resolver,
        *,
        sealers: Collection[str] = (),
        seconds: float = 20.0,
        threads: int = 32,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._resolver = resolver
        self._sealers = frozenset(sealers)
        self._seconds = seconds
        self._wall = wall
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="authentication")

    async def evaluate(
        self, content: bytes, *, peer: str, helo: str, return_path: str, author_domain: str
    ) -> Authentication:
        """The verdict on the author's domain; never raises for what is in the mail or in DNS.

        `peer` is the IP address that connected, or anything else where it is not known: then SPF is not asked, and
        nothing is FAIL. PASS is a valid signature or SPF pass that is aligned by the author's DMARC record (RFC 9989);
        without a record, a signature of a domain that `speaks_for` the author's, and never SPF alone (RFC 7208, 11.5);
        or the word of a sealer. FAIL is a record with which nothing is aligned, whatever policy it asks for.
        Everything else is NONE, time-outs too.
        """
        due = time.monotonic() + self._seconds
        work = partial(self._evaluate, content, peer, helo, return_path, author_domain, due)
        try:
            async with asyncio.timeout(self._seconds + _GRACE):
                return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        except TimeoutError:
            return _none("the evaluation took too long")
        except Exception:
            log.exception("the author %s could not be evaluated", author_domain[:255])
            return _none("the evaluation failed")

    def close(self) -> None:
        """Lets running evaluations end by themselves and takes no more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _evaluate(
        self, content: bytes, peer: str, helo: str, return_path: str, author_domain: str, due: float
    ) -> Authentication:
        author = ascii_name(author_domain)
        block = read_block(content, 0, len(content), top=True)
        why = tampering(block.defects)
        if why is None and len(block.all("from")) != 1:
            why = "the mail has not exactly one From field"
        if why is None and content.count(b"\n", 0, block.body) > MOST_HEADER_LINES:
            why = "the header has too many lines"
        if why is not None or "." not in author:
            return _none(why or f"{author_domain[:255]} is no domain that could vouch for anybody")
        lookups = self._resolver.lookups(most=MOST_LOOKUPS, due=due)
        signed = Signed(content, block.body, lookups=lookups, now=self._wall())
        mail = _Mail(content, author, block, lookups, signed)
        found = _by_domain(mail, address=spf.outside_address(peer), helo=helo, return_path=return_path)
        if found.verdict is Verdict.PASS:
            return found
        return self._by_seal(mail) or found

    def _by_seal(self, mail: _Mail) -> Authentication | None:
        if not self._sealers or any(name.startswith("arc-") for name in mail.block.cut):
            return None
        sealer = auth_arc.voucher(auth_arc.read(mail.block.texts()), author=mail.author, sealers=self._sealers)
        try:
            if sealer is None or mail.signed.chain():
                return None
        except DnsDown:
            return _none("DNS did not give the key of a seal", "arc")
        return _pass("arc", f"{sealer} sealed that {mail.author} had passed")


def _by_domain(mail: _Mail, *, address: str | None, helo: str, return_path: str) -> Authentication:
    """What the author's domain itself says, by DMARC, or by a signature alone."""
    author = mail.author
    policy = _policy(mail)
    record = policy.record
    signer = _signer(mail, policy)
    if signer:
        method = "dmarc" if record else "dkim"
        return _pass(method, f"a signature of {signer} holds and is aligned with {author}")
    result, domain = "not asked", ""
    if record is not None and address is not None:
        result, domain = spf.check(mail.lookups, address=address, helo=helo, return_path=return_path)
        if result in {"pass", "temperror"} and mail.is_aligned(domain, policy, record.spf):
            if result == "pass":
                return _pass("dmarc", f"SPF passed for {domain}, which is aligned with {author}")
            mail.unknown = f"SPF of {domain} got no answer"
    signatures = "; ".join(mail.signatures[:3]) or "there is none of its domain"
    if mail.unknown:
        return _none(f"DNS did not answer: {mail.unknown}", "dmarc")
    if record is None:
        return _none(f"{author} publishes no DMARC record, and no signature vouches for it: {signatures}", "dmarc")
    if address is None:
        return _none(f"no signature vouches for {author}: {signatures}; where the mail came from is not known", "dmarc")
    why = f"nothing is aligned with {author}: signatures: {signatures}; SPF: {result} for {domain or 'no domain'}"
    return _said(Verdict.FAIL, "dmarc", why)


def _policy(mail: _Mail) -> dmarc.Policy:
    try:
        return dmarc.policy(mail.author, mail.lookups.texts)
    except DnsDown as error:
        mail.unknown = str(error)
        return dmarc.Policy(mail.author, mail.author, None)


def _signer(mail: _Mail, policy: dmarc.Policy) -> str:
    """The first domain that is the author's and whose signature holds, or ""."""

    def wanted(domain: str) -> bool:
        if policy.record is None:
            return speaks_for(domain, mail.author)
        return mail.is_aligned(domain, policy, policy.record.dkim)

    for checked in mail.signed.signatures(wanted):
        if not checked.trouble:
            return checked.domain
        if checked.is_unknown:
            mail.unknown = checked.trouble
        mail.signatures.append(f"{checked.domain}: {checked.trouble}")
    return ""


def _pass(method: str, why: str) -> Authentication:
    return _said(Verdict.PASS, method, why)


def _none(why: str, method: str = "") -> Authentication:
    return _said(Verdict.NONE, method, why)


def _said(verdict: Verdict, method: str, why: str) -> Authentication:
    return Authentication(verdict, method, SOURCE, one_line(why)[:_LONGEST_WHY])
