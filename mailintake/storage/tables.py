"""The schema, the same for SQLite and PostgreSQL."""

from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from mailintake.storage.columns import Document, Instant, metadata, partial_index
from mailintake.storage.mailbox_tables import mailbox, mailbox_folder, mailbox_mail
from mailintake.storage.rule_tables import rotation, rule_hit

__all__ = ["mailbox", "mailbox_folder", "mailbox_mail", "metadata", "rotation", "rule_hit"]  # all there are


def _numbered(name: str, *columns: Any) -> Table:
    # AUTOINCREMENT: without it SQLite hands out the numbers of deleted rows again.
    return Table(name, metadata, Column("id", Integer, primary_key=True), *columns, sqlite_autoincrement=True)


# The bytes of every accepted mail, in parts of at most 1 MiB so that no process ever holds a large one twice.
raw = Table(
    "raw",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)

# Every accepted delivery and what became of it. `attempts` is also the fence: who claimed earlier can no longer settle.
spool = _numbered(
    "spool",
    Column("delivery_key", String(64), nullable=False, unique=True),
    Column("digest", String(64), nullable=False, index=True),
    Column("size", Integer, nullable=False),
    Column("return_path", Text, nullable=False),
    Column("recipients", Document, nullable=False),
    Column("transport", String(16), nullable=False),
    Column("trusted", Boolean, nullable=False),
    Column("peer", Text, nullable=False),
    Column("helo", Text, nullable=False),
    Column("source_key", Text, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", Instant, nullable=False),
    Column("headers_only", Boolean, nullable=False),
    Column("released", Boolean, nullable=False),
    Column("outcome", String(16)),
    Column("reason", Text),
    Column("ticket_id", Integer, ForeignKey("ticket.id"), index=True),
    Column("content_key", String(64), unique=True),
    Column("settled_at", Instant),
    Column("content", String(64)),
)
partial_index("ix_spool_content", spool.c.content, where="content IS NOT NULL")
partial_index("ix_spool_waiting", spool.c.next_attempt_at, spool.c.id, where="state = 'waiting'")
partial_index("ix_spool_quarantined", spool.c.id, where="state = 'quarantined'")

# What a contract promised when a ticket was opened (DOMAIN S13); one row serves all tickets opened under it.
terms = Table(
    "terms",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("document", Document, nullable=False),
)

ticket = _numbered(
    "ticket",
    Column("subject", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("requester_address", Text, nullable=False),
    Column("requester_name", Text, nullable=False),
    Column("account", Text, nullable=False, index=True),
    Column("plan", Text, nullable=False),
    Column("priority", Text, nullable=False),
    Column("mailbox", Text, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("category", Text, nullable=False, server_default=""),
    Column("topic", Text, nullable=False, server_default=""),
    Column("level", Text, nullable=False, server_default=""),
    Column("hold", String(16), nullable=False, server_default=""),
    Column("asked", Boolean, nullable=False, server_default=false()),
    Column("status_since", Instant, nullable=False, server_default="1970-01-01 00:00:00+00"),
    Column("answered_at", Instant),
    Column("terms", String(64), ForeignKey("terms.digest")),
    Column("follows", Integer, ForeignKey("ticket.id")),
    Column("parent", Integer, ForeignKey("ticket.id")),
    Column("pending", String(16), nullable=False, server_default=""),
    Column("queue", Text, nullable=False, server_default=""),
    Column("claimed_priority", Text, nullable=False, server_default=""),
    Column("rating", Integer),
    Column("next_move_at", Instant),
    Column("assignee", Text, nullable=False, server_default=""),
    Column("team", Text, nullable=False, server_default=""),
    Column("tags", Document, nullable=False, server_default="[]"),
    Column("language", Text, nullable=False, server_default=""),
    Column("link", Text, nullable=False, server_default=""),
    Column("twin", Integer, ForeignKey("ticket.id")),
)
partial_index("ix_ticket_link", ticket.c.link, where="link <> ''")
partial_index("ix_ticket_next_move", ticket.c.next_move_at, where="next_move_at IS NOT NULL")

message = _numbered(
    "message",
    Column("ticket_id", Integer, ForeignKey("ticket.id"), nullable=False, index=True),
    Column("spool_id", Integer, ForeignKey("spool.id"), nullable=False, unique=True),
    Column("kind", String(16), nullable=False),
    Column("author_address", Text, nullable=False),
    Column("author_name", Text, nullable=False),
    Column("message_id", Text),
    Column("received_at", Instant, nullable=False),
    Column("subject", Text, nullable=False),
    Column("reply_text", Text, nullable=False),
    Column("quoted", Text, nullable=False),
    Column("signature", Text, nullable=False),
    Column("language", String(16)),
    Column("part_played", String(16), nullable=False, server_default=""),
    Column("verdict", String(8), nullable=False, server_default=""),
    Column("verdict_why", Text, nullable=False, server_default=""),
    Column("protection", String(24), nullable=False, server_default=""),
    Column("thread", Document, nullable=False, server_default="[]"),
)

# An index into the raw mail: the bytes themselves are stored once, there.
attachment = Table(
    "attachment",
    metadata,
    Column("message_id", Integer, ForeignKey("message.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("part", Text, nullable=False),
    Column("filename", Text, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("inline", Boolean, nullable=False),
    Column("sha256", String(64), nullable=False),
)

# A calendar as it was when a promise was made (DOMAIN S13); one row serves all tickets opened under it.
calendar = Table(
    "calendar",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("snapshot", Document, nullable=False),
)

clock = _numbered(
    "clock",
    Column("ticket_id", Integer, ForeignKey("ticket.id"), nullable=False),
    Column("metric", String(32), nullable=False),
    Column("round", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("row", Text, nullable=False),
    Column("minutes", Integer),
    Column("counting", String(8), nullable=False),
    Column("soft", Boolean, nullable=False),
    Column("hours", Text, nullable=False),
    Column("selector", Document),
    Column("calendar", String(64), ForeignKey("calendar.digest")),
    Column("started_at", Instant, nullable=False),
    Column("counted_from", Instant, nullable=False),
    Column("pauses", Document, nullable=False),
    Column("due_at", Instant),
    Column("stopped_at", Instant),
    Column("breached_at", Instant),
    Column("forgiven", Boolean, nullable=False),
    Column("next_step_at", Instant),
    UniqueConstraint("ticket_id", "metric", "round"),
)
partial_index("ix_clock_next_step", clock.c.next_step_at, where="state = 'running' AND next_step_at IS NOT NULL")

# Each step of the ladder once per clock; `sent` is false for steps that a newer one overtook.
reminder = Table(
    "reminder",
    metadata,
    Column("clock_id", Integer, ForeignKey("clock.id"), primary_key=True),
    Column("step", String(64), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("sent", Boolean, nullable=False),
)

# `text` is the body as sent, so that a reply that quotes it can be parted without guessing.
outbox = _numbered(
    "outbox",
    Column("event", String(96), nullable=False),
    Column("recipient", Text, nullable=False),
    Column("reader", Text, nullable=False),
    Column("template", String(64), nullable=False),
    Column("ticket_id", Integer, ForeignKey("ticket.id"), index=True),
    Column("message_id", Text, nullable=False, unique=True),
    Column("draft", Document, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("next_attempt_at", Instant, nullable=False),
    Column("settled_at", Instant),
    Column("last_error", Text),
    Column("text", Text),
    UniqueConstraint("event", "recipient"),
)
partial_index("ix_outbox_queued", outbox.c.next_attempt_at, outbox.c.id, where="state = 'queued'")
Index("ix_outbox_reader_created", outbox.c.reader, outbox.c.created_at)

contact = _numbered(
    "contact",
    Column("account", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("enrolled_at", Instant, nullable=False),
    Column("spool_id", Integer, ForeignKey("spool.id")),
    Column("role", Text, nullable=False, server_default="user"),
    Column("removed_at", Instant),
    UniqueConstraint("account", "key"),
)

# Who waits for the word of an account's owner before they may open tickets (DOMAIN E4, `ask`).
approval = _numbered(
    "approval",
    Column("account", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("settled_at", Instant),
)
Index("ix_approval_account_key", approval.c.account, approval.c.key)
partial_index("ix_approval_expiring", approval.c.expires_at, where="state = 'pending'")

# What new requests took of a plan's quota, on which local day of the account (DOMAIN E6).
spend = _numbered(
    "spend",
    Column("account", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("ticket_id", Integer, ForeignKey("ticket.id"), nullable=False),
    Column("day", Date, nullable=False),
    Column("at", Instant, nullable=False),
    Column("overage", Boolean, nullable=False),
    Column("given_back_at", Instant),
    UniqueConstraint("ticket_id", "unit"),
)
Index("ix_spend_account_unit_day", spend.c.account, spend.c.unit, spend.c.day)

journal = _numbered(
    "journal",
    Column("at", Instant, nullable=False),
    Column("event", String(32), nullable=False),
    Column("spool_id", Integer, ForeignKey("spool.id"), index=True),
    Column("ticket_id", Integer, ForeignKey("ticket.id"), index=True),
    Column("detail", Document, nullable=False),
)

# Who takes part in a ticket beside the one who asked and the desk: let in by somebody who may.
participant = Table(
    "participant",
    metadata,
    Column("ticket_id", Integer, ForeignKey("ticket.id"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("address", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("added_by", Text, nullable=False),
    Column("added_at", Instant, nullable=False),
    Column("removed_at", Instant),
)

# Addresses at which letters of ours did not arrive, with how often in a row they never will.
bouncing = Table(
    "bouncing",
    metadata,
    Column("reader", Text, primary_key=True),
    Column("hard", Integer, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
)
