"""Message-IDs: byte-exact, with their angle brackets, since that is how others will quote them."""

import re

from mailintake.parsing import limits, words

_ID = re.compile(r"<[^<>\s]{1,998}>")
_BARE = re.compile(r"[^<>\s@]{1,500}@[^<>\s@]{1,498}")


def message_ids(value: str) -> tuple[str, ...]:
    """Every id in a field, without repetition; at most 200: the first 20 and the last 180."""
    found = tuple(dict.fromkeys(_ID.findall(value)))
    if not found:
        # some programs forget the brackets
        found = tuple(dict.fromkeys(f"<{bare}>" for bare in value.split() if _BARE.fullmatch(bare)))
    if len(found) > limits.REFERENCES:
        found = found[:20] + found[20 - limits.REFERENCES :]
    return found


def first_id(value: str) -> str | None:
    """The first id in a field, or None."""
    found = message_ids(value)
    return found[0] if found else None


def text_of(value: bytes) -> str:
    """The value of an id field, safe for a column and otherwise untouched."""
    return words.one_line(value.decode("ascii") if value.isascii() else value.decode("utf-8", "replace"))
