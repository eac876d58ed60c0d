"""A desk with routing rules in a directory of its own, where mails are taken in without a daemon."""

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mailintake import config
from mailintake.cli.trying import policy_of
from mailintake.config import Configuration
from mailintake.intake.apply import Judged
from mailintake.intake.judge import judge
from mailintake.intake.policy import Policy
from mailintake.parsing.parser import parse
from mailintake.storage import raw, schema, spool
from mailintake.storage.engine import Database
from tests.builders import a_delivery, a_mail
from tests.subjects import ACCOUNTS_FILE, DESK_FILE

HOST = """
state: ../var
listeners: [{protocol: smtp, address: 127.0.0.1, port: 0, trusted: yes}]
outgoing: {maildir: ../out}
"""
OUTAGES_ARE_URGENT = """
rules:
  - {name: outage, when: {says: "nothing works"}, then: {queue: urgent, priority: P1}}
  - {name: invoices, when: {says: "invoice*"}, then: {queue: accounting, tags: money}}
  - {name: angry, when: {says: unacceptable}, then: {priority: P1}, shadow: yes}
"""
SEATS = "senders: {new_at_known_domain: seat}\n"
DAYS_AGO = timedelta(days=3)
TEXT = "Please have a look at it."


def a_place(home: Path, rules: str, *, name: str = "config") -> Path:
    """A directory with a configuration, two mailboxes and two customers, and these rules."""
    place = home / name
    place.mkdir(parents=True)
    files = {"mailintake": HOST, "desk": DESK_FILE + SEATS, "accounts": ACCOUNTS_FILE, "rules": rules}
    for file, content in files.items():
        (place / f"{file}.yaml").write_text(content)
    return place


def another_place(place: Path, rules: str) -> Path:
    """A copy with other rules."""
    copy = place.parent / "new"
    shutil.copytree(place, copy)
    (copy / "rules.yaml").write_text(rules)
    return copy


def loaded(place: Path) -> tuple[Configuration, Policy]:
    """The configuration and its policy."""
    found = config.load(place, environment={})
    return found, policy_of(found)


def own_database(place: Path) -> Database:
    """The database of this place, upgraded."""
    (place.parent / "var").mkdir(exist_ok=True)
    database = Database(f"sqlite:///{place.parent / 'var' / 'mailintake.db'}")
    schema.upgrade(database)
    return database


def taken(database: Database, policy: Policy, mails: Iterable[bytes], *, ago: timedelta = DAYS_AGO,
          senders: Sequence[str] = ("ana@bakery.example",)) -> list[Judged]:  # fmt: skip
    """Mails that came some time ago and were judged at once; what became of them, in their order."""
    came_at = datetime.now(UTC) - ago
    found: list[Judged] = []
    with database.writing() as connection:
        for content in mails:
            delivery = a_delivery(content, sender=senders[0], at=came_at)
            delivery = replace(delivery, reception=replace(delivery.reception, trusted=True))
            raw.put(
                connection, delivery.digest, (content[at : at + raw.PART] for at in range(0, len(content), raw.PART))
            )
            spool.add(connection, [delivery])
        while entries := spool.claim(connection, now=came_at, limit=200):
            parts = [(each, parse(b"".join(raw.parts(connection, each.digest, each.size)))) for each in entries]
            found += judge(connection, parts, policy, now=came_at)
    return found


def numbered(subjects: Sequence[str], *, sender: str = "ana@bakery.example", text: str = TEXT) -> list[bytes]:
    """A mail for each subject, no two alike; where there is a {} in the sender, each from somebody else."""
    return [
        a_mail(
            sender.format(number),
            subject=subject,
            text=f"{text} It is number {number}.",
            message_id=f"<{number}@bakery.example>",
        )
        for number, subject in enumerate(subjects)
    ]
