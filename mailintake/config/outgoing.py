"""Where letters go out: a folder for trying things, or a relay."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from mailintake.config.listeners import parse_hostname
from mailintake.config.secret import WAYS, Secret, read_secret
from mailintake.config.shapes import Choice, Parsed, Record, Text, Whole, listed, path_in
from mailintake.config.source import Node

_PORTS = {"implicit": 465, "starttls": 587, "none": 25}
NO_LITERAL = f"a password does not stand in a configuration: use {listed(f'password_{way}' for way in WAYS)}"


@dataclass(frozen=True, slots=True)
class Relay:
    """The server that takes our letters. `user` goes with `password`."""

    host: str
    port: int
    tls: Literal["implicit", "starttls", "none"] = "starttls"
    user: str | None = None
    password: Secret | None = None
    timeout_seconds: int = 60


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Exactly one of the two."""

    maildir: Path | None = None
    relay: Relay | None = None


def read_outgoing(directory: Path, environment: Mapping[str, str], node: Node) -> Outgoing:
    """Raises ConfigError."""
    return Record(
        _checked,
        {
            "maildir": path_in(directory),
            "relay": partial(_relay, directory, environment),
        },
    )(node)


def _checked(**said: object) -> Outgoing:
    if len(said) != 1:
        raise ValueError("letters leave either by `maildir` or by `relay`")
    return Outgoing(**said)  # type: ignore[arg-type]  # each was read as its field's type


def _relay(directory: Path, environment: Mapping[str, str], node: Node) -> Relay:
    relay = Record(
        _checked_relay,
        {
            "host": Parsed(parse_host, "a host name"),
            "port": Whole(1, 65_535),
            "tls": Choice(tuple(_PORTS)),
            "user": Text("a user name"),
            **{f"password_{way}": partial(read_secret, way, directory) for way in WAYS},
            "timeout_seconds": Whole(1, 600),
        },
        required=("host",),
        elsewhere={"password": NO_LITERAL},
    )(node)
    if relay.password:
        relay.password.check(environment)
    return relay


def parse_host(text: str) -> str:
    """An IP address or a host name. Raises ValueError."""
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return parse_hostname(text)


def _checked_relay(
    *,
    host: str,
    port: int | None = None,
    tls: Literal["implicit", "starttls", "none"] = "starttls",
    user: str | None = None,
    timeout_seconds: int = 60,
    **passwords: Secret,
) -> Relay:
    password = only_one(passwords)
    if (user is None) != (password is None):
        raise ValueError("`user` and a password go together")
    if password and tls == "none" and not is_this_machine(host):
        raise ValueError("`tls: none` would show the password to everybody on the way: use implicit or starttls")
    return Relay(host, port or _PORTS[tls], tls, user, password, timeout_seconds)


def only_one(secrets: Mapping[str, Secret]) -> Secret | None:
    """The one way in which a password is given. Raises ValueError if there are two."""
    if len(secrets) > 1:
        raise ValueError(f"one of these is enough: {listed(secrets)}")
    return next(iter(secrets.values()), None)


def is_this_machine(host: str) -> bool:
    """Whether what is sent there never leaves the machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
