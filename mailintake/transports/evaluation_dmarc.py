"""Which domains belong together (RFC 9989): policies found by walking up the names, without a public suffix list."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from mailintake.screening.auth_domains import is_below

Texts = Callable[[str], tuple[bytes, ...]]
"""TXT records of a name, each in one piece."""

_LABELS = 8
_RECORD = re.compile(r"[vV][ \t]*=[ \t]*DMARC1[ \t]*(?:;|\Z)")


@dataclass(frozen=True, slots=True)
class Record:
    """A policy record at a domain: how its identifiers align, and whether it is a public suffix."""

    domain: str
    dkim: Literal["relaxed", "strict"] = "relaxed"
    spf: Literal["relaxed", "strict"] = "relaxed"
    psd: Literal["y", "n", "u"] = "u"


@dataclass(frozen=True, slots=True)
class Policy:
    """What applies to an author's domain; `record` is None where nobody published anything."""

    author: str
    organisation: str
    record: Record | None


def read(domain: str, texts: tuple[bytes, ...]) -> Record | None:
    """The one policy among TXT records; None for none, or for several (RFC 9989, 4.10)."""
    found = [text.decode("latin-1") for text in texts if _RECORD.match(text[:100].decode("latin-1"))]
    if len(found) != 1:
        return None
    tags: dict[str, str] = {}
    for piece in found[0].split(";"):
        name, _, value = piece.partition("=")
        tags.setdefault(name.strip().lower(), value.strip().lower())
    psd = tags.get("psd", "u")
    return Record(
        domain,
        dkim="strict" if tags.get("adkim") == "s" else "relaxed",
        spf="strict" if tags.get("aspf") == "s" else "relaxed",
        psd=psd if psd in {"y", "n"} else "u",  # type: ignore[arg-type]  # one of the three
    )


def walked_names(domain: str) -> list[str]:
    """The domains asked about, longest first: the name itself, then from seven labels down to one; at most eight."""
    labels = domain.split(".")
    first = 1 if len(labels) < _LABELS else len(labels) - _LABELS + 1
    return [domain, *(".".join(labels[start:]) for start in range(first, len(labels)))]


def walk(domain: str, texts: Texts) -> list[Record]:
    """The records on the way up from `domain`, longest first. Raises what `texts` raises."""
    found: list[Record] = []
    for name in walked_names(domain):
        record = read(name, texts(f"_dmarc.{name}"))
        if record is not None:
            found.append(record)
            if record.psd != "u":
                break
    return found


def organisation(domain: str, records: list[Record]) -> str:
    """The organisational domain of `domain`, by the records of its walk (RFC 9989, 4.10.2)."""
    for record in records:
        if record.psd == "n":
            return record.domain
        if record.psd == "y" and record.domain != domain:
            labels = domain.removesuffix(f".{record.domain}").split(".")
            return f"{labels[-1]}.{record.domain}"
    return records[-1].domain if records else domain


def policy(author: str, texts: Texts) -> Policy:
    """What applies to the author's domain: its own record, else its organisation's, else the public suffix's."""
    records = walk(author, texts)
    home = organisation(author, records)
    by_domain = {record.domain: record for record in records}
    shortest = records[-1] if records else None
    return Policy(author, home, by_domain.get(author) or by_domain.get(home) or shortest)


def is_aligned(domain: str, found: Policy, *, mode: str, texts: Texts) -> bool:
    """Whether an authenticated domain is the author's own (RFC 9989, 4.4). Raises what `texts` raises."""
    if domain == found.author:
        return True
    if mode == "strict" or not (domain == found.organisation or is_below(domain, found.organisation)):
        return False
    return domain == found.organisation or organisation(domain, walk(domain, texts)) == found.organisation
