"""Agents at work by mail: who has a ticket, who takes part, what each mail was; bounces; rules; the same mail twice."""

import sqlalchemy as sa
from alembic import op

from mailintake.storage.columns import Document, Instant

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    _add_columns()
    _partial_index("ix_ticket_link", "ticket", "link", "link <> ''")
    _partial_index("ix_spool_content", "spool", "content", "content IS NOT NULL")
    op.create_table(
        "participant",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("added_at", Instant, nullable=False),
        sa.Column("removed_at", Instant, nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_participant_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("ticket_id", "key", name=op.f("pk_participant")),
    )
    op.create_table(
        "bouncing",
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("hard", sa.Integer(), nullable=False),
        sa.Column("last_at", Instant, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("reader", name=op.f("pk_bouncing")),
    )
    op.create_table(
        "rotation",
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("team", name=op.f("pk_rotation")),
    )
    op.create_table(
        "rule_hit",
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("applied", sa.Integer(), nullable=False),
        sa.Column("shadow", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("rule", "day", name=op.f("pk_rule_hit")),
    )


def _add_columns() -> None:
    # As text: to SQLite a reference can be added only together with its column.
    dialect = op.get_bind().dialect
    instant = sa.DateTime(timezone=True).compile(dialect=dialect)
    document = Document.compile(dialect=dialect)
    for table, column in (
        ("ticket", "assignee TEXT DEFAULT '' NOT NULL"),
        ("ticket", "team TEXT DEFAULT '' NOT NULL"),
        ("ticket", f"tags {document} DEFAULT '[]' NOT NULL"),
        ("ticket", "language TEXT DEFAULT '' NOT NULL"),
        ("ticket", "link TEXT DEFAULT '' NOT NULL"),
        ("ticket", "twin INTEGER CONSTRAINT fk_ticket_twin_ticket REFERENCES ticket (id)"),
        ("message", "part_played VARCHAR(16) DEFAULT '' NOT NULL"),
        ("message", "verdict VARCHAR(8) DEFAULT '' NOT NULL"),
        ("message", "verdict_why TEXT DEFAULT '' NOT NULL"),
        ("message", "protection VARCHAR(24) DEFAULT '' NOT NULL"),
        ("message", f"thread {document} DEFAULT '[]' NOT NULL"),
        ("spool", "content VARCHAR(64)"),
        ("mailbox", "signs_in TEXT"),
        ("mailbox", f"token_expires_at {instant}"),
    ):
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column}")


def _partial_index(name: str, table: str, column: str, where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, table, [column], sqlite_where=condition, postgresql_where=condition)
