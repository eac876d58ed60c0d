"""Mails that could not be fetched: how often, and when each is tried again, so that none keeps the others waiting."""

import time
from collections.abc import Iterable

from mailintake.domain.mailbox import Place

RETRY_SECONDS = (0.0, 30.0, 120.0, 600.0, 3600.0, 6 * 3600.0)


class Suspects:
    """Remembers for as long as the daemon lives, also over connections that break."""

    def __init__(self) -> None:
        self._times: dict[tuple[Place, int], int] = {}
        self._not_before: dict[tuple[Place, int], float] = {}

    def has(self, place: Place, uid: int) -> bool:
        """Whether it has failed before."""
        return (place, uid) in self._times

    def failed(self, place: Place, uid: int) -> int:
        """It failed; how often by now. The first time may be another's fault, so then it is tried again at once."""
        times = self._times[place, uid] = self._times.get((place, uid), 0) + 1
        wait = RETRY_SECONDS[min(times, len(RETRY_SECONDS)) - 1]
        self._not_before[place, uid] = time.monotonic() + wait
        return times

    def due(self, place: Place, uids: Iterable[int]) -> list[int]:
        """Those whose time has come, in the order in which to try them."""
        now = time.monotonic()
        times = {
            uid: self._times.get((place, uid), 0) for uid in uids if self._not_before.get((place, uid), 0.0) <= now
        }
        return sorted(times, key=lambda uid: (times[uid], uid))

    def cleared(self, place: Place, uid: int) -> None:
        """It is ours now."""
        self._times.pop((place, uid), None)
        self._not_before.pop((place, uid), None)
