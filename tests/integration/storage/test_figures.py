"""What waits and what has ended is counted as it is, also while it is counted again and again."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from mailintake.domain.decision import Outcome
from mailintake.domain.letter import Draft
from mailintake.domain.mail import Address, Envelope, Reception
from mailintake.storage import journal, outbox, spool
from mailintake.storage.engine import Database
from mailintake.storage.figures import Figures, Tally
from mailintake.storage.outbox import NewLetter
from mailintake.storage.spool import Delivery
from mailintake.storage.tables import journal as journal_table

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
NOBODY = Address("support@desk.example")


class Desk:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.tally = Tally()
        self.now = NOW
        self._mails = 0

    def look(self) -> Figures:
        with self.database.reading() as connection:
            return self.tally.look(connection, now=self.now)

    def mail(self) -> int:
        self._mails += 1
        digest = f"{self._mails:064}"
        delivery = Delivery(digest, 10, Envelope("", ("support@desk.example",)), Reception("smtp", self.now, True))
        with self.database.writing() as connection:
            return spool.add(connection, [delivery])[delivery.key]

    def ends(self, outcome: Outcome) -> None:
        number = self.mail()
        with self.database.writing() as connection:
            journal.record(connection, outcome.value, at=self.now, spool_id=number, detail={})

    def ended(self) -> dict[str, int]:
        return {outcome: count for outcome, count in self.look().ended.items() if count}


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def test_nothing_waits_and_nothing_has_ended_at_first(desk: Desk) -> None:
    assert desk.look() == Figures(0, None, 0, None, dict.fromkeys(Outcome, 0))


def test_what_waits_is_counted_with_the_oldest(desk: Desk) -> None:
    desk.mail()
    draft = Draft("closed", "en", NOBODY, NOBODY, "<1@desk.example>", "auto-generated")
    with desk.database.writing() as connection:
        outbox.add(connection, [NewLetter(draft, "event", None)], now=NOW - timedelta(minutes=1))
    desk.now += timedelta(minutes=1)
    desk.mail()
    found = desk.look()
    assert (found.mails, found.oldest_mail_at) == (2, NOW)
    assert (found.letters, found.oldest_letter_at) == (1, NOW - timedelta(minutes=1))


def test_only_what_ends_after_the_first_look_counts_and_each_once(desk: Desk) -> None:
    desk.ends(Outcome.OPENED)
    assert desk.ended() == {}
    for number in range(1, 8):
        desk.ends(Outcome.OPENED)
        desk.ends(Outcome.REFUSED)
        desk.now += timedelta(seconds=25)
        assert desk.ended() == desk.ended() == {"opened": number, "refused": number}


def test_a_line_of_no_mail_is_no_mail_s_end(desk: Desk) -> None:
    desk.look()
    with desk.database.writing() as connection:
        journal.record(connection, "opened", at=NOW, detail={"by": "maria"})
    assert desk.ended() == {}


def test_a_line_that_is_committed_late_under_a_lower_number_counts(desk: Desk) -> None:
    mail = desk.mail()
    line = {"at": NOW, "event": "opened", "spool_id": mail, "detail": {}}
    with desk.database.writing() as connection:
        connection.execute(insert(journal_table), [{**line, "id": 1}])
    desk.look()
    with desk.database.writing() as connection:
        connection.execute(insert(journal_table), [{**line, "id": 3}])
    assert desk.ended() == {"opened": 1}
    desk.now += timedelta(seconds=15)
    with desk.database.writing() as connection:
        connection.execute(insert(journal_table), [{**line, "id": 2}])
    for _ in range(3):
        assert desk.ended() == {"opened": 2}
        desk.now += timedelta(seconds=70)
