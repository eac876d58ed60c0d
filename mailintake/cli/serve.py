"""`mailintake serve`: run the daemon in the foreground."""

from mailintake.cli.common import ConfigOption, load


def serve(config: ConfigOption) -> None:
    """Run the daemon until SIGTERM."""
    import uvloop

    from mailintake import daemon
    from mailintake.cli.logs import configure

    configuration = load(config)
    configure()
    uvloop.run(daemon.serve(configuration))
