"""A Maildir of this machine, watched by a thread of its own: mail is accepted first, then marked, moved or deleted.

A file's own name is in the key of its delivery. So after a crash between the two it is read again, found to be in the
spool already, and only its end is made up for.
"""

import asyncio
import random
import threading
import time
from contextlib import closing
from datetime import datetime

import structlog
from sqlalchemy import Connection

from mailintake.config.watch import Watch
from mailintake.domain.mail import Envelope, Reception
from mailintake.entitlement import identity
from mailintake.errors import MailintakeError
from mailintake.parsing import addresses, header_block, words
from mailintake.runners.mailbox_port import House
from mailintake.runners.maildir_box import MOST, Box, File, Item, Unfit, opened
from mailintake.storage.body import Body

log = structlog.get_logger()

TOGETHER = 50  # mails in one commit
TOGETHER_BYTES = 4 << 20
FULL_LOOK_SECONDS = 60.0  # what failed is tried again, and times that a file system got wrong do no harm
LONGEST_PAUSE = 60.0
HEADERS = 1 << 18


class Maildir:
    """Takes in what is delivered, for as long as its daemon lives."""

    def __init__(self, watch: Watch, house: House) -> None:
        self.name = watch.name
        self._watch = watch
        self._house = house
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"Maildir {watch.name}", daemon=True)
        self._stamp: object = None
        self._next_full_look = 0.0
        self._unfit: dict[str, str] = {}  # why, by key
        self._unended: set[str] = set()
        self._left: set[str] = set()
        self._failures = 0
        self._trouble = ""

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    async def stop(self) -> None:
        """End within a second, wherever it is: what is not committed still lies where it lay."""
        self._stopping.set()
        await asyncio.to_thread(self._thread.join, 1.0)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                has_more = self._look()
            except Exception as error:  # noqa: BLE001 - whatever it is, the Maildir is tried again
                if not self._stopping.is_set():
                    self._pause(error)
                continue
            self._failures = 0
            if self._trouble:
                log.info("maildir works again", maildir=self.name)
                self._trouble = ""
            if not has_more:
                self._stopping.wait(self._watch.poll_seconds)

    def _pause(self, error: Exception) -> None:
        """Say what is wrong when it is something new, and wait longer each time."""
        self._failures += 1
        seconds = min(LONGEST_PAUSE, 0.5 * 2.0 ** min(self._failures, 10)) * random.uniform(0.5, 1.0)  # noqa: S311 - no secret here
        text = str(error)
        if isinstance(error, OSError):
            text = f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror)
        elif not isinstance(error, MailintakeError):
            text = type(error).__name__
        if text != self._trouble:
            surprise = None if isinstance(error, (MailintakeError, OSError)) else error
            log.warning("maildir waits", maildir=self.name, path=str(self._watch.path), why=text, exc_info=surprise)
        self._trouble = text
        self._stopping.wait(seconds)

    # ---- one look

    def _look(self) -> bool:
        """Take in what is there; whether there may be more. Raises OSError, StorageBusy, OutOfSpace."""
        with opened(self._watch) as box:
            is_full = time.monotonic() >= self._next_full_look
            stamp = box.stamp()
            if not is_full and stamp is not None and stamp == self._stamp:
                return False
            if is_full:
                self._forget_gone(box)
            again = () if is_full else (*self._unfit, *self._unended)
            items = box.items(but={*self._left, *again})
            self._take_all(box, items)
            if is_full:
                self._next_full_look = time.monotonic() + FULL_LOOK_SECONDS
            self._stamp = stamp
            return len(items) == MOST

    def _forget_gone(self, box: Box) -> None:
        there = box.keys() if self._unfit or self._unended or self._left else set()
        self._left &= there
        self._unended &= there
        self._unfit = {key: why for key, why in self._unfit.items() if key in there}

    def _take_all(self, box: Box, items: list[Item]) -> None:
        batch: list[tuple[Item, Body, datetime]] = []
        try:
            for item in items:
                if self._stopping.is_set():
                    return
                if item.key in self._unended:
                    self._end(box, item)
                    continue
                self._read(box, item, batch)
                if len(batch) >= TOGETHER or sum(body.size for _, body, _ in batch) >= TOGETHER_BYTES:
                    self._accept(box, batch)
            self._accept(box, batch)
        finally:
            for _, body, _ in batch:
                body.close()

    # ---- one mail

    def _read(self, box: Box, item: Item, batch: list[tuple[Item, Body, datetime]]) -> None:
        """Its bytes, into the batch; what cannot be read is named once, and left."""
        found = box.open(item, largest=self._house.largest)
        if isinstance(found, File):
            body = self._house.new_body()
            batch.append((item, body, found.at))
            with closing(found):
                found = self._copy(found, body)
            if found is not None:
                batch.pop()
                body.close()
        if isinstance(found, Unfit):
            if self._unfit.get(item.key) != found.why:
                log.warning("maildir mail left", maildir=self.name, file=str(item), why=found.why)
            self._unfit[item.key] = found.why
        else:
            self._unfit.pop(item.key, None)

    def _copy(self, file: File, body: Body) -> Unfit | None:
        while True:
            try:
                data = file.read()
            except OSError as error:
                return Unfit(error.strerror or str(error))
            if not data:
                body.seal()
                return None
            body.write(data)
            if body.size > self._house.largest:
                return Unfit(f"larger than {self._house.largest:,} bytes")

    def _accept(self, box: Box, batch: list[tuple[Item, Body, datetime]]) -> None:
        """Commit. Nothing is done with a file before this has returned."""
        if not batch:
            return
        mails = [
            (body, envelope_of(body, self._watch), reception_of(item, at, self._watch), _no_note)
            for item, body, at in batch
        ]
        self._house.accepting(mails).result()
        log.info("maildir mails", maildir=self.name, taken=len(batch))
        for item, body, _ in batch:
            body.close()
            self._end(box, item)
        batch.clear()

    def _end(self, box: Box, item: Item) -> None:
        if self._watch.then.word == "leave":
            self._left.add(item.key)
            return
        try:
            box.end(item)
        except OSError as error:
            if item.key not in self._unended:
                log.warning("maildir mail stays", maildir=self.name, file=str(item), why=error.strerror)
            self._unended.add(item.key)
        else:
            self._unended.discard(item.key)


def envelope_of(body: Body, watch: Watch) -> Envelope:
    """The envelope of a file. What a delivery agent wrote on top of it counts only if the Maildir is trusted.

    Without that the author stands in for the return path, and never "", which would make it a bounce.
    """
    head = next(body.slices(), b"")[:HEADERS]
    block = header_block.read_block(head, 0, len(head), top=True)
    recipient = watch.mailbox
    if watch.trusted:
        for field in ("x-original-to", "delivered-to"):
            written = _text(block.first(field)).strip("<> ")
            if written and identity.key(written) == identity.key(watch.mailbox):
                recipient = written
                break
        if returns := block.all("return-path"):
            return Envelope(_text(returns[0]).strip("<> ")[:320], (recipient,))
    author = addresses.loose(_text(block.first("from")))
    return Envelope(author[1] if author else "unknown", (recipient,))


def reception_of(item: Item, at: datetime, watch: Watch) -> Reception:
    """When and how it came."""
    key = f"maildir:{watch.name}:{ascii(item.key)[1:-1]}"
    return Reception("maildir", at, watch.trusted, source_key=key)


def _no_note(_connection: Connection, _spool_id: int) -> None:
    """The file itself is the ledger."""


def _text(value: bytes) -> str:
    return words.one_line(value.decode("utf-8", "replace"))
