"""Which domain may speak for which: names compared as DNS compares them, without guessing public suffixes."""

import re

from mailintake.screening.incoming import ascii_lower

_NAME = re.compile(
    r"(?=.{1,253}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*"
)


def ascii_name(domain: str) -> str:
    """The domain as DNS knows it: lower case, labels beyond ASCII as A-labels (RFC 5890); "" for what is no name.

    Nothing is mapped: a label in capitals beyond ASCII, or one that looks like another, does not become that other.
    """
    labels = []
    for label in ascii_lower(domain).removesuffix(".").split("."):
        if label.isascii():
            labels.append(label)
        elif label == label.lower():
            labels.append("xn--" + label.encode("punycode", "replace").decode("ascii"))
        else:
            return ""
    name = ".".join(labels)
    return name if _NAME.fullmatch(name) else ""


def is_same(one: str, other: str) -> bool:
    """Whether both are the same domain; what is no domain is the same as nothing."""
    name = ascii_name(one)
    return bool(name) and name == ascii_name(other)


def is_below(name: str, parent: str) -> bool:
    """Whether `name` is a subdomain of `parent`, both as `ascii_name` gives them; nothing is below a top level."""
    return "." in parent and name.endswith(f".{parent}")


def speaks_for(signer: str, author: str) -> bool:
    """Whether a signature of `signer` vouches for `author` where no DMARC record says more.

    The same domain, or one above it: who holds example.com also decides about mail.example.com, while a subdomain may
    be in other hands. A registry that signed for all its customers would pass; it would have to publish a key at its
    own name, which no customer can.
    """
    one, other = ascii_name(signer), ascii_name(author)
    return bool(one) and bool(other) and (one == other or is_below(other, one))


def is_related(one: str, other: str) -> bool:
    """Whether one is the other or a subdomain of it, in either direction."""
    return speaks_for(one, other) or speaks_for(other, one)


def of_address(address: str) -> str:
    """What stands behind the last @ of an address; a bare domain is itself."""
    return address.rpartition("@")[2].rstrip(">")
