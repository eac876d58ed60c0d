"""The clocks that opening hours are read on."""

import re
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from mailintake.config.shapes import nearest, scalar
from mailintake.config.source import Node

_WANTED = "a time zone such as Europe/Ljubljana or UTC+2"
_AHEAD = re.compile(r"(?:UTC|GMT)([+-])(\d{1,2})(?::?(\d{2}))?", re.IGNORECASE)
_INVERTED = re.compile(r"Etc/GMT([+-])(\d{1,2})")


def zone(node: Node) -> str:
    """The name of an IANA zone; `UTC+2` is two hours ahead of UTC, which that database calls `Etc/GMT-2`."""
    text = scalar(node, _WANTED).text.strip()
    if text.upper() in {"UTC", "GMT"}:
        return "UTC"
    if offset := _AHEAD.fullmatch(text):
        return _fixed(node, text, offset)
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise node.wrong(f"unknown time zone `{text}`{_suggestion(text)}") from None
    if inverted := _INVERTED.fullmatch(text):
        sign, hours = inverted.groups()
        way, plain = ("behind", "-") if sign == "+" else ("ahead of", "+")
        node.warn(f"`{text}` is {int(hours)} h {way} UTC: its sign is inverted; write `UTC{plain}{int(hours)}`")
    return text


def _fixed(node: Node, text: str, offset: re.Match[str]) -> str:
    sign, hours, minutes = offset[1], int(offset[2]), int(offset[3] or 0)
    if minutes:
        raise node.wrong(f"`{text}` is no whole hour: name a zone instead, such as Asia/Kolkata")
    if hours > (14 if sign == "+" else 12):
        raise node.wrong(f"no clock on Earth shows `{text}`")
    return f"Etc/GMT{'-' if sign == '+' else '+'}{hours}" if hours else "UTC"


def _suggestion(text: str) -> str:
    zones = available_timezones()
    if found := nearest(text, zones, cutoff=0.8):
        return found
    cities = {name.rpartition("/")[2]: name for name in sorted(zones)}
    hint = nearest(text.rpartition("/")[2], cities, cutoff=0.8)
    return hint and f"; did you mean `{cities[hint.split('`')[1]]}`?"
