"""Letters leave once, oldest first, whatever the relay does."""

import re
import time
from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from tests.e2e.conftest import NewDesk
from tests.e2e.harness import MANY_LETTERS, Desk, eventually
from tests.e2e.mails import a_mail, send
from tests.e2e.relay import Relay

AGENT = "maria@desk.example"


@pytest.fixture
def relay() -> Iterator[Relay]:
    """A relay that is not up yet."""
    made = Relay()
    yield made
    made.close()


def served(new_desk: NewDesk, relay: Relay) -> Desk:
    """A running desk that sends through this relay."""
    outgoing = f"outgoing: {{relay: {{host: 127.0.0.1, port: {relay.port}, tls: none, timeout_seconds: 10}}}}\n"
    desk = new_desk(host=outgoing + MANY_LETTERS)
    desk.start()
    return desk


def write(desk: Desk, sender: str, subject: str) -> None:
    assert send(desk.port, a_mail(subject, sender=sender), sender=sender).code == 250


def states(desk: Desk) -> dict[str, str]:
    """What became of the letter to each customer."""
    return dict(desk.rows("SELECT recipient, state FROM outbox WHERE recipient <> :agent", agent=AGENT))


def to_customers(relay: Relay) -> list[tuple[str, EmailMessage]]:
    """The letters that the relay has, but for the desk's own."""
    return [(to, letter) for to, letter in relay.letters if to != AGENT]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seconds_down", [6, pytest.param(60, marks=pytest.mark.long)])
def test_what_gathered_while_the_relay_was_down_leaves_once_and_oldest_first(
    new_desk: NewDesk, relay: Relay, seconds_down: int
) -> None:
    desk = served(new_desk, relay)
    until, count = time.monotonic() + seconds_down, 0
    while time.monotonic() < until:
        count += 1
        write(desk, "mia@mill.example", f"Number {count}")
        time.sleep(0.2)
    eventually(lambda: desk.value("SELECT count(*) FROM outbox") == 2 * count, what="two letters wait for each mail")
    relay.open()
    desk.wait_until_idle(within=90)
    write(desk, "mia@mill.example", "Number last")
    desk.wait_until_idle(within=90)
    in_order = [*map(str, range(1, count + 1)), "last"]
    customers = [str(letter["Subject"]) for _, letter in to_customers(relay)]
    agents = [str(letter["Subject"]) for to, letter in relay.letters if to == AGENT]
    assert [re.findall(r"Number (\w+)", subject) for subject in customers] == [[each] for each in in_order]
    assert [re.findall(r"Number (\w+)", subject) for subject in agents] == [[each] for each in in_order]
    assert len(relay.message_ids) == len(set(relay.message_ids)) == 2 * (count + 1)
    assert desk.rows("SELECT state, count(*) FROM outbox GROUP BY state") == [("sent", 2 * (count + 1))]


@pytest.mark.timeout(300)
def test_a_relay_that_puts_off_refuses_or_dies_costs_no_letter_of_others(new_desk: NewDesk, relay: Relay) -> None:
    relay.open()
    desk = served(new_desk, relay)

    relay.unwanted = frozenset({"nada@mill.example"})
    write(desk, "nada@mill.example", "To nobody")
    write(desk, "oto@mill.example", "To somebody")
    eventually(lambda: set(states(desk).values()) == {"failed", "sent"}, what="one refused, one sent")
    assert states(desk) == {"nada@mill.example": "failed", "oto@mill.example": "sent"}
    (failed,) = [each for each in desk.ask("outbox", "list") if each["recipient"] != AGENT]
    assert (failed["state"], failed["recipient"]) == ("failed", "nada@mill.example")
    assert "550 5.1.1" in failed["last_error"]

    relay.unwanted = frozenset()
    assert desk.run("outbox", "retry", failed["id"]).returncode == 0
    eventually(lambda: set(states(desk).values()) == {"sent"}, what="sent after all")

    relay.mode = "later"
    write(desk, "pia@mill.example", "Put off")
    reason = "SELECT last_error FROM outbox WHERE recipient = 'pia@mill.example'"
    eventually(lambda: any("451" in (why or "") for (why,) in desk.rows(reason)), what="it was put off")
    assert states(desk)["pia@mill.example"] == "queued"

    relay.mode = "silent"
    write(desk, "rok@mill.example", "Taken without a word")
    eventually(lambda: "rok@mill.example" in {to for to, _ in relay.letters}, what="taken without a word")
    relay.mode = "take"
    for (number,) in desk.rows("SELECT id FROM outbox WHERE state = 'queued'"):
        asked = desk.run("outbox", "retry", number)
        has_left = desk.value("SELECT state FROM outbox WHERE id = :id", id=number) == "sent"  # before we asked
        assert asked.returncode == 0 or has_left, asked.stderr.decode()
    desk.wait_until_idle(within=90)
    assert set(states(desk).values()) == {"sent"}
    copies = [str(letter["Message-ID"]) for to, letter in relay.letters if to == "rok@mill.example"]
    assert len(copies) == 2
    assert len(set(copies)) == 1
    assert sorted(to for to, _ in to_customers(relay) if to != "rok@mill.example") == [
        "nada@mill.example",
        "oto@mill.example",
        "pia@mill.example",
    ]
