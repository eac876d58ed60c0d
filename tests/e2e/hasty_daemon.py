"""`serve` with the one flaw that must never be: it answers 250 a moment before the commit."""

import asyncio
import sys
from pathlib import Path

import uvloop

from mailintake import config, daemon
from mailintake.cli.logs import configure
from mailintake.domain.mail import Envelope, Reception
from mailintake.storage.body import Body
from mailintake.transports.acceptance import Acceptance


class Hasty(Acceptance):
    """The door, in a hurry."""

    async def accept(self, body: Body, envelope: Envelope, reception: Reception) -> str:
        """Promise first, keep later."""
        later = asyncio.create_task(self._keep(Body.of(b"".join(body.slices())), envelope, reception))
        later.add_done_callback(asyncio.Task.result)
        return "1"

    async def _keep(self, body: Body, envelope: Envelope, reception: Reception) -> None:
        await asyncio.sleep(0.05)
        await super().accept(body, envelope, reception)


if __name__ == "__main__":
    daemon.Acceptance = Hasty  # type: ignore[attr-defined]  # the flaw to be found
    configure()
    uvloop.run(daemon.serve(config.load(Path(sys.argv[-1]))))
