"""An outgoing server that throws letters away and counts them, as cheaply as it can.

Told a number on standard input, it answers with the time at which so many letters have come since it started.
"""

import asyncio
import sys
import threading
import time
from typing import cast

import uvloop

_EXTENSIONS = b"250-relay.example\r\n250-PIPELINING\r\n250-SIZE\r\n250 8BITMIME\r\n"
_END = b"\r\n.\r\n"


class Counter:
    """How many letters came, and when each did, on the machine's monotonic clock."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.news = threading.Condition()

    def count(self) -> None:
        """One more."""
        with self.news:
            self.times.append(time.monotonic())
            self.news.notify()

    def time_of(self, number: int) -> float:
        """When letter `number` (from 1) came; waits for it."""
        with self.news:
            self.news.wait_for(lambda: len(self.times) >= number)
            return self.times[number - 1]


class Session(asyncio.Protocol):
    """Says yes to everything."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._heard = b""
        self._is_in_data = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(b"220 relay.example ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        """Commands, several at a time perhaps, and letters."""
        self._heard += data
        answers = []
        while True:
            head, end, rest = self._heard.partition(_END if self._is_in_data else b"\r\n")
            if not end:
                break
            self._heard = rest
            answers.append(self._answer(head))
        if answers:
            self._transport.write(b"".join(answers))

    def _answer(self, line: bytes) -> bytes:
        if self._is_in_data:
            self._is_in_data = False
            self._counter.count()
            return b"250 Ok\r\n"
        verb = line[:4].upper()
        self._is_in_data = verb == b"DATA"
        return {b"EHLO": _EXTENSIONS, b"DATA": b"354 Go ahead\r\n", b"QUIT": b"221 Bye\r\n"}.get(verb, b"250 Ok\r\n")


async def serve() -> None:
    """Listen, say on which port, answer questions, and stop when standard input ends."""
    loop = asyncio.get_running_loop()
    counter = Counter()
    server = await loop.create_server(lambda: Session(counter), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, answer, counter)
    server.close()


def answer(counter: Counter) -> None:
    """Answer every line of standard input."""
    for line in sys.stdin:
        print(counter.time_of(int(line)), flush=True)


if __name__ == "__main__":
    uvloop.run(serve())
