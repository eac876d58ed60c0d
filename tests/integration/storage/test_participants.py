"""Who takes part in a ticket, as it is kept."""

from datetime import timedelta

from mailintake.domain.mail import Address
from mailintake.domain.progress import opened
from mailintake.storage import participants, terms, tickets
from mailintake.storage.engine import Database
from tests.builders import MONDAY_TEN, a_new_ticket

EVA = Address("eva@bakery.example", "Eva")


def test_somebody_is_let_in_once_let_go_once_and_let_in_again(database: Database) -> None:
    new = a_new_ticket()
    with database.writing() as connection:
        terms.pin(connection, [new.terms])
        digest = terms.of_terms(new.terms).digest
        (number,) = tickets.open_tickets(connection, [(new, opened(new.opening, new.terms), digest)], now=MONDAY_TEN)

        def let_in(minutes: int) -> bool:
            now = MONDAY_TEN + timedelta(minutes=minutes)
            return participants.add(connection, number, EVA.address, EVA, by="maria", now=now)

        def people() -> list[str]:
            return [each.address.address for each in participants.of_tickets(connection, [number])[number]]

        assert (let_in(0), let_in(1), people()) == (True, False, [EVA.address])
        assert participants.remove(connection, number, EVA.address, now=MONDAY_TEN)
        assert not participants.remove(connection, number, EVA.address, now=MONDAY_TEN)
        assert people() == []
        assert (let_in(2), people()) == (True, [EVA.address])
