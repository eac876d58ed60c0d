"""`mailintake db`: the schema."""

import typer

from mailintake.cli.common import ConfigOption, load

app = typer.Typer(help="Upgrade the database.")


@app.command()
def upgrade(config: ConfigOption) -> None:
    """Bring the schema up to this version's, all or nothing."""
    from mailintake import resources
    from mailintake.storage import schema
    from mailintake.storage.lock import DaemonLock

    host = load(config).host
    lock = DaemonLock(host.database.path) if host.database.path else None
    if lock is not None:
        lock.acquire()
    database = resources.open_database(host)
    try:
        before, after = schema.upgrade(database)
    finally:
        database.close()
        if lock is not None:
            lock.release()
    print(f"schema {after}" if before == after else f"schema {before or 'none'} → {after}")
