"""Whose word counts on who wrote a mail, and whether we look for ourselves."""

import ipaddress
import re
from dataclasses import dataclass

from mailintake.config.listeners import parse_hostname
from mailintake.config.shapes import ListOf, Parsed, Record, Whole, yes_or_no

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,252}")
_NAMESERVER = re.compile(
    r"\[(?P<six>[0-9A-Fa-f:.]+)\](?::(?P<six_port>\d{1,5}))?|(?P<four>[\d.]+)(?::(?P<port>\d{1,5}))?"
)


@dataclass(frozen=True, slots=True)
class SenderAuthentication:
    """How senders are authenticated (`screening.authentication`, `transports.evaluation`).

    `results_from` are the authserv-ids of our own mail servers; their Authentication-Results count above the Received
    field after the first `own_hops`. `evaluate` asks DNS ourselves for mail from untrusted transports, `nameservers`
    (the machine's own if empty) and no longer than `timeout_seconds` for a mail. `sealers` are the domains of
    forwarders whose ARC seals count.
    """

    results_from: tuple[str, ...] = ()
    own_hops: int = 1
    evaluate: bool = False
    sealers: tuple[str, ...] = ()
    nameservers: tuple[tuple[str, int], ...] = ()
    timeout_seconds: int = 20


def parse_authserv_id(text: str) -> str:
    """The name a mail server gives itself in Authentication-Results, in lower case. Raises ValueError."""
    if not _ID.fullmatch(text):
        raise ValueError(f"`{text}` is no authserv-id: write the first word of its Authentication-Results fields")
    return text.lower()


def parse_nameserver(text: str) -> tuple[str, int]:
    """IP address and port: `192.0.2.53`, `192.0.2.53:5353`, `[2001:db8::53]:53`. Raises ValueError."""
    found = _NAMESERVER.fullmatch(text)
    port = int((found["six_port"] or found["port"] or 53) if found else 53)
    try:
        ip = str(ipaddress.ip_address((found["six"] or found["four"]) if found else text))
    except ValueError:
        ip = ""
    if not ip or not 1 <= port <= 65_535:
        raise ValueError(f"`{text}` is no name server: write its IP address, such as 127.0.0.1 or 127.0.0.1:5353")
    return ip, port


def parse_sealer(text: str) -> str:
    """A domain that seals mails, in lower case. Raises ValueError."""
    if "." not in text:
        raise ValueError(f"`{text}` is no domain such as lists.example.org")
    return parse_hostname(text).lower()


def _checked(**said: object) -> SenderAuthentication:
    found = SenderAuthentication(**said)  # type: ignore[arg-type]  # each was read as its field's type
    if "own_hops" in said and not found.results_from:
        raise ValueError("`own_hops` says where the fields of `results_from` stand: name a server there, or remove it")
    if not found.evaluate and {"nameservers", "timeout_seconds"} & set(said):
        raise ValueError("`nameservers` and `timeout_seconds` are for `evaluate: yes`")
    if found.sealers and not (found.evaluate or found.results_from):
        raise ValueError("`sealers` count only with `evaluate: yes`, or for a server in `results_from` that checks ARC")
    return found


AUTHENTICATION = Record(
    _checked,
    {
        "results_from": ListOf(
            Parsed(parse_authserv_id, "an authserv-id such as mx.desk.example"),
            "a list of authserv-ids",
            least=1,
            or_one=True,
        ),
        "own_hops": Whole(0, 10),
        "evaluate": yes_or_no,
        "sealers": ListOf(Parsed(parse_sealer, "a domain"), "a list of domains", least=1, or_one=True),
        "nameservers": ListOf(
            Parsed(parse_nameserver, "an IP address"), "a list of IP addresses", least=1, or_one=True
        ),
        "timeout_seconds": Whole(1, 120),
    },
)
