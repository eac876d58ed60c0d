"""Clocks of every kind, the terms a ticket keeps, quotas, approvals, and letters as they were sent."""

import sqlalchemy as sa
from alembic import op

from mailintake.storage.columns import Document, Instant

revision = "0002"
down_revision = "0001"

_RUNNING = "state = 'running' AND next_step_at IS NOT NULL"


def upgrade() -> None:
    op.create_table(
        "terms",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("document", Document, nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_terms")),
    )
    _add_to_ticket()
    _partial_index("ix_ticket_next_move", "ticket", "next_move_at", "next_move_at IS NOT NULL")
    _create_entitlements()
    op.add_column("outbox", sa.Column("text", sa.Text(), nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        _rebuild_clock()
    else:
        _alter_clock()
    # What is known of tickets opened before: the first public reply is what met their only clock.
    op.execute("UPDATE ticket SET status_since = opened_at")
    op.execute(
        "UPDATE ticket SET answered_at = (SELECT stopped_at FROM clock WHERE clock.ticket_id = ticket.id "
        "AND metric = 'first_response' AND state = 'met')"
    )


def _add_to_ticket() -> None:
    # As text: to SQLite a reference can be added only together with its column.
    instant = sa.DateTime(timezone=True).compile(dialect=op.get_bind().dialect)
    no = "0" if op.get_bind().dialect.name == "sqlite" else "false"
    for column in (
        "category TEXT DEFAULT '' NOT NULL",
        "topic TEXT DEFAULT '' NOT NULL",
        "level TEXT DEFAULT '' NOT NULL",
        "hold VARCHAR(16) DEFAULT '' NOT NULL",
        f"asked BOOLEAN DEFAULT {no} NOT NULL",
        f"status_since {instant} DEFAULT '1970-01-01 00:00:00+00' NOT NULL",
        f"answered_at {instant}",
        "terms VARCHAR(64) CONSTRAINT fk_ticket_terms_terms REFERENCES terms (digest)",
        "follows INTEGER CONSTRAINT fk_ticket_follows_ticket REFERENCES ticket (id)",
        "parent INTEGER CONSTRAINT fk_ticket_parent_ticket REFERENCES ticket (id)",
        "pending VARCHAR(16) DEFAULT '' NOT NULL",
        "queue TEXT DEFAULT '' NOT NULL",
        "claimed_priority TEXT DEFAULT '' NOT NULL",
        "rating INTEGER",
        f"next_move_at {instant}",
    ):
        op.execute(f"ALTER TABLE ticket ADD COLUMN {column}")


def _create_entitlements() -> None:
    op.add_column("contact", sa.Column("role", sa.Text(), nullable=False, server_default="user"))
    op.add_column("contact", sa.Column("removed_at", Instant, nullable=True))
    op.create_table(
        "approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("asked_at", Instant, nullable=False),
        sa.Column("expires_at", Instant, nullable=False),
        sa.Column("settled_at", Instant, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_approval_account_key", "approval", ["account", "key"])
    _partial_index("ix_approval_expiring", "approval", "expires_at", "state = 'pending'")
    op.create_table(
        "spend",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("overage", sa.Boolean(), nullable=False),
        sa.Column("given_back_at", Instant, nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_spend_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spend")),
        sa.UniqueConstraint("ticket_id", "unit", name=op.f("uq_spend_ticket_id_unit")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_spend_account_unit_day", "spend", ["account", "unit", "day"])


def _partial_index(name: str, table: str, column: str, where: str) -> None:
    op.create_index(name, table, [column], sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _alter_clock() -> None:
    op.add_column("clock", sa.Column("round", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("clock", sa.Column("selector", Document, nullable=True))
    op.add_column("clock", sa.Column("counted_from", Instant, nullable=True))
    op.add_column("clock", sa.Column("pauses", Document, nullable=False, server_default="[]"))
    op.add_column("clock", sa.Column("forgiven", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE clock SET counted_from = started_at")
    op.alter_column("clock", "counted_from", nullable=False)
    op.alter_column("clock", "calendar", nullable=True)
    for column in ("round", "pauses", "forgiven"):
        op.alter_column("clock", column, server_default=None)
    op.drop_constraint("uq_clock_ticket_id_metric", "clock")
    op.create_unique_constraint(op.f("uq_clock_ticket_id_metric_round"), "clock", ["ticket_id", "metric", "round"])


def _rebuild_clock() -> None:
    # SQLite changes no constraint in place. The reminders go aside first: they refer to the clocks.
    op.execute("CREATE TABLE reminder_before AS SELECT * FROM reminder")
    op.execute("CREATE TABLE clock_before AS SELECT * FROM clock")
    op.drop_table("reminder")
    op.drop_table("clock")
    op.create_table(
        "clock",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("metric", sa.String(length=32), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("row", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("counting", sa.String(length=8), nullable=False),
        sa.Column("soft", sa.Boolean(), nullable=False),
        sa.Column("hours", sa.Text(), nullable=False),
        sa.Column("selector", Document, nullable=True),
        sa.Column("calendar", sa.String(length=64), nullable=True),
        sa.Column("started_at", Instant, nullable=False),
        sa.Column("counted_from", Instant, nullable=False),
        sa.Column("pauses", Document, nullable=False),
        sa.Column("due_at", Instant, nullable=True),
        sa.Column("stopped_at", Instant, nullable=True),
        sa.Column("breached_at", Instant, nullable=True),
        sa.Column("forgiven", sa.Boolean(), nullable=False),
        sa.Column("next_step_at", Instant, nullable=True),
        sa.ForeignKeyConstraint(["calendar"], ["calendar.digest"], name=op.f("fk_clock_calendar_calendar")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_clock_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock")),
        sa.UniqueConstraint("ticket_id", "metric", "round", name=op.f("uq_clock_ticket_id_metric_round")),
        sqlite_autoincrement=True,
    )
    _partial_index("ix_clock_next_step", "clock", "next_step_at", _RUNNING)
    op.create_table(
        "reminder",
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=64), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("sent", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["clock_id"], ["clock.id"], name=op.f("fk_reminder_clock_id_clock")),
        sa.PrimaryKeyConstraint("clock_id", "step", name=op.f("pk_reminder")),
    )
    op.execute(
        """
        INSERT INTO clock (id, ticket_id, metric, state, "row", minutes, counting, soft, hours, calendar, started_at,
                           due_at, stopped_at, breached_at, next_step_at, round, counted_from, pauses, forgiven)
        SELECT id, ticket_id, metric, state, "row", minutes, counting, soft, hours, calendar, started_at,
               due_at, stopped_at, breached_at, next_step_at, 1, started_at, '[]', 0
        FROM clock_before ORDER BY id
        """
    )
    op.execute("INSERT INTO reminder SELECT clock_id, step, at, sent FROM reminder_before")
    op.drop_table("reminder_before")
    op.drop_table("clock_before")
