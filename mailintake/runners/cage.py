"""The parser's cage: hostile bytes are read in processes that may be killed.

A few workers (`cage_worker`), each a fresh interpreter, read one mail at a time. One that takes too long or too much
memory is killed and replaced; the mail is named poison, and no other mail notices.
"""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

import msgspec
import structlog

from mailintake.domain.mail import ParsedMessage
from mailintake.errors import PermanentError, TemporaryError, Unreadable
from mailintake.runners.cage_process import NONSENSE, TOO_LONG, Gone, WorkerProcess
from mailintake.runners.cage_worker import OUT_OF_MEMORY, Answer

T = TypeVar("T")
log = structlog.get_logger()

MEBIBYTE = 1024 * 1024


class Poison(PermanentError):
    """This mail takes its reader down; the reason says how, without a word of the mail's own."""


class Cage:
    """A fixed number of seats for workers; each mail takes a seat, and one whose worker died is filled again at once.

    `seconds` is how long one mail may take from its last byte to the answer, `memory` the bytes of address space one
    worker may have. After `mails_per_worker` a worker hands over to a successor that is already warm. `parser` names a
    module with `parse` and `parse_headers_only`, both `bytes -> ParsedMessage`.
    """

    def __init__(
        self,
        *,
        workers: int,
        seconds: float = 5,
        memory: int = 512 * MEBIBYTE,
        mails_per_worker: int = 2_000,
        parser: str = "mailintake.parsing.parser",
    ) -> None:
        self.workers = workers
        self.seconds = seconds
        self.memory = memory
        self.mails_per_worker = mails_per_worker
        self.parser = parser
        self._seats: asyncio.Queue[WorkerProcess | None] = (
            asyncio.Queue()
        )  # None: an empty seat, whoever takes it hires
        self._staff: set[WorkerProcess] = set()
        self._errands: set[asyncio.Task[Any]] = set()
        self._closed = False
        self._decode = msgspec.json.Decoder(ParsedMessage).decode

    async def start(self) -> None:
        """Fill every seat; TemporaryError says why a worker would not start."""
        hired = await asyncio.gather(*(self._hire() for _ in range(self.workers)), return_exceptions=True)
        for worker in hired:
            if isinstance(worker, BaseException):
                await self.close()
                raise worker
            self._seats.put_nowait(worker)

    async def parse(self, slices: Iterable[bytes], *, size: int, headers_only: bool = False) -> ParsedMessage:
        """Read one mail of `size` bytes, given in slices of at most a mebibyte so that this process stays small.

        Raises Poison if the mail cost its reader the life, or would have; Unreadable if the parser says so;
        TemporaryError if there is no worker just now, or the cage is closing; ValueError if the slices are not `size`
        bytes together; and whatever cutting the slices raises.
        """
        worker = await self._take_seat()
        try:
            kind, body = await worker.ask(slices, size=size, headers_only=headers_only, seconds=self.seconds)
            message = self._decoded(body) if kind is Answer.PARSED else None
        except Gone as gone:
            self._refill(worker)
            if self._closed:
                raise _closing() from None
            raise Poison(str(gone) or self._cause_of_death(await worker.exit_status())) from None
        except BaseException:
            self._refill(worker)  # what it has still to say must not be taken for the answer to another mail
            raise
        self._leave_seat(worker)
        if message:
            return message
        if kind is Answer.UNREADABLE:
            raise Unreadable(body.decode(errors="replace"))
        if kind is Answer.BROKEN:
            raise Poison(f"broke the parser ({body.decode(errors='replace')})")
        raise Poison(TOO_LONG)

    async def close(self) -> None:
        """Kill every worker and wait until none is left, not even as a zombie; mails in hand get TemporaryError."""
        self._closed = True
        await asyncio.gather(*map(self._dismiss, tuple(self._staff)))
        while self._errands:
            await asyncio.wait(self._errands)

    def _decoded(self, body: bytes) -> ParsedMessage:
        try:
            return self._decode(body)
        except (msgspec.DecodeError, ValueError):
            raise Gone(NONSENSE) from None

    def _cause_of_death(self, status: int) -> str:
        if status == OUT_OF_MEMORY:
            return f"needed more than {self.memory // MEBIBYTE} MB"
        return f"killed the parser (signal {-status})" if status < 0 else f"ended the parser (status {status})"

    async def _take_seat(self) -> WorkerProcess:
        while not self._closed:
            worker = await self._seats.get()
            if worker is None:
                try:
                    return await self._hire()
                except BaseException:
                    self._seats.put_nowait(None)
                    raise
            if worker.is_alive():
                return worker
            self._refill(worker)  # died while idle: the mail at hand has nothing to do with it
        raise _closing()

    def _leave_seat(self, worker: WorkerProcess) -> None:
        worker.mails += 1
        if worker.mails == self.mails_per_worker:
            worker.successor = self._send(self._hired_or_none())
        if worker.successor and worker.successor.done():
            successor = worker.successor.result()
            if successor:
                self._seats.put_nowait(successor)
                self._send(self._dismiss(worker))
                return
            worker.mails, worker.successor = 0, None  # nobody to be had: it stays for another turn
        self._seats.put_nowait(worker)

    def _refill(self, worker: WorkerProcess) -> None:
        worker.kill()
        self._send(self._replace(worker))

    async def _replace(self, worker: WorkerProcess) -> None:
        self._seats.put_nowait(await (worker.successor or self._hired_or_none()))
        await self._dismiss(worker)

    def _send(self, errand: Coroutine[object, object, T]) -> asyncio.Task[T]:
        task = asyncio.get_running_loop().create_task(errand)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)
        return task

    async def _hired_or_none(self) -> WorkerProcess | None:
        try:
            return await self._hire()
        except TemporaryError as trouble:
            if not self._closed:
                log.warning("worker missing", why=str(trouble))
            return None

    async def _hire(self) -> WorkerProcess:
        if self._closed:
            raise _closing()
        try:
            worker = WorkerProcess(self.parser, self.memory)
        except OSError as trouble:
            raise TemporaryError(f"no process to parse in: {trouble.strerror}") from None
        self._staff.add(worker)  # before anything is awaited, so that close() misses nobody
        try:
            kind, body = await worker.ready()
        except Gone:
            kind, body = Answer.BROKEN, b"it said nothing"
        except BaseException:
            self._send(self._dismiss(worker))
            raise
        if kind is not Answer.READY:
            await self._dismiss(worker)
            raise TemporaryError(f"the parser does not start: {body.decode(errors='replace')}")
        return worker

    async def _dismiss(self, worker: WorkerProcess) -> None:
        worker.kill()
        await worker.exit_status()
        worker.hang_up()
        self._staff.discard(worker)


def _closing() -> TemporaryError:
    return TemporaryError("the parser is being shut down")
