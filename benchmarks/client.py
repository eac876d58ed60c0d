"""The load: sends numbered mails by SMTP over several connections at once and says how long it took.

Run as a process of its own: `python -m benchmarks.client '{"port": 2525, "mix": "small", …}'`. It waits for each answer
before it says the next word, so that every server has the same work.
"""

import asyncio
import json
import sys
import time
from collections.abc import Generator, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Self, cast

import uvloop

from benchmarks import corpus
from benchmarks.corpus import Mail

Words = tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Load:
    """What to send where; with `kept` each of the connections carries many mails, else each mail has its own."""

    port: int
    mix: str
    first: int
    count: int
    kept: bool = True
    connections: int = 10
    seed: int = 20261102

    def to(self, port: int) -> Self:
        """The same to another server."""
        return replace(self, port=port)


@dataclass(frozen=True, slots=True)
class Sent:
    """Begin and end on the machine's monotonic clock; seconds from the final dot to the answer, median and 99 %."""

    began: float
    ended: float
    median: float
    slow: float


class Refused(Exception):
    """The server gave another answer than we need."""


class Conversation(asyncio.Protocol):
    """One connection, from greeting to QUIT."""

    def __init__(self, mails: Iterator[Mail], waits: list[float], *, kept: bool) -> None:
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._mails = mails
        self._waits = waits
        self._kept = kept
        self._heard = b""
        self._script = self._talk()
        self._expected = next(self._script)[0]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for the greeting."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """An answer, or a piece of one: its last line has a space behind the code."""
        self._heard += data
        last = self._heard[self._heard.rfind(b"\n", 0, -1) + 1 :]
        if not self._heard.endswith(b"\n") or last[3:4] == b"-":
            return
        code, self._heard = last[:3], b""
        if code != self._expected:
            self._end(Refused(last.decode(errors="replace").strip()))
            return
        self._expected, words = next(self._script)
        if words:
            self._transport.writelines(words)
        else:
            self._end(None)

    def connection_lost(self, error: Exception | None) -> None:
        """The server closed; fine only after QUIT."""
        self._end(error or Refused("the connection was closed"))

    def _end(self, error: Exception | None) -> None:
        self._transport.close()
        if not self.over.done():
            self.over.set_exception(error) if error else self.over.set_result(None)

    def _talk(self) -> Generator[tuple[bytes, Words]]:
        """Pairs of what to say and the code to wait for then."""
        yield b"220", ()
        yield b"250", (b"EHLO client.example\r\n",)
        for mail in self._mails:
            yield b"250", (f"MAIL FROM:<{mail.sender}>\r\n".encode(),)
            yield b"250", (f"RCPT TO:<{corpus.MAILBOX}>\r\n".encode(),)
            yield b"354", (b"DATA\r\n",)
            asked = time.monotonic()
            yield b"250", (*mail.pieces, b".\r\n")
            self._waits.append(time.monotonic() - asked)
            if not self._kept:
                break
        yield b"221", (b"QUIT\r\n",)
        yield b"", ()


async def send(load: Load) -> Sent:
    """Send everything; Refused for any answer but yes."""
    everything = list(corpus.mails(load.mix, seed=load.seed, first=load.first, count=load.count))
    mails, waits = iter(everything), list[float]()

    calls = iter(range(load.connections if load.kept else load.count))
    loop = asyncio.get_running_loop()

    async def converse() -> None:
        for _ in calls:
            _, conversation = await loop.create_connection(
                lambda: Conversation(mails, waits, kept=load.kept), "127.0.0.1", load.port
            )
            await conversation.over

    began = time.monotonic()
    async with asyncio.TaskGroup() as group:
        for _ in range(load.connections):
            group.create_task(converse())
    ended = time.monotonic()
    assert len(waits) == load.count, f"{len(waits)} of {load.count} mails were sent"
    waits.sort()
    return Sent(began, ended, waits[len(waits) // 2], waits[len(waits) * 99 // 100])


if __name__ == "__main__":
    print(json.dumps(asdict(uvloop.run(send(Load(**json.loads(sys.argv[1])))))))
