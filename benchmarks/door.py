"""The door alone: our SMTP listener and the durable spool in a process of its own, and nobody who reads the mail."""

import asyncio
import sys
import tempfile
from pathlib import Path

import uvloop

from mailintake.resources import now
from mailintake.storage import schema
from mailintake.storage.engine import Database
from mailintake.transports.acceptance import Acceptance
from mailintake.transports.smtp import Listener, Server


async def serve(directory: Path) -> None:
    """Listen, say on which port, and stop when standard input ends."""
    database = Database(f"sqlite:///{directory / 'door.db'}")
    schema.upgrade(database)
    server = Server(
        hostname="door.example",
        directory=directory,
        accept=Acceptance(database).accept,
        is_mailbox=lambda _: True,
        clock=now,
    )
    print(await server.listen(Listener(trusted=True)), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await server.stop()
    database.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="mailintake-door-") as place:
        uvloop.run(serve(Path(place)))
