"""Puts finished letters into a Maildir instead of sending them, for trying things out and for tests."""

import asyncio
import hashlib
import os
from pathlib import Path

from mailintake.domain.letter import Letter
from mailintake.errors import LetterDeferred


class MaildirDelivery:
    """Delivers every letter to one Maildir, whoever it is for; `directory` is made if need be.

    The same letter sent again replaces its first copy as long as no mail reader has moved that to `cur`.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    async def send(self, letter: Letter) -> None:
        """Return when the letter is durably in `new`; raises LetterDeferred when the disk does not take it."""
        try:
            await asyncio.to_thread(self._deliver, letter)
        except OSError as error:
            raise LetterDeferred(f"{self._directory}: {error.strerror}") from error

    async def close(self) -> None:
        """Nothing is held open."""

    def _deliver(self, letter: Letter) -> None:
        for part in ("tmp", "new", "cur"):
            (self._directory / part).mkdir(mode=0o700, parents=True, exist_ok=True)
        name = file_name(letter)
        draft = self._directory / "tmp" / name
        with draft.open("wb") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(_trace(letter) + letter.content.replace(b"\r\n", b"\n"))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._directory / "new" / name)
        _sync(self._directory / "new")


def file_name(letter: Letter) -> str:
    """The name under which this letter lies in `new`: the same for the same Message-ID and recipient."""
    key = f"{letter.message_id}\n{letter.recipient}".encode()
    return f"{hashlib.sha256(key).hexdigest()[:32]}.mailintake"


def _trace(letter: Letter) -> bytes:
    return f"Return-Path: <{letter.return_path}>\nDelivered-To: {letter.recipient}\n".encode()


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
