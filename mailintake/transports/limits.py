"""How much of everything a stranger may have."""

import ipaddress
from collections import Counter
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, times in seconds; the defaults of SECURITY 5.5.

    `connections` and `connections_per_peer` count over all listeners of a server; a peer is an IPv4 address or an IPv6
    /64. A client has `command_seconds` for each command, and must send `data_rate` bytes a second in every window of
    that length during DATA. `idle_commands` is how many a client may say, besides naming recipients, before a mail
    follows. `commit_seconds` is how long a client waits for the answer to its mail before it hears "later"; the commit
    may still come about, and the same mail again then has the same id. `memory` is what all mails on their way in may
    hold before they go to files.
    """

    message: int = 25_000_000
    recipients: int = 100
    hops: int = 50
    connections: int = 200
    connections_per_peer: int = 20
    command: int = 2048
    command_seconds: float = 60.0
    data_rate: int = 500
    commit_seconds: float = 25.0
    errors: int = 20
    idle_commands: int = 100
    memory: int = 64_000_000


class Crowd:
    """The connections open now, in total and by peer."""

    def __init__(self) -> None:
        self.total = 0
        self._by_peer: Counter[str] = Counter()

    def of(self, peer: str) -> int:
        """How many connections this peer has."""
        return self._by_peer[peer]

    def enter(self, peer: str) -> None:
        """One more."""
        self.total += 1
        self._by_peer[peer] += 1

    def leave(self, peer: str) -> None:
        """One less."""
        self.total -= 1
        self._by_peer[peer] -= 1
        if not self._by_peer[peer]:
            del self._by_peer[peer]


def household(address: str) -> str:
    """Who is counted together: an IPv4 address by itself, IPv6 by its /64, of which one customer has all."""
    if ":" not in address:
        return address
    ip = ipaddress.IPv6Address(address.partition("%")[0])
    return str(ip.ipv4_mapped or ipaddress.IPv6Address(int(ip) >> 64 << 64))
