"""What forwarders sealed into a mail about its author (RFC 8617); the seals themselves are verified elsewhere."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from mailintake.screening import auth_results, auth_tags
from mailintake.screening.auth_domains import ascii_name, is_same, of_address

MOST_SETS = 50
_FIELDS = ("arc-authentication-results", "arc-message-signature", "arc-seal")


@dataclass(frozen=True, slots=True)
class ArcSet:
    """The three fields of one forwarder; `sealer` is the domain of its seal, "" where signature and seal differ.

    `is_covering` says that its signature covers the whole body and the From field.
    """

    sealer: str
    said: auth_results.Statement | None
    is_covering: bool


def read(headers: Iterable[tuple[str, str]]) -> tuple[ArcSet, ...]:
    """The sets in order, the first forwarder first; empty unless each of 1, 2, … n is there exactly once and complete.

    `headers` are names in lower case with their values.
    """
    found: dict[tuple[int, str], str] = {}
    for name, value in headers:
        if name not in _FIELDS:
            continue
        number = _instance(name, value)
        if number is None or (number, name) in found:
            return ()
        found[number, name] = value
    count = len(found) // len(_FIELDS)
    if set(found) != {(number, name) for number in range(1, count + 1) for name in _FIELDS}:
        return ()
    return tuple(_set(*(found[number, name] for name in _FIELDS)) for number in range(1, count + 1))


def voucher(sets: tuple[ArcSet, ...], *, author: str, sealers: Collection[str]) -> str | None:
    """The sealer on whose word the author's domain is known, or None.

    Only configured forwarders count, and only those behind whom no other handled the mail: whoever comes last can
    change everything and seal it again.
    """
    trusted = {ascii_name(sealer) for sealer in sealers} - {""}
    for arc_set in reversed(sets):
        if arc_set.sealer not in trusted or not arc_set.is_covering:
            return None
        if arc_set.said and arc_set.said.is_whole and _says_pass(arc_set.said, author):
            return arc_set.sealer
    return None


def _says_pass(said: auth_results.Statement, author: str) -> bool:
    results = [result for result in said.results if result.method in {"dmarc", ""}]
    return bool(results) and all(
        result.is_clear and result.verdict == "pass" and is_same(of_address(result.value("header.from")), author)
        for result in results
    )


def _instance(name: str, value: str) -> int | None:
    if name == _FIELDS[0]:
        tag, _, number = value.partition(";")[0].partition("=")
        number = number.strip() if tag.strip() == "i" else ""
    else:
        number = (auth_tags.read(value) or {}).get("i", "")
    is_number = number.isascii() and number.isdigit() and len(number) <= 2 and not number.startswith("0")
    return int(number) if is_number and int(number) <= MOST_SETS else None


def _set(results: str, signature: str, seal: str) -> ArcSet:
    signed, sealed = auth_tags.read(signature) or {}, auth_tags.read(seal) or {}
    sealer = ascii_name(sealed.get("d", ""))
    return ArcSet(
        sealer=sealer if is_same(sealer, signed.get("d", "")) else "",
        said=auth_results.parse(results.partition(";")[2]),
        is_covering="l" not in signed and "from" in signed.get("h", "").lower().split(":"),
    )
