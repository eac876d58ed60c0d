"""Mailboxes on other servers: leases, folders, and the ledger of mails seen there."""

import sqlalchemy as sa
from alembic import op

from mailintake.storage.columns import Instant

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "mailbox",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("locked_by", sa.Text(), nullable=True),
        sa.Column("locked_until", Instant, nullable=True),
        sa.Column("looked_at", Instant, nullable=True),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.Column("trouble_since", Instant, nullable=True),
        sa.Column("audited_at", Instant, nullable=True),
        sa.Column("unaccounted", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_mailbox")),
    )
    op.create_table(
        "mailbox_folder",
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("validity", sa.BigInteger(), nullable=False),
        sa.Column("next_uid", sa.BigInteger(), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("seen_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("mailbox", "folder", name=op.f("pk_mailbox_folder")),
    )
    op.create_table(
        "mailbox_mail",
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("validity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("internal_at", Instant, nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("spool_id", sa.Integer(), nullable=True),
        sa.Column("ended", sa.String(length=16), nullable=True),
        sa.Column("at", Instant, nullable=False),
        sa.ForeignKeyConstraint(["spool_id"], ["spool.id"], name=op.f("fk_mailbox_mail_spool_id_spool")),
        sa.PrimaryKeyConstraint("mailbox", "folder", "validity", "uid", name=op.f("pk_mailbox_mail")),
    )
    op.create_index("ix_mailbox_mail_mailbox_digest", "mailbox_mail", ["mailbox", "digest"])
