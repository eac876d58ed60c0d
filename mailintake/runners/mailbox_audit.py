"""Every mail on the server accounted for: what is there, held against the ledger, with the differences by number."""

from dataclasses import dataclass, field
from functools import partial

from mailintake.config.fetch import Fetch
from mailintake.domain.mailbox import GONE, Place
from mailintake.runners.mailbox_folder import Read, changed, is_unended, windows
from mailintake.runners.mailbox_port import Session
from mailintake.storage import mailboxes
from mailintake.storage.mailboxes import Line


@dataclass(slots=True)
class Audit:
    """One folder. UIDs by what is known of them, those ignored or failing with the reason.

    `pending` is in nobody's hands yet. `unended` is taken in, and still to be moved, flagged or deleted.
    `contradictory` is on the server although the ledger says that it left, or is another mail than the ledger's.
    """

    place: Place
    messages: int = 0
    taken: int = 0
    ignored: dict[int, str] = field(default_factory=dict)
    failing: dict[int, str] = field(default_factory=dict)
    pending: list[int] = field(default_factory=list)
    unended: list[int] = field(default_factory=list)
    contradictory: list[int] = field(default_factory=list)

    @property
    def unaccounted(self) -> int:
        """How many mails the desk does not have, and nobody has decided that it should not."""
        return len(self.failing) + len(self.pending) + len(self.contradictory)


def audit(session: Session, fetch: Fetch, folder: str, *, read: Read) -> Audit:
    """Look at every UID of a folder; `read` runs a function in a reading transaction. Changes nothing anywhere."""
    selected = session.select(folder, only_look=True)
    found = Audit(Place(fetch.name, folder, selected.validity))
    every = session.uids(1)
    for some in windows(every):
        lines = read(partial(mailboxes.lines, place=found.place, first=some[0], last=some[-1]))
        known = {uid: lines[uid] for uid in some if uid in lines}
        wrong = {uid for uid, line in known.items() if line.ended in GONE}
        wrong |= changed(session, {uid: line for uid, line in known.items() if line.outcome != mailboxes.FAILING})
        found.contradictory += sorted(wrong)
        found.pending += [uid for uid in some if uid not in known]
        for uid in sorted(known.keys() - wrong):
            _count(found, uid, known[uid])
    found.messages = len(every)
    return found


def _count(found: Audit, uid: int, line: Line) -> None:
    if line.outcome == mailboxes.FAILING:
        found.failing[uid] = line.reason
    elif line.outcome == mailboxes.TOO_LARGE:
        found.ignored[uid] = line.reason
    else:
        found.taken += 1
        if is_unended(line):
            found.unended.append(uid)
