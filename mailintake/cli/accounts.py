"""`mailintake accounts`: customers, their people, and what they have used."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from mailintake.cli.common import ConfigOption, JsonOption, load, print_json, reading, shown
from mailintake.errors import PermanentError, UsageError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mailintake.cli.account_files import Line
    from mailintake.cli.account_view import Roll
    from mailintake.cli.writing import Writer
    from mailintake.config import Configuration
    from mailintake.domain.decision import Enrolled
    from mailintake.intake.policy import Policy

app = typer.Typer(help="Customers, their people, and what they have used.")

Account = Annotated[str, typer.Argument(help="The account's name in accounts.yaml.")]
Someone = Annotated[str, typer.Argument(help="The person's address.")]


@app.command("list")
def list_(config: ConfigOption, as_json: JsonOption = False) -> None:
    """List accounts with the plan that is in force, seats, and who waits for approval."""
    from mailintake.cli import account_view
    from mailintake.storage import members

    with _looking(config) as (policy, connection, now):
        waiting = members.waiting(connection)
        found = [(_roll(connection, policy, name, now), waiting[name]) for name in policy.directory.accounts]
    if as_json:
        print_json([account_view.row(each, waiting=people) for each, people in found])
    else:
        account_view.show_list(found)


@app.command()
def show(config: ConfigOption, account: Account, as_json: JsonOption = False) -> None:
    """Show an account: contracts, people, who waits for approval, and what is used now."""
    from mailintake.cli import account_view
    from mailintake.storage import approvals

    with _looking(config) as (policy, connection, now):
        found = _roll(connection, policy, account, now)
        waiting = approvals.of_account(connection, account)
        used = _usage(connection, policy, found, now)
    if as_json:
        print_json(account_view.full(found, policy, waiting) | {"usage": used})
        return
    account_view.show(found, policy, waiting)
    print()
    account_view.show_usage(used, found.contract.plan)


@app.command()
def usage(
    config: ConfigOption,
    account: Account,
    at: Annotated[str | None, typer.Option(help="In the periods around 2026-03-06T18:30Z [default: now].")] = None,
    as_json: JsonOption = False,
) -> None:
    """Show what an account has used of its seats and quotas."""
    from mailintake.cli import account_view

    with _looking(config) as (policy, connection, now):
        moment = _instant(at) if at else now
        found = _roll(connection, policy, account, moment)
        used = _usage(connection, policy, found, moment)
        timezone = policy.zone_of(found.account, found.contract)
    if as_json:
        seats = {"seats_used": found.seats.used, "seats": found.seats.limit}
        print_json({"account": account, "plan": found.contract.plan, "at": moment, "timezone": timezone}
                   | seats | {"usage": used})  # fmt: skip
        return
    print(f"Seats: {found.seats_text()}\n")
    account_view.show_usage(used, found.contract.plan)


@app.command("add-contact")
def add_contact(
    config: ConfigOption,
    account: Account,
    person: Annotated[str, typer.Argument(help="`Ben Baker <ben@bakery.example>`, or the address alone.")],
    role: Annotated[str, typer.Option(help="What they are there, as plans name it.")] = "user",
) -> None:
    """Give a person a seat; whoever waits for approval is approved by it."""
    from mailintake.cli.writing import writer

    with writer(load(config)) as hand:
        is_new = _operate(hand, "add-contact", account=account, address=person, role=role)
    print(f"{shown(person)} has a seat at {account}." if is_new else f"{shown(person)} has one at {account} already.")


@app.command("remove-contact")
def remove_contact(config: ConfigOption, account: Account, address: Someone) -> None:
    """Take the seat of a person who got it by mail or by command."""
    from mailintake.cli.writing import writer

    with writer(load(config)) as hand:
        _operate(hand, "remove-contact", account=account, address=address)
    print(f"{shown(address)} has no seat at {account} any more.")


@app.command()
def approve(config: ConfigOption, account: Account, address: Someone) -> None:
    """Approve a person who waits: they get a seat, and their tickets are new from now."""
    _settle(config, "approve", account, address)
    print(f"{shown(address)} is approved at {account}.")


@app.command()
def decline(config: ConfigOption, account: Account, address: Someone) -> None:
    """Decline a person who waits: their tickets are refused."""
    _settle(config, "decline", account, address)
    print(f"{shown(address)} is declined at {account}.")


@app.command()
def export(
    config: ConfigOption,
    form: Annotated[Literal["csv", "yaml"], typer.Option("--format", help="A table, or a part for accounts.yaml.")] = (
        "csv"
    ),
) -> None:
    """Print the people of all accounts, of the file and of the database."""
    from mailintake.cli import account_files

    with _looking(config) as (policy, connection, now):
        rolls = [_roll(connection, policy, name, now) for name in policy.directory.accounts]
    people = [person for each in rolls for person in each.people]
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    print(account_files.as_csv(people) if form == "csv" else account_files.as_yaml(people), end="")


@app.command("import")
def import_(
    config: ConfigOption,
    file: Annotated[Path, typer.Argument(help="CSV with account, address, and also name and role.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would become of each line.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Give seats to all people of a table; each line is written by itself, and what cannot be is reported."""
    from mailintake.cli import account_files
    from mailintake.cli.writing import writer

    if not file.is_file():
        raise UsageError(f"there is no file {file}")
    lines = account_files.read_csv(file.read_bytes())
    report: list[dict[str, object]] = []
    if dry_run:
        report += _print_each(_try(config, lines), quietly=as_json)
    else:
        with writer(load(config)) as hand:
            report += _print_each(_write(hand, lines), quietly=as_json)
    if as_json:
        print_json(report)
    if conflicts := sum(each["finding"] == "conflict" for each in report):
        raise PermanentError(f"{conflicts} of {len(report)} lines cannot be: nothing was written for these")


