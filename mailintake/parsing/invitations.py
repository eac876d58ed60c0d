"""A calendar invitation (RFC 5546) in short: what, when, who asks, who is asked."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from mailintake.domain.mail import Invitation
from mailintake.parsing import calendar_zones, charsets, transfer, words
from mailintake.parsing.calendar_zones import Property, Zone
from mailintake.parsing.parameters import text_of
from mailintake.parsing.structure import Part
from mailintake.parsing.windows_zones import ZONES

_REACH = 256 * 1024
_LINES = 5000
_ATTENDEES = 200


def read(part: Part) -> Invitation | None:
    """The first event of a text/calendar part, or None if it holds none."""
    content, _ = transfer.decode(part.wire(_REACH), part.encoding)
    text, _ = charsets.decode(content, part.parameters.get("charset") or "utf-8")
    properties = _properties(words.clean_text(text))
    event = _event(properties)
    if event is None:
        return None
    zones = calendar_zones.read(properties)
    method = next((value for name, _, value in properties if name == "METHOD"), "") or text_of(
        part.parameters, "method"
    )
    first = {name: (parameters, value) for name, parameters, value in reversed(event)}
    start = _instant(*first["DTSTART"], zones) if "DTSTART" in first else None
    end = _instant(*first["DTEND"], zones) if "DTEND" in first else None
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


def _instant(parameters: dict[str, str], value: str, zones: dict[str, Zone]) -> datetime | None:
    """The UTC instant of a date-time; a floating time and a whole day count in UTC.

    `zones` are those the calendar itself describes, which count where no table knows the name.
    """
    value = value.strip()
    try:
        if len(value) == 8:
            return datetime(int(value[:4]), int(value[4:6]), int(value[6:8]), tzinfo=UTC)
        local = calendar_zones.wall_time(value)
        if local is None:
            return None
        zone = UTC if value[-1:] in "Zz" else _zone(parameters.get("TZID", ""), local, zones)
        return local.replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(name: str, local: datetime, zones: dict[str, Zone]) -> tzinfo:
    name = name.strip()
    pieces = ZONES.get(name.lower(), name).strip("/").split("/")
    # some programs write /vendor/version/Europe/Berlin; America/Argentina/Salta has three pieces of its own
    for count in (3, 2):
        try:
            return ZoneInfo("/".join(pieces[-count:]))
        except (ValueError, OSError, LookupError):
            continue
    described = zones.get(name)
    return (described.at(local) if described else None) or UTC


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
