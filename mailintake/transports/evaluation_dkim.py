"""Signatures on a mail (RFC 6376, RFC 8301) and the seals of forwarders (RFC 8617); the only module that knows dkimpy.

dkimpy does the arithmetic on the header. All that a stranger could make slow or wide is looked at here before: it
never sees the body, a long run of white space, a key of an unusual size, or a signature that is not to be used.
"""

import base64
import binascii
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import dkim
from dkim.crypto import UnparsableKeyError, parse_public_key

from mailintake.screening import auth_tags
from mailintake.screening.auth_domains import ascii_name
from mailintake.transports.dns import AskedTooMuch, DnsDown, Lookups
from mailintake.transports.evaluation_body import body_hash

MOST_PRESENT = 20
MOST_TRIED = 10
MOST_SEALED = 10
MOST_SIGNED_FIELDS = 100
_KEY_BITS = range(1024, 4096 + 1)  # RFC 8301, 3.2; a larger one takes seconds
_LARGEST_EXPONENT = 2**32
_CLOCK_SKEW = 300  # seconds
_ARC_FIELDS = (b"arc-message-signature", b"arc-seal", b"arc-authentication-results")
# dkimpy calls every signature that fails an error, and a stranger can write as many as he likes
_SILENCE = logging.getLogger(f"{__name__}.dkimpy")
_SILENCE.disabled = True
_LONG_SPACE = re.compile(rb"[ \t\r\n]{100}")


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of one signature: `trouble` is "" for a good one; `is_unknown` where DNS gave no key in time."""

    domain: str
    trouble: str = ""
    is_unknown: bool = False


class Signed:
    """A mail whose signatures are looked at. `header_end` is the offset of the body; `now` is in seconds, UTC.

    The header must have been read before without any doubt (`screening.authentication.doubt`).
    """

    def __init__(self, content: bytes, header_end: int, *, lookups: Lookups, now: float) -> None:
        self._content = content
        self._header = content[:header_end]
        self._start = header_end
        self._lookups = lookups
        self._now = now
        self._hashes: dict[bool, bytes] = {}

    def signatures(self, wanted: Callable[[str], bool]) -> Iterator[Checked]:
        """The signatures of domains that are `wanted`, from the top, as long as the caller asks for more."""
        mail = _DKIM(self._header, logger=_SILENCE, minkey=_KEY_BITS.start)
        mail.trouble_with = self._trouble_with
        values = [value for name, value in mail.headers if name.lower() == b"dkim-signature"]
        tried = 0
        for index, value in enumerate(values[:MOST_PRESENT]):
            domain = ascii_name((auth_tags.read(value.decode("latin-1")) or {}).get("d", ""))
            if domain and tried < MOST_TRIED and wanted(domain):
                tried += 1
                yield self._verified(domain, partial(mail.verify, idx=index, dnsfunc=self._key), value)

    def chain(self) -> str:
        """What is wrong with the chain of seals or its last signature, or "" if all hold. Raises DnsDown."""
        mail = _ARC(self._header, logger=_SILENCE, minkey=_KEY_BITS.start)
        mail.trouble_with = self._trouble_with
        fields = [(name.lower(), value) for name, value in mail.headers if name.lower() in _ARC_FIELDS]
        if sum(name == b"arc-seal" for name, _ in fields) > MOST_SEALED:
            return "more seals than are looked at"
        if any(_LONG_SPACE.search(value) for _, value in fields):
            return "a seal with too much white space"
        try:
            verdict, _, reason = mail.verify(dnsfunc=self._key)
        except DnsDown:
            raise
        except Exception as error:  # noqa: BLE001  whatever dkimpy does not survive is no chain
            return type(error).__name__
        return "" if verdict == dkim.CV_Pass else str(reason)[:200]

    def _verified(self, domain: str, verify: Callable[[], bool], value: bytes) -> Checked:
        if _LONG_SPACE.search(value):
            return Checked(domain, "too much white space in the signature")
        try:
            return Checked(domain, "" if verify() else "the signature does not match")
        except DnsDown as error:
            return Checked(domain, str(error), is_unknown=not isinstance(error, AskedTooMuch))
        except dkim.DKIMException as error:
            return Checked(domain, str(error)[:200])
        except Exception as error:  # noqa: BLE001  whatever dkimpy does not survive is no signature
            return Checked(domain, type(error).__name__)

    def _trouble_with(self, tags: dict[bytes, bytes], signed: list[bytes], name: bytes) -> str:
        """Why a signature is not to be used, before its key is fetched; "" for nothing."""
        if tags.get(b"a") != b"rsa-sha256":
            return f"the algorithm {tags.get(b'a', b'').decode('latin-1')[:20]} is not accepted"
        signs_mail = name.lower() != b"arc-seal"
        if signs_mail and b"l" in tags:
            return "it leaves the end of the body open (l=)"
        if signs_mail and b"from" not in signed:
            return "it does not cover From"
        if len(set(signed)) > MOST_SIGNED_FIELDS:
            return "it covers too many fields"
        begins, ends = (_seconds(tags.get(tag)) for tag in (b"t", b"x"))
        if begins is not None and begins > self._now + _CLOCK_SKEW:
            return "it was made in the future (t=)"
        if ends is not None and ends < self._now - _CLOCK_SKEW:
            return "it has expired (x=)"
        if signs_mail and not self._has_body(tags):
            return "the body was changed"
        return ""

    def _has_body(self, tags: dict[bytes, bytes]) -> bool:
        # an ARC signature without c= is relaxed for dkimpy, which has filled it in by now
        _, _, body = tags.get(b"c", b"simple/simple").partition(b"/")
        relaxed = body == b"relaxed"
        if relaxed not in self._hashes:
            self._hashes[relaxed] = body_hash(self._content, self._start, relaxed=relaxed)
        return self._hashes[relaxed] == _decoded(tags.get(b"bh", b""))

    def _key(self, name: bytes, timeout: float = 0) -> bytes:
        """The record of a key as dkimpy wants it. Raises DnsDown, and ValidationError for what is not to be used."""
        del timeout  # the mail has one deadline
        found = [text for text in self._lookups.texts(name.decode("latin-1")) if b"p=" in text]
        if len(found) != 1:
            raise dkim.ValidationError("there is no key" if not found else "there are several keys")
        if trouble := key_trouble(found[0]):
            raise dkim.ValidationError(trouble)
        return found[0]


def key_trouble(record: bytes) -> str:
    """Why a key record (RFC 6376, 3.6.1) is not to be used; "" for a sound one."""
    tags = auth_tags.read(record.decode("latin-1"))
    if tags is None or tags.get("v", "DKIM1") != "DKIM1":
        return "no key record"
    if not tags.get("p"):
        return "the key was revoked"
    if tags.get("k", "rsa") != "rsa":
        return f"keys of type {tags['k'][:20]} are not known here"
    if "sha256" not in tags.get("h", "sha256").split(":") or not {"*", "email"} & set(tags.get("s", "*").split(":")):
        return "the key is not for this"
    if "y" in tags.get("t", "").split(":"):
        return "the domain is only testing"
    try:
        key = parse_public_key(_decoded(tags["p"].encode("latin-1")))
    except (UnparsableKeyError, AssertionError):
        return "the key cannot be read"
    if key["modulus"].bit_length() not in _KEY_BITS or key["modulus"] % 2 == 0:
        return f"a key of {key['modulus'].bit_length()} bits is not accepted"
    return "" if 3 <= key["publicExponent"] < _LARGEST_EXPONENT else "the key has an unusual exponent"


class _Looking:
    """Between dkimpy's two steps: the fields of a signature are known, its key is not yet fetched."""

    trouble_with: Callable[[dict[bytes, bytes], list[bytes], bytes], str]

    def verify_sig(self, sig: dict[bytes, bytes], include_headers: list[bytes], sig_header: Any, dnsfunc: Any) -> bool:
        """Hands on what is sound, without `bh`: the body's hash was compared already."""
        if trouble := self.trouble_with(sig, include_headers, sig_header[0]):
            raise dkim.ValidationError(trouble)
        lean = {tag: value for tag, value in sig.items() if tag != b"bh"}
        return bool(super().verify_sig(lean, include_headers, sig_header, dnsfunc))  # type: ignore[misc]  # dkimpy's


class _DKIM(_Looking, dkim.DKIM):  # type: ignore[misc]  # dkimpy has no types
    pass


class _ARC(_Looking, dkim.ARC):  # type: ignore[misc]  # dkimpy has no types
    pass


def _seconds(value: bytes | None) -> int | None:
    if value is None:
        return None
    return int(value) if value.isdigit() and len(value) <= 12 else 10**12


def _decoded(value: bytes) -> bytes:
    try:
        return base64.b64decode(re.sub(rb"[ \t\r\n]+", b"", value), validate=True)
    except binascii.Error:
        return b""
