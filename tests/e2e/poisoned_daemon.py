"""`serve` with a parser that some mails take down."""

import sys
from pathlib import Path

import uvloop

from mailintake import config, daemon
from mailintake.cli.logs import configure

if __name__ == "__main__":
    configure()
    uvloop.run(daemon.serve(config.load(Path(sys.argv[-1])), parser="tests.e2e.poisonable_parser"))
