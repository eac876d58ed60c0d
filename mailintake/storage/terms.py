"""Terms and calendars as tickets keep them, found by the digest of what they say (DOMAIN S13)."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, select

from mailintake.domain import snapshot as snapshots
from mailintake.domain.calendar import Calendar
from mailintake.domain.target import Counting, Metric, Selector, Target
from mailintake.domain.terms import ClockRules, Terms
from mailintake.storage.conflict import insert_or_ignore
from mailintake.storage.tables import calendar, terms

MOST_KNOWN = 1024

_TRAITS = tuple(Selector.__slots__)
_KNOWN: dict[str, Terms] = {}


@dataclass(frozen=True, slots=True)
class Pinned:
    """A row of one of the two tables, and its key."""

    digest: str
    document: Mapping[str, object]


def pin(connection: Connection, new: Iterable[Terms]) -> None:
    """Keep these terms and their calendars; what is kept already stays as it is."""
    documents = {pinned.digest: pinned for pinned in map(of_terms, new)}
    if documents:
        calendars: list[Pinned] = [each for found in set(new) for each in _calendars(found)]
        pin_calendars(connection, calendars)
        _keep(connection, terms, "document", documents.values())


def pin_calendars(connection: Connection, calendars: Iterable[Pinned]) -> None:
    """Keep these calendars."""
    _keep(connection, calendar, "snapshot", {each.digest: each for each in calendars}.values())


def get(connection: Connection, digests: Iterable[str]) -> dict[str, Terms]:
    """Terms by digest; what was read once is remembered, for a digest never comes to mean anything else."""
    wanted = set(digests)
    found = {digest: known for digest in wanted if (known := _KNOWN.get(digest))}
    if missing := wanted - found.keys():
        found |= _read(connection, missing)
        if len(_KNOWN) + len(missing) > MOST_KNOWN:
            _KNOWN.clear()
        _KNOWN.update({digest: found[digest] for digest in missing if digest in found})
    return found


def _read(connection: Connection, digests: Iterable[str]) -> dict[str, Terms]:
    wanted = select(terms.c.digest, terms.c.document).where(terms.c.digest.in_(list(digests)))
    rows = connection.execute(wanted).all()
    needed = {target["calendar"] for row in rows for rows_of in row.document["targets"].values() for target in rows_of}
    calendars = calendars_by(connection, needed)
    return {row.digest: _terms(row.document, calendars) for row in rows}


def calendars_by(connection: Connection, digests: Iterable[str]) -> dict[str, Calendar]:
    """Calendars by digest."""
    wanted = select(calendar.c.digest, calendar.c.snapshot).where(calendar.c.digest.in_(list(digests)))
    return {row.digest: snapshots.from_json(row.snapshot) for row in connection.execute(wanted)}


@lru_cache(maxsize=1024)
def of_calendar(found: Calendar) -> Pinned:
    """A calendar as it is kept."""
    return _pinned(snapshots.to_json(found))


@lru_cache(maxsize=1024)
def of_terms(found: Terms) -> Pinned:
    """Terms as they are kept, their calendars by digest."""
    targets = {metric.value: [_document(target) for target in rows] for metric, rows in sorted(found.targets.items())}
    return _pinned({"plan": found.plan, "rules": asdict(found.rules), "targets": targets})


def selector_document(selector: Selector) -> dict[str, list[str]]:
    """A selector as JSON: what it names, in order."""
    return {trait: sorted(names) for trait in _TRAITS if (names := getattr(selector, trait)) is not None}


def selector_of(document: Mapping[str, Iterable[str]]) -> Selector:
    """The selector of such a document."""
    return Selector(**{trait: frozenset(names) for trait, names in document.items()})


def _calendars(found: Terms) -> list[Pinned]:
    return [of_calendar(target.calendar) for rows in found.targets.values() for target in rows]


def _document(target: Target) -> dict[str, object]:
    return {
        "text": target.text,
        "selector": selector_document(target.selector),
        "minutes": target.minutes,
        "counting": target.counting.value,
        "soft": target.soft,
        "hours": target.hours,
        "calendar": of_calendar(target.calendar).digest,
    }


def _terms(document: Mapping[str, Any], calendars: Mapping[str, Calendar]) -> Terms:
    targets = {
        Metric(metric): tuple(_target(row, calendars[row["calendar"]]) for row in rows)
        for metric, rows in document["targets"].items()
    }
    return Terms(document["plan"], targets, ClockRules(**document["rules"]))


def _target(row: Mapping[str, Any], found: Calendar) -> Target:
    return Target(
        text=row["text"],
        selector=selector_of(row["selector"]),
        minutes=row["minutes"],
        counting=Counting(row["counting"]),
        soft=row["soft"],
        hours=row["hours"],
        calendar=found,
    )


def _pinned(document: Mapping[str, object]) -> Pinned:
    return Pinned(hashlib.sha256(msgspec.json.encode(document, order="sorted")).hexdigest(), document)


def _keep(connection: Connection, table: Table, column: str, pinned: Iterable[Pinned]) -> None:
    # in one order everywhere, so that two hosts that keep the same cannot wait for each other
    rows = [{"digest": each.digest, column: each.document} for each in sorted(pinned, key=lambda each: each.digest)]
    if rows:
        connection.execute(insert_or_ignore(connection, table), rows)
