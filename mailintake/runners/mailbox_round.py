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
from mailintake.runners.mailbox_folder import Folder, compare
from mailintake.runners.mailbox_mail import envelope_of, groups, note_of, reception_of
from mailintake.runners.mailbox_port import House, Session
from mailintake.runners.mailbox_suspects import Suspects
from mailintake.storage import mailboxes
from mailintake.storage.body import Body
from mailintake.storage.mailboxes import Line

log = structlog.get_logger()

CHUNK = 200  # UIDs whose sizes are asked for at once
TOGETHER = 50  # mails in one command and one commit
TOGETHER_BYTES = 4 << 20
SLICE = 1 << 20
CHUNKS_A_TURN = 10  # then it is the next folder's turn
LOOK_SECONDS = 2.0  # how old the news may be while a backlog is worked on
RETRY_END_SECONDS = 60.0


class Round:
    """Works on the folders of one mailbox, for as long as its daemon lives; in one thread."""

    def __init__(self, fetch: Fetch, house: House, *, stopped: Callable[[], bool]) -> None:
        self._fetch = fetch
        self._house = house
        self._stopped = stopped
        self._folders: dict[str, Folder] = {}
        self._suspects = Suspects()

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

    def may_wait(self, session: Session) -> bool:
        """Open the first folder to wait in; False if there is news in it already."""
        return len(self._fetch.folders) == 1 or not self._opened(session, self._fetch.folders[0]).fresh

    def _look_into(self, session: Session, name: str) -> bool:
        folder = self._opened(session, name)
        if folder.unended and time.monotonic() >= folder.end_not_before:
            self._end(session, folder, folder.unended)
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
            log.warning("mailbox uids reused", mailbox=place.mailbox, folder=place.folder, uids=_shown(folder.reused))
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
        fitting = [each for each in found if each.size <= self._house.largest]
        for group in groups(fitting, largest_together=TOGETHER_BYTES, most=TOGETHER):
            if self._stopped():
                return
            bodies: list[tuple[Found, Body]] = []
            try:
                self._fetch_group(session, folder, group, bodies)
                self._accept(folder, bodies)
            finally:
                for _, body in bodies:
                    body.close()
            self._end(session, folder, [each.uid for each, _ in bodies])

    def _fetch_group(
        self, session: Session, folder: Folder, group: Sequence[Found], bodies: list[tuple[Found, Body]]
    ) -> None:
        """The bytes of a group, into `bodies`. What fails is remembered, and does not keep the others waiting."""
        try:
            small = session.small([each.uid for each in group if each.size < SLICE])
            for each in group:
                data = small.get(each.uid)
                if each.size < SLICE and data is None:
                    continue  # it vanished
                body = self._house.new_body()
                bodies.append((each, body))
                if data is not None and len(data) == each.size:
                    body.write(data)
                elif not self._fetch_slowly(session, each, body):
                    bodies.pop()
                    body.close()
                    continue
                body.seal()
        except (MailboxDown, Refused) as error:
            self._failed(folder, [each.uid for each in group], error)
            if isinstance(error, MailboxDown):
                raise
            for _, body in bodies:
                body.close()
            bodies.clear()

    def _fetch_slowly(self, session: Session, each: Found, body: Body) -> bool:
        """Fetch a large mail, or one whose size is not what the server said, until two readings agree."""
        if not session.large(each.uid, body, limit=self._house.largest):
            return False
        if body.size == each.size:
            return True
        second = self._house.new_body()
        try:
            # some servers only guess sizes; others cut a mail short
            if not session.large(each.uid, second, limit=self._house.largest):
                return False
            if second.digest != body.digest:
                raise Refused(f"{self._fetch.host}: mail {each.uid} reads differently each time")
        finally:
            second.close()
        return True

    def _accept(self, folder: Folder, bodies: Sequence[tuple[Found, Body]]) -> None:
        """Commit. Nothing is done on the server before this has returned."""
        if not bodies:
            return
        place, now = folder.place, self._house.clock()
        digests = {body.digest for _, body in bodies}
        known = self._house.read(partial(mailboxes.known, place=place, digests=digests))
        old = [
            Line(each, mailboxes.KNOWN, body.digest, "taken in before the server numbered its mails anew")
            for each, body in bodies
            if body.digest in known
        ]
        new = [(each, body) for each, body in bodies if body.digest not in known]
        self._house.accept_all(
            [
                (
                    body,
                    envelope_of(body, self._fetch),
                    reception_of(each, place, self._fetch, now=now),
                    note_of(each, body, place, self._fetch, now=now),
                )
                for each, body in new
            ]
        )
        if old:
            self._house.write(partial(mailboxes.write_down, place=place, lines=old, now=now))
        for each, _ in bodies:
            self._suspects.cleared(place, each.uid)
        log.info("mailbox mails", mailbox=place.mailbox, folder=place.folder, taken=len(new), known=len(old))

    def _leave_too_large(self, folder: Folder, found: Sequence[Found]) -> None:
        if not found:
            return
        reason = f"larger than {self._house.largest:,} bytes"
        lines = [Line(each, mailboxes.TOO_LARGE, reason=reason, ended="left") for each in found]
        write = partial(mailboxes.write_down, place=folder.place, lines=lines, now=self._house.clock())
        self._house.write(write)
        uids = _shown([each.uid for each in found])
        log.warning("mailbox mail too large", mailbox=self._fetch.name, folder=folder.place.folder, uids=uids)

    # ---- ends

    def _end(self, session: Session, folder: Folder, uids: Sequence[int]) -> None:
        """Do with these what the configuration says. What the server refuses is tried again later."""
        if not uids or self._fetch.then.word == "leave":
            return
        chosen = list(uids)
        for some in (chosen[start : start + TOGETHER] for start in range(0, len(chosen), TOGETHER)):
            try:
                ended = session.end(some)
            except Refused as error:
                log.warning("mailbox end refused", mailbox=self._fetch.name, uids=_shown(some), why=str(error))
                folder.unended = sorted({*folder.unended, *some})
                folder.end_not_before = time.monotonic() + RETRY_END_SECONDS
                return
            self._house.write(partial(mailboxes.end, place=folder.place, uids=some, ended=ended))
            folder.unended = [uid for uid in folder.unended if uid not in set(some)]

    # ---- what fails

    def _failed(self, folder: Folder, uids: Iterable[int], error: Exception) -> None:
        folder.suspects = sorted({*folder.suspects, *uids})
        again = [uid for uid in uids if self._suspects.failed(folder.place, uid) > 1]
        log.warning("mailbox mails failed", mailbox=self._fetch.name, uids=_shown(uids), why=str(error))
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


def _shown(uids: Iterable[int]) -> str:
    some = sorted(uids)
    return ", ".join(map(str, some[:20])) + (f" and {len(some) - 20} more" if len(some) > 20 else "")
