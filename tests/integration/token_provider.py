"""A provider of access tokens on loopback: RFC 6749, 7523, 7662 and 8628, and the discovery that Microsoft's has."""

import json
import secrets
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from mailintake.config.fetch import Fetch
from mailintake.config.oauth import OAuth
from mailintake.config.secret import Secret
from tests.integration.mailboxes import HERE

CLIENT = "the-client"
SECRET = "open-sesame/+ client"
Answer = tuple[int, Any]


@dataclass
class Provider:
    """Gives tokens for `user`. `next_answers` are given first, one to a request; bytes in them go out as they are."""

    url: str = ""
    user: str = "ana"
    life: int | None = 3600
    rotates: bool = False
    consents: bool = True
    valid: dict[str, float] = field(default_factory=dict)
    refresh_tokens: set[str] = field(default_factory=set)
    codes: set[str] = field(default_factory=set)
    forms: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    next_answers: list[Answer] = field(default_factory=list)
    waits: int = 0
    slow: float = 0
    headers: dict[str, str] = field(default_factory=dict)

    def asked(self, grant: str) -> int:
        """How often a token was asked for in this way."""
        return sum(grant in form.get("grant_type", "") for form in self.forms)

    def revoke(self) -> None:
        """No token given out so far opens anything any more."""
        self.valid.clear()

    def new_refresh_token(self) -> str:
        token = f"refresh-{secrets.token_hex(8)}"
        self.refresh_tokens.add(token)
        return token

    def answer(self, path: str, form: dict[str, str]) -> Answer:
        self.paths.append(path)
        self.forms.append(form)
        time.sleep(self.slow)
        if self.next_answers:
            return self.next_answers.pop(0)
        if path.endswith("/.well-known/openid-configuration"):
            base = f"{self.url}/desk-tenant/oauth2/v2.0"
            return 200, {
                "issuer": f"{self.url}/desk-tenant/v2.0",
                "authorization_endpoint": f"{base}/authorize",
                "token_endpoint": f"{base}/token",
                "device_authorization_endpoint": f"{base}/devicecode",
            }
        if path.endswith("/introspect"):
            active = self.valid.get(form.get("token", ""), 0) > time.time()
            return 200, {"active": active, **({"username": self.user} if active else {})}
        if path.endswith("/devicecode"):
            return 200, {
                "device_code": "device-1", "user_code": "ABCD", "verification_uri": self.url, "interval": 1,
                "expires_in": 60, "message": f"Open {self.url} and enter ABCD",
            }  # fmt: skip
        return self.token(form)

    def token(self, form: dict[str, str]) -> Answer:
        match form.get("grant_type", "").rpartition(":")[2]:
            case "client_credentials":
                if form.get("client_secret") != SECRET:
                    return 401, {"error": "invalid_client", "error_description": "AADSTS7000215: bad. Trace ID: 1"}
                return self.granted()
            case "refresh_token":
                old = form["refresh_token"]
                if old not in self.refresh_tokens:
                    return 400, {"error": "invalid_grant", "error_description": f"{old} has been revoked."}
                if not self.rotates:
                    return self.granted()
                self.refresh_tokens.discard(old)
                return self.granted(refresh_token=self.new_refresh_token())
            case "device_code":
                if not self.consents:
                    return 400, {"error": "authorization_declined"}
                if self.waits:
                    self.waits -= 1
                    return 400, {"error": "authorization_pending"}
                return self.granted(refresh_token=self.new_refresh_token())
            case "authorization_code" if form["code"] in self.codes:
                return self.granted(refresh_token=self.new_refresh_token())
            case "jwt-bearer":
                return self.granted()
        return 400, {"error": "invalid_grant"}

    def granted(self, **more: str) -> Answer:
        token = f"access-{secrets.token_hex(8)}"
        self.valid[token] = time.time() + (3600 if self.life is None else self.life)
        expires = {} if self.life is None else {"expires_in": self.life}
        return 200, {"access_token": token, "token_type": "Bearer", **expires, **more}


class _Handler(BaseHTTPRequestHandler):
    provider: Provider

    def do_GET(self) -> None:
        self.reply({})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.reply({key: values[0] for key, values in parse_qs(body).items()})

    def reply(self, form: dict[str, str]) -> None:
        status, said = self.provider.answer(self.path, form)
        data = said if isinstance(said, bytes) else json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        for name, value in self.provider.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Silence."""


@contextmanager
def providing(*, certificate: Path | None = None) -> Iterator[Provider]:
    """Serve on a free port of loopback, with TLS for `localhost` where there is a certificate (PEM with its key)."""
    provider = Provider()
    with ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (_Handler,), {"provider": provider})) as server:
        server.daemon_threads = True
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        host, scheme = ("localhost", "https") if certificate else ("127.0.0.1", "http")
        provider.url = f"{scheme}://{host}:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()


def fetch_from(provider: Provider, port: int, directory: Path, *, refresh_token: str = "", **said: Any) -> Fetch:
    """What the configuration says of a mailbox of `ana` that is opened with this provider's tokens."""
    (directory / "client.secret").write_text(SECRET)
    token_file = directory / "support.token" if refresh_token else None
    if token_file:
        token_file.write_text(refresh_token)
        token_file.chmod(0o600)
    oauth = OAuth(
        "generic",
        "refresh token" if refresh_token else "client credentials",
        HERE,
        client_id=CLIENT,
        client_secret=Secret("file", str(directory / "client.secret"), HERE),
        token_endpoint=f"{provider.url}/token",
        token_file=token_file,
    )
    fetch = Fetch("support", "127.0.0.1", port, "ana", None, "support@desk.example", HERE, tls="none", oauth=oauth)
    return replace(fetch, **said)
