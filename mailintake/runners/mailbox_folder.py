"""A folder as its server has it, held against the ledger: what is new, what is only to be ended, what contradicts."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy import Connection

from mailintake.domain.mailbox import GONE, Place
from mailintake.runners.mailbox_port import Session
from mailintake.storage import mailboxes
from mailintake.storage.mailboxes import Line

Read = Callable[[Callable[[Connection], dict[int, Line]]], dict[int, Line]]

WINDOW = 50_000  # UIDs compared with the ledger at once
COMPARED = 2_000  # a folder of so many mails is compared by size and date as well, whenever it is opened anew
TOGETHER = 200  # UIDs whose sizes are asked for at once


@dataclass(slots=True)
class Folder:
    """UIDs by what is to be done, in ascending order; `last` is the highest there is.

    `fresh` is to be taken in, and so is what is in `suspects`, one by one: it has failed before. `unended` is taken in,
    and to be moved, flagged or deleted. `reused` are numbers that the server has given to other mails since; they are
    in `fresh` as well. `vanished` failed as long as it was there.
    """

    place: Place
    last: int = 0
    next_uid: int = 0
    fresh: list[int] = field(default_factory=list)
    suspects: list[int] = field(default_factory=list)
    unended: list[int] = field(default_factory=list)
    reused: list[int] = field(default_factory=list)
    vanished: list[int] = field(default_factory=list)
    end_not_before: float = 0.0


def compare(session: Session, read: Read, place: Place, *, largest: int) -> Folder:
    """Hold the open folder against the ledger; `read` runs a function in a reading transaction.

    What was too large once, and is no larger than `largest`, is fresh again.
    """
    every = session.uids(1)
    folder = Folder(place, last=max(every, default=0))
    for some in windows(every):
        lines = read(partial(mailboxes.lines, place=place, first=some[0], last=some[-1]))
        failing = {uid for uid, line in lines.items() if line.outcome == mailboxes.FAILING}
        small = {
            uid for uid, line in lines.items() if line.outcome == mailboxes.TOO_LARGE and line.found.size <= largest
        }
        known = {uid: lines[uid] for uid in some if uid in lines and uid not in failing | small}
        other = {uid for uid, line in known.items() if line.ended in GONE}
        if len(every) <= COMPARED:
            other |= changed(session, known)
        folder.reused += sorted(other)
        folder.unended += [uid for uid, line in known.items() if uid not in other and is_unended(line)]
        folder.suspects += [uid for uid in some if uid in failing]
        folder.vanished += sorted(failing.difference(some))
        folder.fresh += [uid for uid in some if uid not in lines or uid in other | small]
    return folder


def changed(session: Session, known: dict[int, Line]) -> set[int]:
    """UIDs under which the server now has another mail than the ledger: of another size, or another date."""
    kept = [uid for uid, line in known.items() if line.ended not in GONE]
    portions = (kept[start : start + TOGETHER] for start in range(0, len(kept), TOGETHER))
    found = (each for some in portions for each in session.found(some))
    return {each.uid for each in found if each != known[each.uid].found}


def is_unended(line: Line) -> bool:
    """Whether a mail is ours, and the server has not been told."""
    return line.ended is None and line.outcome in {mailboxes.TAKEN, mailboxes.KNOWN}


def windows(uids: Sequence[int]) -> Iterable[Sequence[int]]:
    """UIDs in portions that the ledger may be asked for at once."""
    return (uids[start : start + WINDOW] for start in range(0, len(uids), WINDOW))
