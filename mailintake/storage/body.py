"""The bytes of one mail on its way in, in memory while small and in an unlinked file beyond that."""

import errno
import hashlib
import os
import tempfile
from collections.abc import Iterator
from io import FileIO
from pathlib import Path
from typing import Self

from mailintake.errors import OutOfSpace

SLICE = 1 << 20
IN_MEMORY = 1 << 20
# what an object costs besides its bytes: who sends two bytes at a time must not hold thirty times their share
_PER_PIECE = 64
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Budget:
    """How many bytes all mails on their way in may hold in memory together (default 64 MB)."""

    __slots__ = ("left",)

    def __init__(self, size: int = 64_000_000) -> None:
        self.left = size

    def take(self, size: int) -> bool:
        """Whether `size` more bytes fit; if so they are taken."""
        if size > self.left:
            return False
        self.left -= size
        return True

    def give_back(self, size: int) -> None:
        """Return what was taken."""
        self.left += size


class Body:
    """Written once, sealed, then read as often as needed, and closed.

    A body moves to a temporary file in `directory` when it grows beyond 1 MiB or when `budget` is used up; the file has
    no name, so it goes with the process. Every method may raise OutOfSpace when the disk is full or a quota is met, and
    OSError when the disk is broken.
    """

    __slots__ = ("_budget", "_chunks", "_directory", "_file", "_hash", "_held", "size")

    def __init__(self, *, directory: Path, budget: Budget) -> None:
        self._directory = directory
        self._budget = budget
        self._chunks: list[bytes] = []
        self._file: FileIO | None = None
        self._hash = hashlib.sha256()
        self._held = 0
        self.size = 0

    @classmethod
    def of(cls, data: bytes) -> Self:
        """A sealed body of bytes that are in memory anyway."""
        body = cls(directory=Path(), budget=Budget(0))
        body._chunks = [data] if data else []
        body._hash.update(data)
        body.size = len(data)
        return body

    @property
    def digest(self) -> str:
        """SHA-256 of all bytes written, in lower-case hex."""
        return self._hash.hexdigest()

    def write(self, data: bytes) -> None:
        """Append bytes; they are kept, not copied, while the body is in memory."""
        self._hash.update(data)
        self.size += len(data)
        if self._file is None:
            cost = len(data) + _PER_PIECE
            if self._held + cost <= IN_MEMORY and self._budget.take(cost):
                self._held += cost
                self._chunks.append(data)
                return
            self._move_to_file()
        self._append(data)

    def seal(self) -> None:
        """No more bytes will come."""
        if len(self._chunks) > 1:
            self._chunks = [b"".join(self._chunks)]

    def slices(self) -> Iterator[bytes]:
        """All bytes in order, at most 1 MiB at a time; may be called again, also from another thread."""
        if self._file is not None:
            descriptor = self._file.fileno()
            for offset in range(0, self.size, SLICE):
                yield _read(descriptor, offset=offset, size=min(SLICE, self.size - offset))
            return
        for chunk in self._chunks:
            if len(chunk) <= SLICE:
                yield chunk
            else:
                for offset in range(0, len(chunk), SLICE):
                    yield chunk[offset : offset + SLICE]

    def close(self) -> None:
        """Forget the bytes; closing twice does no harm."""
        self._release()
        if self._file is not None:
            self._file.close()
            self._file = None
        self.size = 0

    def _move_to_file(self) -> None:
        try:
            self._file = tempfile.TemporaryFile(dir=self._directory, buffering=0)  # noqa: SIM115  # closed by close()
        except OSError as error:
            raise _explained(error) from error
        for chunk in self._chunks:
            self._append(chunk)
        self._release()

    def _append(self, data: bytes) -> None:
        assert self._file is not None
        left = memoryview(data)
        try:
            while left:
                left = left[os.write(self._file.fileno(), left) :]
        except OSError as error:
            raise _explained(error) from error

    def _release(self) -> None:
        self._chunks = []
        self._budget.give_back(self._held)
        self._held = 0


def _read(descriptor: int, *, offset: int, size: int) -> bytes:
    data = os.pread(descriptor, size, offset)
    while len(data) < size:
        more = os.pread(descriptor, size - len(data), offset + len(data))
        if not more:
            raise OSError(errno.EIO, "a temporary file is shorter than what was written to it")
        data += more
    return data


def _explained(error: OSError) -> Exception:
    return OutOfSpace(f"no room for another mail: {error.strerror}") if error.errno in _NO_ROOM else error
