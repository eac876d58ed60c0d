"""The elements in which mail programs keep their writer's signature."""

import re

from selectolax.lexbor import LexborNode

# gmail_signature, moz-signature, AppleMailSignature, ms-outlook-mobile-signature, protonmail_signature_block-user,
# ydp1a2b3csignature, zmail_signature_below and their like: most programs call it by its name.
_NAME = re.compile(
    r"signature(?:[-_]?(?:block|content|container|wrapper|wrap|section|user|proton|above|below|old|html|text))*"
    r"[-_]?[0-9]{0,20}"
)
_ODD = frozenset(
    [
        "_rc_sig",
        "bloop_sign",
        "canarysig",
        "mb_sig",
        "ntes-pcmac-sign",
        "ntes-pcmail-sign",
        "spneditorsign",
        "zm-_id_-sgn",
        "zm-_id_-sgn1",
    ]
)
_TAGS = frozenset(["signature", "sign"])
_OUTLOOK = "_MailAutoSig"
_MAX_NAME = 100


def holds(node: LexborNode, tag: str) -> bool:
    """Whether the element is a signature its writer's program put there; `x_…` is one in a mail that Outlook quotes."""
    if tag in _TAGS:
        return True
    attributes = node.attributes
    if not attributes or tag == "br":
        return False
    names = [*(attributes.get("class") or "")[:500].split()[:10], attributes.get("id") or ""]
    if tag in ("a", "div"):
        names.append(attributes.get("name") or "")
    if any(map(_is_signature, names)):
        return True
    if "data-signature-widget" in attributes or (attributes.get("data-marker") or "").startswith("__SIG_P"):
        return True
    return f"mso-bookmark:{_OUTLOOK}" in (attributes.get("style") or "")[:300].replace(" ", "")


def announces(node: LexborNode, tag: str) -> bool:
    """Whether the next element is a signature: Apple's programs mark the line break in front of it."""
    return tag == "br" and (node.attributes.get("id") or "") == "lineBreakAtBeginningOfSignature"


def _is_signature(name: str) -> bool:
    if not name or len(name) > _MAX_NAME or name.startswith("x_"):
        return False
    lowered = name.lower()
    if lowered in _ODD or name == _OUTLOOK:
        return True
    at = lowered.find("signature")
    return at >= 0 and not lowered.startswith(("no-", "no_")) and bool(_NAME.fullmatch(lowered, at))
