"""What is done about senders: new ones, gone ones, and those for whom nobody vouches (DOMAIN E2, E4, E5)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from mailintake.config.durations import duration
from mailintake.config.shapes import Choice, Record, Whole, yes_or_no
from mailintake.domain.customer import NewSender
from mailintake.entitlement import identity


@dataclass(frozen=True, slots=True)
class Senders:
    """The desk's decisions about senders.

    `removed_may_reply`: who is no contact any more may still answer on their own open tickets. A seat that became free
    stays empty for `seat_cooldown`. `copies`: whom a verified participant copies in may `watch` the ticket, or they are
    `ignore`d. After `bounces` letters in a row that will never arrive, an address gets no automatic ones.
    """

    new_at_known_domain: NewSender = NewSender.REFUSE
    plus_tags: identity.PlusTags = "ignore"
    unverified: Literal["accept", "hold"] = "accept"
    answer_unverified: bool = False
    removed_may_reply: bool = True
    seat_cooldown: timedelta | None = None
    copies: Literal["watch", "ignore"] = "watch"
    bounces: int = 3


senders = Record(
    Senders,
    {
        "new_at_known_domain": lambda node: NewSender(Choice(tuple(NewSender))(node)),
        "plus_tags": Choice(("ignore", "keep")),
        "unverified": Choice(("accept", "hold")),
        "answer_unverified": yes_or_no,
        "removed_may_reply": yes_or_no,
        "seat_cooldown": duration,
        "copies": Choice(("watch", "ignore")),
        "bounces": Whole(1, 100),
    },
)