@contextmanager
def _looking(directory: Path) -> "Iterator[tuple[Policy, Connection, datetime]]":
    """The policy, what is stored, and what time it is."""
    from mailintake import resources

    with reading(directory) as (configuration, database), database.reading() as connection:
        yield _policy(configuration), connection, resources.now()


def _policy(configuration: "Configuration") -> "Policy":
    """The policy to look by: what is only looked at needs no key."""
    from mailintake.domain.tag import Tagger
    from mailintake.intake.policy import Policy

    return Policy.of(configuration, Tagger((bytes(32),)))


def _roll(connection: "Connection", policy: "Policy", name: str, at: datetime) -> "Roll":
    from mailintake.cli import account_view
    from mailintake.storage import customers

    account = policy.account_named(name)
    return account_view.roll(account, customers.listing(connection, name), policy, at=at)


def _usage(connection: "Connection", policy: "Policy", found: "Roll", at: datetime) -> list[dict[str, object]]:
    from mailintake.cli import account_view
    from mailintake.storage import quota

    spent = quota.spent(connection, account_view.ledgers(found.account, policy, at=at))
    return account_view.usage(found, spent, policy, at=at)


def _settle(directory: Path, what: str, account: str, address: str) -> None:
    from mailintake.cli.writing import writer

    with writer(load(directory)) as hand:
        if not _operate(hand, what, account=account, address=address):
            raise UsageError(f"{address} does not wait for approval at {account} any more")


def _operate(hand: "Writer", name: str, /, **words: str) -> bool:
    return hand.operate(f"accounts-{name}", 0, words)


def _write(hand: "Writer", lines: "list[Line]") -> "Iterator[tuple[Line, str, str]]":
    """Each line with what became of it, and why where nothing did."""
    for line in lines:
        words = {"account": line.account, "address": line.address, "name": line.name, "role": line.role}
        try:
            yield line, "added" if _operate(hand, "add-contact", **words) else "already there", ""
        except UsageError as error:
            yield line, "conflict", str(error)


def _try(directory: Path, lines: "list[Line]") -> "Iterator[tuple[Line, str, str]]":
    """The same without writing: who would be added takes a seat from those that come later."""
    from mailintake.domain.decision import Enrolled
    from mailintake.intake import membership
    from mailintake.storage import customers

    with _looking(directory) as (policy, connection, now):
        people = dict(customers.enrolled(connection, policy.directory.accounts))
        homes = _homes(people)
        for line in lines:
            try:
                account = policy.account_named(line.account)
                person, _ = membership.somebody(line.address, name=line.name, role=line.role)
                key, some = policy.key(person.address) or "", people[account.key]
                elsewhere = homes.setdefault(key, [])
                is_new = membership.is_new(policy, account, some, person.address, elsewhere=elsewhere, now=now)
            except UsageError as error:
                yield line, "conflict", str(error)
                continue
            if is_new:
                elsewhere.append(account.key)
                people[account.key] = (*some, Enrolled(account.key, key, person.address))
            yield line, "would be added" if is_new else "already there", ""


def _homes(people: "Mapping[str, tuple[Enrolled, ...]]") -> dict[str, list[str]]:
    """Where each person has a seat, by address key."""
    homes: dict[str, list[str]] = {}
    for some in people.values():
        for one in some:
            if one.removed_at is None:
                homes.setdefault(one.key, []).append(one.account)
    return homes


def _print_each(found: "Iterator[tuple[Line, str, str]]", *, quietly: bool) -> Iterator[dict[str, object]]:
    for line, finding, why in found:
        if not quietly:
            what = f"{finding}: {shown(why)}" if why else f"{shown(line.address)} at {shown(line.account)}: {finding}"
            print(f"line {line.number}: {what}")
        yield {"line": line.number, "account": line.account, "address": line.address, "finding": finding,
               "why": why or None}  # fmt: skip


def _instant(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        in_utc = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise UsageError(f"`{text}` is no instant such as 2026-03-06T18:30Z") from None
    if moment.tzinfo is None:
        raise UsageError(f"--at must name its offset, such as 2026-03-06T18:30Z or 2026-03-06T19:30+01:00: `{text}`")
    return in_utc
