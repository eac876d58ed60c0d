"""A database with our schema, once on SQLite and once on PostgreSQL.

The migrations run once for all tests: SQLite's file is copied for each, PostgreSQL's database is emptied before each.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from mailintake.storage import schema
from mailintake.storage.engine import Database
from mailintake.storage.tables import metadata
from tests.postgres import fresh_database

_OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> :own"


@pytest.fixture(scope="session")
def _sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("upgraded") / "mailintake.db"
    _upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def _postgres_kept(postgres_url: str) -> Iterator[str]:
    with fresh_database(postgres_url) as url:
        _upgrade(url)
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Upgraded, with nothing in it and nobody else at it, and closed afterwards."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("_sqlite_file"), tmp_path / "mailintake.db")
        opened = Database(f"sqlite:///{tmp_path / 'mailintake.db'}")
    else:
        opened = Database(request.getfixturevalue("_postgres_kept"))
        with opened.writing() as connection:
            _empty(connection)
    try:
        yield opened
    finally:
        opened.close()


@pytest.fixture
def bare_database(database_url: str) -> Iterator[Database]:
    """Without our schema, for a test that makes tables."""
    opened = Database(database_url)
    try:
        yield opened
    finally:
        opened.close()


def _upgrade(url: str) -> None:
    database = Database(url)
    try:
        schema.upgrade(database)
    finally:
        database.close()


def _empty(connection: Connection) -> None:
    own = connection.execute(text("SELECT pg_backend_pid()")).scalar()
    connection.execute(text(_OTHERS), {"own": own})  # a test that failed may have left a lock behind
    for table in reversed(metadata.sorted_tables):
        connection.execute(table.delete())
    numbered = [table.name for table in metadata.sorted_tables if "id" in table.c]
    anew = ", ".join(f"setval(pg_get_serial_sequence('{name}', 'id'), 1, false)" for name in numbered)
    connection.execute(text(f"SELECT {anew}"))
