"""When a token is asked for."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from mailintake.config.oauth import OAuth
from mailintake.config.source import Node
from mailintake.transports.oauth import Tokens
from mailintake.transports.oauth_token import Grant, Token, TokenDelayed, TokenRefused

SECTION = OAuth("generic", "client credentials", Node("mailintake.yaml", 1, 1, []))
START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


class Provider:
    """Gives numbered tokens for an hour; `trouble` is raised instead."""

    def __init__(self) -> None:
        self.asked = 0
        self.now = START
        self.trouble: Exception | None = None
        self.gate: Callable[[], object] = lambda: None

    def __call__(self, refresh_token: str | None) -> Grant:
        assert refresh_token is None
        self.gate()
        self.asked += 1
        if self.trouble:
            raise self.trouble
        return Grant(Token(f"token-{self.asked}", self.now, self.now + timedelta(hours=1)))


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
def tokens(provider: Provider) -> Tokens:
    return Tokens(SECTION, provider, clock=lambda: provider.now)


def test_one_serves_until_it_is_due(tokens: Tokens, provider: Provider) -> None:
    assert tokens.expires_at is None
    assert tokens.token() == "token-1"
    assert tokens.expires_at == START + timedelta(hours=1)
    provider.now += timedelta(minutes=54)
    assert tokens.token() == "token-1"
    provider.now += timedelta(minutes=1)
    assert tokens.token() == "token-2"


def test_one_that_is_refused_is_not_given_again(tokens: Tokens) -> None:
    assert tokens.token() == "token-1"
    assert tokens.token(refused="token-1") == "token-2"
    assert tokens.token(refused="token-1") == "token-2"
    assert tokens.token() == "token-2"


def test_early_is_not_late(tokens: Tokens, provider: Provider) -> None:
    tokens.token()
    provider.trouble = TokenDelayed("away")
    provider.now += timedelta(minutes=59)
    assert tokens.token() == "token-1"
    with pytest.raises(TokenDelayed):
        tokens.token(refused="token-1")
    provider.now += timedelta(minutes=1)
    with pytest.raises(TokenDelayed):
        tokens.token()


def test_a_refusal_is_told_at_once(tokens: Tokens, provider: Provider) -> None:
    tokens.token()
    provider.trouble = TokenRefused("revoked")
    provider.now += timedelta(minutes=56)
    with pytest.raises(TokenRefused):
        tokens.token()


def test_threads_that_come_together_ask_once(tokens: Tokens, provider: Provider) -> None:
    everybody = threading.Barrier(9)
    found: list[str] = []

    def ask() -> None:
        everybody.wait()
        found.append(tokens.token())

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    provider.gate = lambda: everybody.broken or threading.Event().wait(0.05)
    everybody.wait()
    for thread in threads:
        thread.join()
    assert found == ["token-1"] * 8
    assert provider.asked == 1
