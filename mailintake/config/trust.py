"""How sure the desk wants to be of a sender before it does what a mail asks for (SECURITY T01)."""

from dataclasses import dataclass
from typing import Literal

from mailintake.config.shapes import Choice, Record


@dataclass(frozen=True, slots=True)
class Trust:
    """What each act needs; opening a ticket is `senders: unverified`.

    `reply`: to write on a ticket with its token, `any` sender's address is believed, or only a `verified` one.
    `approve`: an owner's word needs a verified owner, or the `token` of the letter that asked is enough. `command`: an
    agent's mail needs a verified agent, or the `token` of a letter to this very agent is enough; `off` lets nobody work
    by mail.
    """

    reply: Literal["any", "verified"] = "any"
    approve: Literal["verified", "token"] = "verified"
    command: Literal["verified", "token", "off"] = "verified"


trust = Record(
    Trust,
    {
        "reply": Choice(("any", "verified")),
        "approve": Choice(("verified", "token")),
        "command": Choice(("verified", "token", "off")),
    },
)
