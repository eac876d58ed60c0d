"""Signing in to a mailbox with OAuth: who gives the tokens, and what they are asked for with."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from mailintake.config.outgoing import is_this_machine, only_one
from mailintake.config.secret import WAYS, Secret, check_private, read_secret
from mailintake.config.shapes import Choice, Parsed, Record, Text, listed, path_in
from mailintake.config.source import Node

Provider = Literal["microsoft", "google", "generic"]
Flow = Literal["client credentials", "refresh token", "service account"]

NEEDED: Mapping[Provider, Mapping[Flow, tuple[str, ...]]] = {
    "microsoft": {
        "client credentials": ("tenant", "client_id", "client_secret"),
        "refresh token": ("tenant", "client_id", "token_file"),
    },
    "google": {
        "service account": ("service_account",),
        "refresh token": ("client_id", "client_secret", "token_file"),
    },
    "generic": {
        "client credentials": ("token_endpoint", "client_id", "client_secret"),
        "refresh token": ("token_endpoint", "client_id", "token_file"),
    },
}
_OPTIONAL: Mapping[Provider, tuple[str, ...]] = {
    "microsoft": ("authority", "scope"),
    "google": ("token_endpoint", "scope"),
    "generic": ("client_secret", "scope"),
}
_SCOPES: Mapping[tuple[Provider, Flow], str] = {
    ("microsoft", "client credentials"): "https://outlook.office365.com/.default",
    ("microsoft", "refresh token"): "https://outlook.office.com/IMAP.AccessAsUser.All",
    ("google", "service account"): "https://mail.google.com/",
    ("google", "refresh token"): "https://mail.google.com/",
}
_LIBRARIES: Mapping[Provider, str] = {"microsoft": "msal", "google": "google.auth"}
_SECRETS = ("client_secret", "service_account")
_AUTHORITY = "https://login.microsoftonline.com"
_GOOGLE_TOKENS = "https://oauth2.googleapis.com/token"
_TENANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,252}")
_NO_LITERAL = f"a secret does not stand in a configuration: use {listed(f'client_secret_{way}' for way in WAYS)}"


@dataclass(frozen=True, slots=True)
class OAuth:
    """Where access tokens come from; what a flow does not use is empty. `token_file` keeps the refresh token."""

    provider: Provider
    flow: Flow
    node: Node = field(repr=False, compare=False)
    scope: str = ""
    tenant: str = ""
    authority: str = ""
    client_id: str = ""
    client_secret: Secret | None = None
    service_account: Secret | None = None
    token_endpoint: str = ""
    token_file: Path | None = None

    def __str__(self) -> str:
        return f"{self.provider}, {self.flow}"


def read_oauth(directory: Path, environment: Mapping[str, str], node: Node) -> OAuth:
    """Raises ConfigError, also where the extra is not installed that the provider needs."""
    oauth = Record(
        partial(_checked, node),
        {
            "provider": Choice(tuple(NEEDED)),
            "tenant": Parsed(_parse_tenant, "a tenant's id or domain"),
            "authority": Parsed(partial(parse_url, on_loopback=False), "an https:// URL"),
            "client_id": Text("the id of the app"),
            **{f"client_secret_{way}": partial(read_secret, way, directory) for way in WAYS},
            **{f"service_account_{way}": partial(read_secret, way, directory) for way in WAYS},
            "token_endpoint": Parsed(parse_url, "an https:// URL"),
            "token_file": path_in(directory),
            "scope": Text("the scope of a token"),
        },
        required=("provider",),
        elsewhere={"client_secret": _NO_LITERAL, "refresh_token": "a refresh token is kept in a `token_file`"},
    )(node)
    library = _LIBRARIES.get(oauth.provider)
    if library and not _is_installed(library):
        extra = f"mailintake[{oauth.provider}]"
        raise node.wrong(f"tokens of {oauth.provider} need an extra that is not installed: pip install '{extra}'")
    for secret in filter(None, (oauth.client_secret, oauth.service_account)):
        secret.check(environment)
    if oauth.token_file and oauth.token_file.exists():
        check_private(oauth.token_file, node)
    return oauth


def _checked(node: Node, *, provider: Provider, **said: object) -> OAuth:
    values: dict[str, object] = {key: value for key, value in said.items() if not isinstance(value, Secret)}
    for name in _SECRETS:
        secrets = {key: value for key, value in said.items() if isinstance(value, Secret) and key.startswith(name)}
        if secret := only_one(secrets):
            values[name] = secret
    flow = _flow(provider, values)
    for key in NEEDED[provider][flow]:
        if key not in values:
            ways = "; or ".join(", ".join(_needs(provider, each)) for each in NEEDED[provider])
            raise ValueError(f"`{_shown(key)}` is missing; {provider} wants {ways}")
    for key in values:
        if key not in NEEDED[provider][flow] + _OPTIONAL[provider]:
            raise ValueError(f"`{_shown(key)}` has no meaning for {provider} with {', '.join(_needs(provider, flow))}")
    if provider == "microsoft":
        values.setdefault("authority", _AUTHORITY)
    if (provider, flow) == ("google", "refresh token"):
        values.setdefault("token_endpoint", _GOOGLE_TOKENS)
    values.setdefault("scope", _SCOPES.get((provider, flow), ""))
    return OAuth(provider, flow, node, **values)  # type: ignore[arg-type]  # each was read as its field's type


def _flow(provider: Provider, values: Mapping[str, object]) -> Flow:
    """A refresh token where there is a file for it, else the provider's first flow."""
    return "refresh token" if "token_file" in values else next(iter(NEEDED[provider]))


def _needs(provider: Provider, flow: Flow) -> list[str]:
    return [f"`{_shown(key)}`" for key in NEEDED[provider][flow]]


def _shown(key: str) -> str:
    return f"{key}_file" if key in _SECRETS else key


def _parse_tenant(text: str) -> str:
    if not _TENANT.fullmatch(text):
        raise ValueError(f"`{text}` cannot be a tenant: write its id, or its domain such as desk.example")
    return text


def parse_url(text: str, *, on_loopback: bool = True) -> str:
    """An https:// URL without anybody's name in it; http:// only to this machine, if at all. Raises ValueError."""
    if "@" in text:
        raise ValueError("a name or a password does not stand in a URL")
    try:
        url = urlsplit(text)
        _ = url.port
    except ValueError:
        raise ValueError(f"`{text}` is no URL") from None
    if not url.hostname or url.query or url.fragment or not text.isascii() or set(text) & set(' "<>\\'):
        raise ValueError(f"`{text}` is no URL such as https://login.example/token")
    if not is_safe(text, on_loopback=on_loopback):
        raise ValueError(f"`{text}` would show secrets to everybody on the way: write https://")
    return text.rstrip("/")


def is_safe(url: str, *, on_loopback: bool = True) -> bool:
    """Whether nobody on the way sees what is sent there."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and on_loopback and is_this_machine(parts.hostname or ""))


def _is_installed(library: str) -> bool:
    try:
        return find_spec(library) is not None
    except ModuleNotFoundError:  # the package above it
        return False
