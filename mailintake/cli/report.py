"""`mailintake report`: a quarter of an account, on the terminal, as a page, and as the letter to its owner."""

import secrets
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailintake.cli.common import ConfigOption, JsonOption, load, looking, print_json, print_table, shown, zone_shown
from mailintake.errors import UsageError

if TYPE_CHECKING:
    from mailintake.config import Configuration
    from mailintake.desk.page import Words
    from mailintake.desk.report import Promises, Report
    from mailintake.intake.policy import Policy


def report(
    config: ConfigOption,
    account: Annotated[str, typer.Option(help="The account's name in accounts.yaml.", show_default=False)],
    quarter: Annotated[str, typer.Option(help="Such as 2026Q4, as the account's clock reads it.", show_default=False)],
    html: Annotated[
        Path | None, typer.Option("--html", help="Write the report as a page to this file as well.", show_default=False)
    ] = None,
    as_json: JsonOption = False,
    send: Annotated[
        bool, typer.Option("--send", help="Send the account's owner the letter about the quarter, once.")
    ] = False,
) -> None:
    """Report a quarter of an account: requests, how the promises stand, quotas.

    What counts is when mail was received, by days of the account's zone.
    """
    from mailintake import resources
    from mailintake.desk import page
    from mailintake.intake import reporting

    configuration, now = load(config), resources.now()
    policy = _policy(configuration)
    found = policy.account_named(account)
    wanted = reporting.quarter_named(quarter, found, policy, now=now)
    if send:
        _send(configuration, found.key, str(wanted))
        if html is None and not as_json:
            return
    with looking(configuration) as database, database.reading() as connection:
        made = reporting.report(connection, found, wanted, policy, now=now)
    words = _words(configuration, made)
    if html is not None:
        try:
            html.write_text(page.page(made, words), encoding="utf-8")
        except OSError as error:
            raise UsageError(f"cannot write {html}: {error.strerror}") from error
    if as_json:
        print_json(_as_json(made))
    elif not send:
        _show(made, words)


def _policy(configuration: "Configuration") -> "Policy":
    """Its tokens are for looking only: a report carries none, and makes no key where there is none yet."""
    from mailintake import resources
    from mailintake.domain.tag import Tagger
    from mailintake.intake.policy import Policy

    key = resources.token_key(configuration.host)
    return Policy.of(configuration, Tagger((key.read_bytes() if key.exists() else secrets.token_bytes(32),)))


def _send(configuration: "Configuration", account: str, quarter: str) -> None:
    from mailintake.cli.writing import writer

    with writer(configuration) as hand:
        is_new = hand.operate("report-send", 0, {"account": account, "quarter": quarter})
    if is_new:
        typer.echo(f"The report of {account} for {quarter} is on its way.", err=True)
    else:
        typer.echo(f"The report of {account} for {quarter} was sent before; it is not sent twice.", err=True)


def _words(configuration: "Configuration", made: "Report") -> "Words":
    from mailintake.desk.page import Words

    desk = configuration.desk
    levels = {level.key: level.label for level in desk.levels}
    return Words(zone_shown(made.timezone), desk.statuses, levels)


def _show(made: "Report", words: "Words") -> None:
    from mailintake.desk.page import day_text, span_text
    from mailintake.domain.ticket import Status

    quarter, figures = made.quarter, made.figures
    print(shown(f"{made.name}: {quarter}, {day_text(quarter.first)} to {day_text(quarter.last)}, {words.zone}"))
    print(shown(", ".join((made.desk, *(f"plan {plan}" for plan in made.plans)))))
    if not made.is_over:
        print("The quarter is not over yet.")
    print(f"\n{figures.requests} {'request' if figures.requests == 1 else 'requests'}")
    columns = [status for status in Status if any(found.get(status) for found in figures.statuses.values())]
    if columns:
        rows = (
            (priority, sum(found.values()), *(found.get(status, 0) for status in columns))
            for priority, found in figures.statuses.items()
        )
        print_table(("priority", "all", *map(words.status, columns)), rows, empty="")
    if any(figures.levels.values()):
        print()
        print_table(("level", "requests"), ((words.level(key), each) for key, each in figures.levels.items()), empty="")
    for found in figures.promises:
        _show_promises(found)
    if made.usage:
        print()
        usage = (
            (each.unit, span_text(each), f"{each.used} of {each.limit} per {each.period.value}", each.overage)
            for each in made.usage
        )
        print_table(("quota", "period", "used", "beyond the limit"), usage, empty="")
    if made.refusals:
        print()
        print_table(("mail turned away", "mails"), made.refusals.items(), empty="")
    if figures.unreadable:
        print(f"\nThe clocks of {figures.unreadable} tickets cannot be read, and are left out.")


def _show_promises(found: "Promises") -> None:
    from mailintake.desk.page import BUCKETS, METRICS, SHARES_TITLE, STANDINGS, time_text
    from mailintake.desk.report import ordered

    print()
    standings = [(STANDINGS[each], found.count(each)) for each in ordered(found.standings)]
    print_table((METRICS[found.metric].lower(), ""), standings, empty="")
    if any(found.shares):
        print(f"{SHARES_TITLE.lower()}:")
        print_table(BUCKETS, [found.shares], empty="")
    if said := time_text(found):
        print(f"by the wall clock: {said}")


def _as_json(made: "Report") -> dict[str, object]:
    from mailintake.desk.report import SHARES, kept_percent

    figures = made.figures
    since, _ = made.quarter.bounds(made.timezone)
    return {
        "account": made.account,
        "name": made.name,
        "plans": made.plans,
        "quarter": str(made.quarter),
        "timezone": made.timezone,
        "begins": made.quarter.first.isoformat(),
        "ends": made.quarter.last.isoformat(),
        "since": since,
        "until": made.until,
        "is_over": made.is_over,
        "requests": figures.requests,
        "kept_percent": kept_percent(figures),
        "statuses": {
            priority: {status.value: number for status, number in found.items()}
            for priority, found in figures.statuses.items()
        },
        "levels": figures.levels,
        "months": {f"{month:%Y-%m}": number for month, number in figures.months.items()},
        **{found.metric.value: _promises_as_json(found, SHARES) for found in figures.promises},
        "quotas": [
            {
                "unit": each.unit,
                "limit": each.limit,
                "period": each.period.value,
                "begins": each.begins.isoformat(),
                "ends": each.ends.isoformat(),
                "used": each.used,
                "in_quarter": each.in_quarter,
                "overage": each.overage,
            }
            for each in made.usage
        ],
        "refused_mails": made.refusals,
        "unreadable": figures.unreadable,
    }


def _promises_as_json(found: "Promises", ends: tuple[int, ...]) -> dict[str, object]:
    return {
        "standings": {standing.value: number for standing, number in found.standings.items()},
        "shares": [
            {"up_to_percent": end, "clocks": number} for end, number in zip((*ends, None), found.shares, strict=True)
        ],
        "median_minutes": _minutes(found.median),
        "ninetieth_minutes": _minutes(found.ninetieth),
    }


def _minutes(length: timedelta | None) -> float | None:
    return None if length is None else round(length / timedelta(minutes=1), 1)
