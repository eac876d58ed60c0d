"""`serve` that kills itself, as hard as can be, at one moment in the life of a mail in a Maildir.

MAILINTAKE_DIES is the moment: `read`, `committed` or `ended`.
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
from mailintake.runners.mailbox_port import House
from mailintake.runners.maildir_box import Box, Item


def die_at(moment: str) -> None:
    """Die if this is the moment."""
    if moment == os.environ["MAILINTAKE_DIES"]:
        os.kill(os.getpid(), signal.SIGKILL)


def accepting(house: House, mails: Sequence[Any]) -> "Future[None]":
    """Everything read, and nothing committed."""
    die_at("read")
    return really_accepting(house, mails)


def end(box: Box, item: Item) -> None:
    """Before: committed, and the file where it was. After: one file of several ended."""
    die_at("committed")
    really_end(box, item)
    die_at("ended")


if __name__ == "__main__":
    really_accepting, House.accepting = House.accepting, accepting  # type: ignore[method-assign]  # between read and commit
    really_end, Box.end = Box.end, end  # type: ignore[method-assign]  # around the end
    configure()
    uvloop.run(daemon.serve(config.load(Path(sys.argv[-1]))))
