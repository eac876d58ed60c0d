"""`serve` that kills itself, as hard as can be, at one moment in the life of a mail that is fetched.

MAILINTAKE_DIES is the moment and how often it comes before: `fetched:0`, `committed:2`, `ended:1`.
"""

import os
import signal
import sys
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import uvloop

from mailintake import config, daemon
from mailintake.cli.logs import configure
from mailintake.daemon import doors
from mailintake.domain.mailbox import Ended
from mailintake.runners.mailbox_port import House
from mailintake.transports.imap import Session

MOMENT, _, TIMES = os.environ["MAILINTAKE_DIES"].partition(":")
left = int(TIMES)


def die_at(moment: str) -> None:
    """Die if this is the moment, and it has come often enough."""
    global left  # noqa: PLW0603 - one process, one death
    if moment == MOMENT:
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1


class Dying(Session):
    """The mailbox on the server."""

    def end(self, uids: Sequence[int], *, copied: bool = False) -> Ended:
        """Before: committed, and the server not told. After: the server told, and the ledger not."""
        die_at("committed")
        ended = super().end(uids, copied=copied)
        die_at("ended")
        return ended


def accepting(house: House, mails: Sequence[Any]) -> "Future[None]":
    """Everything fetched, and nothing committed."""
    die_at("fetched")
    return really(house, mails)


if __name__ == "__main__":
    really = House.accepting
    House.accepting = accepting  # type: ignore[method-assign]  # the moment between fetch and commit
    doors.Session = Dying  # type: ignore[attr-defined,misc]  # the moments around the end
    configure()
    uvloop.run(daemon.serve(config.load(Path(sys.argv[-1]))))
