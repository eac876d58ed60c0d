"""What is said to an IMAP server with a token: OAUTHBEARER (RFC 7628), or XOAUTH2 as Microsoft and Google have it."""

import json
from collections.abc import Callable

from mailintake.transports.oauth_token import one_line

MECHANISMS = ("OAUTHBEARER", "XOAUTH2")
"""The standard first."""


def mechanism(offers: Callable[[str], bool]) -> str | None:
    """The mechanism to use with a server that offers these capabilities."""
    return next((word for word in MECHANISMS if offers(f"AUTH={word}")), None)


class Exchange:
    """One attempt. `said` is the server's reason afterwards, if it gave one."""

    def __init__(self, mechanism: str, *, user: str, token: str, host: str, port: int) -> None:
        self.said = ""
        self._token = token
        self._turn = 0
        if mechanism == "OAUTHBEARER":
            name = user.replace("=", "=3D").replace(",", "=2C")  # RFC 5801, 4
            self._first = f"n,a={name},\x01host={host}\x01port={port}\x01auth=Bearer {token}\x01\x01".encode()
            self._to_an_error = b"\x01"  # RFC 7628, 3.2.3
        else:
            self._first = f"user={user}\x01auth=Bearer {token}\x01\x01".encode()
            self._to_an_error = b""

    def __call__(self, challenge: bytes) -> bytes | None:
        """Our answer; None to give up. What a server says after the token is why it does not take it."""
        self._turn += 1
        if self._turn == 1:
            return self._first
        if self._turn == 2:
            self.said = self._reason(challenge)
            return self._to_an_error
        return None

    def _reason(self, challenge: bytes) -> str:
        text = challenge[:4096].decode("utf-8", "replace")
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, dict):
            text = ", ".join(f"{key} {value}" for key, value in found.items() if isinstance(value, str | int))
        return one_line(text, hide=[self._token])
