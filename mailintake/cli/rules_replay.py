"""`mailintake rules replay`: what would become of stored mail under another configuration."""

import asyncio
import re
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailintake.cli.common import default_config, load, looking, print_json, print_table, shown
from mailintake.errors import UsageError

if TYPE_CHECKING:
    from mailintake.config import Configuration
    from mailintake.intake.policy import Policy
    from mailintake.intake.replay import Replayed, Sum

_AGO = re.compile(r"(\d{1,4}) ?([hdw])")
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}
MOST_CHANGES = 40
"""Kinds of changes in the sum for people; JSON has all."""


def replay(
    since: Annotated[str, typer.Option(help="How far back: 30d, 12h, 2w, or an instant such as 2026-03-06T18:30Z.")],
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            "-c",
            help="The new configuration; without it the running one's files as they are now, against the record.",
            show_default=False,
        ),
    ] = None,
    running: Annotated[
        Path | None,
        typer.Option(
            "--running",
            help="The configuration that runs, whose database has the mails [default: where --config looks elsewhere].",
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON: a line for each mail, and one for the sum.")
    ] = False,
) -> None:
    """Decide stored mail once more under a new configuration, and show what would become of it otherwise.

    Nothing is written, and no letter leaves.
    """
    from mailintake import resources
    from mailintake.cli.trying import policy_of
    from mailintake.intake.replay import Sum

    start = _start(since, now=resources.now())
    current = load(running or default_config())
    before = policy_of(current) if config else None
    after = policy_of(load(config) if config else current)
    mails = asyncio.run(_replayed(current, before, after, since=start))
    found = Sum()
    for mail in mails:
        found.add(mail)
    told = [mail for mail in mails if mail.differences or mail.trouble]
    if as_json:
        for mail in told:
            print_json(_as_json(mail), on_one_line=True)
        print_json(_sum_as_json(found), on_one_line=True)
    else:
        _show(told)
        _show_sum(found, is_recorded=before is None)


async def _replayed(
    current: "Configuration", before: "Policy | None", after: "Policy", *, since: datetime
) -> "list[Replayed]":
    from functools import partial

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from mailintake.runners.cage import Cage
    from mailintake.runners.replaying import Replay
    from mailintake.storage import past

    host, limits = current.host, current.host.limits
    columns = (TextColumn("replaying"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty())
    cage = Cage(workers=host.workers, seconds=limits.parse_seconds, memory=limits.parse_memory)
    mails = []
    with looking(current) as database, bar:
        task = bar.add_task("", total=await database.read(partial(past.count, since=since)))
        try:
            await cage.start()
            async for mail in Replay(database, cage, before=before, after=after).run(since=since):
                mails.append(mail)
                bar.advance(task)
        finally:
            await cage.close()
    return mails


def _start(text: str, *, now: datetime) -> datetime:
    if found := _AGO.fullmatch(text):
        return now - timedelta(**{_UNITS[found[2]]: int(found[1])})
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text} is neither a length of time such as 30d nor an instant") from None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _show(mails: "Iterable[Replayed]") -> None:
    for mail in mails:
        print(f"mail {mail.mail}", shown(mail.received_at), shown(mail.sender), shown(mail.subject), sep="  ")
        if mail.trouble:
            print(f"    not decided: {shown(mail.trouble)}")
        for word, (before, after) in mail.differences.items():
            print(f"    {word}: {shown(before or None)} → {shown(after or None)}")


def _show_sum(found: "Sum", *, is_recorded: bool) -> None:
    if found.differing:
        print()
    rows = [
        (word, before or None, after or None, mails) for (word, before, after), mails in found.changes.most_common()
    ]
    if rows:
        print_table(("what", "before", "after", "mails"), rows[:MOST_CHANGES], empty="")
        if len(rows) > MOST_CHANGES:
            print(f"… and {len(rows) - MOST_CHANGES} kinds of changes more; --json has all of them.")
        print()
    against = "what is recorded" if is_recorded else "the running configuration"
    print(f"{found.differing} of {found.decided} mails would be decided otherwise than by {against}.")
    if found.passed_over:
        print(f"{found.passed_over} joined their tickets or were copies: rules are not asked about them.")
    if found.trouble:
        print(f"{found.trouble} could not be decided.")


def _as_json(mail: "Replayed") -> dict[str, object]:
    return {
        "mail": mail.mail,
        "received_at": mail.received_at,
        "sender": mail.sender,
        "subject": mail.subject,
        "trouble": mail.trouble or None,
        "differences": {word: {"before": before, "after": after} for word, (before, after) in mail.differences.items()},
    }


def _sum_as_json(found: "Sum") -> dict[str, object]:
    changes = [
        {"what": word, "before": before, "after": after, "mails": mails}
        for (word, before, after), mails in found.changes.most_common()
    ]
    return {
        "decided": found.decided,
        "differing": found.differing,
        "trouble": found.trouble,
        "passed_over": found.passed_over,
        "changes": changes,
    }
