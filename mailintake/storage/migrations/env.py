"""How Alembic reaches our tables: with the connection it is handed, never one of its own."""

from alembic import context

from mailintake.storage.tables import raw

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=raw.metadata,
    render_as_batch=True,
    compare_type=True,
    transaction_per_migration=False,
)

with context.begin_transaction():
    context.run_migrations()
