"""`serve` whose leases on mailboxes are a tenth as long, so that nobody has to wait a minute for one to run out."""

import sys
from pathlib import Path

import uvloop

from mailintake import config, daemon
from mailintake.cli.logs import configure
from mailintake.runners import mailbox
from mailintake.storage import mailboxes

if __name__ == "__main__":
    mailboxes.LEASE /= 10
    mailbox.RENEW_SECONDS /= 10
    configure()
    uvloop.run(daemon.serve(config.load(Path(sys.argv[-1]))))
