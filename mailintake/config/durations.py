"""Lengths of time on the wall clock, as an admin writes them: `7 days`, `12 hours`."""

import re
from datetime import timedelta
from functools import partial

from mailintake.config.shapes import Parsed

LONGEST = timedelta(days=3650)
_WANTED = "a length of time such as `7 days` or `12 hours`"
_DURATION = re.compile(r"(\d{1,6}) ?(minute|hour|day|week)s?")
_MINUTES = {"minute": 1, "hour": 60, "day": 24 * 60, "week": 7 * 24 * 60}


def parse_duration(text: str, *, or_zero: bool = False) -> timedelta:
    """A minute to ten years, or nothing at all where `or_zero` says so. Raises ValueError."""
    found = _DURATION.fullmatch(text)
    if not found:
        raise ValueError(f"`{text}` is no length of time: write such as `7 days`, `12 hours` or `30 minutes`")
    length = timedelta(minutes=int(found[1]) * _MINUTES[found[2]])
    if length > LONGEST or not (length or or_zero):
        raise ValueError(f"`{text}` is not between a minute and ten years")
    return length


duration = Parsed(parse_duration, _WANTED)
duration_or_zero = Parsed(partial(parse_duration, or_zero=True), _WANTED)
