"""A calendar invitation (RFC 5546) in short: what, when, who asks, who is asked."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from mailintake.domain.mail import Invitation
from mailintake.parsing import charsets, transfer, words
from mailintake.parsing.parameters import text_of
from mailintake.parsing.structure import Part
from mailintake.parsing.windows_zones import ZONES

_REACH = 256 * 1024
_LINES = 5000
_ATTENDEES = 200
_OFFSET = re.compile(r"([+-])([01][0-9])([0-5][0-9])(?:[0-5][0-9])?")

Property = tuple[str, dict[str, str], str]


def read(part: Part) -> Invitation | None:
    """The first event of a text/calendar part, or None if it holds none."""
    content, _ = transfer.decode(part.wire(_REACH), part.encoding)
    text, _ = charsets.decode(content, part.parameters.get("charset") or "utf-8")
    properties = _properties(words.clean_text(text))
    event = _event(properties)
    if event is None:
        return None
    offsets = _offsets(properties)
    method = next((value for name, _, value in properties if name == "METHOD"), "") or text_of(
        part.parameters, "method"
    )
    first = {name: (parameters, value) for name, parameters, value in reversed(event)}
    start = _instant(*first["DTSTART"], offsets) if "DTSTART" in first else None
    end = _instant(*first["DTEND"], offsets) if "DTEND" in first else None
    if end is None and start is not None and "DURATION" in first:
        end = _after(start, first["DURATION"][1])
    attendees = tuple(_person(value) for name, _, value in event if name == "ATTENDEE")
    return Invitation(
        method=words.one_line(method).upper()[:40],
        summary=words.one_line(_unescape(first.get("SUMMARY", ({}, ""))[1]))[:500],
        start=start,
        end=end,
        organiser=_person(first.get("ORGANIZER", ({}, ""))[1]),
        attendees=attendees[:_ATTENDEES],
    )


def _properties(text: str) -> list[Property]:
    found: list[Property] = []
    lines: list[list[str]] = []
    for line in text.split("\n", _LINES)[:_LINES]:
        if line[:1] in (" ", "\t") and lines:
            lines[-1].append(line[1:])
        else:
            lines.append([line])
    for pieces in lines:
        head, colon, value = _partition("".join(pieces))
        if colon:
            name, *parameters = head.split(";")[:20]
            pairs = (parameter.partition("=") for parameter in parameters)
            found.append((name.strip().upper(), {key.upper(): content.strip('"') for key, _, content in pairs}, value))
    return found


def _partition(line: str) -> tuple[str, str, str]:
    """At the first colon outside quotes: parameter values may be quoted URLs."""
    quoted = False
    for index, char in enumerate(line):
        if char == '"':
            quoted = not quoted
        elif char == ":" and not quoted:
            return line[:index], ":", line[index + 1 :]
    return line, "", ""


def _event(properties: list[Property]) -> list[Property] | None:
    """The properties of the first VEVENT, without those of its alarms."""
    depth: list[str] = []
    event: list[Property] | None = None
    for name, parameters, value in properties:
        if name == "BEGIN":
            depth.append(value.strip().upper())
            if depth[-1] == "VEVENT" and event is None:
                event = []
        elif name == "END":
            if depth and depth.pop() == "VEVENT":
                return event
        elif event is not None and depth and depth[-1] == "VEVENT":
            event.append((name, parameters, value))
    return event


def _instant(parameters: dict[str, str], value: str, offsets: dict[str, tzinfo]) -> datetime | None:
    """The UTC instant of a date-time; a floating time and a whole day count in UTC.

    `offsets` are what the calendar itself says of zones that no table knows.
    """
    value = value.strip()
    try:
        if len(value) == 8:
            return datetime(int(value[:4]), int(value[4:6]), int(value[6:8]), tzinfo=UTC)
        parsed = datetime.strptime(value.rstrip("Zz")[:15], "%Y%m%dT%H%M%S")  # noqa: DTZ007  the zone comes next
        zone = UTC if value[-1:] in "Zz" else _zone(parameters.get("TZID", ""), offsets)
        return parsed.replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(name: str, offsets: dict[str, tzinfo]) -> tzinfo:
    own = offsets.get(name.strip())
    name = ZONES.get(name.strip().lower(), name.strip())
    # some programs write /vendor/version/Europe/Berlin
    name = "/".join(name.strip("/").split("/")[-2:])
    try:
        return ZoneInfo(name) if name else UTC
    except (ValueError, OSError, LookupError):
        return own or UTC


def _offsets(properties: list[Property]) -> dict[str, tzinfo]:
    """The standard time of each zone that the calendar describes; good enough for a zone that no table knows."""
    found: dict[str, tzinfo] = {}
    name, inside = "", ""
    for key, _, value in properties:
        if key in ("BEGIN", "END"):
            inside = value.strip().upper() if key == "BEGIN" else ""
        elif key == "TZID":
            name = value.strip()
        elif key == "TZOFFSETTO" and inside == "STANDARD" and (match := _OFFSET.fullmatch(value.strip())):
            minutes = int(match[2]) * 60 + int(match[3])
            found.setdefault(name, timezone(timedelta(minutes=minutes if match[1] == "+" else -minutes)))
    return found


def _after(start: datetime, duration: str) -> datetime | None:
    match = re.fullmatch(
        r"P(?:([0-9]{1,3})W)?(?:([0-9]{1,4})D)?(?:T(?:([0-9]{1,4})H)?(?:([0-9]{1,5})M)?(?:([0-9]{1,6})S)?)?",
        duration.strip(),
    )
    if match is None:
        return None
    weeks, days, hours, minutes, seconds = (int(number or 0) for number in match.groups())
    try:
        return start + timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        return None


def _person(value: str) -> str:
    value = words.one_line(value)
    return (value[7:] if value[:7].lower() == "mailto:" else value)[:320]


def _unescape(value: str) -> str:
    out: list[str] = []
    escaped = False
    for char in value:
        if escaped:
            out.append(" " if char in "nN" else char)
            escaped = False
        elif char == "\\":
            escaped = True
        else:
            out.append(char)
    return "".join(out)


def summary(invitation: Invitation, *, zone: tzinfo = UTC) -> str:
    """The invitation in a few lines, for a mail that says nothing else; times in the reader's zone."""
    lines = [invitation.summary] if invitation.summary else []
    if invitation.start:
        start = invitation.start.astimezone(zone)
        until = f" to {invitation.end.astimezone(zone):%Y-%m-%d %H:%M}" if invitation.end else ""
        lines.append(f"{start:%Y-%m-%d %H:%M}{until} {start:%Z}")
    lines += [person for person in (invitation.organiser, *invitation.attendees[:20]) if person]
    return "\n".join(lines)
