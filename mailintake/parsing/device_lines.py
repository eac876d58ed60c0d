"""The line that a telephone or a free mail service adds below the words."""

import re

from mailintake.parsing.quote_words import APPS, PHONE, SENT, SENT_BEHIND

_SENTENCE = re.compile(r"\b(?:is|are|was|were|much|ist|sind|war|will|est|sont|can|you|we)\b")
_APP_LINK = re.compile(r"https?://aka\.ms/[a-z0-9]{2,40}[>)\]]?$")


def is_device_line(line: str) -> bool:
    """Whether it is the line a phone or a free mail service adds."""
    text = line.strip(" \t-*_.").lower()
    if _names_app(text):
        return True
    if len(text) >= 120 or not text.startswith(PHONE):
        return False
    # "Sent from my desk, which is quicker than the phone" is a sentence
    return not _SENTENCE.search(text) or any(word in text for word in ("excuse", "brevity", "typo", "kürze", "http"))


def _names_app(text: str) -> bool:
    """Whether, in any language, it links to Outlook for telephones or says by which such program it was sent."""
    if len(text) < 200 and "outlook" in text and _APP_LINK.search(text):
        return "ios" in text or "android" in text
    if len(text) >= 80 or not any(app in text for app in APPS) or any(sign in text for sign in "?!,:;"):
        return False
    return text.startswith(SENT) or text.endswith(SENT_BEHIND)
