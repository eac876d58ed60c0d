"""Tokens from Google, by a service account's key or a refresh token; the only module that knows google-auth."""

import base64
import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from google.auth.exceptions import GoogleAuthError, RefreshError
from google.oauth2 import credentials, service_account

from mailintake.config.oauth import OAuth
from mailintake.transports import oauth_http
from mailintake.transports.oauth_token import Grant, TokenRefused, granted, refusal

_User: Any = credentials.Credentials
_ServiceAccount: Any = service_account.Credentials
_CONSENT = "https://accounts.google.com/o/oauth2/v2/auth"
_BACK = "http://127.0.0.1:8089/"
"""Where the browser is sent with the code. Nobody need listen there: the person copies the address."""


def ask(oauth: OAuth, refresh_token: str | None, *, subject: str) -> Grant:
    """A token for the mailbox of `subject`. Raises TokenRefused, TokenDelayed, ConfigError."""
    secret = oauth.client_secret or oauth.service_account
    assert secret is not None
    revealed = secret.reveal()
    now = datetime.now(UTC)
    if refresh_token is None:
        chosen = _service_account(oauth, revealed, subject)
    else:
        chosen = _User(
            None,
            refresh_token=refresh_token,
            token_uri=oauth.token_endpoint,
            client_id=oauth.client_id,
            client_secret=revealed,
        )
    try:
        chosen.refresh(_request)
    except RefreshError as error:
        said: Mapping[str, object] = next((arg for arg in error.args if isinstance(arg, dict)), {})
        hide = (revealed, refresh_token or "")
        raise refusal(said.get("error", error.args[0]), said.get("error_description"), hide=hide) from None
    except GoogleAuthError as error:
        raise TokenRefused(f"the provider gives no token: {type(error).__name__}") from error
    life = chosen.expiry.replace(tzinfo=UTC) - now if chosen.expiry else None
    answer = {"access_token": chosen.token, "refresh_token": getattr(chosen, "refresh_token", None)}
    return granted(answer | ({"expires_in": round(life.total_seconds())} if life else {}), asked_at=now)


def _service_account(oauth: OAuth, key: str, subject: str) -> Any:
    try:
        chosen = _ServiceAccount.from_service_account_info(json.loads(key), scopes=oauth.scope.split(), subject=subject)
    except (ValueError, TypeError, AttributeError, RecursionError, GoogleAuthError):  # which may quote the key
        assert oauth.service_account is not None
        raise oauth.service_account.node.wrong("this is no key of a service account in Google's JSON") from None
    return chosen.with_token_uri(oauth.token_endpoint) if oauth.token_endpoint else chosen


def sign_in(oauth: OAuth, *, user: str, tell: Callable[[str], None], answer: Callable[[], str]) -> Grant:
    """Let a person consent in a browser anywhere (RFC 8252, with RFC 7636).

    `tell` says which page to open; `answer` gives the address at which the browser ended. Raises TokenRefused,
    TokenDelayed, ConfigError.
    """
    assert oauth.client_secret is not None
    secret, state, verifier = oauth.client_secret.reveal(), secrets.token_urlsafe(16), secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    query = {
        "client_id": oauth.client_id,
        "redirect_uri": _BACK,
        "response_type": "code",
        "scope": oauth.scope,
        "access_type": "offline",
        "prompt": "consent",
        "login_hint": user,
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    tell(f"Open {_CONSENT}?{urlencode(query)}")
    came = {key: values[0] for key, values in parse_qs(urlsplit(answer().strip()).query).items()}
    if "error" in came:
        raise refusal(came["error"])
    if "code" not in came or not secrets.compare_digest(came.get("state", "").encode(), state.encode()):
        raise TokenRefused("that is not the address to which the browser was sent")
    form = {
        "grant_type": "authorization_code",
        "code": came["code"],
        "redirect_uri": _BACK,
        "client_id": oauth.client_id,
        "client_secret": secret,
        "code_verifier": verifier,
    }
    said = oauth_http.post(oauth.token_endpoint, form).json
    return granted(said, asked_at=datetime.now(UTC), hide=(secret, came["code"]))


class _Response:
    """What google-auth reads of an answer."""

    def __init__(self, answer: oauth_http.Answer) -> None:
        self.status = answer.status
        self.headers = answer.headers
        self.data = answer.data


def _request(
    url: str, method: str = "GET", body: bytes | None = None, headers: Mapping[str, str] | None = None, **_: object
) -> _Response:
    """The transport that google-auth is given; its own tries again by itself for longer than we wait."""
    return _Response(oauth_http.ask(url, body=body if method == "POST" else None, headers=headers))
