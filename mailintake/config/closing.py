"""How tickets come to their end: reopening, ratings, and customers who do not answer (DOMAIN S15, section 11)."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from mailintake.config.durations import duration, duration_or_zero
from mailintake.config.shapes import Choice, Parsed, Record

_SCALE = re.compile(r"([+-]?\d{1,3})\.\.([+-]?\d{1,3})")


@dataclass(frozen=True, slots=True)
class Rating:
    """The customer is asked for a number from `least` to `most`; the highest is the best."""

    least: int
    most: int
    ask: Literal["at-solved", "at-closed"]


@dataclass(frozen=True, slots=True)
class Closing:
    """All lengths of time are by the wall clock.

    A reply within `reopen_within` reopens a solved ticket. While a ticket waits for the customer, they are reminded
    after `waiting_remind`, and it is closed after `waiting_close`; None is never.
    """

    reopen_within: timedelta = timedelta(days=7)
    rating: Rating | None = None
    waiting_remind: timedelta | None = None
    waiting_close: timedelta | None = None


def parse_scale(text: str) -> tuple[int, int]:
    """`1..5`, `-1..+1`. Raises ValueError."""
    found = _SCALE.fullmatch(text)
    if not found or int(found[1]) >= int(found[2]):
        raise ValueError(f"`{text}` is no scale: write from the worst to the best, such as 1..5")
    return int(found[1]), int(found[2])


def _rating(*, scale: tuple[int, int], ask: Literal["at-solved", "at-closed"]) -> Rating:
    return Rating(*scale, ask)


def _waiting(*, remind: timedelta | None = None, close: timedelta | None = None) -> dict[str, timedelta | None]:
    if remind is not None and close is not None and remind >= close:
        raise ValueError("`remind` comes before `close`, or nobody is reminded")
    return {"waiting_remind": remind, "waiting_close": close}


def _closing(*, waiting_too_long: dict[str, timedelta | None] | None = None, **said: object) -> Closing:
    return Closing(**said, **(waiting_too_long or {}))  # type: ignore[arg-type]  # each was read as its field's type


closing = Record(
    _closing,
    {
        "reopen_within": duration_or_zero,
        "rating": Record(
            _rating,
            {"scale": Parsed(parse_scale, "a scale such as 1..5"), "ask": Choice(("at-solved", "at-closed"))},
            required=("scale", "ask"),
        ),
        "waiting_too_long": Record(_waiting, {"remind": duration, "close": duration}),
    },
)
