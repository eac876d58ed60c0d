"""INSERT that leaves an existing row alone: one spelling for both databases."""

from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_or_ignore(connection: Connection, table: Table) -> Any:
    """An INSERT … ON CONFLICT DO NOTHING of the connection's dialect; add `.returning()` to learn what was new."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    return dialect.insert(table).on_conflict_do_nothing()
