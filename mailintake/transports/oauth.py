"""The access token of a mailbox: asked for when there is none, anew before it expires, and again when it is refused."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from mailintake.config.fetch import Fetch
from mailintake.config.oauth import OAuth
from mailintake.errors import UsageError
from mailintake.transports import oauth_file
from mailintake.transports.oauth_token import Grant, Token, TokenDelayed, TokenRefused

Ask = Callable[[str | None], Grant]
"""Asks the provider, with the refresh token where the flow has one. Raises TokenRefused, TokenDelayed, ConfigError."""


class Tokens:
    """One mailbox's tokens, for any thread. Keep it for as long as the daemon lives: it remembers the token."""

    def __init__(self, oauth: OAuth, ask: Ask, *, clock: Callable[[], datetime]) -> None:
        self._oauth = oauth
        self._ask = ask
        self._clock = clock
        self._lock = threading.Lock()
        self._token: Token | None = None
        self._unsaved = ""

    def token(self, *, refused: str | None = None) -> str:
        """A token that is good for a while yet, and another one than `refused`, which a server does not take.

        Raises TokenDelayed, or what only an admin can mend: TokenRefused, a PermanentError, and ConfigError.
        """
        with self._lock:
            known, now = self._token, self._clock()
            if known and known.text != refused and not known.is_due(now):
                return known.text
            try:
                return self._fresh(now).text
            except TokenDelayed:
                if known is None or known.text == refused or now >= known.expires_at:
                    raise
                return known.text  # early is not late

    @property
    def expires_at(self) -> datetime | None:
        """When the token in hand expires (UTC)."""
        return self._token.expires_at if self._token else None

    def _fresh(self, now: datetime) -> Token:
        path = self._oauth.token_file
        if path is None:
            self._token = self._ask(None).token
            return self._token
        self._save(path, now)
        old = oauth_file.read(path, self._oauth.node)  # anew each time: somebody may have signed in meanwhile
        grant = self._ask(old)
        self._token = grant.token
        if grant.refresh_token and grant.refresh_token != old:
            self._unsaved = grant.refresh_token
            self._save(path, now)
        return self._token

    def _save(self, path: Path, now: datetime) -> None:
        """A provider may take each refresh token only once, so the new one is kept here until it is on disk."""
        if self._unsaved:
            oauth_file.write(path, self._unsaved, now=now)
            self._unsaved = ""


def _now() -> datetime:
    return datetime.now(UTC)


def tokens(fetch: Fetch, *, clock: Callable[[], datetime] = _now) -> Tokens | None:
    """The tokens of this mailbox; None for one that is opened with a password."""
    oauth = fetch.oauth
    if oauth is None:
        return None
    # each needs a library that only those have installed who use it
    if oauth.provider == "microsoft":
        from mailintake.transports import oauth_microsoft

        return Tokens(oauth, partial(oauth_microsoft.ask, oauth), clock=clock)
    if oauth.provider == "google":
        from mailintake.transports import oauth_google

        return Tokens(oauth, partial(oauth_google.ask, oauth, subject=fetch.user), clock=clock)
    from mailintake.transports import oauth_generic

    return Tokens(oauth, partial(oauth_generic.ask, oauth), clock=clock)


def sign_in(fetch: Fetch, *, tell: Callable[[str], None], answer: Callable[[], str]) -> Path:
    """Let a person consent once in a browser, and keep the refresh token; the file that it is kept in.

    `tell` shows where to go; `answer` asks for what the browser shows afterwards, where the provider wants that.
    Raises TokenRefused, TokenDelayed, ConfigError; UsageError for a mailbox that is opened without a person's consent.
    """
    oauth = fetch.oauth
    path = oauth.token_file if oauth else None
    if oauth is None or path is None:
        raise UsageError(f"nobody has to sign in to `{fetch.name}`: it is opened with {oauth or 'a password'}")
    if oauth.provider == "generic":
        raise UsageError(f"how to sign in there is not known: put a refresh token into {path}")
    oauth_file.check_place(path)
    if oauth.provider == "microsoft":
        from mailintake.transports import oauth_microsoft

        grant = oauth_microsoft.sign_in(oauth, tell=tell)
    else:
        from mailintake.transports import oauth_google

        grant = oauth_google.sign_in(oauth, user=fetch.user, tell=tell, answer=answer)
    if not grant.refresh_token:
        raise TokenRefused("the provider gives a token for once, and no refresh token: sign in again and allow it")
    oauth_file.write(path, grant.refresh_token, now=_now())
    return path
