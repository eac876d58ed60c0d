"""The schema that migrations build is the schema the code means."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from mailintake.storage import migrate, schema
from mailintake.storage.engine import Database
from mailintake.storage.tables import metadata


def test_migrations_build_what_the_code_means(database: Database) -> None:
    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_the_version_knows_its_own_newest_migration() -> None:
    assert migrate.head() == schema.HEAD


def test_an_upgrade_says_what_it_did_and_the_second_one_does_nothing(database_url: str) -> None:
    database = Database(database_url)
    try:
        assert schema.upgrade(database) == (None, "0001")
        assert schema.upgrade(database) == ("0001", "0001")
        schema.require_current(database)
    finally:
        database.close()


def test_a_database_without_our_schema_is_not_worked_on(database_url: str) -> None:
    database = Database(database_url)
    try:
        with pytest.raises(schema.SchemaOutdated, match="db upgrade"):
            schema.require_current(database)
    finally:
        database.close()


def test_an_older_version_refuses_a_newer_schema(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(schema.SchemaTooNew, match="9999"):
        schema.require_current(database)
    with pytest.raises(schema.SchemaTooNew, match="9999"):
        schema.upgrade(database)


def test_an_upgrade_that_fails_leaves_nothing_behind(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def half_way(*_: object) -> None:
        raise RuntimeError("the lights went out")

    database = Database(database_url)
    upgrade = migrate.upgrade
    try:
        with monkeypatch.context() as patched:
            patched.setattr(migrate, "upgrade", lambda connection: (upgrade(connection), half_way()))
            with pytest.raises(RuntimeError, match="lights"):
                schema.upgrade(database)
        with pytest.raises(schema.SchemaOutdated, match="at schema none"):
            schema.require_current(database)
        assert schema.upgrade(database) == (None, "0001")
    finally:
        database.close()
