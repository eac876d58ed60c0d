"""The sweep over a million open clocks: what an idle second costs, and how fast ten thousand due at once go."""

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, bindparam, func, insert, select, text, update

from benchmarks import report, stage
from mailintake.config import load
from mailintake.domain import sla
from mailintake.domain.decision import NewTicket
from mailintake.domain.mail import Address
from mailintake.domain.progress import Happening, What
from mailintake.domain.reminder import ladder
from mailintake.domain.tag import Tagger
from mailintake.domain.target import Metric
from mailintake.domain.ticket import Status
from mailintake.intake import acts
from mailintake.intake.policy import Policy
from mailintake.runners.loop import Parts
from mailintake.runners.sweep import BATCH, Sweep
from mailintake.storage import schema
from mailintake.storage.engine import Database
from mailintake.storage.tables import clock, journal, reminder
from tests.postgres import fresh_database, server

IDLE_MILLISECONDS = 10
PER_SECOND = 1000
HEAD = (
    "database",
    "clocks",
    "idle sweep, ms",
    "÷ full scan",
    "target",
    "due at once",
    "a second",
    "÷ bare rows",
    "target",
)
START = datetime(2026, 3, 9, 9, tzinfo=UTC)

_COPY_TICKETS = """
INSERT INTO ticket (subject, status, requester_address, requester_name, account, plan, mailbox, received_at, opened_at,
                    priority, status_since, terms)
SELECT subject, status, requester_address, requester_name, account, plan, mailbox, received_at, opened_at,
       priority, status_since, terms FROM ticket CROSS JOIN ({numbers}) AS n WHERE ticket.id = 1
"""
_COPY_CLOCKS = """
INSERT INTO clock (ticket_id, metric, round, state, "row", minutes, counting, soft, hours, selector, calendar,
                   started_at, counted_from, pauses, due_at, forgiven, next_step_at)
SELECT ticket.id, metric, round, state, "row", minutes, counting, soft, hours, selector, calendar,
       started_at, counted_from, pauses, due_at, forgiven, next_step_at
FROM ticket CROSS JOIN clock WHERE ticket.id > 1 AND clock.ticket_id = 1
"""
_NUMBERS = {
    True: "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) SELECT i FROM n",
    False: "SELECT generate_series(1, {count})",
}


def main(words: list[str]) -> None:
    """An idle sweep over a million clocks, and ten thousand reminders due at once, on both databases."""
    said = _options(words)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name, url in (("SQLite", f"sqlite:///{folder}/sweep.db"), ("PostgreSQL", "")):
            with _database(url) as database:
                rows.append(_measure(name, database, Path(folder), said))
    report.table(HEAD, rows)


