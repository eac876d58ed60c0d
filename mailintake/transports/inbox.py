"""Command lines as they come from the client, those of a pipeline one after another (RFC 2920)."""

import asyncio

_ROOM = 1 << 16


class Inbox:
    """A buffer between the transport, which delivers bytes at any time, and the session, which asks for lines."""

    __slots__ = ("_bytes", "_ended", "_loop", "_waiter")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._bytes = bytearray()
        self._ended = False
        self._waiter: asyncio.Future[None] | None = None

    @property
    def is_full(self) -> bool:
        """Whether the client should be made to wait."""
        return len(self._bytes) > _ROOM

    @property
    def has_line(self) -> bool:
        """Whether the next line is here already."""
        return b"\n" in self._bytes

    @property
    def is_awaited(self) -> bool:
        """Whether the session is waiting for more."""
        return self._waiter is not None

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will come."""
        return self._ended

    def feed(self, data: bytes) -> None:
        """More bytes came."""
        self._bytes += data
        self._wake()

    def end(self) -> None:
        """Nothing more will come."""
        self._ended = True
        self._wake()

    def take(self) -> bytes:
        """Everything that is here, line or not."""
        data = bytes(self._bytes)
        self._bytes.clear()
        return data

    async def line(self, *, limit: int) -> bytes | None:
        """The next line without its CRLF (or LF); None at the end.

        What is longer than `limit` comes back longer than `limit`, but may be cut: an endless line fills no memory.
        """
        cut = b""
        searched = 0
        while (end := self._bytes.find(b"\n", searched)) < 0:
            if len(self._bytes) > limit:
                cut = cut or bytes(self._bytes[: limit + 1])
                self._bytes.clear()
            if self._ended:
                return None
            searched = len(self._bytes)
            await self._more()
        line = cut or bytes(self._bytes[:end])
        del self._bytes[: end + 1]
        return line[:-1] if line.endswith(b"\r") and not cut else line

    async def _more(self) -> None:
        self._waiter = self._loop.create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
