"""Bring a database's schema up to this version's, all or nothing."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection

from mailintake.errors import PermanentError
from mailintake.storage.engine import Database, exclusively


class SchemaTooNew(PermanentError):
    """The database was upgraded by a newer mailintake."""


class SchemaOutdated(PermanentError):
    """The database waits for `mailintake db upgrade`."""


def upgrade(database: Database) -> tuple[str | None, str]:
    """Run the missing migrations in one transaction; the revisions before and after."""
    with database.writing() as connection:
        exclusively(connection, "mailintake schema")
        before = _current(connection)
        _refuse_newer(before)
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        return before, _head()


def require_current(database: Database) -> None:
    """Raise unless the schema is exactly this version's."""
    with database.reading() as connection:
        found = _current(connection)
    _refuse_newer(found)
    if found != _head():
        raise SchemaOutdated(f"the database is at schema {found or 'none'}, this version needs {_head()}: "
                             "run `mailintake db upgrade`")  # fmt: skip


def _refuse_newer(revision: str | None) -> None:
    if revision is None:
        return
    try:
        ScriptDirectory.from_config(_config()).get_revision(revision)
    except CommandError:
        raise SchemaTooNew(f"the database is at schema {revision}, which this version does not know: "
                           "run the version that upgraded it, or a later one") from None  # fmt: skip


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _head() -> str:
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None, "there is always a first migration"
    return head


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "mailintake:storage/migrations")
    config.set_main_option("path_separator", "os")
    return config
