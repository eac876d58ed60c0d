"""Clocks and tickets from the command line: shown, moved, proved by the journal, renewed."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from tests.e2e.conftest import NewDesk
from tests.e2e.harness import ROOT, Desk, eventually
from tests.e2e.mails import a_mail

DESK = """\
desk:
  name: Example Desk
  mailbox: support@desk.example
  languages: [en]
  timezone: Europe/Ljubljana
hours: {always: "Mon-Sun 00:00-24:00"}
priorities: {high: Nothing works, normal: Something does not work, low: A wish}
default_priority: normal
levels: {first: First line, second: Second line}
statuses: {waiting: Your turn}
defaults: {contacts: any, hours: always}
plans:
  two: {first_response: 8h}
  many:
    response: {high: 1h, else: 4h}
    resolution: {high: 8h wall, else: 40h}
senders: {new_at_known_domain: seat, unverified: hold}
"""
LONGER = DESK.replace("{high: 1h, else: 4h}", "{high: 1h, else: 6h}")

Opened = Callable[[str], int]


@pytest.fixture(scope="module")
def desk(new_desk: NewDesk) -> Desk:
    """A desk with promises of every kind, whose daemon runs."""
    made: Desk = new_desk()
    (made.config / "desk.yaml").write_text(DESK)
    made.start()
    return made


@pytest.fixture
def opened(desk: Desk) -> Opened:
    """Opens a ticket for Mia by a mail with this subject; its number."""

    def open_one(subject: str) -> int:
        mail = int(desk.run("deliver", stdin=a_mail(subject, sender="mia@mill.example")).stdout)
        find = "SELECT ticket_id FROM spool WHERE id = :id AND outcome = 'opened'"
        ((ticket,),) = eventually(lambda: desk.rows(find, id=mail), what="it has a ticket")
        return int(ticket)

    return open_one


def does(desk: Desk, *words: object) -> str:
    """What a command that succeeds prints."""
    ran = desk.run(*words)
    assert ran.returncode == 0, ran.stderr.decode()
    return ran.stdout.decode().strip()


def refusal(desk: Desk, *words: object) -> str:
    """The one line of a command that is refused."""
    ran = desk.run(*words)
    assert ran.returncode == 2
    (line,) = ran.stderr.decode().splitlines()
    return line


def clocks(desk: Desk, ticket: int) -> dict[str, Any]:
    """The clocks of a ticket by metric, the newest of each."""
    return {clock["metric"]: clock for clock in desk.ask("tickets", "show", ticket)["clocks"]}


def test_a_ticket_is_moved_through_its_life(desk: Desk, opened: Opened) -> None:
    ticket = opened("A long story")
    assert does(desk, "tickets", "sort", ticket, "--priority", "high") == f"Ticket {ticket} is sorted."
    assert clocks(desk, ticket)["first_response"]["row"] == "high: 1h"
    assert does(desk, "tickets", "answered", ticket) == f"Ticket {ticket} is answered."
    assert clocks(desk, ticket)["resolution"]["due"] is None
    assert does(desk, "tickets", "reopen", ticket) == f"Ticket {ticket}: open"
    assert does(desk, "tickets", "wait", ticket) == f"Ticket {ticket}: Your turn"
    assert does(desk, "tickets", "hold", ticket, "--internal") == f"Ticket {ticket} is on hold."
    assert clocks(desk, ticket)["resolution"]["due"] is not None
    assert does(desk, "tickets", "escalate", ticket) == f"Ticket {ticket} is escalated."
    assert desk.ask("tickets", "show", ticket)["level"] == "second"
    assert does(desk, "tickets", "solve", ticket) == f"Ticket {ticket}: solved"
    assert does(desk, "tickets", "close", ticket) == f"Ticket {ticket}: closed"
    assert "closed, and stays so" in refusal(desk, "tickets", "reopen", ticket)
    assert ticket not in {row["id"] for row in desk.ask("tickets", "list", "--open")}
    assert ticket in {row["id"] for row in desk.ask("tickets", "list")}


def test_spam_is_taken_back_and_only_spam(desk: Desk, opened: Opened) -> None:
    ticket = opened("Win a prize")
    assert does(desk, "tickets", "spam", ticket) == f"Ticket {ticket}: spam"
    assert clocks(desk, ticket)["first_response"]["state"] == "cancelled"
    assert does(desk, "tickets", "not-spam", ticket) == f"Ticket {ticket}: open"
    assert refusal(desk, "tickets", "not-spam", ticket) == f"mailintake: ticket {ticket} is open, not spam"
    assert does(desk, "tickets", "refuse", ticket) == f"Ticket {ticket}: refused"


def test_tickets_are_merged_and_split(desk: Desk, opened: Opened) -> None:
    one, other = opened("One thing"), opened("And another")
    assert does(desk, "tickets", "merge", other, "--into", one) == f"Ticket {other} goes on in ticket {one}."
    messages = [message["id"] for message in desk.ask("tickets", "show", one)["messages"]]
    assert len(messages) == 2
    new = does(desk, "tickets", "split", one, "--message", messages[1]).split()[1]
    found = desk.ask("tickets", "show", new)
    assert (found["parent"], [message["id"] for message in found["messages"]]) == (one, messages[1:])
    assert f"no ticket {other}" not in refusal(desk, "tickets", "split", one, "--message", messages[1])


def test_what_cannot_be_is_said_in_one_line(desk: Desk, opened: Opened) -> None:
    ticket = opened("Nothing odd")
    assert "did you mean `high`" in refusal(desk, "tickets", "sort", ticket, "--priority", "hihg")
    assert "--priority" in refusal(desk, "tickets", "sort", ticket)
    assert "--internal or --external" in refusal(desk, "tickets", "hold", ticket)
    assert "third" in refusal(desk, "tickets", "escalate", ticket, "--to", "third")
    for command in ("show", "wait", "solve", "forgive", "answered", "not-spam"):
        assert refusal(desk, "tickets", command, 4711) == "mailintake: there is no ticket 4711"
    assert refusal(desk, "sla", "explain", 4711) == "mailintake: there is no ticket 4711"
    assert refusal(desk, "sla", "recalculate", ticket, 4711) == "mailintake: there is no ticket 4711"


def test_every_stretch_that_a_clock_counts_is_shown(desk: Desk, opened: Opened) -> None:
    ticket = opened("How long")
    found = {clock["metric"]: clock for clock in desk.ask("sla", "explain", ticket)["clocks"]}
    assert found["first_response"]["counted"][-1]["to"] == found["first_response"]["due"]
    assert found["first_response"]["counted"][-1]["total"] == 240
    assert found["resolution"]["counted"][-1]["total"] == 2400
    text = does(desk, "sla", "explain", ticket)
    assert "first response: running" in text
    assert "█" in text


def test_the_journal_bears_out_every_clock_and_bears_out_no_other(desk: Desk, opened: Opened) -> None:
    ticket = opened("A clock to tamper with")
    found = desk.ask("sla", "recalculate", "--dry-run")
    assert (found["differ"], found["without_history"]) == (0, 0)
    assert found["clocks"] >= 2 * found["tickets"] > 0
    assert desk.stop() == 0
    with sqlite3.connect(desk.database_file) as connection:
        connection.execute(
            "UPDATE clock SET due_at = '2030-01-01 00:00:00.000000', forgiven = 1 WHERE ticket_id = ? AND metric = ?",
            (ticket, "resolution"),
        )
        connection.execute("DELETE FROM clock WHERE ticket_id = ? AND metric = ?", (ticket, "first_response"))
    connection.close()
    proved = desk.run("sla", "recalculate", "--dry-run", "--json")
    told = desk.run("sla", "recalculate", ticket, "--dry-run")
    desk.start()
    assert (proved.returncode, told.returncode) == (1, 1)
    assert b'"differ": 1' in proved.stdout
    *lines, summary = told.stdout.decode().splitlines()
    assert [line.partition(":")[0] for line in lines] == [
        f"ticket {ticket}, resolution 1, due",
        f"ticket {ticket}, resolution 1, forgiven",
        f"ticket {ticket}, first_response 1, clock",
    ]
    assert "stored 2030-01-01T00:00:00Z, by the journal 20" in lines[0]
    assert summary == "Tickets: 1, clocks: 1, tickets that differ: 1, without a history: 0."


def test_a_zone_that_has_vanished_hides_no_other_ticket(desk: Desk, opened: Opened) -> None:
    ticket = opened("Where am I")
    assert desk.stop() == 0
    with sqlite3.connect(desk.database_file) as connection:
        connection.execute('INSERT INTO calendar VALUES (\'gone\', \'{"timezone": "Europe/Atlantis", "hours": {}}\')')
        (kept,) = connection.execute("SELECT calendar FROM clock WHERE ticket_id = ? LIMIT 1", (ticket,)).fetchone()
        connection.execute("UPDATE clock SET calendar = 'gone' WHERE ticket_id = ?", (ticket,))
    standing = {row["id"]: row["first_response"] for row in desk.ask("tickets", "list")}
    shown = desk.ask("tickets", "show", ticket)
    explained, proved = desk.run("sla", "explain", ticket), desk.run("sla", "recalculate", "--dry-run")
    connection.execute("UPDATE clock SET calendar = ? WHERE ticket_id = ?", (kept, ticket))
    connection.commit()
    connection.close()
    desk.start()
    assert standing.pop(ticket) == "unreadable"
    assert "unreadable" not in standing.values()
    assert shown["clocks"] is None
    assert (explained.returncode, proved.returncode) == (65, 1)
    assert f"ticket {ticket}: its clocks cannot be read".encode() in proved.stdout


def test_tickets_are_renewed_only_when_somebody_says_so(desk: Desk, opened: Opened) -> None:
    ticket, closed = opened("A promise to lengthen"), opened("A promise that was kept")
    assert does(desk, "tickets", "close", closed)
    before = clocks(desk, ticket)["first_response"]
    (desk.config / "desk.yaml").write_text(LONGER)
    eventually(lambda: 'event="configuration taken over"' in desk.said(), what="the daemon has read it")
    assert clocks(desk, ticket)["first_response"] == before
    renewed = desk.ask("sla", "recalculate")
    after = clocks(desk, ticket)["first_response"]
    assert (before["row"], after["row"]) == ("else: 4h", "else: 6h")
    assert after["due"] > before["due"]
    moved = {each["ticket"]: each["moved"] for each in renewed["tickets"]}
    assert moved[ticket] == [
        {"metric": "first_response", "round": 1, "row": ["else: 4h", "else: 6h"], "due": [before["due"], after["due"]]}
    ]
    assert closed not in moved
    assert "it is closed" in does(desk, "sla", "recalculate", closed)
    assert does(desk, "sla", "recalculate") == "Tickets renewed: 0."
    assert desk.run("sla", "recalculate", ticket, "--dry-run").returncode == 0


def test_a_desk_file_alone_answers_what_is_promised(desk: Desk) -> None:
    alone = desk.home / "only.yaml"
    alone.write_text(DESK)
    (desk.home / "sla").mkdir()
    (desk.home / "sla" / "desk.yaml").write_text(DESK)
    asked = [sys.executable, "-m", "mailintake", "sla", "due", "--json", "--plan", "two"]
    for config in (alone, desk.home / "sla", desk.config):
        words = [*asked, "--received", "2026-03-06T18:30:00Z", "--config", str(config)]
        ran = subprocess.run(words, cwd=ROOT, capture_output=True, check=True)
        assert json.loads(ran.stdout)["due"] == "2026-03-07T02:30:00Z"
