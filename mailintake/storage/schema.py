"""Is the database's schema this version's, and bring it there, all or nothing.

Alembic takes longer to import than most commands to run, so it is loaded only when there is something to migrate.
"""

from sqlalchemy import Connection, inspect, text

from mailintake.errors import PermanentError
from mailintake.storage.engine import Database, exclusively

HEAD = "0004"


class SchemaTooNew(PermanentError):
    """The database was upgraded by a newer mailintake."""


class SchemaOutdated(PermanentError):
    """The database waits for `mailintake db upgrade`."""


def upgrade(database: Database) -> tuple[str | None, str]:
    """Run the missing migrations in one transaction; the revisions before and after."""
    with database.writing() as connection:
        exclusively(connection, "mailintake schema")
        before = _current(connection)
        if before != HEAD:
            from mailintake.storage import migrate

            _refuse_newer(before, migrate.revisions())
            migrate.upgrade(connection)
        return before, HEAD


def require_current(database: Database) -> None:
    """Raise unless the schema is exactly this version's."""
    with database.reading() as connection:
        found = _current(connection)
    if found == HEAD:
        return
    from mailintake.storage import migrate

    _refuse_newer(found, migrate.revisions())
    raise SchemaOutdated(
        f"the database is at schema {found or 'none'}, this version needs {HEAD}: run `mailintake db upgrade`"
    )


def _refuse_newer(revision: str | None, known: frozenset[str]) -> None:
    if revision is not None and revision not in known:
        raise SchemaTooNew(
            f"the database is at schema {revision}, which this version does not know: "
            "run the version that upgraded it, or a later one"
        )


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
