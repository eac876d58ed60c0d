"""Access tokens: what a provider answers when asked for one (RFC 6749, 5), and how long that is good for."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mailintake.errors import PermanentError, TemporaryError

EARLY = timedelta(minutes=5)
LONGEST_LIFE = timedelta(days=30)
UNSAID_LIFE = timedelta(hours=1)
LARGEST_TOKEN = 32_768
_TOKEN = re.compile(r"[\x21-\x7e]+")
_PASSES = frozenset({"temporarily_unavailable", "server_error", "slow_down", "authorization_pending"})
_CHANGING = re.compile(r" ?(Trace ID|Correlation ID|Timestamp):.*", re.DOTALL)


class TokenDelayed(TemporaryError):
    """The provider of access tokens cannot be reached, or wants to be asked later."""


class TokenRefused(PermanentError):
    """The provider gives no access token, and will not before an admin has changed something."""


@dataclass(frozen=True, slots=True)
class Token:
    """What opens a mailbox for a while. Never shown."""

    text: str = field(repr=False)
    issued_at: datetime
    expires_at: datetime

    def is_due(self, now: datetime) -> bool:
        """Whether it is time for the next: five minutes before the end, or at 90 % of a short life."""
        return now >= self.expires_at - min(EARLY, (self.expires_at - self.issued_at) / 10)


@dataclass(frozen=True, slots=True)
class Grant:
    """A token, and a refresh token where the provider hands out a new one."""

    token: Token
    refresh_token: str | None = field(default=None, repr=False)


def granted(answer: Mapping[str, object], *, asked_at: datetime, hide: Iterable[str] = ()) -> Grant:
    """Read the JSON of a token endpoint. Raises TokenRefused or TokenDelayed, in whose text nothing of `hide` stands.

    A life that is not said is taken for an hour (RFC 6749, 5.1 leaves it to us), one of months for 30 days.
    """
    if "error" in answer:
        raise refusal(answer.get("error"), answer.get("error_description"), hide=hide)
    text = _checked(answer.get("access_token"))
    if text is None:
        raise TokenDelayed("the provider's answer holds no access token")
    said = answer.get("expires_in")
    try:
        life = timedelta(seconds=int(str(said)[:12])) if isinstance(said, int | str) else UNSAID_LIFE
    except ValueError:
        life = UNSAID_LIFE
    life = max(timedelta(), min(life, LONGEST_LIFE))
    return Grant(Token(text, asked_at, asked_at + life), _checked(answer.get("refresh_token")))


def refusal(error: object, description: object = None, *, hide: Iterable[str] = ()) -> "TokenRefused | TokenDelayed":
    """The exception for an error that a provider names (RFC 6749, 5.2), without what is different each time."""
    words = [word for word in (error, description) if isinstance(word, str)]
    text = one_line(_CHANGING.sub("", ": ".join(words)), hide=hide)
    kind = TokenDelayed if words and words[0] in _PASSES else TokenRefused
    return kind(f"the provider gives no token: {text}")


def one_line(text: str, *, hide: Iterable[str] = ()) -> str:
    """At most 300 printable characters of what somebody else wrote, without our secrets."""
    text = text[:10_000]
    for secret in filter(None, hide):
        text = text.replace(secret, "***")
    return "".join(c if c.isprintable() else " " for c in " ".join(text.split()))[:300]


def _checked(token: object) -> str | None:
    if isinstance(token, str) and len(token) <= LARGEST_TOKEN and _TOKEN.fullmatch(token):
        return token
    return None
