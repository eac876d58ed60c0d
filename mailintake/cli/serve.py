"""`mailintake serve`: run the daemon in the foreground."""

from typing import TYPE_CHECKING

from mailintake.cli.common import ConfigOption, load

if TYPE_CHECKING:
    from mailintake.config import Configuration
    from mailintake.daemon import Daemon


def serve(config: ConfigOption) -> None:
    """Run the daemon until SIGTERM."""
    import uvloop

    from mailintake import daemon
    from mailintake.cli.logs import configure

    configuration = load(config)
    configure()
    uvloop.run(daemon.serve(configuration, on_ready=_announce))


def _announce(running: "Daemon") -> None:
    configuration = running.configuration
    outgoing = configuration.host.outgoing
    letters = outgoing.maildir or (f"{outgoing.relay.host}:{outgoing.relay.port}" if outgoing.relay else "")
    lines = [
        f"{configuration.desk.name} takes mail at {running.listening or 'its local socket'}.",
        f"Letters go to {letters}.",
    ]
    if line := _first_mail(configuration, running.ports):
        lines += ["Send it a mail:", "", f"  {line}", "", "and see what became of it: mailintake tickets list", ""]
    print("\n".join(lines), flush=True)


def _first_mail(configuration: "Configuration", ports: list[int]) -> str | None:
    # Only where whoever is on this machine may write in a customer's name anyway: the trial's listener.
    doors = zip(configuration.host.listeners, ports, strict=True)
    port = next(
        (port for door, port in doors if door.protocol == "smtp" and door.trusted and door.is_local and port), None
    )
    people = (contact for account in configuration.directory.accounts.values() for contact in account.contacts)
    contact, mailbox = next(people, None), configuration.desk.mailboxes[0].address
    if port is None or contact is None:
        return None
    words = (
        rf"\r\nFrom: {contact.address}\r\nTo: {mailbox}\r\nSubject: The oven stays cold\r\n\r\nIt shows E4. What now?"
    )
    # a Message-ID of its own each time: the same mail twice would rightly be one ticket
    mail = f'"Message-ID: " + email.utils.make_msgid() + "{words}"'
    sending = f'smtplib.SMTP("127.0.0.1", {port}).sendmail("{contact.address}", "{mailbox}", {mail})'
    return f"python3 -c 'import email.utils, smtplib; {sending}'"
