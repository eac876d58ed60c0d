"""What routing rules see of one mail, and what they decide about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from mailintake.domain.mail import Attachment, Kind
from mailintake.domain.target import Metric, TargetRow
from mailintake.domain.trust import Verdict

NO_LETTER = "none"
"""In the place of a template: nothing is written."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a file of the admin's; lines and columns count from 1."""

    file: str = "rules.yaml"
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What rules see of one mail; "" and () where nothing is known.

    `sender` is the address as compared (DOMAIN E2), and so are `recipients`, those of the envelope and of To and Cc,
    but with their `+tag`, if it is no token. `account`, `plan`, `role` and the claimed `priority` are keys of the
    configuration; `contact` says that the sender may open tickets for the account. `subject` goes without a ticket tag.
    `text` is what the sender wrote now, `body` all of it with quotes and signature. `headers` have their names in lower
    case. `size` is the raw mail's in bytes, `received_at` is aware. `reply`: the mail names a ticket of ours.
    """

    received_at: datetime
    sender: str = ""
    name: str = ""
    account: str = ""
    plan: str = ""
    role: str = ""
    contact: bool = False
    language: str = ""
    recipients: tuple[str, ...] = ()
    mailbox: str = ""
    subject: str = ""
    text: str = ""
    body: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    attachments: tuple[Attachment, ...] = ()
    kind: Kind = Kind.MESSAGE
    authentication: Verdict = Verdict.NONE
    priority: str = ""
    size: int = 0
    reply: bool = False

    @property
    def domain(self) -> str:
        """The sender's domain, as compared."""
        return self.sender.rpartition("@")[2]


class Assigning(StrEnum):
    """How one agent of several is found."""

    PERSON = "person"
    ROUND_ROBIN = "round-robin"
    LEAST_BUSY = "least-busy"


@dataclass(frozen=True, slots=True)
class Assign:
    """To whom a ticket goes: to the first of `agents` who is there, or to one among them, in turn or the least busy.

    Without `agents` those of the ticket's team are meant.
    """

    how: Assigning
    agents: tuple[str, ...] = ()

    def __str__(self) -> str:
        people = ", ".join(self.agents)
        if self.how is Assigning.PERSON:
            return people
        return f"{self.how} among {people}" if people else self.how.value


@dataclass(frozen=True, slots=True)
class Link:
    """Later mails with the same key join the same ticket, for `within` of the last one."""

    key: str
    within: timedelta


@dataclass(frozen=True, slots=True)
class Sla:
    """What is promised in the place of the contract's plan: what another `plan` says, or these `targets` by metric."""

    plan: str = ""
    targets: Mapping[Metric, tuple[TargetRow, ...]] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        rows = (f"{metric}: {row.text}" for metric, rows in self.targets.items() for row in rows)
        return self.plan or "; ".join(rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """What rules decide about a mail; "", () and None where none of them says anything.

    `acknowledge` and `reply` are templates; NO_LETTER acknowledges nothing. `notify` are agents, teams and addresses,
    `watchers` agents and addresses. `redirect` says where the sender should turn, `ignore` and `quarantine` why: at
    most one of the three. `rules` are the names of those that were applied, `shadow` of those that would have been.
    """

    queue: str = ""
    team: str = ""
    assign: Assign | None = None
    priority: str = ""
    category: str = ""
    topic: str = ""
    level: str = ""
    tags: tuple[str, ...] = ()
    language: str = ""
    acknowledge: str = ""
    notify: tuple[str, ...] = ()
    reply: str = ""
    redirect: str = ""
    ignore: str = ""
    quarantine: str = ""
    link: Link | None = None
    watchers: tuple[str, ...] = ()
    sla: Sla | None = None
    rules: tuple[str, ...] = ()
    shadow: tuple[str, ...] = ()


class Found(StrEnum):
    """What became of one rule."""

    MATCHED = "matched"
    SHADOW = "matched in shadow"
    FAILED = "no"
    NOT_REACHED = "not reached"


@dataclass(frozen=True, slots=True)
class RuleTrace:
    """One rule and one mail: the first condition as written that did not hold, and what it saw of the mail."""

    rule: str
    found: Found
    condition: str = ""
    saw: str = ""
