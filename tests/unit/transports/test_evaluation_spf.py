"""Which host may send for a domain: the examples of RFC 7208, appendix A, and records made to hurt."""

import dns.rdata
import pytest

from mailintake.transports.dns import DnsDown, Lookups
from mailintake.transports.evaluation_spf import check, outside_address

ZONE: dict[tuple[str, str], list[str]] = {
    ("example.com", "MX"): ["10 mail-a.example.com.", "20 mail-b.example.com."],
    ("example.com", "A"): ["192.0.2.10", "192.0.2.11"],
    ("amy.example.com", "A"): ["192.0.2.65"],
    ("bob.example.com", "A"): ["192.0.2.66"],
    ("mail-a.example.com", "A"): ["192.0.2.129"],
    ("mail-b.example.com", "A"): ["192.0.2.130"],
    ("example.org", "MX"): ["10 mail-c.example.org."],
    ("mail-c.example.org", "A"): ["192.0.2.140"],
    ("10.2.0.192.in-addr.arpa", "PTR"): ["example.com."],
    ("65.2.0.192.in-addr.arpa", "PTR"): ["amy.example.com."],
    ("66.2.0.192.in-addr.arpa", "PTR"): ["bob.example.com."],
    ("140.2.0.192.in-addr.arpa", "PTR"): ["mail-c.example.org."],
    ("4.0.0.10.in-addr.arpa", "PTR"): ["bob.example.com."],
    ("mary.mobile-users._spf.example.com", "A"): ["127.0.0.2"],
    ("15.15.168.192.joel.remote-users._spf.example.com", "A"): ["127.0.0.2"],
    ("mobile-users._spf.example.com", "TXT"): ['"v=spf1 exists:%{l1r+}.%{d}"'],
    ("remote-users._spf.example.com", "TXT"): ['"v=spf1 exists:%{ir}.%{l1r+}.%{d}"'],
    ("ip4._spf.example.com", "TXT"): ['"v=spf1 -ip4:192.0.2.0/24 +all"'],
    ("ptr._spf.example.com", "TXT"): ['"v=spf1 -ptr:example.com +all"'],
    ("example.net", "TXT"): ['"v=spf1 ip4:198.51.100.7 -all"'],
}


class Zone:
    """Answers from a table; names in `silent` do not answer."""

    def __init__(self, zone: dict[tuple[str, str], list[str]], silent: frozenset[str] = frozenset()) -> None:
        self.zone = zone
        self.silent = silent
        self.questions = 0

    def __call__(self, name: str, kind: str, _seconds: float) -> list[dns.rdata.Rdata]:
        self.questions += 1
        if name in self.silent:
            raise DnsDown(name)
        return [dns.rdata.from_text("IN", kind, record) for record in self.zone.get((name, kind), [])]


def quoted(record: str) -> str:
    return " ".join('"' + record[start : start + 250] + '"' for start in range(0, len(record), 250))


def result(record: str, address: str, *, sender: str = "strong-bad@example.com", helo: str = "mx.example.org",
           silent: str = "", more: dict[tuple[str, str], list[str]] | None = None) -> str:  # fmt: skip
    zone = Zone({**ZONE, ("example.com", "TXT"): [quoted(record)], **(more or {})}, frozenset({silent}))
    lookups = Lookups(zone, most=100, due=1.0, monotonic=lambda: 0.0)
    found = check(lookups, address=address, helo=helo, return_path=sender)[0]
    assert zone.questions <= 60
    return found


@pytest.mark.parametrize(
    ("record", "passes", "fails"),
    [
        ("v=spf1 +all", ["192.0.2.1", "2001:db8::1"], []),
        ("v=spf1 a -all", ["192.0.2.10", "192.0.2.11"], ["192.0.2.65"]),
        ("v=spf1 a:example.org -all", [], ["192.0.2.10", "192.0.2.140"]),
        ("v=spf1 mx -all", ["192.0.2.129", "192.0.2.130"], ["192.0.2.10"]),
        ("v=spf1 mx:example.org -all", ["192.0.2.140"], ["192.0.2.129"]),
        ("v=spf1 mx mx:example.org -all", ["192.0.2.129", "192.0.2.130", "192.0.2.140"], ["192.0.2.65"]),
        ("v=spf1 mx/30 mx:example.org/30 -all", ["192.0.2.131", "192.0.2.143"], ["192.0.2.132"]),
        ("v=spf1 ptr -all", ["192.0.2.65", "192.0.2.10"], ["192.0.2.140", "10.0.0.4"]),
        ("v=spf1 ip4:192.0.2.128/28 -all", ["192.0.2.129"], ["192.0.2.65"]),
        ("v=spf1 include:example.net -all", ["198.51.100.7"], ["192.0.2.65"]),
        ("v=spf1 redirect=example.net", ["198.51.100.7"], ["192.0.2.65"]),
        ("v=spf1 -include:ip4._spf.%{d} -include:ptr._spf.%{d} +all", ["192.0.2.65"], ["192.0.2.140", "198.51.100.7"]),
        ("v=spf1 ip6:2001:db8::/32 -all", ["2001:db8::1"], ["2001:db9::1", "192.0.2.1"]),
    ],
)
def test_the_examples_of_the_standard(record: str, passes: list[str], fails: list[str]) -> None:
    assert {address: result(record, address) for address in passes} == dict.fromkeys(passes, "pass")
    assert {address: result(record, address) for address in fails} == dict.fromkeys(fails, "fail")


