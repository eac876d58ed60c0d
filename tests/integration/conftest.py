"""A database with our schema, once on SQLite and once on PostgreSQL."""

from collections.abc import Iterator

import pytest

from mailintake.storage import schema
from mailintake.storage.engine import Database


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Empty, upgraded, and closed afterwards."""
    opened = Database(database_url)
    try:
        schema.upgrade(opened)
        yield opened
    finally:
        opened.close()
