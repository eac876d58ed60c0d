"""`mailintake status`: how the running daemon is, and which configuration it has."""

import http.client
import json
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from mailintake.cli.common import ConfigOption, JsonOption, print_json, print_table
from mailintake.errors import MailintakeError


def status(config: ConfigOption, as_json: JsonOption = False) -> None:
    """Show how the daemon is, which configuration it runs since when, and what came of the last one it read.

    Asks only mailintake.yaml where to find it. Exit status 1 if it does not answer, or is not well.
    """
    from mailintake.config import load_host

    health = _ask(load_host(config).control)
    if as_json:
        print_json(health)
    else:
        print_table(("", ""), rows(health), empty="")
    if health["status"] != "ok":
        raise MailintakeError(f"the daemon is not well: {standing(health)}")


def _ask(socket: Path) -> dict[str, Any]:
    from mailintake.cli.writing import LocalConnection

    try:
        with closing(LocalConnection(socket)) as connection:
            connection.request("GET", "/health")
            found = json.loads(connection.getresponse().read())
    except PermissionError:
        raise MailintakeError(f"only the daemon's own user may ask at {socket}") from None
    except (FileNotFoundError, ConnectionRefusedError):
        raise MailintakeError(f"no daemon runs here: nothing answers at {socket}") from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise MailintakeError(f"the daemon does not answer at {socket}: {error}") from None
    told: dict[str, Any] = found if isinstance(found, dict) else {}
    if "status" not in told:
        raise MailintakeError(f"the daemon is not well: {told.get('error', 'it says nothing of itself')}")
    return told


def rows(health: dict[str, Any]) -> list[tuple[str, object]]:
    """What `/health` says, for people."""
    return [
        ("status", standing(health)),
        ("version", health["version"]),
        ("configuration", health["config"][:12]),
        ("since", datetime.fromisoformat(health["config_since"])),
        ("last reload", _last(health["last_reload"])),
        ("needs a restart", "yes: mailintake.yaml has changed" if health["needs_restart"] else "no"),
        ("mails waiting", health["mails_waiting"]),
        ("letters waiting", health["letters_waiting"]),
        ("listening", health["listening"].split(", ") if health["listening"] else "nowhere"),
        ("mailboxes", [_mailbox(each) for each in health["mailboxes"]] or "none"),
    ]


def standing(health: dict[str, Any]) -> str:
    """How it is, in a word or a few."""
    return " ".join([health["status"], ", ".join(health["stuck"])]).strip()


def _last(attempt: dict[str, Any] | None) -> object:
    """When files were last read, and what came of it; the problem on a line of its own."""
    if attempt is None:
        return "none since the start"
    at = datetime.fromisoformat(attempt["at"]).astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")
    if attempt["ok"]:
        return f"{at}: right"
    more = [f"and {attempt['more']} more: mailintake check"] if attempt["more"] else []
    return [f"{at}: broken, the one before goes on", attempt["problem"], *more]


def _mailbox(each: dict[str, Any]) -> str:
    looked = f", looked into at {each['looked_at']}" if each["looked_at"] else ""
    return f"{each['name']}: {'logged in' if each['connected'] else 'not logged in'}{looked}"
