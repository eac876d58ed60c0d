"""The command line: one file per group, and nothing heavy imported before it is needed."""

import sys
from typing import Annotated

import typer
from typer.exceptions import TyperException

from mailintake import __version__
from mailintake.cli import (
    accepting,
    accounts,
    check,
    db,
    demo,
    explain,
    init,
    inspect,
    mailbox,
    notices,
    outbox,
    plans,
    quarantine,
    report,
    rules,
    schema,
    serve,
    sla,
    status,
    tickets,
)
from mailintake.errors import ConfigError, MailintakeError

app = typer.Typer(
    name="mailintake",
    help="E-mail in, tickets and promises kept out.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"mailintake {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    pass


app.command("serve")(serve.serve)
app.command("init")(init.init)
app.command("check")(check.check)
app.command("status")(status.status)
app.command("inspect")(inspect.inspect)
app.command("explain")(explain.explain)
app.command("deliver")(accepting.deliver)
app.command("import")(accepting.import_)
app.command("plans")(plans.plans)
app.command("report")(report.report)
app.command("schema")(schema.schema)
app.add_typer(tickets.app, name="tickets")
app.add_typer(accounts.app, name="accounts")
app.add_typer(mailbox.app, name="mailbox")
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(outbox.app, name="outbox")
app.add_typer(notices.app, name="notices")
app.add_typer(rules.app, name="rules")
app.add_typer(sla.app, name="sla")
app.add_typer(db.app, name="db")
app.command("demo")(demo.demo)


def main() -> None:
    """Run a command; every failure is a line or a few, and an exit status of its own (see `errors`)."""
    try:
        sys.exit(app(standalone_mode=False, prog_name="mailintake") or 0)
    except TyperException as error:
        context = getattr(error, "ctx", None)
        hint = f" Try '{context.command_path} --help'." if context else ""
        _fail(f"{error.format_message().rstrip('.')}.{hint}", 2)
    except typer.Abort:
        _fail("interrupted", 130)
    except ConfigError as error:
        _fail(str(error), error.exit_status)
    except MailintakeError as error:
        _fail(f"mailintake: {error}", error.exit_status)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)


def _fail(line: str, status: int) -> None:
    print(line, file=sys.stderr)
    sys.exit(status)
