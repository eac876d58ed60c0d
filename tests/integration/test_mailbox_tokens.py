"""A mailbox that is opened with tokens, emptied by its runner for longer than a token lasts."""

import asyncio
from functools import partial
from pathlib import Path

import pytest

from mailintake.config.fetch import End
from mailintake.storage import schema
from mailintake.storage.engine import Database
from mailintake.transports import oauth
from mailintake.transports.imap import Session
from tests.integration.dovecot import MISSING, dovecot, program
from tests.integration.mailboxes import Inside, a_mail, eventually, fetching
from tests.integration.token_provider import fetch_from, providing


@pytest.mark.skipif(program() is None, reason=MISSING)
async def test_a_mailbox_is_emptied_on_when_its_token_was_revoked(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'mailintake.db'}")
    inside = Inside(database)
    with providing() as provider, dovecot(introspection=f"{provider.url}/introspect") as server:
        schema.upgrade(database)
        fetch = fetch_from(provider, server.port, tmp_path, then=End("delete"))
        async with fetching(fetch, database, connect=partial(Session.open, tokens=oauth.tokens(fetch))):
            await asyncio.to_thread(server.put, "ana", a_mail(0))
            await eventually(lambda: inside.taken() == [a_mail(0)])
            await asyncio.to_thread(server.stop)
            provider.revoke()
            await asyncio.to_thread(server.start)
            await asyncio.to_thread(server.put, "ana", a_mail(1))
            await eventually(lambda: inside.taken() == [a_mail(0), a_mail(1)])
        assert provider.asked("client_credentials") == 2
    database.close()
