"""The tables of mailboxes from which mail is fetched."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text

from mailintake.storage.columns import Instant, metadata

# A mailbox on another server: which daemon works on it, until when, and how that goes.
mailbox = Table(
    "mailbox",
    metadata,
    Column("name", Text, primary_key=True),
    Column("locked_by", Text),
    Column("locked_until", Instant),
    Column("looked_at", Instant),
    Column("trouble", Text),
    Column("trouble_since", Instant),
    Column("audited_at", Instant),
    Column("unaccounted", Integer),
    Column("signs_in", Text),
    Column("token_expires_at", Instant),
)

mailbox_folder = Table(
    "mailbox_folder",
    metadata,
    Column("mailbox", Text, primary_key=True),
    Column("folder", Text, primary_key=True),
    Column("validity", BigInteger, nullable=False),
    Column("next_uid", BigInteger, nullable=False),
    Column("messages", Integer, nullable=False),
    Column("seen_at", Instant, nullable=False),
)

# What became of each mail seen there: written in the transaction that takes it in, so it is never taken twice.
mailbox_mail = Table(
    "mailbox_mail",
    metadata,
    Column("mailbox", Text, primary_key=True),
    Column("folder", Text, primary_key=True),
    Column("validity", BigInteger, primary_key=True),
    Column("uid", BigInteger, primary_key=True, autoincrement=False),
    Column("size", BigInteger, nullable=False),
    Column("internal_at", Instant),
    Column("digest", String(64)),
    Column("outcome", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("spool_id", Integer, ForeignKey("spool.id")),
    Column("ended", String(16)),
    Column("at", Instant, nullable=False),
)
Index("ix_mailbox_mail_mailbox_digest", mailbox_mail.c.mailbox, mailbox_mail.c.digest)
