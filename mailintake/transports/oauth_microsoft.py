"""Tokens from Microsoft Entra; the only module that knows msal."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msal

from mailintake.config.oauth import OAuth
from mailintake.transports import oauth_http
from mailintake.transports.oauth_token import Grant, TokenDelayed, TokenRefused, granted, refusal


def ask(oauth: OAuth, refresh_token: str | None) -> Grant:
    """A token by the client's secret, or by a refresh token. Raises TokenRefused, TokenDelayed, ConfigError."""
    now = datetime.now(UTC)
    if refresh_token is not None:
        with _speaking():
            answer = _public(oauth).acquire_token_by_refresh_token(refresh_token, [oauth.scope])
        return granted(answer, asked_at=now, hide=(refresh_token,))
    assert oauth.client_secret is not None
    secret = oauth.client_secret.reveal()
    with _speaking():
        app = _app(msal.ConfidentialClientApplication, oauth, client_credential=secret)
        answer = app.acquire_token_for_client([oauth.scope])
    return granted(answer, asked_at=now, hide=(secret,))


def sign_in(oauth: OAuth, *, tell: Callable[[str], None]) -> Grant:
    """Let a person consent in a browser anywhere (RFC 8628): `tell` says where and with which code; then wait for it.

    Raises TokenRefused when the person declines or the code expires, TokenDelayed.
    """
    with _speaking():
        app = _public(oauth)
        flow = app.initiate_device_flow([oauth.scope])
        if "user_code" not in flow:
            raise refusal(flow.get("error"), flow.get("error_description"))
        tell(str(flow.get("message") or f"Open {flow.get('verification_uri')} and enter {flow['user_code']}"))
        answer = app.acquire_token_by_device_flow(flow)
    if answer.get("error") == "authorization_pending":
        raise TokenRefused("nobody entered the code in time")
    return granted(answer, asked_at=datetime.now(UTC))


def _public(oauth: OAuth) -> Any:
    return _app(msal.PublicClientApplication, oauth)


def _app(kind: Callable[..., Any], oauth: OAuth, **more: object) -> Any:
    """An application that remembers nothing: what is worth remembering, we do."""
    authority = f"{oauth.authority}/{oauth.tenant}"
    try:
        return kind(
            oauth.client_id, authority=authority, http_client=_Http(), instance_discovery=False, **more
        )  # the authority is the admin's word: nobody else need vouch for it
    except ValueError as error:
        raise TokenRefused(f"{authority} is no authority: is the tenant right?") from error


@contextmanager
def _speaking() -> Iterator[None]:
    """What msal runs into when an answer is not what it expects, in our words."""
    try:
        yield
    except (AttributeError, LookupError, RuntimeError, TypeError, ValueError) as error:
        # without its text, which may hold the answer
        raise TokenDelayed(f"the provider's answer makes no sense ({type(error).__name__})") from None


@dataclass(frozen=True, slots=True)
class _Response:
    status_code: int
    text: str
    headers: Mapping[str, str]

    def raise_for_status(self) -> None:
        """Nothing to raise: what is no answer has been raised before."""


class _Http:
    """What msal asks of a client."""

    def get(self, url: str, **said: Any) -> _Response:
        return _response(oauth_http.ask(url, headers=said.get("headers")))

    def post(self, url: str, *, data: Mapping[str, Any], headers: Mapping[str, str], **_: object) -> _Response:
        form = {key: str(value) for key, value in data.items() if value is not None}
        return _response(oauth_http.post(url, form, headers=headers))

    def close(self) -> None:
        """Nothing is kept open."""


def _response(answer: oauth_http.Answer) -> _Response:
    return _Response(answer.status, answer.data.decode("utf-8", "replace"), answer.headers)
