"""Which of a mail's claims to belong to tickets are true, and for whom each token was made (SECURITY T04)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from mailintake.domain.mail import ParsedMessage
from mailintake.domain.tag import Claim, Purpose, Worth
from mailintake.domain.ticket import Ticket
from mailintake.intake.policy import Policy
from mailintake.storage import outbox


@dataclass(frozen=True, slots=True)
class Proved:
    """What of a mail's claims has turned out true: by ticket number the best, and for whom each token was made.

    `approves` is the ticket about which an owner was asked, `returned` that of a letter that comes back. `expired` are
    tickets whose tokens are too old.
    """

    claims: Mapping[int, tuple[Claim, Worth, str]]
    approves: int | None = None
    returned: tuple[int, str] | None = None
    expired: tuple[int, ...] = ()

    @property
    def numbers(self) -> set[int]:
        """The tickets concerned, as the tokens name them."""
        return {*self.claims, *([self.approves] if self.approves else [])}


def prove(
    claimed: Sequence[Claim],
    sender: str,
    holders: Mapping[int, tuple[str, ...]],
    message: ParsedMessage,
    policy: Policy,
    *,
    now: datetime,
) -> Proved:
    """Which claims are true: each token is tried for the sender first, then for all to whom we wrote of the ticket."""
    found: dict[int, tuple[Claim, Worth, str]] = {}
    approves: int | None = None
    returned: tuple[int, str] | None = None
    expired: list[int] = []
    for claim in claimed:
        candidates = (sender, *holders.get(claim.ticket_id, ()))
        worth, holder = policy.tagger.worth(claim, candidates, at=now)
        if worth is Worth.EXPIRED:
            expired.append(claim.ticket_id)
        elif worth is not Worth.FALSE:
            if claim.ticket_id not in found or (worth is Worth.OWN and found[claim.ticket_id][1] is not Worth.OWN):
                found[claim.ticket_id] = (claim, worth, holder)
        elif approves is None and policy.tagger.worth(claim, candidates, at=now, purpose=Purpose.APPROVAL)[1]:
            approves = claim.ticket_id
        elif returned is None:
            _, to = policy.tagger.worth(claim, candidates, at=now, purpose=Purpose.BOUNCE)
            returned = (claim.ticket_id, to) if to else None
    if returned is None and message.report is not None and found:
        number, (_, _, to) = next(iter(found.items()))
        returned = (number, to)
    return Proved(found, approves, returned, tuple(expired))


def holders_of(connection: Connection, on_record: Mapping[int, Ticket], policy: Policy) -> dict[int, tuple[str, ...]]:
    """By ticket number for whom tokens have been made: all to whom a letter about it was written."""
    if not on_record:
        return {}
    written = outbox.recipients_of(connection, on_record)
    return {number: tuple(dict.fromkeys(map(policy.holder, written.get(number, ())))) for number in on_record}
