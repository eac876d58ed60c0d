"""Migrations by Alembic, on a connection and in a transaction of the caller's."""

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection


def upgrade(connection: Connection, *, to: str = "head") -> None:
    """Run all that is missing, up to a revision."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def revisions() -> frozenset[str]:
    """Every revision this version knows."""
    return frozenset(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


def head() -> str | None:
    """The newest of them."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "mailintake:storage/migrations")
    config.set_main_option("path_separator", "os")
    return config
