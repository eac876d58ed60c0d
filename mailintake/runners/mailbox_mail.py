"""What the door is told of a mail that was fetched: envelope, reception, and its line in the ledger."""

from dataclasses import replace
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from mailintake.config.fetch import Fetch
from mailintake.domain.mail import Envelope, Reception
from mailintake.domain.mailbox import Found, Place
from mailintake.parsing import addresses, header_block, words
from mailintake.runners.mailbox_port import Note
from mailintake.storage import mailboxes
from mailintake.storage.body import Body
from mailintake.storage.mailboxes import Line

HEADERS = 1 << 18


def envelope_of(body: Body, fetch: Fetch) -> Envelope:
    """The envelope of a mail in a mailbox: the Return-Path that was written on delivery, else its author."""
    head = _down_to_return_path(next(body.slices(), b"")[:HEADERS])
    block = header_block.read_block(head, 0, len(head), top=True)
    written = block.all("return-path")
    if written:
        return Envelope(_text(written[0]).strip("<> ")[:320], (fetch.mailbox,))
    author = addresses.loose(_text(block.first("from")))
    # never "", which would make it a bounce
    return Envelope(author[1] if author else "unknown", (fetch.mailbox,))


def reception_of(found: Found, place: Place, fetch: Fetch, *, now: datetime) -> Reception:
    """When and how it came: INTERNALDATE, but never the future (DOMAIN S1)."""
    at = min(found.at, now) if found.at else now
    key = f"imap:{place.mailbox}:{place.folder}:{place.validity}:{found.uid}"
    return Reception("imap", at, fetch.trusted, fetch.host, source_key=key)


def note_of(found: Found, body: Body, place: Place, fetch: Fetch, *, now: datetime) -> Note:
    """What writes the ledger's line in the transaction that takes the mail in."""
    line = Line(found, mailboxes.TAKEN, body.digest, ended="left" if fetch.then.word == "leave" else None)
    return partial(_write, line, place, now)


def _write(line: Line, place: Place, now: datetime, connection: Connection, spool_id: int) -> None:
    mailboxes.write_down(connection, place, [replace(line, spool_id=spool_id)], now=now)


def _down_to_return_path(head: bytes) -> bytes:
    """A mail as its delivery agent left it: Return-Path comes first, and nothing below it need be read for it."""
    if head[:12].lower() != b"return-path:":
        return head
    end = head.find(b"\n") + 1
    while end and head[end : end + 1] in {b" ", b"\t"}:
        end = head.find(b"\n", end) + 1
    return head[:end] + b"\n" if end else head


def _text(value: bytes) -> str:
    return words.one_line(value.decode("utf-8", "replace"))
