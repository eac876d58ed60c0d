"""What all runners share: work until told to stop, sleep until woken, survive trouble, show that they live."""

import asyncio
import contextlib
import random
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from mailintake.errors import TemporaryError
from mailintake.intake.policy import Policy
from mailintake.storage.engine import Database

log = structlog.get_logger()

LONGEST_PAUSE = 30.0


@dataclass(frozen=True, slots=True)
class Parts:
    """What runners share. `policy` is asked anew for every portion of work; `on_letters` says that letters may wait."""

    database: Database
    policy: Callable[[], Policy]
    clock: Callable[[], datetime]
    on_letters: Callable[[], None]


class Runner(ABC):
    """A loop. `turn` does what can be done now and says how many seconds may pass before the next (0: none)."""

    name = ""

    def __init__(self) -> None:
        self._woken = asyncio.Event()
        self._stopping = False
        self.last_turn = time.monotonic()

    @abstractmethod
    async def turn(self) -> float:
        """Do a portion of work; seconds until the next turn, unless woken before."""

    def wake(self) -> None:
        """There may be work now."""
        self._woken.set()

    def stop(self) -> None:
        """End after the present turn."""
        self._stopping = True
        self.wake()

    async def run(self) -> None:
        """Turn until stopped. Trouble with the database only slows the loop down; it never ends it."""
        failures = 0
        while not self._stopping:
            self._woken.clear()
            try:
                pause = await self.turn()
                failures = 0
            except TemporaryError as error:
                failures += 1
                pause = _back_off(failures)
                log.warning("runner waits", runner=self.name, why=str(error), seconds=round(pause, 1))
            except Exception:
                failures += 1
                pause = _back_off(failures)
                log.exception("runner failed", runner=self.name, seconds=round(pause, 1))
            self.last_turn = time.monotonic()
            if pause > 0:
                await self._sleep(pause)
            else:
                await asyncio.sleep(0)

    async def _sleep(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(seconds, LONGEST_PAUSE)):
                await self._woken.wait()


def _back_off(failures: int) -> float:
    longest: float = min(LONGEST_PAUSE, 0.5 * 2.0 ** min(failures, 8))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - no secret here
