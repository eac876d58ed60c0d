"""Tokens from any token endpoint, by client credentials or a refresh token (RFC 6749, 4.4 and 6)."""

from datetime import UTC, datetime

from mailintake.config.oauth import OAuth
from mailintake.transports import oauth_http
from mailintake.transports.oauth_token import Grant, granted


def ask(oauth: OAuth, refresh_token: str | None) -> Grant:
    """One request. Raises TokenRefused, TokenDelayed, or ConfigError where the secret cannot be read."""
    secret = oauth.client_secret.reveal() if oauth.client_secret else ""
    form = {"client_id": oauth.client_id}
    form |= {"client_secret": secret} if secret else {}
    form |= {"scope": oauth.scope} if oauth.scope else {}
    if refresh_token is None:
        form |= {"grant_type": "client_credentials"}
    else:
        form |= {"grant_type": "refresh_token", "refresh_token": refresh_token}
    now = datetime.now(UTC)
    answer = oauth_http.post(oauth.token_endpoint, form)
    return granted(answer.json, asked_at=now, hide=(secret, refresh_token or ""))
