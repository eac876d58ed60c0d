"""One request to a provider of tokens: verified TLS, no redirects, a small answer, and an end.

The libraries of Microsoft and Google speak through this too, so that all of them trust the same authorities
(`SSL_CERT_FILE`), use the same proxy (`https_proxy`) and keep to the same limits.
"""

import http.client
import json
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from mailintake.config.oauth import is_safe
from mailintake.transports.oauth_token import TokenDelayed

SECONDS = 15.0
LARGEST_ANSWER = 256 << 10


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider said: a status below 500, and JSON."""

    status: int
    data: bytes
    headers: Mapping[str, str]
    json: Mapping[str, Any]


def post(url: str, form: Mapping[str, str], *, headers: Mapping[str, str] | None = None) -> Answer:
    """Send a form. Raises TokenDelayed."""
    body = urlencode(form).encode()
    return ask(url, body=body, headers={"Content-Type": "application/x-www-form-urlencoded", **(headers or {})})


def ask(url: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Answer:
    """GET, or POST where there is a body. Raises TokenDelayed unless an answer of JSON comes within SECONDS."""
    host = urlsplit(url).hostname
    if not is_safe(url):
        raise TokenDelayed(f"{host}: no secret is sent without encryption")
    request = urllib.request.Request(  # noqa: S310 - the line above has seen to it
        url, data=body, headers={"Accept": "application/json", **(headers or {})}
    )
    handlers: list[urllib.request.BaseHandler] = [
        _NoRedirect(),
        urllib.request.HTTPSHandler(context=ssl.create_default_context()),
    ]
    if url.startswith("http:"):
        handlers.append(urllib.request.ProxyHandler({}))  # what may go unencrypted does not leave this machine
    opener = urllib.request.build_opener(*handlers)
    try:
        try:
            response = opener.open(request, timeout=SECONDS)
        except urllib.error.HTTPError as error:
            response = error  # an answer like any other
        with response:
            status, data = response.status, _read(response)
            said = dict(response.headers.items())
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise TokenDelayed(f"{host}: {_reason(error)}") from error
    if not (status == http.client.OK or 400 <= status < 500) or status == http.client.TOO_MANY_REQUESTS:
        raise TokenDelayed(f"{host}: answers with status {status}")
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise TokenDelayed(f"{host}: answers with status {status}, and not in JSON")
    return Answer(status, data, said, found)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Secrets go where the configuration says, and nowhere else."""


def _read(response: Any) -> bytes:
    until = time.monotonic() + SECONDS
    data = b""
    while part := response.read1(1 << 16):
        data += part
        if len(data) > LARGEST_ANSWER:
            raise ValueError(f"an answer of more than {LARGEST_ANSWER:,} bytes")
        if time.monotonic() > until:
            raise TimeoutError
    return data


def _reason(error: BaseException) -> str:
    inner = getattr(error, "reason", error)
    if isinstance(inner, ssl.SSLCertVerificationError):
        return f"its certificate is not to be trusted: {inner.verify_message}"
    if isinstance(inner, TimeoutError):
        return "no answer in time"
    if isinstance(inner, OSError):
        return inner.strerror or type(inner).__name__
    return str(inner)[:200] if isinstance(inner, ValueError) else type(inner).__name__
