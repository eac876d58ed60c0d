"""How far the sender of a mail is known to be who they claim (SECURITY T01-T03)."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """PASS: somebody we trust vouches for the domain in From. FAIL: it is forged. NONE: nobody can tell."""

    PASS = "pass"  # noqa: S105 a word of RFC 8601
    FAIL = "fail"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Authentication:
    """The verdict on the author's domain, and how it came about.

    `method` is what decided (`dmarc`, `dkim`, `spf`, `arc`, `transport`, `admin`, "" for nothing), `source` who said so
    (an authserv-id, `own evaluation`, the name of a transport), `why` one line for people.
    """

    verdict: Verdict
    method: str = ""
    source: str = ""
    why: str = ""


UNKNOWN = Authentication(Verdict.NONE, why="nobody vouches for the sender")
