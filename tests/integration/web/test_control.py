"""The local web application tells a monitoring system what it needs."""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailintake.runners.mailbox_port import State
from mailintake.storage.engine import Database
from mailintake.web.control import Control


async def never(*_: object) -> str:
    raise AssertionError("nobody asked for this")


async def well() -> dict[str, object]:
    return {"status": "ok"}


@pytest.fixture
async def socket(database: Database) -> AsyncIterator[Path]:
    """Where it listens; it fetches from one mailbox."""
    with tempfile.TemporaryDirectory(prefix="control-") as home:
        path = Path(home) / "sock"
        control = Control(
            path,
            database=database,
            policy=lambda: pytest.fail("no policy is needed"),
            accept=never,
            new_body=lambda: pytest.fail("no mail comes"),
            clock=lambda: datetime.now(UTC),
            health=well,
            on_change=lambda: None,
            largest=1,
            mailboxes=lambda: [State("support", connected=True, fetched=3)],
        )
        await control.start()
        try:
            yield path
        finally:
            await control.stop()


async def test_metrics_are_text_with_every_mailbox(socket: Path) -> None:
    reader, writer = await asyncio.open_unix_connection(socket)
    writer.write(b"GET /metrics HTTP/1.0\r\n\r\n")
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    assert head.startswith(b"HTTP/1.1 200")
    assert b"content-type: text/plain; version=0.0.4; charset=utf-8" in head.lower()
    lines = body.decode().splitlines()
    assert "mailintake_mails_waiting 0" in lines
    assert 'mailintake_mails_total{outcome="opened"} 0' in lines
    assert 'mailintake_mailbox_connected{mailbox="support"} 1' in lines
    assert 'mailintake_mailbox_fetched_total{mailbox="support"} 3' in lines


async def test_health_says_what_waits_and_how_mailboxes_are(socket: Path) -> None:
    reader, writer = await asyncio.open_unix_connection(socket)
    writer.write(b"GET /health HTTP/1.0\r\n\r\n")
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    assert head.startswith(b"HTTP/1.1 200")
    assert json.loads(body) == {
        "status": "ok",
        "mails_waiting": 0,
        "letters_waiting": 0,
        "mailboxes": [{"name": "support", "connected": True, "looked_at": None}],
    }
