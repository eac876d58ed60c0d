"""One look into a mailbox: what is there and not in the ledger is taken in, and only then ended on the server.

The ledger's line is written in the transaction that takes a mail in. So after a crash at any point a mail either is in
neither and is fetched again, or is in both and only its end is made up for.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial

import structlog

from mailintake.config.fetch import Fetch
from mailintake.domain.mailbox import Found, MailboxDown, Place, Refused
from mailintake.runners.mailbox_commits import Commits
from mailintake.runners.mailbox_ends import Ends, shown
from mailintake.runners.mailbox_fetch import Bodies, fetch_group, groups
from mailintake.runners.mailbox_folder import Folder, compare
from mailintake.runners.mailbox_port import House, Session
from mailintake.runners.mailbox_suspects import Suspects
from mailintake.storage import mailboxes
from mailintake.storage.mailboxes import Line

log = structlog.get_logger()

CHUNK = 200  # UIDs whose sizes are asked for at once, and that are ended at once
CHUNKS_A_TURN = 10  # then it is the next folder's turn
LOOK_SECONDS = 2.0  # how old the news may be while a backlog is worked on


class Round:
    """Works on the folders of one mailbox, for as long as its daemon lives; in one thread. `taken` counts mails."""

    def __init__(self, fetch: Fetch, house: House, *, stopped: Callable[[], bool]) -> None:
        self._fetch = fetch
        self._house = house
        self._stopped = stopped
        self._folders: dict[str, Folder] = {}
        self.taken = 0
        self._suspects = Suspects()
        self._ends = Ends(fetch, house)

    def start_over(self) -> None:
        """After a lost connection nothing counts but the ledger, and what failed."""
        self._folders.clear()

    def look(self, session: Session) -> bool:
        """Take in what is there; False if nothing was, so that one may wait for news.

        Otherwise what came meanwhile may have been told in an answer to another command, and will not be told again.
        Raises MailboxDown, Refused, StorageBusy, OutOfSpace.
        """
        more = [self._look_into(session, name) for name in self._fetch.folders]
        return any(more)

    def last(self, name: str) -> int:
        """The highest UID that was seen in this folder, 0 for none."""
        return self._folders[name].last if name in self._folders else 0

    def may_wait(self, session: Session) -> bool:
        """Open the first folder to wait in; False if there is news in it already."""
        return len(self._fetch.folders) == 1 or not self._opened(session, self._fetch.folders[0]).fresh

    def _look_into(self, session: Session, name: str) -> bool:
        folder = self._opened(session, name)
        self._ends.make_up(session, folder)
        had_work = bool(folder.fresh)
        looked = time.monotonic()
        for _ in range(CHUNKS_A_TURN):
            if self._stopped() or not folder.fresh:
                break
            self._take(session, folder, self._next(folder))
            if time.monotonic() - looked > LOOK_SECONDS:
                self._add_news(session, folder)
                looked = time.monotonic()
        return had_work

    # ---- what is there

    def _opened(self, session: Session, name: str) -> Folder:
        selected = session.select(name)
        place = Place(self._fetch.name, name, selected.validity)
        known = self._folders.get(name)
        if known and known.place == place and (known.next_uid <= selected.next_uid or not selected.next_uid):
            known.next_uid = selected.next_uid
            self._add_news(session, known)
            return known
        now = self._house.clock()
        before = self._house.write(partial(mailboxes.note_folder, place=place, selected=selected, now=now))
        if before is not None and before != place.validity:
            log.warning("mailbox numbered anew", mailbox=self._fetch.name, folder=name, was=before, now=place.validity)
        folder = self._compared(session, place)
        folder.next_uid = selected.next_uid
        self._folders[name] = folder
        return folder

    def _compared(self, session: Session, place: Place) -> Folder:
        folder = compare(session, self._house.read, place, largest=self._house.largest)
        if folder.reused:
            log.warning("mailbox uids reused", mailbox=place.mailbox, folder=place.folder, uids=shown(folder.reused))
        if forgotten := folder.reused + folder.vanished:
            self._house.write(partial(mailboxes.forget, place=place, uids=forgotten))
        failed = [uid for uid in folder.fresh if self._suspects.has(place, uid)]
        folder.suspects = sorted({*folder.suspects, *failed})
        folder.fresh = [uid for uid in folder.fresh if not self._suspects.has(place, uid)]
        return folder

    def _add_news(self, session: Session, folder: Folder) -> None:
        news = session.uids(folder.last + 1)
        folder.fresh += news
        folder.last = max([folder.last, *news])

    def _next(self, folder: Folder) -> list[int]:
        """The next UIDs to work on, taken off the list."""
        if self._fetch.newest_first:
            chunk, folder.fresh = folder.fresh[-CHUNK:][::-1], folder.fresh[:-CHUNK]
        else:
            chunk, folder.fresh = folder.fresh[:CHUNK], folder.fresh[CHUNK:]
        return chunk

    # ---- taking in

    def _take(self, session: Session, folder: Folder, uids: Sequence[int]) -> None:
        found = session.found(uids)
        self._leave_too_large(folder, [each for each in found if each.size > self._house.largest])
        commits = Commits(self._fetch, self._house, folder.place)
        try:
            for group in groups([each for each in found if each.size <= self._house.largest]):
                if self._stopped():
                    break
                commits.put(self._fetched(session, folder, group))
            commits.settle()
        finally:
            commits.abandon()
            self.taken += len(commits.committed)
        for uid in commits.committed:
            self._suspects.cleared(folder.place, uid)
        if not self._stopped():  # else it may be another's by now, who makes up for it
            self._ends.end(session, folder, commits.committed)

    def _fetched(self, session: Session, folder: Folder, group: Sequence[Found]) -> Bodies:
        """The mails of a group. What fails is remembered, and does not keep the others waiting."""
        try:
            return fetch_group(session, self._house, group, host=self._fetch.host)
        except Refused as error:
            self._failed(folder, [each.uid for each in group], error)
            return []
        except MailboxDown as error:
            self._failed(folder, [each.uid for each in group], error)
            raise

    def _leave_too_large(self, folder: Folder, found: Sequence[Found]) -> None:
        if not found:
            return
        reason = f"larger than {self._house.largest:,} bytes"
        lines = [Line(each, mailboxes.TOO_LARGE, reason=reason, ended="left") for each in found]
        write = partial(mailboxes.write_down, place=folder.place, lines=lines, now=self._house.clock())
        self._house.write(write)
        uids = shown([each.uid for each in found])
        log.warning("mailbox mail too large", mailbox=self._fetch.name, folder=folder.place.folder, uids=uids)

    # ---- what fails

    def _failed(self, folder: Folder, uids: Iterable[int], error: Exception) -> None:
        folder.suspects = sorted({*folder.suspects, *uids})
        again = [uid for uid in uids if self._suspects.failed(folder.place, uid) > 1]
        log.warning("mailbox mails failed", mailbox=self._fetch.name, uids=shown(uids), why=str(error))
        lines = [Line(Found(uid, 0, None), mailboxes.FAILING, reason=str(error)) for uid in again]
        self._house.write(partial(mailboxes.write_down, place=folder.place, lines=lines, now=self._house.clock()))

    def try_suspects(self, session: Session) -> bool:
        """Fetch again what failed, one by one, so that the one to blame is found; whether it was the time of any.

        Whoever failed least comes first: the one to blame may end the connection every time.
        """
        tried = False
        for name in self._fetch.folders:
            known = self._folders.get(name)
            due = self._suspects.due(known.place, known.suspects) if known else []
            if due and not self._stopped():
                folder = self._opened(session, name)
                for uid in due:
                    if uid in folder.suspects:
                        folder.suspects.remove(uid)
                        self._take(session, folder, [uid])
                tried = True
        return tried
