"""`mailintake explain`: what would become of a mail, and why, touching nothing."""

import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailintake.cli.common import ConfigOption, JsonOption, print_json, reading, return_path_of
from mailintake.errors import UsageError

if TYPE_CHECKING:
    from mailintake.domain.mail import Envelope, Reception
    from mailintake.storage.spool import Entry


def explain(
    config: ConfigOption,
    file: Annotated[Path, typer.Argument(help="A mail file.", show_default=False)],
    to: Annotated[str | None, typer.Option("--mailbox", help="The desk's address it comes for.")] = None,
    at: Annotated[str | None, typer.Option(help="When it comes: 2026-03-06T18:30Z [default: now].")] = None,
    untrusted: Annotated[bool, typer.Option("--untrusted", help="As if nobody vouched for its sender.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show what would become of a mail, and why.

    Every check with what it found; every rule, and of each that does not match the condition that fails; what would be
    written down, promised and sent. Nothing is touched.
    """
    from mailintake import resources
    from mailintake.cli import decision_view
    from mailintake.domain.mail import Envelope, Reception
    from mailintake.intake import explaining
    from mailintake.intake.gather import gather
    from mailintake.intake.inquiry import homes_of, inquire
    from mailintake.intake.policy import Policy
    from mailintake.parsing.parser import parse

    moment = _instant(at) if at else resources.now()
    if not file.is_file():
        raise UsageError(f"there is no file {file}")
    raw = file.read_bytes()
    message = parse(raw)
    with reading(config) as (configuration, database):
        key = resources.token_key(configuration.host)
        secret = key.read_bytes() if key.exists() else secrets.token_bytes(32)
        tagger = resources.made_of(secret, configuration.host)
        policy = Policy.of(configuration, tagger)
        recipient = to or configuration.desk.mailboxes[0].address
        if policy.mailbox(recipient) is None:
            raise UsageError(f"{recipient} is no mailbox of this desk")
        envelope = Envelope(return_path_of(message), (recipient,))
        reception = Reception("smtp", moment, trusted=not untrusted)
        entry = _entry(envelope, reception, size=len(raw))
        with database.reading() as connection:
            inquiry = inquire(entry, message, policy, homes=homes_of(connection, [message], policy))
            (facts,) = gather(connection, [inquiry], policy, now=moment)
        found = explaining.explain(facts, policy)
    if as_json:
        print_json(decision_view.as_json(found, policy) | {"received_at": facts.reception.at})
    else:
        decision_view.show(found, policy)


def _entry(envelope: "Envelope", reception: "Reception", *, size: int) -> "Entry":
    """A mail as if it lay in the spool."""
    from mailintake.storage.spool import Entry

    return Entry(
        id=0,
        digest="",
        size=size,
        envelope=envelope,
        reception=reception,
        state="waiting",
        attempts=1,
        headers_only=False,
        released=False,
        outcome=None,
        reason=None,
        ticket_id=None,
    )


def _instant(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text} is no instant such as 2026-03-06T18:30Z") from None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
