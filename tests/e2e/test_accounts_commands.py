"""Accounts and their people on the command line: through the daemon while one runs, and without."""

from pathlib import Path

import pytest

from tests.e2e.conftest import NewDesk
from tests.e2e.harness import Desk, eventually
from tests.e2e.mails import a_mail, send_locally

BEN = "ben@bakery.example"
ACCOUNTS = """\
accounts:
  bakery:
    domains: [bakery.example]
    owner: ana@bakery.example
    contract: {plan: two, from: 2026-01-01}
    contacts: [Ana Baker <ana@bakery.example>]
  mill:
    domains: [mill.example]
    owner: mia@mill.example
    contract: {plan: three}
    contacts: [Mia Miller <mia@mill.example>]
"""
PLANS = "  three: {contacts: 3, hours: always, first_response: 8h, quota: {credits: [5 per month, 2 per day]}}\n"


@pytest.fixture(scope="module")
def resting(new_desk: NewDesk) -> Desk:
    """A desk that asks owners about new people, without a daemon."""
    made: Desk = new_desk()
    (made.config / "accounts.yaml").write_text(ACCOUNTS)
    desk = made.config / "desk.yaml"
    written = desk.read_text().replace("new_at_known_domain: seat", "new_at_known_domain: ask")
    desk.write_text(written.replace("plans:\n", f"quotas: {{credits: {{when_used_up: accept}}}}\nplans:\n{PLANS}"))
    return made


@pytest.fixture
def running(resting: Desk) -> Desk:
    """The same with its daemon."""
    if resting.process is None:
        resting.start()
    return resting


def ticket_of(desk: Desk, sender: str, subject: str) -> int:
    """Somebody writes; the ticket that waits for the owner."""
    (answer,) = send_locally(desk.lmtp, a_mail(subject, sender=sender), sender=sender)
    asked = "SELECT ticket_id FROM spool WHERE id = :id AND state <> 'waiting'"
    ((ticket,),) = eventually(lambda: desk.rows(asked, id=answer.spool_id), what="the mail is settled")
    assert isinstance(ticket, int)
    return ticket


def status(desk: Desk, ticket: int) -> str:
    found: str = desk.ask("tickets", "show", ticket)["status"]
    return found


def people(desk: Desk, account: str) -> list[tuple[str, str]]:
    shown = desk.ask("accounts", "show", account)
    return [(each["address"].partition("@")[0], each["state"]) for each in shown["people"]]


def failed(desk: Desk, *words: object) -> str:
    """Why a command of the desk cannot be."""
    ran = desk.run("accounts", *words)
    assert ran.returncode == 2, ran.stdout.decode()
    return ran.stderr.decode().strip()


def test_before_the_first_start_there_are_the_people_of_the_file(resting: Desk) -> None:
    listed = {each["account"]: each for each in resting.ask("accounts", "list")}
    assert (listed["bakery"]["plan"], listed["bakery"]["seats_used"], listed["bakery"]["seats"]) == ("two", 1, 2)
    assert not resting.database_file.exists()
    assert "did you mean `bakery`?" in failed(resting, "show", "bakry")


def test_people_are_added_and_removed_without_a_daemon(resting: Desk) -> None:
    added = resting.run("accounts", "add-contact", "mill", "Max Miller <max@mill.example>", "--role", "administrator")
    assert (added.returncode, added.stderr) == (0, b"")
    assert people(resting, "mill") == [("mia", "seat"), ("max", "seat")]
    again = resting.run("accounts", "add-contact", "mill", "max@mill.example")
    assert (again.returncode, again.stdout) == (0, b"max@mill.example has one at mill already.\n")
    assert resting.run("accounts", "remove-contact", "mill", "max@mill.example").returncode == 0
    assert people(resting, "mill") == [("mia", "seat"), ("max", "removed")]
    assert "listed in accounts.yaml" in failed(resting, "remove-contact", "mill", "mia@mill.example")


def test_who_waits_is_approved_through_the_daemon(running: Desk) -> None:
    ticket = ticket_of(running, BEN, "Let me in")
    assert status(running, ticket) == "pending"
    (waiting,) = running.ask("accounts", "show", "bakery")["approvals"]
    assert waiting["address"] == BEN
    assert running.run("accounts", "approve", "bakery", BEN).returncode == 0
    assert status(running, ticket) == "new"
    assert people(running, "bakery") == [("ana", "seat"), ("ben", "seat")]
    eventually(lambda: len(running.letters_to(BEN)) == 2, what="the letters `pending` and `approved`")
    assert "nobody waits" in failed(running, "approve", "bakery", BEN)


