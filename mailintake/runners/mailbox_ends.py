"""What is done on the server with mails that are ours: moved, flagged or deleted, each once even where that breaks off.

A server without MOVE copies and deletes. If it, the network or we break off between the two, the mail is in both
folders; so before a move that may have been begun is made up for, its copy is looked for, and known by its bytes.
"""

import time
from collections.abc import Iterable, Sequence
from functools import partial

import structlog

from mailintake.config.fetch import Fetch
from mailintake.domain.mailbox import Found, MailboxDown, Refused
from mailintake.runners.mailbox_fetch import close, fetch_group, groups
from mailintake.runners.mailbox_folder import Folder
from mailintake.runners.mailbox_port import House, Session
from mailintake.storage import mailboxes

log = structlog.get_logger()

TOGETHER = 200  # UIDs in one command
RETRY_SECONDS = 60.0
NEWEST = 2_000  # mails of the folder moved to, among which a copy of ours is looked for
COMPARED = 200  # UIDs whose sizes are asked for at once


class Ends:
    """For one mailbox."""

    def __init__(self, fetch: Fetch, house: House) -> None:
        self._fetch = fetch
        self._house = house

    def end(self, session: Session, folder: Folder, uids: Sequence[int], *, copied: bool = False) -> None:
        """Do with these what the configuration says. What the server refuses is tried again later."""
        if self._fetch.then.word == "leave":
            return
        for some in (uids[start : start + TOGETHER] for start in range(0, len(uids), TOGETHER)):
            try:
                ended = session.end(some, copied=copied)
            except Refused as error:
                self._put_off(folder, some, error)
                return
            self._house.write(partial(mailboxes.end, place=folder.place, uids=some, ended=ended))
            gone = set(some)
            folder.unended = [uid for uid in folder.unended if uid not in gone]

    def make_up(self, session: Session, folder: Folder) -> None:
        """End what was left over when something broke off, if it is time to."""
        if not folder.unended or time.monotonic() < folder.end_not_before:
            return
        unended = list(folder.unended)
        copied: set[int] = set()
        if self._fetch.then.word == "move" and not session.has_move:
            try:
                copied = self._copied(session, folder, unended)
            except Refused as error:
                self._put_off(folder, unended, error)
                return
        if copied:
            log.info("mailbox moves made up for", mailbox=self._fetch.name, uids=shown(copied))
            self.end(session, folder, sorted(copied), copied=True)
        self.end(session, folder, [uid for uid in unended if uid not in copied])

    def _put_off(self, folder: Folder, uids: Iterable[int], error: Exception) -> None:
        log.warning("mailbox end refused", mailbox=self._fetch.name, uids=shown(uids), why=str(error))
        folder.unended = sorted({*folder.unended, *uids})
        folder.end_not_before = time.monotonic() + RETRY_SECONDS

    def _copied(self, session: Session, folder: Folder, uids: Sequence[int]) -> set[int]:
        """Which of these are among the newest mails of the folder moved to; each copy counts for one."""
        place = folder.place
        lines = self._house.read(partial(mailboxes.lines, place=place, first=min(uids), last=max(uids)))
        wanted: dict[str, list[int]] = {}
        for uid in uids:
            if uid in lines and lines[uid].digest:
                wanted.setdefault(lines[uid].digest or "", []).append(uid)
        sizes = {lines[uid].found.size for some in wanted.values() for uid in some}
        session.select(self._fetch.then.name, only_look=True)
        copied: set[int] = set()
        for group in groups([each for each in _newest(session) if each.size in sizes]):
            bodies = fetch_group(session, self._house, group, host=self._fetch.host)
            for _, body in bodies:
                if same := wanted.get(body.digest):
                    copied.add(same.pop())
            close(bodies)
        if session.select(place.folder).validity != place.validity:
            raise MailboxDown(f"{self._fetch.host}: the server has numbered {place.folder} anew meanwhile")
        return copied


def _newest(session: Session) -> list[Found]:
    uids = session.uids(1)[-NEWEST:]
    portions = (uids[start : start + COMPARED] for start in range(0, len(uids), COMPARED))
    return [each for some in portions for each in session.found(some)]


def shown(uids: Iterable[int]) -> str:
    """UIDs for people: the first twenty, and how many more."""
    some = sorted(uids)
    return ", ".join(map(str, some[:20])) + (f" and {len(some) - 20} more" if len(some) > 20 else "")