def test_who_may_send_from_elsewhere() -> None:
    record = "v=spf1 mx include:mobile-users._spf.%{d} include:remote-users._spf.%{d} -all"
    assert result(record, "198.51.100.1", sender="mary@example.com") == "pass"
    assert result(record, "198.51.100.1", sender="fred@example.com") == "fail"
    assert result(record, "192.168.15.15", sender="joel@example.com") == "pass"
    assert result(record, "192.168.15.16", sender="joel@example.com") == "fail"


def test_a_null_return_path_is_about_the_host_s_name() -> None:
    assert result("v=spf1 a -all", "192.0.2.10", sender="", helo="example.com") == "pass"
    assert result("v=spf1 a -all", "192.0.2.10", sender="<>", helo="[192.0.2.10]") == "none"
    assert result("v=spf1 a -all", "192.0.2.10", sender="", helo="localhost") == "none"


def test_more_than_ten_lookups_are_an_error() -> None:
    many = {(f"i{number}.example.com", "TXT"): ['"v=spf1 ?all"'] for number in range(11)}
    ten = "v=spf1 " + " ".join(f"include:i{number}.example.com" for number in range(10)) + " +all"
    eleven = ten.replace("+all", "include:i10.example.com +all")
    assert result(ten, "192.0.2.1", more=many) == "pass"
    assert result(eleven, "192.0.2.1", more=many) == "permerror"


def test_more_than_two_names_without_records_are_an_error() -> None:
    assert result("v=spf1 a:v1.example.com a:v2.example.com +all", "192.0.2.1") == "pass"
    assert result("v=spf1 a:v1.example.com a:v2.example.com a:v3.example.com +all", "192.0.2.1") == "permerror"


def test_a_record_that_includes_itself_ends() -> None:
    more = {
        ("a.example.com", "TXT"): ['"v=spf1 include:b.example.com -all"'],
        ("b.example.com", "TXT"): ['"v=spf1 include:a.example.com -all"'],
        ("r.example.com", "TXT"): ['"v=spf1 redirect=r.example.com"'],
    }
    assert result("v=spf1 include:a.example.com -all", "192.0.2.1", more=more) == "permerror"
    assert result("v=spf1 redirect=r.example.com", "192.0.2.1", more=more) == "permerror"


def test_mail_exchangers_by_the_dozen_are_not_all_looked_up() -> None:
    more = {("many.example.com", "MX"): [f"10 h{number}.example.com." for number in range(30)]}
    assert result("v=spf1 mx:many.example.com -all", "192.0.2.1", more=more) == "permerror"
    wide = {(f"w{each}.example.com", "MX"): [f"10 h{each}{n}.example.com." for n in range(10)] for each in range(9)}
    hosts = {(f"h{each}{n}.example.com", "A"): ["198.51.100.9"] for each in range(9) for n in range(10)}
    record = "v=spf1 " + " ".join(f"mx:w{each}.example.com" for each in range(9)) + " +all"
    assert result(record, "192.0.2.1", more={**wide, **hosts}) == "permerror"


def test_silence_is_a_temporary_error() -> None:
    assert result("v=spf1 a:slow.example.com -all", "192.0.2.1", silent="slow.example.com") == "temperror"
    assert result("v=spf1 -all", "192.0.2.1", silent="example.com") == "temperror"


@pytest.mark.parametrize(
    "record",
    [
        "v=spf1 " + "a:." + "a" * 3900,
        "v=spf1 a:" + "a-" * 1900 + ".!",
        "v=spf1 exists:" + "%{" * 1900,
        "v=spf1 exists:" + "%{s}." * 700,
        "v=spf1 exists:" + "." * 3900,
        "v=spf1 exists:%{d" + "9" * 3900 + "}.example.com",
        "v=spf1 " + "=" * 3900,
        "v=spf1 ip4:" + "1." * 1900,
        "v=spf1 ip6:" + ":" * 3900,
        "v=spf1 " + "a " * 1900,
        "v=spf1 exp=%{x} ip4:192.0.2.300",
        "v=spf1 \u00e9",
    ],
)
def test_a_record_made_to_hurt_does_not(record: str) -> None:
    assert result(record, "192.0.2.1") in {"permerror", "temperror", "neutral"}


@pytest.mark.parametrize(
    ("peer", "address"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("127.0.0.1", None),
        ("::1", None),
        ("10.1.2.3", None),
        ("192.168.0.1", None),
        ("::ffff:172.16.0.1", None),
        ("fe80::1%eth0", None),
        ("fd00::1", None),
        ("local", None),
        ("imap.desk.example", None),
        ("", None),
    ],
)
def test_a_host_of_our_own_network_has_no_address_to_speak_of(peer: str, address: str | None) -> None:
    assert outside_address(peer) == address