def test_who_waits_goes_on_waiting_where_no_seat_is_free(running: Desk) -> None:
    ticket = ticket_of(running, "zoe@mill.example", "One of four")
    for name in ("max", "moe"):
        assert running.run("accounts", "add-contact", "mill", f"{name}@mill.example").returncode == 0
    assert "no free seat" in failed(running, "approve", "mill", "zoe@mill.example")
    assert status(running, ticket) == "pending"
    assert running.run("accounts", "decline", "mill", "zoe@mill.example").returncode == 0
    assert status(running, ticket) == "refused"
    assert running.ask("accounts", "show", "mill")["waiting"] == 0


def test_what_is_used_is_shown_by_limit(running: Desk) -> None:
    ticket_of(running, "mia@mill.example", "It costs one")
    used = running.ask("accounts", "usage", "mill")
    assert (used["seats_used"], used["seats"]) == (3, 3)
    assert [(line["period"], line["used"], line["left"]) for line in used["usage"]] == [("month", 1, 4), ("day", 1, 1)]
    before = running.ask("accounts", "usage", "mill", "--at", "2026-03-06T18:30Z")["usage"]
    assert [(line["used"], line["from"]) for line in before] == [(0, "2026-03-01"), (0, "2026-03-06")]
    assert "must name its offset" in failed(running, "usage", "mill", "--at", "2026-03-06T18:30")


def test_a_table_is_imported_line_by_line_through_the_daemon(running: Desk, tmp_path: Path) -> None:
    for name in ("max", "moe"):
        running.run("accounts", "remove-contact", "mill", f"{name}@mill.example")
    table = tmp_path / "people.csv"
    table.write_text(
        "\ufeffaccount;address;name;role\n"
        "mill;Max <max@mill.example>;;administrator\n"
        "mill;mia@mill.example;;\n"
        f"mill;{BEN};;\n"
        "mil;moe@mill.example;;\n"
        "mill;moe@mill.example;Moe;\n"
        "mill;zoe@mill.example;;\n"
        "mill;nobody;;\n"
    )
    tried = running.run("accounts", "import", table, "--dry-run")
    assert people(running, "mill")[1:] == [("max", "removed"), ("moe", "removed")]
    imported = running.run("accounts", "import", table)
    assert (tried.returncode, imported.returncode) == (65, 65)
    assert tried.stdout.decode().replace("would be added", "added") == imported.stdout.decode()
    assert imported.stdout.decode().splitlines() == [
        "line 2: Max <max@mill.example> at mill: added",
        "line 3: mia@mill.example at mill: already there",
        f"line 4: conflict: {BEN} has a seat at bakery: remove it there first",
        "line 5: conflict: there is no account `mil`; did you mean `mill`?",
        "line 6: moe@mill.example at mill: added",
        "line 7: conflict: no free seat for zoe@mill.example: 3 of 3 at mill are taken",
        "line 8: conflict: `nobody` is no mail address such as `Ana Baker <ana@bakery.example>`",
    ]
    assert people(running, "mill") == [("mia", "seat"), ("max", "seat"), ("moe", "seat")]
    again = running.run("accounts", "import", table, "--json")
    assert b'"added"' not in again.stdout


def test_a_file_that_is_no_table_changes_nothing(running: Desk, tmp_path: Path) -> None:
    table = tmp_path / "people.csv"
    table.write_text("account,adress\n")
    assert "unknown column `adress`; did you mean `address`?" in failed(running, "import", table)
    assert "there is no file" in failed(running, "import", tmp_path / "none.csv")


def test_the_people_of_file_and_database_are_exported_in_one_table(running: Desk) -> None:
    lines = running.run("accounts", "export").stdout.decode().splitlines()
    assert lines[0] == "account,name,address,aliases,role,source,state,since"
    assert "bakery,Ana Baker,ana@bakery.example,,user,file,seat," in lines
    assert any(line.startswith(f"bakery,,{BEN},,user,mail,seat,") for line in lines)
    part = running.run("accounts", "export", "--format", "yaml").stdout.decode()
    assert '- {mail: "max@mill.example", name: "Max", role: "administrator", since: ' in part


def test_people_read_tables_too(running: Desk) -> None:
    lines = {words: running.run("accounts", *words).stdout.decode().splitlines() for words in (
        ("list",), ("show", "bakery"), ("usage", "mill"), ("usage", "bakery"))}  # fmt: skip
    cells = {words: [line.split() for line in printed] for words, printed in lines.items()}
    assert ["mill", "mill", "three", "always", "in", "force", "3", "of", "3", "3", "0"] in cells["list",]
    assert any(line[:4] == [BEN, "user", "mail", "seat"] for line in cells["show", "bakery"])
    assert [line[:5] for line in cells["usage", "mill"]][2:] == [
        ["unit", "period", "used", "limit", "over"],
        ["credits", "month", "1", "5", "0"],
        ["credits", "day", "1", "2", "0"],
    ]
    assert lines["usage", "bakery"] == ["Seats: 2 of 2", "", "Nothing is counted under two."]
