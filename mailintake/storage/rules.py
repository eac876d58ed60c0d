"""How often rules decided, and whose turn it is next."""

from collections import Counter
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select, update

from mailintake.storage.conflict import insert_or_ignore
from mailintake.storage.rule_tables import rotation, rule_hit


def count(connection: Connection, applied: Counter[str], shadow: Counter[str], *, day: date) -> None:
    """Add to what rules did on a day (UTC); in one order everywhere, so that two hosts never wait crosswise."""
    names = sorted({*applied, *shadow})
    if not names:
        return
    rows = [{"rule": name, "day": day, "applied": 0, "shadow": 0} for name in names]
    connection.execute(insert_or_ignore(connection, rule_hit), rows)
    for name in names:
        more = {"applied": rule_hit.c.applied + applied[name], "shadow": rule_hit.c.shadow + shadow[name]}
        connection.execute(update(rule_hit).where(rule_hit.c.rule == name, rule_hit.c.day == day).values(**more))


def hits(connection: Connection, *, since: date) -> dict[str, dict[str, Any]]:
    """By rule what it did since a day: `applied`, `shadow`, and the `last` day on which it did anything."""
    wanted = select(
        rule_hit.c.rule,
        func.sum(rule_hit.c.applied).label("applied"),
        func.sum(rule_hit.c.shadow).label("shadow"),
        func.max(rule_hit.c.day).label("last"),
    ).where(rule_hit.c.day >= since)
    return {row.rule: dict(row._mapping) for row in connection.execute(wanted.group_by(rule_hit.c.rule))}


def last_in_turn(connection: Connection, key: str) -> str:
    """Who had the last turn, "" for nobody yet."""
    return connection.execute(select(rotation.c.agent).where(rotation.c.team == key)).scalar() or ""


def take_turn(connection: Connection, key: str, agent: str) -> None:
    """Somebody has had their turn."""
    if not connection.execute(update(rotation).where(rotation.c.team == key).values(agent=agent)).rowcount:
        connection.execute(insert_or_ignore(connection, rotation), [{"team": key, "agent": agent}])
