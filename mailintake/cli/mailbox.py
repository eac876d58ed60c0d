"""`mailintake mailbox`: the mailboxes we fetch from, how that goes, and whether every mail in them is accounted for."""

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailintake.cli.common import ConfigOption, JsonOption, load, looking, print_json, print_table
from mailintake.errors import TemporaryError, UsageError

if TYPE_CHECKING:
    from mailintake.config import Configuration
    from mailintake.config.fetch import Fetch
    from mailintake.runners.mailbox_audit import Audit
    from mailintake.storage.engine import Database

app = typer.Typer(help="Mailboxes that mail is fetched from.")
NameArgument = Annotated[str, typer.Argument(help="The mailbox, by its name under `fetch`.", show_default=False)]
_SHOWN = (
    "server",
    "signs_in",
    "token_expires_at",
    "then",
    "worked_on_by",
    "looked_at",
    "trouble",
    "trouble_since",
    "taken",
    "ignored",
    "failing",
)


@app.command()
def status(config: ConfigOption, as_json: JsonOption = False) -> None:
    """Show how it goes with every mailbox: who works on it, when it was last looked into, what is wrong."""
    configuration = load(config)
    with looking(configuration) as database:
        rows = [_status(fetch, database) for fetch in configuration.host.fetch]
    if as_json:
        print_json(rows)
        return
    lines = (
        (row["name"] if key == _SHOWN[0] else "", key, row[key])
        for row in rows
        for key in _SHOWN
        if row[key] is not None
    )
    print_table(("mailbox", "", ""), lines, empty="No mailbox is fetched from.")


@app.command()
def login(config: ConfigOption, name: NameArgument) -> None:
    """Sign in to a mailbox once, in a browser on any machine; the `token_file` then keeps us signed in.

    Only for a mailbox with `oauth: {token_file: …}`. Run it as the user whom the daemon runs as, or as root.
    """
    from mailintake.transports import oauth

    fetch = _named(load(config), name)
    path = oauth.sign_in(fetch, tell=partial(print, flush=True), answer=_address)
    print(f"Signed in to `{name}`; {path} keeps it so. Try it: mailintake mailbox audit {name}")


def _address() -> str:
    text: str = typer.prompt("The address at which the browser ends, though it shows an error there")
    return text


@app.command("audit")
def audit_(config: ConfigOption, name: NameArgument, as_json: JsonOption = False) -> None:
    """Hold every mail on the server against the ledger, and name what is not accounted for (exit status 75).

    Connects to the server and only looks: nothing is taken in, moved or marked.
    """
    configuration = load(config)
    found = _audit(configuration, _named(configuration, name))
    if as_json:
        print_json([_as_json(each) for each in found])
    else:
        for each in found:
            _print(each)
    if unaccounted := sum(each.unaccounted for each in found):
        raise TemporaryError(
            f"{unaccounted} mails in `{name}` are not accounted for; the daemon takes them in if it can"
        )


def _named(configuration: "Configuration", name: str) -> "Fetch":
    for fetch in configuration.host.fetch:
        if fetch.name == name:
            return fetch
    there = ", ".join(fetch.name for fetch in configuration.host.fetch) or "none"
    raise UsageError(f"no mailbox `{name}` is fetched from; there is {there}")


def _status(fetch: "Fetch", database: "Database") -> dict[str, Any]:
    from mailintake.storage import mailboxes

    with database.reading() as connection:
        known = next((row for row in mailboxes.status(connection) if row.name == fetch.name), None)
        counts = mailboxes.counts(connection, fetch.name)
        folders = mailboxes.folders(connection, fetch.name)
    return {
        "name": fetch.name,
        "server": f"{fetch.host}:{fetch.port}",
        "signs_in": fetch.signs_in,
        "token_expires_at": known.token_expires_at if known and fetch.oauth else None,
        "then": str(fetch.then),
        "worked_on_by": known.locked_by if known else None,
        "worked_on_until": known.locked_until if known else None,
        "looked_at": known.looked_at if known else None,
        "trouble": known.trouble if known else None,
        "trouble_since": known.trouble_since if known else None,
        "taken": counts[mailboxes.TAKEN] + counts[mailboxes.KNOWN],
        "ignored": counts[mailboxes.TOO_LARGE],
        "failing": counts[mailboxes.FAILING],
        "audited_at": known.audited_at if known else None,
        "unaccounted": known.unaccounted if known else None,
        "folders": [{"folder": row.folder, "uidvalidity": row.validity, "opened_at": row.seen_at} for row in folders],
    }


def _audit(configuration: "Configuration", fetch: "Fetch") -> "list[Audit]":
    from mailintake.runners.mailbox_audit import audit
    from mailintake.storage import mailboxes
    from mailintake.transports.imap import Session

    with looking(configuration) as database:

        def read(work: Any) -> dict[int, mailboxes.Line]:
            with database.reading() as connection:
                found: dict[int, mailboxes.Line] = work(connection)
                return found

        session = Session.open(fetch, only_look=True)
        try:
            return [audit(session, fetch, folder, read=read) for folder in fetch.folders]
        finally:
            session.close()


def _as_json(found: "Audit") -> dict[str, Any]:
    return {
        "folder": found.place.folder,
        "uidvalidity": found.place.validity,
        "messages": found.messages,
        "taken": found.taken,
        "unended": found.unended,
        "ignored": found.ignored,
        "failing": found.failing,
        "pending": found.pending,
        "contradictory": found.contradictory,
    }


def _print(found: "Audit") -> None:
    print(f"{found.place.folder} (UIDVALIDITY {found.place.validity}): {found.messages} mails, {found.taken} taken in.")
    rows = [
        *((uid, "ignored", reason) for uid, reason in found.ignored.items()),
        *((uid, "failing", reason) for uid, reason in found.failing.items()),
        *((uid, "pending", "not taken in yet") for uid in found.pending),
        *((uid, "contradictory", "the ledger has another mail, or one that left") for uid in found.contradictory),
        *((uid, "taken", "not yet moved, flagged or deleted") for uid in found.unended),
    ]
    print_table(("uid", "state", "why"), sorted(rows), empty="Every mail on the server is accounted for.")
