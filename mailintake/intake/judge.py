"""The way of mails through intake: ask, decide, write down; several at a time, as if one after the other."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection

from mailintake.domain.mail import ParsedMessage
from mailintake.domain.trust import Authentication
from mailintake.intake.apply import Judged, apply
from mailintake.intake.decide import decide
from mailintake.intake.gather import gather
from mailintake.intake.inquiry import homes_of, independent, inquire
from mailintake.intake.policy import Policy
from mailintake.storage import refused
from mailintake.storage.spool import Entry


def judge(
    connection: Connection,
    mails: Iterable[tuple[Entry, ParsedMessage]],
    policy: Policy,
    *,
    now: datetime,
    found: Mapping[int, Authentication] | None = None,
) -> list[Judged]:
    """Judge mails in their order and write it all down in the caller's transaction.

    `found` is what we found out about senders by ourselves, by entry.

    Mails that bear on each other are judged in turn, all others side by side, so that each table takes one statement.
    LeaseLost if another took one of the mails over.
    """
    done: list[Judged] = []
    known = list(mails)
    homes = homes_of(connection, [message for _, message in known], policy)
    own = found or {}
    for part in independent(
        inquire(entry, message, policy, homes=homes, own=own.get(entry.id)) for entry, message in known
    ):
        judged = [
            Judged(
                inquiry.entry,
                facts,
                decide(facts, policy, is_promoted=refused.is_taken_in(inquiry.entry)),
                inquiry.content_key,
            )
            for inquiry, facts in zip(part, gather(connection, part, policy, now=now), strict=True)
        ]
        done += apply(connection, judged, policy, now=now)
    return done
