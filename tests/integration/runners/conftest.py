"""Servers with mailboxes, and what the configuration says of them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mailintake.config.fetch import Fetch
from mailintake.config.secret import Secret
from mailintake.storage.engine import Database
from tests.integration.dovecot import MISSING, PASSWORD, Dovecot, dovecot, program
from tests.integration.mailboxes import HERE, MOVE, Inside
from tests.integration.scripted_imap import ScriptedImap, scripted


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    """A Dovecot for all tests of this file, each with a user of its own."""
    if program() is None:
        pytest.skip(MISSING)
    with dovecot() as running:
        yield running


@pytest.fixture
def user(request: pytest.FixtureRequest) -> str:
    return re.sub(r"\W+", "-", request.node.name)


@pytest.fixture
def imap() -> Iterator[ScriptedImap]:
    with scripted(ScriptedImap()) as server:
        yield server


@pytest.fixture
def from_(tmp_path: Path) -> Callable[..., Fetch]:
    """Makes what the configuration says of a mailbox on a server here."""
    secret = tmp_path / "password"
    secret.write_text(PASSWORD)

    def make(port: int, user: str = "support", **said: Any) -> Fetch:
        password = Secret("file", str(secret), HERE)
        fetch = Fetch("support", "127.0.0.1", port, user, password, "support@desk.example", HERE, tls="none")
        return replace(fetch, **{"then": MOVE, **said})

    return make


@pytest.fixture
def inside(database: Database) -> Inside:
    return Inside(database)
