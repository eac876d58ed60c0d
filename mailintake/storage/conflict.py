"""INSERT that leaves an existing row alone: one spelling for both databases."""

from functools import cache
from typing import Any

from sqlalchemy import Column, Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_or_ignore(connection: Connection, table: Table, *returning: Column[Any]) -> Any:
    """An INSERT … ON CONFLICT DO NOTHING of the connection's dialect; `returning` tells what was new."""
    return _statement(connection.dialect.name, table, returning)


@cache
def _statement(dialect: str, table: Table, returning: tuple[Column[Any], ...]) -> Any:
    new = (sqlite if dialect == "sqlite" else postgresql).insert(table).on_conflict_do_nothing()
    return new.returning(*returning) if returning else new