def _options(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench sweep", description=main.__doc__)
    parser.add_argument("--clocks", type=int, default=1_000_000, help="open clocks (1000000)")
    parser.add_argument("--due", type=int, default=10_000, help="clocks due at once (10000)")
    parser.add_argument("--rounds", type=int, default=20, help="idle sweeps and scans that take turns (20)")
    parser.add_argument("--quick", action="store_true", help="few clocks: does it work at all?")
    said = parser.parse_args(words)
    if said.quick:
        said.clocks, said.due, said.rounds = 20_000, 1000, 3
    return said


@contextmanager
def _database(url: str) -> Iterator[Database]:
    if url:
        database = Database(url)
        schema.upgrade(database)
        yield database
        database.close()
        return
    with server() as address, fresh_database(address) as made, _database(made) as database:
        yield database


class _Now:
    """A clock that shows what it is told."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at


def _measure(name: str, database: Database, folder: Path, said: argparse.Namespace) -> list[str]:
    policy = _policy(folder)
    first_step = _fill(database, policy, said.clocks)
    now = _Now()
    sweep = Sweep(Parts(database, lambda: policy, now, lambda: None))
    idle, scans = [], []
    for _ in range(said.rounds):
        idle.append(_seconds(lambda: _sweep(database, sweep)))
        scans.append(_seconds(lambda: _scan(database)))
    now.at = first_step
    _make_due(database, said.due, at=first_step - timedelta(seconds=1), later=first_step + timedelta(days=1))
    handled = 0
    began = time.perf_counter()
    while found := _sweep(database, sweep):
        handled += found
    taken = time.perf_counter() - began
    bare = _seconds(lambda: _bare(database, said.due))
    assert handled == said.due
    milliseconds = report.Spread([1000 * seconds for seconds in idle])
    return [
        name,
        f"{said.clocks:,}",
        f"{milliseconds:.2f}",
        f"{report.ratio(idle, scans):.4f}",
        report.verdict(milliseconds.middle, IDLE_MILLISECONDS, at_most=True),
        f"{said.due:,}",
        f"{said.due / taken:.0f}",
        f"{taken / bare:.1f}",
        report.verdict(said.due / taken, PER_SECOND),
    ]


def _policy(folder: Path) -> Policy:
    directory = stage.configure(folder / "config", relay=1, workers=1)
    return Policy.of(load(directory), Tagger((b"k" * 32,)))


def _fill(database: Database, policy: Policy, count: int) -> datetime:
    """So many tickets with a clock each, nothing due yet; when their first step is."""
    account = policy.directory.accounts["customer"]
    terms = policy.terms(account.contracts[0])
    new = NewTicket(
        subject="The orders of today are missing",
        requester=Address("ana@customer.example"),
        account=account.key,
        mailbox=policy.desk.mailboxes[0].address,
        received_at=START,
        terms=terms,
        opening=Happening(What.OPENED, START, traits=policy.first_traits(), status=Status.NEW),
    )
    numbers = _NUMBERS[database.is_sqlite].format(count=count - 1)
    with database.writing() as connection:
        if not database.is_sqlite:
            connection.execute(text("SET LOCAL statement_timeout = 0"))
        acts.open_ticket(connection, new, policy, now=START, detail={})
        connection.execute(text(_COPY_TICKETS.format(numbers=numbers)))
        connection.execute(text(_COPY_CLOCKS))
    with database.writing() as connection:
        connection.execute(text("ANALYZE"))
    found = sla.start(Metric.FIRST_RESPONSE, terms.target(Metric.FIRST_RESPONSE, policy.first_traits()), at=START)
    return ladder(found, policy.desk.reminders)[0].at


def _make_due(database: Database, count: int, *, at: datetime, later: datetime) -> None:
    with database.writing() as connection:
        if not database.is_sqlite:
            connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(update(clock).values(next_step_at=later))
        connection.execute(update(clock).where(clock.c.id <= count).values(next_step_at=at))


def _sweep(database: Database, sweep: Sweep) -> int:
    with database.writing() as connection:
        return sweep.sweep(connection)


def _scan(database: Database) -> None:
    """What it would cost to look at every clock."""
    with database.reading() as connection:
        connection.execute(select(func.count()).where(clock.c.started_at > START)).scalar()


def _bare(database: Database, count: int) -> None:
    """The rows that reminders cost at least: one each in the journal and among the reminders, and one changed clock."""
    changed = update(clock).where(clock.c.id == bindparam("number")).values(next_step_at=bindparam("at"))
    for first in range(1, count + 1, BATCH):
        numbers = range(first, min(first + BATCH, count + 1))
        with database.writing() as connection:
            _write_bare(connection, numbers)
            connection.execute(changed, [{"number": number, "at": START} for number in numbers])


def _write_bare(connection: Connection, numbers: range) -> None:
    connection.execute(
        insert(reminder), [{"clock_id": number, "step": "bare", "at": START, "sent": True} for number in numbers]
    )
    connection.execute(
        insert(journal), [{"at": START, "event": "bare", "ticket_id": number, "detail": {}} for number in numbers]
    )


def _seconds(work: object) -> float:
    assert callable(work)
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
