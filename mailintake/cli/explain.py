"""`mailintake explain`: what would become of a mail, and why, touching nothing."""

import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailintake.cli.common import ConfigOption, JsonOption, print_json, print_table, reading, return_path_of
from mailintake.errors import UsageError

if TYPE_CHECKING:
    from mailintake.domain.decision import Decision, Facts
    from mailintake.domain.mail import Envelope, Reception
    from mailintake.intake.policy import Policy
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

    The whole decision with its trace: every check, what it found, what would be written and sent. Nothing is touched.
    """
    from mailintake import resources
    from mailintake.domain.mail import Envelope, Reception
    from mailintake.intake.decide import decide
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
        decision = decide(facts, policy)
    if as_json:
        print_json(_as_json(decision, facts, policy))
        return
    steps = ((line.check, line.finding, line.why) for line in decision.trace)
    print_table(("check", "finding", "why"), steps, empty="")
    print(f"\n→ {decision.outcome}" + (f": {decision.reason}" if decision.reason else ""))
    for notice in decision.notices:
        print(f"→ letter {notice.template} to {notice.recipient.address}", end="")
        print(f": withheld, {notice.suppressed}" if notice.suppressed else "")


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


def _as_json(decision: "Decision", facts: "Facts", policy: "Policy") -> dict[str, Any]:
    from mailintake.domain.progress import opened

    new = decision.new_ticket
    clocks = opened(new.opening, new.terms).clocks if new else ()
    traits = new.opening.traits if new else None
    return {
        "outcome": decision.outcome.value,
        "reason": decision.reason,
        "kind": decision.screening.kind.value,
        "ticket": decision.ticket_id,
        "account": new.account if new else None,
        "plan": new.terms.plan if new else None,
        "priority": traits.priority if traits else None,
        "due": next((clock.due for clock in clocks if clock.metric == "first_response"), None),
        "clocks": [{"metric": clock.metric.value, "due": clock.due} for clock in clocks],
        "follows": new.follows if new else None,
        "enrols": decision.enrol.address if decision.enrol else None,
        "received_at": facts.reception.at,
        "policy": policy.digest,
        "trace": [{"check": line.check, "finding": str(line.finding), "why": line.why} for line in decision.trace],
        "letters": [
            {"template": each.template, "to": each.recipient.address, "withheld": each.suppressed}
            for each in decision.notices
        ],
    }
