"""Where mail comes in."""

import ipaddress
import os
import re
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from mailintake.config.secret import check_private
from mailintake.config.shapes import Choice, ListOf, Parsed, Record, Whole, path_in, yes_or_no
from mailintake.config.source import Listing, Node, Section

LONGEST_SOCKET = 107  # sun_path of Linux, without its final NUL
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOSTNAME = re.compile(rf"(?=.{{1,253}}$){_LABEL}(?:\.{_LABEL})*")


@dataclass(frozen=True, slots=True)
class Tls:
    """Encryption of a listener; `required` refuses mail before STARTTLS."""

    mode: Literal["none", "starttls", "implicit"] = "none"
    certificate: Path | None = None
    key: Path | None = None
    required: bool = False


@dataclass(frozen=True, slots=True)
class Listener:
    """A TCP port (0: any free one) or a Unix socket on which we take mail.

    `trusted` says that whoever connects, our own mail server, has verified the sender already. `hostname` is what we
    greet with, None for the machine's own name.
    """

    protocol: Literal["smtp", "lmtp"]
    address: str | None = None
    port: int | None = None
    socket: Path | None = None
    trusted: bool = False
    hostname: str | None = None
    tls: Tls = Tls()

    @property
    def is_local(self) -> bool:
        """Whether only this machine can connect."""
        return self.address is None or ipaddress.ip_address(self.address).is_loopback

    def __str__(self) -> str:
        if self.address is None:
            return str(self.socket)
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"


def parse_socket(directory: Path, text: str) -> Path:
    """A path for a Unix socket. Raises ValueError."""
    path = Path(os.path.normpath(directory / text))
    if len(bytes(path)) > LONGEST_SOCKET:
        raise ValueError(f"a socket's path may have {LONGEST_SOCKET} bytes; {path} has {len(bytes(path))}")
    return path


def parse_hostname(text: str) -> str:
    """A name for a machine. Raises ValueError."""
    if not _HOSTNAME.fullmatch(text):
        raise ValueError(f"`{text}` is no host name such as mail.desk.example")
    return text


def read_listeners(directory: Path, node: Node) -> tuple[Listener, ...]:
    """All listeners; no two on one place. Raises ConfigError."""
    listeners = ListOf(partial(_listener, directory), "a list of listeners")(node)
    assert isinstance(node, Listing)
    places: dict[str, Node] = {}
    for listener, item in zip(listeners, node.items, strict=True):
        if listener.port != 0 and places.setdefault(str(listener), item) is not item:
            raise item.wrong(f"two listeners are on {listener}, the first in line {places[str(listener)].line}")
    return listeners


def _listener(directory: Path, node: Node) -> Listener:
    listener = Record(
        _checked,
        {
            "protocol": Choice(("smtp", "lmtp")),
            "address": Parsed(_parse_ip, "an IP address such as 127.0.0.1"),
            "port": Whole(0, 65_535),
            "socket": Parsed(partial(parse_socket, directory), "a path"),
            "trusted": yes_or_no,
            "hostname": Parsed(parse_hostname, "a host name"),
            "tls": partial(_tls, directory),
        },
        required=("protocol",),
        wanted="a listener such as `{protocol: smtp, address: 127.0.0.1, port: 2525}`",
    )(node)
    if listener.trusted and not listener.is_local:
        node.warn(
            f"whoever reaches {listener} can write in any customer's name: let only your own mail server reach it"
        )
    return listener


def _checked(**said: object) -> Listener:
    listener = Listener(**said)  # type: ignore[arg-type]  # each was read as its field's type
    if listener.socket is not None and (listener.address is not None or listener.port is not None):
        raise ValueError("a listener has either `address` and `port`, or a `socket`")
    if listener.socket is None and (listener.address is None or listener.port is None):
        raise ValueError("a listener needs `address` and `port`, or a `socket`")
    if listener.protocol == "lmtp" and listener.port == 25:
        raise ValueError("LMTP must not be spoken on port 25 (RFC 2033, section 5)")
    return listener


def _parse_ip(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        hint = {"localhost": "127.0.0.1", "*": "0.0.0.0"}.get(text, "127.0.0.1, or 0.0.0.0 for all")  # noqa: S104 advice only
        raise ValueError(f"`{text}` is no IP address: write such as {hint}") from None


def _tls(directory: Path, node: Node) -> Tls:
    file = path_in(directory)
    tls = Record(
        _checked_tls,
        {
            "mode": Choice(("none", "starttls", "implicit")),
            "certificate": file,
            "key": file,
            "required": yes_or_no,
        },
    )(node)
    assert isinstance(node, Section)
    if tls.key and (key := node.get("key")):
        check_private(tls.key, key)
    if tls.certificate and (certificate := node.get("certificate")) and not tls.certificate.is_file():
        raise certificate.wrong(f"there is no file {tls.certificate}")
    return tls


def _checked_tls(**said: object) -> Tls:
    tls = Tls(**{"mode": "starttls", **said})  # type: ignore[arg-type]  # each was read as its field's type
    if tls.mode == "none" and (tls.required or tls.certificate or tls.key):
        raise ValueError("`mode: none` speaks without encryption; remove the other keys, or the mode")
    if tls.mode != "none" and not (tls.certificate and tls.key):
        raise ValueError("encryption needs `certificate` and `key`")
    return tls
