"""A Maildir on disk: what lies in it, read with suspicion, and put elsewhere without overwriting anything.

Everything is done relative to directories that are held open, so that nobody can put a symbolic link in the way.
"""

import contextlib
import errno
import heapq
import os
import stat
import time
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from mailintake.config.watch import Watch

SLICE = 1 << 20
MOST = 10_000
YOUNG_SECONDS = 3.0  # some file systems count times in steps of two seconds
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


@dataclass(frozen=True, slots=True, order=True)
class Item:
    """A file in `new` or `cur`; `key` is the part of its name that stays the same when its flags change."""

    key: str
    name: str
    part: str

    def __str__(self) -> str:
        return f"{self.part}/{ascii(self.name)[1:-1]}"


@dataclass(frozen=True, slots=True)
class Unfit:
    """Why a file is not taken in."""

    why: str


class Box:
    """An open Maildir; `parts` are the directories in which mail is looked for."""

    def __init__(self, watch: Watch, directories: dict[str, int]) -> None:
        self.parts = ("new", "cur") if watch.also_cur else ("new",)
        self._watch = watch
        self._directories = directories

    def stamp(self) -> tuple[tuple[int, int], ...] | None:
        """What is the same as long as nothing comes or goes; None while that cannot be told from the time alone."""
        found = [os.fstat(self._directories[part]) for part in self.parts]
        if any(time.time() - each.st_mtime < YOUNG_SECONDS for each in found):
            return None
        return tuple((each.st_ino, each.st_mtime_ns) for each in found)

    def items(self, *, but: Collection[str], most: int = MOST) -> list[Item]:
        """So many files whose keys are not among `but`, in the order of their names, which is that of their coming."""
        return heapq.nsmallest(most, (item for item in self._every() if item.key not in but))

    def keys(self) -> set[str]:
        """The keys of all files."""
        return {item.key for item in self._every()}

    def _every(self) -> Iterator[Item]:
        for part in self.parts:
            with os.scandir(self._directories[part]) as entries:
                for entry in entries:
                    if not entry.name.startswith("."):
                        yield Item(entry.name.partition(":")[0], entry.name, part)

    def open(self, item: Item, *, largest: int) -> "File | Unfit | None":
        """A mail, to be closed, or why it is none for us; None if it has gone."""
        directory = self._directories[item.part]
        try:
            # looked at before it is opened as well: to open a device may do something
            if not stat.S_ISREG(os.stat(item.name, dir_fd=directory, follow_symlinks=False).st_mode):
                return Unfit("not a regular file")
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            descriptor = os.open(item.name, flags, dir_fd=directory)
        except FileNotFoundError:
            return None
        except OSError as error:
            return Unfit(error.strerror or str(error))
        found = os.fstat(descriptor)
        if why := _why_unfit(found, largest):
            os.close(descriptor)
            return Unfit(why)
        return File(descriptor, datetime.fromtimestamp(min(max(0.0, found.st_mtime), time.time()), UTC))

    def end(self, item: Item) -> None:
        """Do with a file what the configuration says; that it has gone already is no trouble.

        Raises OSError, also where another file has the name that this one would get.
        """
        source, word = self._directories[item.part], self._watch.then.word
        with contextlib.suppress(FileNotFoundError):
            if word == "delete":
                os.unlink(item.name, dir_fd=source)
            elif word != "leave":
                target, name = self._directories["target"], seen(item.name)
                if _is_there(name, target):
                    raise FileExistsError(errno.EEXIST, f"{ascii(name)[1:-1]} is there already")
                os.rename(item.name, name, src_dir_fd=source, dst_dir_fd=target)


@dataclass(frozen=True, slots=True)
class File:
    """An open mail; `at` is when it was delivered, as its file system says, and never in the future (DOMAIN S1)."""

    descriptor: int
    at: datetime

    def read(self) -> bytes:
        """The next bytes, b"" at the end. Raises OSError."""
        return os.read(self.descriptor, SLICE)

    def close(self) -> None:
        """Nothing more will be read."""
        os.close(self.descriptor)


@contextmanager
def opened(watch: Watch) -> Iterator[Box]:
    """The Maildir with all its directories; the folder to move to is made if need be. Raises OSError."""
    with ExitStack() as stack:

        def enter(name: str | Path, parent: int | None = None) -> int:
            no_link = os.O_NOFOLLOW if parent is not None else 0
            descriptor = os.open(name, _DIRECTORY | no_link, dir_fd=parent)
            stack.callback(os.close, descriptor)
            return descriptor

        root = enter(watch.path)
        directories = {"new": enter("new", root)}
        if watch.also_cur:
            directories["cur"] = enter("cur", root)
        if watch.then.word == "move":
            _make_folder(watch.then.folder, root)
            directories["target"] = enter("cur", enter(watch.then.folder, root))
        elif watch.then.word == "seen":
            directories["target"] = enter("cur", root)
        yield Box(watch, directories)


def seen(name: str) -> str:
    """The name a file has in `cur` once it is read, its other flags kept: `1234.M5.host:2,FS`."""
    key, _, flags = name.partition(":2,")
    return f"{key.partition(':')[0]}:2,{''.join(sorted({*flags, 'S'}))}"


def _why_unfit(found: os.stat_result, largest: int) -> str:
    if not stat.S_ISREG(found.st_mode):
        return "not a regular file"
    if found.st_size > largest:
        return f"larger than {largest:,} bytes"
    return "" if found.st_size else "empty"


def _is_there(name: str, directory: int) -> bool:
    try:
        os.stat(name, dir_fd=directory, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _make_folder(name: str, root: int) -> None:
    if _is_there(f"{name}/cur", root):
        return
    for part in ("", "tmp", "new", "cur"):
        with contextlib.suppress(FileExistsError):
            os.mkdir(f"{name}/{part}", 0o700, dir_fd=root)
    # the mark by which mail readers and delivery agents know a folder of Maildir++
    os.close(os.open(f"{name}/maildirfolder", os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600, dir_fd=root))
