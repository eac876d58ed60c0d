"""One worker of the cage, seen from outside: a process, and the line to it."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from mailintake.runners.cage_worker import LARGEST_ANSWER, REPLY, REQUEST, Answer

SECONDS_TO_START = 60
ROOM = 1 << 20  # bytes of a mail that may be under way, so that most take one step instead of many

TOO_LONG = f"answered more than {LARGEST_ANSWER // 1024**2} MB"
NONSENSE = "made the parser talk nonsense"


class Gone(Exception):
    """The worker is dead, or must be; the message says why, where it is known already."""


class WorkerProcess:
    """One process and the line to it.

    It is a new interpreter with one end of the line as its standard input and nothing else of ours. Make it in the
    thread that runs the loop, since it dies with the thread that made it; that costs the loop about a millisecond.
    """

    def __init__(self, parser: str, memory: int) -> None:
        self.mails = 0
        self.successor: asyncio.Task[WorkerProcess | None] | None = None
        self._ours, theirs = socket.socketpair()
        self._ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ROOM)
        path = [str(Path(entry).absolute()) for entry in sys.path]
        arguments = (os.getpid(), memory, parser)
        code = f"import sys; sys.path[:] = {path}; from mailintake.runners.cage_worker import main; main{arguments}"
        try:
            self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and code
                [sys.executable, "-I", "-c", code],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env={"LC_ALL": "C.UTF-8"},
                start_new_session=True,  # Ctrl-C is for the keeper, who decides when a worker stops
            )
        except BaseException:
            self._ours.close()
            raise
        finally:
            theirs.close()
        self._writer: asyncio.StreamWriter | None = None

    async def ready(self) -> tuple[Answer, bytes]:
        """The first thing it says, once everything is imported."""
        self._reader, self._writer = await asyncio.open_unix_connection(sock=self._ours)
        try:
            async with asyncio.timeout(SECONDS_TO_START):
                return await self._answer()
        except TimeoutError:
            raise Gone from None

    async def ask(
        self, slices: Iterable[bytes], *, size: int, headers_only: bool, seconds: float
    ) -> tuple[Answer, bytes]:
        """Hand over one mail and wait for what is said of it; the time starts anew with every slice."""
        now = asyncio.get_running_loop().time
        left = size
        try:
            async with asyncio.timeout(seconds) as deadline:
                head = REQUEST.pack(size, headers_only)
                for piece in slices:
                    left -= len(piece)
                    deadline.reschedule(now() + seconds)
                    await self._tell(head + piece)
                    head = b""
                if left:
                    raise ValueError(f"a mail of {size} bytes came as {size - left}")
                if head:
                    await self._tell(head)
                return await self._answer()
        except TimeoutError:
            if not deadline.expired():
                raise  # whoever cuts the slices has troubles of their own
            raise Gone(f"took longer than {seconds:g} s") from None

    async def _tell(self, piece: bytes) -> None:
        assert self._writer
        try:
            self._writer.write(piece)
            await self._writer.drain()
        except ConnectionError:
            raise Gone from None

    async def _answer(self) -> tuple[Answer, bytes]:
        try:
            kind, length = REPLY.unpack(await self._reader.readexactly(REPLY.size))
            if length > LARGEST_ANSWER:
                raise Gone(TOO_LONG)
            return Answer(kind), await self._reader.readexactly(length)
        except (asyncio.IncompleteReadError, ConnectionError):
            raise Gone from None
        except ValueError:
            raise Gone(NONSENSE) from None

    async def exit_status(self) -> int:
        """Wait for the end; negative for the signal that brought it."""
        return await asyncio.to_thread(self.process.wait)

    def is_alive(self) -> bool:
        """Whether the process runs; reaps it where it does not."""
        return self.process.poll() is None

    def kill(self) -> None:
        """End it now; nothing happens where it has ended already."""
        self.process.kill()

    def hang_up(self) -> None:
        """Give our end of the line back."""
        if self._writer:
            self._writer.transport.abort()
        else:
            self._ours.close()
