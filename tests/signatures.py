"""Mails signed and sealed for tests, with every tag as a test wants it, and the DNS records that go with them."""

import base64
import re
from pathlib import Path

import dkim
from dkim.canonicalization import CanonicalizationPolicy
from dkim.crypto import HASH_ALGORITHMS, parse_pem_private_key

_KEYS = Path(__file__).parent / "keys"


def key_record(bits: int = 1024, *, tags: str = "v=DKIM1; k=rsa") -> str:
    """The TXT record with the public half of our key of so many bits."""
    text = (_KEYS / f"rsa-{bits}.pem").read_text()
    public = re.search(r"BEGIN PUBLIC KEY-----(.*?)-----END", text, re.DOTALL)
    assert public
    return f"{tags}; p={''.join(public[1].split())}"


def signed(
    mail: bytes,
    domain: str = "bakery.example",
    *,
    bits: int = 1024,
    algorithm: str = "rsa-sha256",
    canonical: str = "relaxed/relaxed",
    fields: str = "from:to:subject",
    length: int | None = None,
    **tags: str,
) -> bytes:
    """The mail with a DKIM signature of this domain on top; more tags by keyword."""
    signer = dkim.DKIM(mail)
    plain = {"v": "1", "a": algorithm, "c": canonical, "d": domain, "s": "sel", **tags, "h": fields}
    if length is not None:
        plain["l"] = str(length)
    return b"DKIM-Signature: " + _signature(signer, "DKIM-Signature", plain, bits=bits) + mail


def sealed(mail: bytes, domain: str, results: str, *, cv: str = "", fields: str = "from:subject", **tags: str) -> bytes:
    """The mail with one more set of ARC fields, in which the sealer of this domain says what it found."""
    signer = dkim.ARC(mail)
    highest, known = signer.sorted_arc_headers()
    number = highest + 1
    plain = {"i": str(number), "a": "rsa-sha256", "d": domain, "s": "sel"}
    first = (b"ARC-Authentication-Results", f" i={number}; {domain}; {results}\r\n".encode())
    body = {**plain, "c": "relaxed/relaxed", **tags, "h": fields}
    second = (b"ARC-Message-Signature", b" " + _signature(signer, "ARC-Message-Signature", body))
    chain = [second, first, *(field for _, field in known)]
    signer.headers = [*chain[:2], *signer.headers]
    seal = {**plain, "cv": cv or ("none" if number == 1 else "pass")}
    names = [name.lower() for name, _ in reversed(chain)]
    third = b"ARC-Seal: " + _signature(signer, "ARC-Seal", seal, names=names)
    return third + b"".join(name + b":" + value for name, value in chain[:2]) + mail


def _signature(
    signer: dkim.DKIM | dkim.ARC, name: str, tags: dict[str, str], *, bits: int = 1024, names: list[bytes] | None = None
) -> bytes:
    policy = CanonicalizationPolicy.from_c_value(tags.get("c", "relaxed/relaxed").encode())
    signer.signature_algorithm = tags["a"].encode()
    signer.hasher = HASH_ALGORITHMS[signer.signature_algorithm]
    if names is None:
        body = policy.canonicalize_body(signer.body)[: int(tags["l"]) if "l" in tags else None]
        tags = {"bh": base64.b64encode(signer.hasher(body).digest()).decode(), **tags}
        names = tags["h"].encode().split(b":")
    fields = [*((tag.encode(), value.encode()) for tag, value in tags.items()), (b"b", b"0" * 60)]
    key = parse_pem_private_key((_KEYS / f"rsa-{bits}.pem").read_bytes())
    return bytes(signer.gen_header(fields, names, policy, name.encode(), key))
