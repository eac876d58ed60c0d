"""Rules at the command line: tried, explained, looked over and replayed, on a database that nobody serves."""

import json
import shlex
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mailintake import cli
from mailintake.storage.engine import Database
from tests.integration.desk_of_rules import (
    OUTAGES_ARE_URGENT,
    a_place,
    another_place,
    loaded,
    numbered,
    own_database,
    taken,
)

Run = Callable[[str], tuple[int, str, str]]
SUBJECTS = ["Nothing works", "Your invoice", "This is unacceptable", "A question"]
TESTED = OUTAGES_ARE_URGENT + "tests:\n  - {mail: {from: ana@bakery.example, subject: Invoice 7}, expect: {%s}}\n"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Runs a command in the desk's directory: its exit status, what it printed, and its complaints."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("MAILINTAKE_CONFIG", raising=False)

    def run(line: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["mailintake", *shlex.split(line)])
        with pytest.raises(SystemExit) as end:
            cli.main()
        said = capsys.readouterr()
        return int(end.value.code or 0), said.out, said.err

    return run


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A configuration."""
    return a_place(tmp_path, OUTAGES_ARE_URGENT)


@pytest.fixture
def mails(place: Path) -> list[int]:
    """The numbers of the tickets that four mails have opened there."""
    database = own_database(place)
    done = taken(database, loaded(place)[1], numbered(SUBJECTS))
    database.close()
    return [each.ticket_id or 0 for each in done]


def everything(place: Path) -> list[list[Any]]:
    """All that stands in the database."""
    from mailintake.storage.tables import metadata

    database = Database(f"sqlite:///{place.parent / 'var' / 'mailintake.db'}")
    with database.reading() as connection:
        found = [[tuple(row) for row in connection.execute(each.select())] for each in metadata.sorted_tables]
    database.close()
    return found


# ---- tests inside the file


def test_tests_that_pass_are_counted(place: Path, run: Run) -> None:
    (place / "rules.yaml").write_text(TESTED % "rule: invoices, queue: accounting, outcome: opened")
    assert run("rules test") == (0, "1 of 1 tests pass.\n", "")
    assert run("check")[0] == 0


def test_a_test_that_fails_stops_the_check_with_its_place(place: Path, run: Run) -> None:
    (place / "rules.yaml").write_text(TESTED % "queue: urgent")
    wrong = "config/rules.yaml:7:5: queue: wanted `urgent`, found `accounting`; rules applied: invoices\n"
    assert run("rules test") == (78, "0 of 1 tests pass.\n", wrong)
    assert run("check") == (78, "", wrong)


def test_tests_in_json_name_each_test(place: Path, run: Run) -> None:
    (place / "rules.yaml").write_text(TESTED % "queue: urgent")
    _, out, _ = run("rules test --json")
    assert json.loads(out) == [
        {
            "file": "config/rules.yaml",
            "line": 7,
            "name": None,
            "passed": False,
            "failures": ["queue: wanted `urgent`, found `accounting`; rules applied: invoices"],
        }
    ]


def test_a_rule_that_names_an_unknown_letter_is_refused(place: Path, run: Run) -> None:
    rules = OUTAGES_ARE_URGENT.replace("priority: P1}}", "acknowledge: acknowledge}}")
    (place / "rules.yaml").write_text(rules)
    status, _, err = run("check")
    assert (status, err.split(": ")[1]) == (78, "unknown letter `acknowledge`; did you mean `acknowledged`?\n")
    assert err.startswith("config/rules.yaml:3:")


# ---- what is odd


def test_a_rule_that_no_mail_reaches_is_a_warning_of_the_check_and_fails_lint(place: Path, run: Run) -> None:
    more = "  - {name: never, when: {says: invoices}, then: {tags: x}}\n"
    (place / "rules.yaml").write_text(OUTAGES_ARE_URGENT + more)
    odd = "config/rules.yaml:6:5: warning: no mail ever reaches rule `never`"
    status, out, _ = run("rules lint")
    assert status == 1
    assert out.startswith(odd)
    status, _, err = run("check")
    assert (status, err.startswith(odd)) == (0, True)


@pytest.mark.usefixtures("mails")
def test_rules_that_matched_nothing_are_told_but_are_no_fault(place: Path, run: Run) -> None:
    rules = OUTAGES_ARE_URGENT + "  - {name: rare, when: {says: zebra}, then: {tags: x}}\n"
    (place / "rules.yaml").write_text(rules)
    idle = "config/rules.yaml:6:5: warning: rule `rare` has matched no mail in the last 90 days\n"
    assert run("rules lint") == (0, idle, "")
    status, out, _ = run("rules lint --days 1 --json")
    assert (status, json.loads(out)) == (0, [])


def test_without_any_mail_nothing_is_said_of_rules_that_never_match(place: Path, run: Run) -> None:
    status, out, _ = run("rules lint")
    assert (status, out.splitlines()[0]) == (0, "Nothing is odd.")


# ---- what rules did


@pytest.mark.usefixtures("mails")
def test_stats_count_what_each_rule_did_also_in_shadow_and_those_that_are_gone(place: Path, run: Run) -> None:
    (place / "rules.yaml").write_text("rules: [{name: new, then: {tags: x}}, {name: outage, then: {tags: x}}]\n")
    _, out, _ = run("rules stats --json")
    rows = [(row["rule"], row["standing"], row["applied"], row["shadow"]) for row in json.loads(out)]
    assert rows == [
        ("new", "at work", 0, 0),
        ("outage", "at work", 1, 0),
        ("angry", "gone", 0, 1),
        ("invoices", "gone", 1, 0),
    ]
    assert all(len(row["last"]) == len("2026-03-09") for row in json.loads(out)[1:])
    _, out, _ = run("rules stats --days 1")
    assert [line.split()[:2] for line in out.splitlines()[1:]] == [["new", "at"], ["outage", "at"]]


# ---- replay


def test_replay_shows_each_mail_and_the_sum(place: Path, mails: list[int], run: Run) -> None:
    another_place(place, OUTAGES_ARE_URGENT.replace("queue: urgent", "queue: accounting"))
    before = everything(place)
    status, out, _ = run("rules replay --since 30d --config new")
    assert status == 0
    assert out.splitlines()[0].startswith("mail 1  ")
    assert out.splitlines()[0].endswith("  ana@bakery.example  Nothing works")
    assert out.splitlines()[1] == "    queue: urgent → accounting"
    assert "1 of 4 mails would be decided otherwise than by the running configuration." in out
    assert everything(place) == before
    assert len(mails) == 4


@pytest.mark.usefixtures("mails")
def test_replay_in_json_is_a_line_for_each_mail_and_one_for_the_sum(place: Path, run: Run) -> None:
    another_place(place, OUTAGES_ARE_URGENT.replace("tags: money", "tags: coins"))
    _, out, _ = run("rules replay --since 2w --config new --json")
    mail, total = map(json.loads, out.splitlines())
    assert (mail["mail"], mail["differences"]) == (2, {"tags": {"before": "money", "after": "coins"}})
    assert total == {
        "decided": 4,
        "differing": 1,
        "trouble": 0,
        "passed_over": 0,
        "changes": [{"what": "tags", "before": "money", "after": "coins", "mails": 1}],
    }


@pytest.mark.usefixtures("mails")
def test_replay_of_files_that_were_edited_in_place_goes_by_the_record(place: Path, run: Run) -> None:
    (place / "rules.yaml").write_text(OUTAGES_ARE_URGENT.replace(", shadow: yes", ""))
    _, out, _ = run("rules replay --since 100d")
    assert "    shadow: angry → –\n" in out
    assert "    priority: P2 → P1\n" in out
    assert "1 of 4 mails would be decided otherwise than by what is recorded." in out


def test_replay_needs_to_know_since_when(place: Path, run: Run) -> None:
    assert place.exists()
    status, _, err = run("rules replay --since yesterday")
    assert (status, err) == (2, "mailintake: yesterday is neither a length of time such as 30d nor an instant\n")
    assert run("rules replay --since 2026-03-06T18:30Z")[1].startswith("0 of 0 mails")


# ---- why


def test_a_ticket_says_why_with_every_rule_while_the_configuration_is_the_same(mails: list[int], run: Run) -> None:
    status, out, _ = run(f"tickets why {mails[1]} --json")
    (answer,) = json.loads(out)
    assert status == 0
    assert (answer["outcome"], answer["is_running_policy"], answer["applied"]) == ("opened", True, ["invoices"])
    assert answer["rules"] == [
        {
            "rule": "outage",
            "found": "no",
            "condition": "says: nothing works",
            "saw": "Your invoice | Please have a look at it. It is number 1.",
        },
        {"rule": "invoices", "found": "matched", "condition": None, "saw": None},
        {"rule": "angry", "found": "not reached", "condition": None, "saw": None},
    ]
    assert answer["note"] is None
    assert ["rule", "invoices", ""] in [list(line.values()) for line in answer["trace"]]
    _, out, _ = run(f"tickets why {mails[1]}")
    assert "says: nothing works" in out


def test_under_another_configuration_it_says_so_and_shows_the_record(place: Path, mails: list[int], run: Run) -> None:
    (place / "rules.yaml").write_text("rules: []\n")
    _, out, _ = run(f"tickets why {mails[2]}")
    assert "It was decided under another configuration" in out
    assert "rules applied: none; in shadow: angry" in out
    (answer,) = json.loads(run(f"tickets why {mails[2]} --json")[1])
    assert (answer["is_running_policy"], answer["rules"], answer["shadow"]) == (False, None, ["angry"])


def test_where_rules_say_otherwise_today_that_is_told(place: Path, run: Run) -> None:
    (place / "rules.yaml").write_text("rules: [{name: known, when: {contact: yes}, then: {tags: known}}]\n")
    database = own_database(place)
    policy = loaded(place)[1]
    sender = "ben@bakery.example"
    first, second = numbered(["First", "Second"], sender=sender)
    taken(database, policy, [first], ago=timedelta(days=4), senders=[sender])
    (done,) = taken(database, policy, [second], ago=timedelta(days=1), senders=[sender])
    with database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM contact")
    database.close()
    _, out, _ = run(f"tickets why {done.ticket_id}")
    assert "Asked again, rules say otherwise" in out
    assert "rules applied: known; in shadow: none" in out


def test_a_ticket_that_is_not_there_is_a_mistake_of_the_command_line(place: Path, run: Run) -> None:
    assert place.exists()
    assert run("tickets why 4711") == (2, "", "mailintake: there is no ticket 4711\n")


# ---- explain


def test_explain_shows_checks_rules_promises_and_letters(place: Path, run: Run) -> None:
    (place.parent / "mail.eml").write_bytes(numbered(["Your invoice"])[0])
    status, out, _ = run("explain mail.eml --at 2026-03-09T09:00Z")
    assert status == 0
    assert "says: nothing works" in out
    for line in (
        "→ opened",
        "→ account bakery",
        "→ plan basic",
        "→ queue accounting",
        "→ priority P2",
        "→ tags money",
        "→ letter acknowledged to ana@bakery.example",
        "→ letter new-ticket to the desk: ivo",
    ):
        assert line in out.splitlines()
    assert "→ first response due 2026-03-09 13:00:00" in out


def test_explain_in_json_has_due_times_and_every_rule(place: Path, run: Run) -> None:
    (place.parent / "mail.eml").write_bytes(numbered(["Nothing works"])[0])
    found = json.loads(run("explain mail.eml --at 2026-03-09T09:00Z --json")[1])
    assert (found["outcome"], found["queue"], found["priority"]) == ("opened", "urgent", "P1")
    assert found["due"] == "2026-03-09T13:00:00Z"
    assert [each["found"] for each in found["rules"]] == ["matched", "not reached", "not reached"]
    assert found["letters"] == [{"template": "acknowledged", "to": "ana@bakery.example", "withheld": None}]
    stranger = numbered(["Nothing works"], sender="x@elsewhere.example")[0]
    (place.parent / "mail.eml").write_bytes(b"Auto-Submitted: auto-replied\r\n" + stranger)
    found = json.loads(run("explain mail.eml --json")[1])
    assert (found["outcome"], found["rules"]) == ("ignored", None)
