"""The elements with which mail programs begin the quote of an earlier mail."""

import re

from selectolax.lexbor import LexborNode

_CLASSES = frozenset(
    [
        "gmail_quote",
        "gmail_extra",
        "gmail_quote_container",
        "yahoo_quoted",
        "protonmail_quote",
        "tutanota_quote",
        "moz-cite-prefix",
        "zmail_extra",
        "ms-outlook-mobile-reference-message",
        "hey_quote",
        "airmail_on",
    ]
)
_IDS = frozenset(
    [
        "divRplyFwdMsg",
        "appendonsend",
        "OLK_SRC_BODY_SECTION",
        "mail-editor-reference-message-container",
        "isReplyContent",
        "zwchr",
    ]
)
# The line that Outlook draws above what it quotes, when it writes HTML in Word's way.
_RULED = re.compile(r"border-top: ?solid [#\w]{3,12} 1\.0pt; ?padding: ?3\.0pt")


def begins(node: LexborNode, tag: str) -> bool:
    """Whether a quote begins with this element, whatever language its words are in."""
    attributes = node.attributes
    if not attributes:
        return False
    if tag == "blockquote" and (attributes.get("type") or "").lower() == "cite":
        return True
    identity = attributes.get("id") or ""
    if identity and identity.removeprefix("x_") in _IDS:
        return True
    if tag == "div" and _RULED.search((attributes.get("style") or "")[:300]):
        return True
    classes = attributes.get("class")
    return bool(classes) and any(name.removeprefix("x_") in _CLASSES for name in (classes or "").split())
