"""`serve` at another time: its clock is ahead of the true one, or behind, by the seconds in TIMELY_DAEMON."""

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvloop

from mailintake import config, daemon
from mailintake.cli.logs import configure

AHEAD = timedelta(seconds=float(os.environ.get("TIMELY_DAEMON", "0")))


def now() -> datetime:
    """The time that this daemon takes it for."""
    return datetime.now(UTC) + AHEAD


if __name__ == "__main__":
    daemon.now = now  # type: ignore[attr-defined]  # the time machine
    configure()
    uvloop.run(daemon.serve(config.load(Path(sys.argv[-1]))))
