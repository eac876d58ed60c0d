"""Questions to DNS for one mail: few, short, and over in time."""

import ipaddress
import re
import time
from collections.abc import Callable, Sequence
from typing import Any

import dns.exception
import dns.nameserver
import dns.resolver

from mailintake.errors import TemporaryError

MOST_RECORDS = 50
LONGEST_TEXT = 4096
# A name in which every label is what a host, a key or a policy is called; anything else is no question for DNS.
_NAME = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*")


class DnsDown(TemporaryError):
    """DNS did not answer in time, or not with an answer."""


class AskedTooMuch(DnsDown):
    """The mail asks for more than anybody looks up; the fault is the mail's, not that of DNS."""


class Resolver:
    """Who is asked, and how long one answer may take.

    `nameservers` are IP addresses with ports; none means those of the machine. Threads may share it.
    """

    def __init__(self, nameservers: Sequence[tuple[str, int]] = (), *, answer_seconds: float = 5.0) -> None:
        self._nameservers = tuple(nameservers)
        self._answer_seconds = answer_seconds
        self._resolver: dns.resolver.Resolver | None = None

    def lookups(self, *, most: int, due: float, monotonic: Callable[[], float] = time.monotonic) -> "Lookups":
        """The questions of one mail: at most `most`, none after `due` (seconds of `monotonic`)."""
        return Lookups(self._ask, most=most, due=due, monotonic=monotonic)

    def _ask(self, name: str, kind: str, seconds: float) -> list[Any]:
        """The records, none where the name or the type does not exist. Raises DnsDown."""
        try:
            answer = self._configured().resolve(
                f"{name}.",
                kind,
                search=False,
                raise_on_no_answer=False,
                lifetime=min(seconds, self._answer_seconds),
            )
            return list(answer.rrset or ())[:MOST_RECORDS]
        except dns.resolver.NXDOMAIN:
            return []
        except (dns.exception.DNSException, OSError, ValueError) as error:
            raise DnsDown(f"DNS did not answer {kind} {name}: {type(error).__name__}") from error

    def _configured(self) -> dns.resolver.Resolver:
        if self._resolver is None:
            resolver = dns.resolver.Resolver(configure=not self._nameservers)
            if self._nameservers:
                resolver.nameservers = [dns.nameserver.Do53Nameserver(ip, port) for ip, port in self._nameservers]
            resolver.use_edns(0, 0, 1232)
            self._resolver = resolver
        return self._resolver


class Lookups:
    """Answers for one mail, each question asked once.

    Every method takes a name without its final dot and raises DnsDown; a name that cannot exist has no records.
    """

    def __init__(
        self,
        ask: Callable[[str, str, float], list[Any]],
        *,
        most: int,
        due: float,
        monotonic: Callable[[], float],
    ) -> None:
        self._ask = ask
        self._left = most
        self._due = due
        self._monotonic = monotonic
        self._known: dict[tuple[str, str], list[Any] | DnsDown] = {}

    def texts(self, name: str) -> tuple[bytes, ...]:
        """TXT records, the strings of each put together; those longer than LONGEST_TEXT bytes are left out."""
        found = (b"".join(record.strings) for record in self._records(name, "TXT"))
        return tuple(text for text in found if len(text) <= LONGEST_TEXT)

    def addresses(self, name: str, *, version: int) -> tuple[str, ...]:
        """IP addresses of a host, of version 4 or 6."""
        return tuple(record.address for record in self._records(name, "AAAA" if version == 6 else "A"))

    def exchanges(self, name: str) -> tuple[tuple[int, str], ...]:
        """Preference and host of every MX record."""
        return tuple(
            (record.preference, record.exchange.to_text(omit_final_dot=True)) for record in self._records(name, "MX")
        )

    def names(self, ip: str) -> tuple[str, ...]:
        """Host names of an IP address (PTR), unverified."""
        name = ipaddress.ip_address(ip).reverse_pointer
        return tuple(record.target.to_text(omit_final_dot=True) for record in self._records(name, "PTR"))

    @property
    def is_over(self) -> bool:
        """Whether no time is left to ask."""
        return self._monotonic() >= self._due

    def _records(self, name: str, kind: str) -> list[Any]:
        name = name.removesuffix(".").lower()
        if not _NAME.fullmatch(name):
            return []
        known = self._known.get((name, kind))
        if known is None:
            known = self._known[name, kind] = self._asked(name, kind)
        if isinstance(known, DnsDown):
            raise known
        return known

    def _asked(self, name: str, kind: str) -> list[Any] | DnsDown:
        seconds = self._due - self._monotonic()
        if seconds <= 0:
            return DnsDown("no time is left to ask DNS")
        if self._left <= 0:
            return AskedTooMuch("the mail asks for too many DNS records")
        self._left -= 1
        try:
            return self._ask(name, kind, seconds)
        except DnsDown as error:
            return error
