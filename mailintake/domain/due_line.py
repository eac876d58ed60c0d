"""One line of JSON asks when something is due, one line answers (DOMAIN section 14).

    {"calendar": {"timezone": "Europe/Ljubljana", "hours": {"mon": ["08:00-20:00"]}, "holidays": ["2026-01-01"]},
     "start": "2026-03-06T18:30:00Z", "target_minutes": 120, "pauses": [["…Z", "…Z"], ["…Z", null]], "count": "open"}
    {"due": "2026-03-09T08:30:00Z"}

`pauses` and `count` may be left out, with `"count": "wall"` the calendar too.
"""

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NoReturn

import msgspec

from mailintake.domain.calendar import Calendar, due, from_json, never_opens, wall_due
from mailintake.domain.snapshot import checked

_CALENDAR_KEYS = ("timezone", "hours", "holidays")
_ABSENT = msgspec.Raw(b"null")

_Pause = tuple[datetime, datetime | None]


class _Question(msgspec.Struct):
    """What is asked for, not looked into yet; the calendar is still text, since most lines have the same one."""

    calendar: msgspec.Raw = _ABSENT
    start: object = None
    target_minutes: object = None
    pauses: object = msgspec.field(default_factory=list)
    count: object = "open"


_read = msgspec.json.Decoder(_Question).decode
_decode = msgspec.json.Decoder().decode


def answer(line: bytes | str) -> str:
    """The answer to one question, without a line break. It never raises: what is wrong stands under `error`.

    `due` is null, without an error, while a pause is open or when the calendar never opens.
    """
    try:
        reached = _due(_question(line))
    except json.JSONDecodeError as error:
        return _refusal(f"not JSON: {error}")
    except RecursionError:
        return _refusal("nested too deeply")
    except OverflowError:
        return _refusal("an instant or a target is out of range")
    except ValueError as error:
        return _refusal(str(error))
    return '{"due": null}' if reached is None else f'{{"due": "{_text(reached)}"}}'


def _refusal(error: str) -> str:
    return json.dumps({"due": None, "error": error})


def _question(line: bytes | str) -> _Question:
    try:
        return _read(line)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        # The other reader is slow, but says better what is wrong, and takes text that is no UTF-8.
        asked = checked(_loads(line), dict, "a question")
    known = {key: asked[key] for key in _Question.__struct_fields__ if key in asked}
    if "calendar" in known:
        known["calendar"] = msgspec.Raw(json.dumps(known["calendar"]).encode())
    return _Question(**known)


def _loads(text: bytes | str) -> object:
    decoded = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return json.loads(decoded, parse_constant=_no_number)


def _loads_fast(text: bytes) -> object:
    try:
        return _decode(text)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return _loads(text)


def _due(asked: _Question) -> datetime | None:
    count = checked(asked.count, str, "count")
    if count not in {"open", "wall"}:
        raise ValueError(f'count must be "open" or "wall", not {count!r:.60}')
    calendar = None if count == "wall" and asked.calendar is _ABSENT else _calendar(bytes(asked.calendar))
    start = _at(asked.start, "start")
    target = _target(asked.target_minutes)
    pauses = tuple(map(_pause, checked(asked.pauses, list, "pauses")))
    is_paused = any(end is None for _, end in pauses)
    if calendar is None or count == "wall":
        reached = wall_due(start, target, pauses=pauses)
    else:
        reached = due(calendar, start, target, pauses=pauses)
        is_paused = is_paused or (reached is None and never_opens(calendar))
    if reached is None and not is_paused:
        raise ValueError("the target is too far off: ten years of this calendar do not suffice")
    return reached


@lru_cache(maxsize=256)
def _calendar(text: bytes) -> Calendar:
    calendar: Mapping[str, object] = checked(_loads_fast(text), dict, "calendar")
    return from_json({key: calendar[key] for key in _CALENDAR_KEYS if key in calendar})


def _at(value: object, name: str) -> datetime:
    text = checked(value, str, name)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{name} must be an instant such as 2026-03-06T18:30:00Z, not {text!r:.60}") from None
    if at.tzinfo is None:
        raise ValueError(f"{name} must name its offset, as in 2026-03-06T18:30:00Z")
    return at.astimezone(UTC)


def _target(value: object) -> timedelta:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        raise ValueError("target_minutes must be a number of minutes, 0 or more")
    return timedelta(minutes=value)


def _pause(value: object) -> _Pause:
    pause = checked(value, list, "a pause")
    if len(pause) != 2:
        raise ValueError("a pause must be [from, to], with null for a `to` that has not come")
    begin, end = pause
    return _at(begin, "a pause's from"), None if end is None else _at(end, "a pause's to")


def _text(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _no_number(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
