"""Whether a host may send for a domain (RFC 7208); the only module that knows pyspf."""

import ipaddress
from typing import Any

import spf

from mailintake.screening.auth_domains import ascii_name
from mailintake.transports.dns import AskedTooMuch, DnsDown, Lookups

MOST_VOID = spf.MAX_VOID_LOOKUPS
# 10 mechanisms of which each may need 10 more for the addresses of mail exchangers would be 110; nobody needs so many.
MOST_QUESTIONS = 40
_INSIDE = tuple(
    ipaddress.ip_network(network)
    for network in (
        *("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"),
        *("::1/128", "fc00::/7", "fe80::/10"),
    )
)


class _Query(spf.query):  # type: ignore[misc]  # pyspf has no types
    """A check that asks our way: pyspf's own lookups know neither a common deadline nor names that cannot exist."""

    def __init__(self, lookups: Lookups, **said: Any) -> None:
        super().__init__(**said)
        self._lookups = lookups
        self._asked = 0

    def dns(self, name: str, qtype: str, cnames: object = None, ignore_void: bool = False) -> list[Any]:
        del cnames  # chains were followed already
        self._asked += 1
        if self._asked > MOST_QUESTIONS:
            raise spf.PermError("too many DNS questions")
        try:
            found = self._records(str(name), qtype)
        except AskedTooMuch as error:
            raise spf.PermError(str(error)) from error
        except DnsDown as error:
            raise spf.TempError(str(error)) from error
        if not found and not ignore_void:
            self.void_lookups += 1
            if self.void_lookups > MOST_VOID:
                raise spf.PermError(f"more than {MOST_VOID} names without records")
        return found

    def dns_ptr(self, _labels: str) -> list[str]:
        try:
            return list(self._lookups.names(str(self.ipaddr)))
        except DnsDown:
            return []  # RFC 7208, 5.5: the mechanism does not match

    def _records(self, name: str, qtype: str) -> list[Any]:
        if qtype == "TXT":
            return [(text,) for text in self._lookups.texts(name)]
        if qtype == "MX":
            return list(self._lookups.exchanges(name))
        return list(self._lookups.addresses(name, version=6 if qtype == "AAAA" else 4))


def outside_address(peer: str) -> str | None:
    """The IP address that handed over the mail; None for a host of our own side, of which no domain says anything."""
    try:
        ip = ipaddress.ip_address(peer.removeprefix("[").partition("]")[0].partition("%")[0])
    except ValueError:
        return None
    if ip.version == 6 and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return None if any(ip.version == network.version and ip in network for network in _INSIDE) else str(ip)


def check(lookups: Lookups, *, address: str, helo: str, return_path: str) -> tuple[str, str]:
    """The result (`pass`, `fail`, `softfail`, `neutral`, `none`, `temperror`, `permerror`) and the domain it is about.

    `address` is the IP address that connected. The domain is that of the return path, of `helo` where the path is
    null; "" where neither has one: then the result is `none`. Never raises.
    """
    local, _, domain = return_path.strip("<> ").rpartition("@")
    domain = ascii_name(domain if local or domain else helo)
    if "." not in domain:
        return "none", domain
    try:
        query = _Query(
            lookups, i=address, s=f"{local or 'postmaster'}@{domain}", h=ascii_name(helo) or "unknown", querytime=0
        )
        return str(query.check()[0]), domain
    except Exception:  # noqa: BLE001  a record that pyspf does not survive is a broken record
        return "permerror", domain
